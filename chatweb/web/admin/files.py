"""Files for administrators, made while they are read."""

import csv
import errno
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from flask import Response, stream_with_context

from chatweb import archive, cells
from chatweb.domain import admissions
from chatweb.domain.extracts import Extract
from chatweb.fragments import iso
from chatweb.store import read
from chatweb.web import events
from chatweb.web.admin import door

T = TypeVar("T", str, bytes)

Batch = Sequence[Mapping[str, Any]]
Batches = Iterable[Batch]


class Format(NamedTuple):
    """How rows become a file."""

    name: str
    mimetype: str
    lines: Callable[[Sequence[str], Batches], Iterator[str]]


def as_csv(columns: Sequence[str], batches: Batches) -> Iterator[str]:
    """A line for each row, after one with the names; text that looks like a formula gets a `'` before it."""
    for batch in chain([[dict(zip(columns, columns, strict=True))]], batches):
        page = io.StringIO()
        csv.writer(page).writerows([_cell(row[name]) for name in columns] for row in batch)
        yield page.getvalue()


def as_json(_columns: Sequence[str], batches: Batches) -> Iterator[str]:
    """A list of objects, one on each line."""
    before = "[\n"
    for batch in batches:
        rows = (
            json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False)
            for row in batch
        )
        yield before + ",\n".join(rows)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


FORMATS = {
    "csv": Format("csv", "text/csv", as_csv),
    "json": Format("json", "application/json", as_json),
}


def streamed(area: str, pieces: Iterator[T], mimetype: str) -> Response:
    """A file that is written while it is sent, to somebody who sees this area, for as long as they do."""
    actor = door.actor()

    def allowed() -> Iterator[T]:
        for piece in pieces:
            if area not in read(lambda session: admissions.areas(session, actor)):
                events.note("export_ended")
                # What was sent must not look whole: the connection breaks.
                raise ConnectionResetError(errno.ECONNRESET, "may not see any more of it")
            yield piece

    return Response(stream_with_context(allowed()), mimetype=mimetype)


def archived(area: str, extract: Extract) -> Response:
    """What was taken out, as an archive."""
    answer = streamed(area, archive.pieces(extract), "application/zip")
    answer.headers["Content-Disposition"] = f"attachment; filename=chatweb-{extract.entry}.zip"
    return answer


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    return value.hex() if isinstance(value, bytes) else value


def _cell(value: Any) -> Any:
    plain = _plain(value)
    return cells.plain(plain) if isinstance(plain, str) else plain
