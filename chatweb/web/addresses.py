"""What stands in an address."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

# What an INTEGER column of PostgreSQL can be compared with.
LARGEST_ID = 2**31 - 1


class Id(IntegerConverter):
    """`<id:name>`: the id of a row; whatever no row can have is no address of ours."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, max=LARGEST_ID, **options)


def prepare(app: Flask) -> None:
    """Let routes say `<id:name>`."""
    app.url_map.converters["id"] = Id
