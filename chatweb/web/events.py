"""A line in the log for whatever concerns security: what happened, and to whose account, by its number.

Each is one JSON object on a line of its own, from the logger `chatweb.security`. None holds a name, an
address, or anything that somebody typed. What administrators do is in the audit log.
"""

import json
import logging
from typing import TextIO, cast

from flask.logging import wsgi_errors_stream
from flask_login import current_user

from chatweb.fragments import iso
from chatweb.models import utc_now

_log = logging.getLogger("chatweb.security")


def prepare() -> None:
    """Let the lines go where the server's own log goes."""
    if not _log.handlers:
        _log.addHandler(logging.StreamHandler(cast("TextIO", wsgi_errors_stream)))
        _log.setLevel(logging.INFO)


def note(event: str, *, person_id: int | None = None, **more: str) -> None:
    """Write a line: of the person with this id, else of who is signed in, else of nobody.

    `more` are words of the program's own, such as the name of a limit.
    """
    person = current_user if current_user.is_authenticated else None
    line: dict[str, object] = {
        "at": iso(utc_now()),
        "event": event,
        "person": person_id if person_id is not None or person is None else person.id,
        "session": person.session_id if person else None,
    }
    _log.info(json.dumps(line | more))
