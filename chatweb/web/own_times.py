"""Times on a person's pages in the zone they have chosen, where no script puts them into the browser's."""

import re
from datetime import datetime
from functools import partial

from flask import Flask, Response, g

from chatweb import fragments
from chatweb.web import answers

# Fragments are the same bytes for everybody, so it is the whole page that is gone over.
_TIME = re.compile(r'(<time\b[^>]*\bdatetime="([^"]+)"[^>]*>)([^<]+) UTC(?=</time>)')


def prepare(app: Flask) -> None:
    """Go over every page of people who have chosen a time zone."""

    @app.after_request
    def put_into_zone(response: Response) -> Response:
        zone = g.get("time_zone")
        if zone and response.mimetype == "text/html" and not (response.is_streamed or answers.is_htmx()):
            response.set_data(_TIME.sub(partial(_in_zone, zone=zone), response.get_data(as_text=True)))
        return response


def _in_zone(found: re.Match[str], zone: str) -> str:
    start, iso, shown = found.groups()
    moment = fragments.in_zone(datetime.fromisoformat(iso), zone)
    return start + (fragments.day_and_clock(moment) if "," in shown else fragments.clock(moment))
