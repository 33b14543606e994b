"""What administrators take out, as one archive: the same messages three times, and a manifest with sums.

It is written while it is read, piece by piece. All three files are made in one go through the messages, so
none of them can have one that the others have not; those that wait for their place lie in temporary files
without a name.
"""

import csv
import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from itertools import product
from tempfile import TemporaryFile
from typing import IO, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from markupsafe import Markup
from sqlalchemy.orm import Session

from chatweb import cells, fragments, takeout
from chatweb.domain import extracts
from chatweb.domain.changes import Earlier
from chatweb.domain.extracts import Extract, Span
from chatweb.domain.oversight import Overview
from chatweb.domain.transcripts import Line
from chatweb.store import read

_STYLE = Markup(
    "<style>body{max-width:50rem;margin:auto;padding:1rem;font-family:sans-serif;overflow-wrap:anywhere}"
    ".transcript__body,.versions__body{white-space:pre-wrap}.transcript__meta{margin-block:1rem .25rem}"
    ".transcript__sender{font-weight:bold}</style>"
)
_PIECE = 64 * 1024


class _File(ABC):
    """A file of the archive while it is written: where to, and what the manifest says of it."""

    name: str

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink = sink
        self._bytes = 0
        self._sum = hashlib.sha256()

    def write(self, text: str) -> None:
        data = text.encode()
        self._sink.write(data)
        self._bytes += len(data)
        self._sum.update(data)

    def described(self) -> dict[str, object]:
        return {"name": self.name, "bytes": self._bytes, "sha256": self._sum.hexdigest()}

    @abstractmethod
    def chat(self, chat: Overview) -> None:
        """What follows are messages of this conversation."""

    @abstractmethod
    def line(self, chat: Overview, line: Line) -> None:
        """A message, and what it said before."""

    @abstractmethod
    def end(self) -> None:
        """Nothing follows."""


class _Json(_File):
    """One object (RFC 8259); times are UTC with milliseconds (RFC 3339)."""

    name = "messages.json"

    def __init__(self, sink: IO[bytes]) -> None:
        super().__init__(sink)
        self.write('{"chats": [')
        self._after_chat = self._after_line = ""

    def chat(self, chat: Overview) -> None:
        people = [
            {"username": chat.username_1, "display_name": chat.name_1},
            {"username": chat.username_2, "display_name": chat.name_2},
        ]
        about = takeout.as_object({"id": chat.id, "topic": chat.topic, "people": people})
        self.write(f'{self._after_chat}\n{about[:-1]}, "messages": [')
        self._after_chat, self._after_line = "\n]},", ""

    def line(self, chat: Overview, line: Line) -> None:
        body = None if line.removed_at else line.body
        told = takeout.described(_sender(chat, line), line.inserted_at, line.edited_at, line.versions, body)
        if line.removed_at:
            told["deleted_at"] = fragments.iso(line.removed_at)
            told["deleted_by"] = _remover(line)
        self.write(f"{self._after_line}\n{takeout.as_object({'id': line.id} | told)}")
        self._after_line = ","

    def end(self) -> None:
        self.write(f"{self._after_chat.removesuffix(',')}\n]}}\n")


class _Csv(_File):
    """A row for each version of a message, the last one being what it says now (RFC 4180)."""

    name = "messages.csv"

    def __init__(self, sink: IO[bytes]) -> None:
        super().__init__(sink)
        self._rows = csv.writer(self)
        self._rows.writerow(
            ("chat", "message", "version", "from", "written_at", "deleted_at", "deleted_by", "body")
        )

    def chat(self, chat: Overview) -> None:
        """Each row names its own."""

    def line(self, chat: Overview, line: Line) -> None:
        versions = [*line.versions, Earlier(line.body, line.edited_at or line.inserted_at)]
        deleted_at = fragments.iso(line.removed_at) if line.removed_at else ""
        for number, version in enumerate(versions, 1):
            row = (
                chat.id,
                line.id,
                number,
                _sender(chat, line),
                fragments.iso(version.written_at),
                deleted_at,
                _remover(line),
            )
            self._rows.writerow((*row, cells.plain(version.body)))

    def end(self) -> None:
        """The last row is the end."""


