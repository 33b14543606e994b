"""Everything somebody has said and was told, written out piece by piece as a file to keep."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime

from markupsafe import Markup

from chatweb import fragments
from chatweb.domain import exports
from chatweb.domain.accounts import Own
from chatweb.domain.exports import Line, Talk
from chatweb.store import read

Pieces = Iterator[str]


def as_json(user_id: int, own: Own, at: datetime) -> Pieces:
    """One JSON object (RFC 8259); times are UTC with milliseconds (RFC 3339)."""
    person = {"username": own.username, "display_name": own.display_name, "email": own.email}
    yield f'{{"exported_at": "{fragments.iso(at)}", "person": {_json(person)}, "chats": ['
    for number, talk in enumerate(read(lambda session: exports.talks(session, user_id))):
        other = {"username": talk.username, "display_name": talk.display_name}
        started = fragments.iso(talk.started_at)
        yield f'{"," if number else ""}\n{{"with": {_json(other)}, "started_at": "{started}", "messages": ['
        separator = "\n"
        for line in _lines(user_id, talk):
            yield separator + _json(_described(line, own.username if line.is_own else talk.username))
            separator = ",\n"
        yield "]}"
    yield "\n]}\n"


def as_html(user_id: int, own: Own, at: datetime) -> Pieces:
    """A page without styles and scripts."""
    yield _part("head", own=own, at=at)
    for talk in read(lambda session: exports.talks(session, user_id)):
        yield _part("talk", talk=talk)
        for line in _lines(user_id, talk):
            yield _part("line", line=line, name=own.display_name if line.is_own else talk.display_name)
    yield _part("foot")


FORMATS: dict[str, tuple[str, Callable[[int, Own, datetime], Pieces]]] = {
    "json": ("application/json", as_json),
    "html": ("text/html", as_html),
}


def _lines(user_id: int, talk: Talk) -> Iterator[Line]:
    after = 0
    while page := read(lambda session, after=after: exports.lines(session, user_id, talk, after)):  # type: ignore[misc]
        yield from page
        after = page[-1].id


def _described(line: Line, username: str) -> dict[str, object]:
    described: dict[str, object] = {"from": username, "sent_at": fragments.iso(line.sent_at)}
    if line.removed:
        return described | {"deleted": True}
    if line.edited_at:
        described["edited_at"] = fragments.iso(line.edited_at)
        described["earlier"] = [
            {"written_at": fragments.iso(version.written_at), "body": version.body}
            for version in line.earlier
        ]
    return described | {"body": line.body}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _part(name: str, /, **arguments: object) -> Markup:
    return fragments.part("exports/page.html", name, **arguments)
