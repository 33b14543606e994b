"""What stands in an address."""

from typing import Any

from flask import Flask, abort
from werkzeug.routing import IntegerConverter, Map

# What an INTEGER column of PostgreSQL can be compared with.
LARGEST_ID = 2**31 - 1


class Id(IntegerConverter):
    """`<id:name>`: the id of a row; whatever no row can have is no address of ours."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, max=LARGEST_ID, **options)


def id_of(text: str) -> int:
    """The id that somebody typed; what no page of ours sends is not there."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID))
    return int(text) if is_number and int(text) <= LARGEST_ID else abort(404)


def prepare(app: Flask) -> None:
    """Let routes say `<id:name>`."""
    app.url_map.converters["id"] = Id