class _Html(_File):
    """A page to read, with the lines of the transcript."""

    name = "messages.html"

    def __init__(self, sink: IO[bytes], extract: Extract) -> None:
        super().__init__(sink)
        self._day: date | None = None
        self._part("head", extract=extract, style=_STYLE)

    def chat(self, chat: Overview) -> None:
        self._day = None
        self._part("chat", chat=chat)

    def line(self, _chat: Overview, line: Line) -> None:
        self.write(fragments.transcript([line], self._day))
        self._day = line.inserted_at.date()

    def end(self) -> None:
        self._part("foot")

    def _part(self, name: str, /, **arguments: object) -> None:
        self.write(fragments.part("exports/record.html", name, **arguments))


class _Pipe:
    """Where the archive is written to: what is there already can be taken away."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere."""

    def take(self) -> bytes:
        held, self._held = bytes(self._held), bytearray()
        return held


def pieces(extract: Extract) -> Iterator[bytes]:
    """The archive (ZIP, with the sizes after the files), to be sent one piece after the other."""
    pipe = _Pipe()
    with ExitStack() as open_files, ZipFile(cast("IO[bytes]", pipe), "w") as archive:
        rows, page = (open_files.enter_context(TemporaryFile()) for _ in range(2))
        with _entry(archive, _Json.name, extract) as sink:
            files = [_Json(sink), _Csv(rows), _Html(page, extract)]
            for _ in _written(extract, files):
                yield pipe.take()
        for file, written in zip(files[1:], (rows, page), strict=True):
            written.seek(0)
            with _entry(archive, file.name, extract) as sink:
                while piece := written.read(_PIECE):
                    sink.write(piece)
                    yield pipe.take()
        with _entry(archive, "manifest.json", extract) as sink:
            manifest = _manifest(extract, [file.described() for file in files])
            sink.write(json.dumps(manifest, ensure_ascii=False, indent=2).encode())
    yield pipe.take()


def _written(extract: Extract, files: Sequence[_File]) -> Iterator[None]:
    """Write all of it into all files; a step for each page of messages."""
    for chat, span in extract.parts:
        for file in files:
            file.chat(chat)
        for lines in _pages(extract, chat, span):
            for file, line in product(files, lines):
                file.line(chat, line)
            yield
    for file in files:
        file.end()


def _pages(extract: Extract, chat: Overview, span: Span) -> Iterator[Sequence[Line]]:
    after = 0

    def page(session: Session) -> Sequence[Line]:
        return extracts.lines(session, extract.range, chat, span, after)

    while lines := read(page):
        yield lines
        after = lines[-1].id


def _entry(archive: ZipFile, name: str, extract: Extract) -> IO[bytes]:
    about = ZipInfo(name, extract.at.timetuple()[:6])
    about.compress_type = ZIP_DEFLATED
    about.external_attr = 0o600 << 16
    # How long it will be is not known, so the fields are those for more than four gigabytes.
    return archive.open(about, "w", force_zip64=True)


def _manifest(extract: Extract, files: Sequence[Mapping[str, object]]) -> dict[str, object]:
    since, until = (fragments.iso(at) if at else None for at in extract.range)
    return {
        "exported_at": fragments.iso(extract.at),
        "exported_by": extract.by,
        "entry": extract.entry,
        "reason": {
            "entry": extract.why.id,
            "kind": extract.why.kind,
            "reference": extract.why.reference,
            "text": extract.why.reason,
        },
        "person": extract.person or None,
        "since": since,
        "until": until,
        "chats": [{"id": chat.id} | span._asdict() for chat, span in extract.parts],
        "messages": sum(span.messages for _, span in extract.parts),
        "files": files,
    }


def _sender(chat: Overview, line: Line) -> str:
    return chat.username_1 if line.side == 1 else chat.username_2


def _remover(line: Line) -> str:
    if line.removed_at is None:
        return ""
    return "moderator" if line.by_moderator else "sender"
