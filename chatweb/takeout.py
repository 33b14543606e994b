"""Everything somebody has said and was told, written out piece by piece as a file to keep."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from markupsafe import Markup

from chatweb import fragments
from chatweb.domain import exports
from chatweb.domain.accounts import Own
from chatweb.domain.changes import Earlier
from chatweb.domain.exports import Line, Talk
from chatweb.store import read

Pieces = Iterator[str]


def as_json(user_id: int, own: Own, at: datetime) -> Pieces:
    """One JSON object (RFC 8259); times are UTC with milliseconds (RFC 3339)."""
    person = {"username": own.username, "display_name": own.display_name, "email": own.email}
    yield f'{{"exported_at": "{fragments.iso(at)}", "person": {as_object(person)}, "chats": ['
    for number, talk in enumerate(read(lambda session: exports.talks(session, user_id))):
        other = {"username": talk.username, "display_name": talk.display_name}
        about = as_object({"with": other, "started_at": fragments.iso(talk.started_at)})
        yield f'{"," if number else ""}\n{about[:-1]}, "messages": ['
        separator = "\n"
        for line in _lines(user_id, talk):
            name, body = own.username if line.is_own else talk.username, None if line.removed else line.body
            yield separator + as_object(described(name, line.sent_at, line.edited_at, line.earlier, body))
            separator = ",\n"
        yield "]}"
    yield "\n]}\n"


def as_html(user_id: int, own: Own, at: datetime) -> Pieces:
    """A page without styles and scripts."""
    yield _part("head", own=own, at=at)
    for talk in read(lambda session: exports.talks(session, user_id)):
        yield _part("talk", talk=talk)
        for line in _lines(user_id, talk):
            name = own.display_name if line.is_own else talk.display_name
            yield _part("line", line=line, name=name, zone=own.time_zone)
    yield _part("foot")


FORMATS: dict[str, tuple[str, Callable[[int, Own, datetime], Pieces]]] = {
    "json": ("application/json", as_json),
    "html": ("text/html", as_html),
}


def described(
    username: str,
    sent_at: datetime,
    edited_at: datetime | None,
    earlier: Sequence[Earlier],
    body: str | None,
) -> dict[str, object]:
    """A message as an object of a JSON file; `body` is None for a deleted one."""
    told: dict[str, object] = {"from": username, "sent_at": fragments.iso(sent_at)}
    if body is None:
        return told | {"deleted": True}
    if edited_at:
        told["edited_at"] = fragments.iso(edited_at)
        told["earlier"] = [
            {"written_at": fragments.iso(version.written_at), "body": version.body} for version in earlier
        ]
    return told | {"body": body}


def as_object(value: object) -> str:
    """JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def _lines(user_id: int, talk: Talk) -> Iterator[Line]:
    after = 0
    while page := read(lambda session, after=after: exports.lines(session, user_id, talk, after)):  # type: ignore[misc]
        yield from page
        after = page[-1].id


def _part(name: str, /, **arguments: object) -> Markup:
    return fragments.part("exports/page.html", name, **arguments)
