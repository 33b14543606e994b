"""The ways through a list that is longer than a page."""

from collections.abc import Mapping
from typing import NamedTuple

from flask import request, url_for


class Ways(NamedTuple):
    """The addresses of the first page and of the next one; None for this page itself, and for none."""

    first: str | None
    more: str | None


def ways(asked: Mapping[str, str], name: str, last: str | None) -> Ways:
    """From a page of what was asked for; it ends at the place `last`, called `name`, if there is more."""
    here = {key: value for key, value in asked.items() if value}
    first = url_for(".index", **here) if name in request.args else None  # type: ignore[arg-type]
    return Ways(first, url_for(".index", **here | {name: last}) if last else None)  # type: ignore[arg-type]
