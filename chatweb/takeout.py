"""Everything somebody has said and was told, written out piece by piece as a file to keep."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from markupsafe import Markup

from chatweb import fragments
from chatweb.domain import agents, exports, known
from chatweb.domain.changes import Earlier
from chatweb.domain.exports import Line, Talk
from chatweb.domain.known import Known
from chatweb.store import read

Pieces = Iterator[str]

# Names of this server for what the other fields tell.
_NOT_TOLD = ("chat_id", "other_id", "username", "display_name", "cleared")


def as_json(user_id: int, at: datetime) -> Pieces:
    """One JSON object (RFC 8259); times are UTC with milliseconds (RFC 3339)."""
    about = read(lambda session: known.of(session, user_id))
    yield f'{{"exported_at": "{fragments.iso(at)}", {_described_person(about)[1:-1]}, "chats": ['
    for number, talk in enumerate(read(lambda session: exports.talks(session, user_id))):
        yield f'{"," if number else ""}\n{_described_talk(talk)[:-1]}, "messages": ['
        separator = "\n"
        for line in _lines(user_id, talk):
            name = about.account.username if line.is_own else talk.username
            told = described(
                name, line.sent_at, line.edited_at, line.earlier, None if line.removed else line.body
            )
            if line.by_moderator:
                told["deleted_by"] = "moderator"
            yield separator + as_object(told)
            separator = ",\n"
        yield "]}"
    yield "\n]}\n"


def as_html(user_id: int, at: datetime) -> Pieces:
    """A page without styles and scripts."""
    about = read(lambda session: known.of(session, user_id))
    own = about.account
    yield _part("head", own=own, at=at)
    devices = [(browser, agents.device(browser.agent)) for browser in about.browsers]
    picture = _as_address(about.picture) if about.picture else None
    yield _part("person", about=about, own=own, devices=devices, picture=picture, zone=own.time_zone)
    for talk in read(lambda session: exports.talks(session, user_id)):
        yield _part("talk", talk=talk, zone=own.time_zone)
        for line in _lines(user_id, talk):
            name = own.display_name if line.is_own else talk.display_name
            yield _part("line", line=line, name=name, zone=own.time_zone)
    yield _part("foot")


FORMATS: dict[str, tuple[str, Callable[[int, datetime], Pieces]]] = {
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
    return json.dumps(value, ensure_ascii=False, default=fragments.iso)


def _described_person(about: Known) -> str:
    person = about.account._asdict() | {"picture": _as_address(about.picture) if about.picture else None}
    second_step = {
        "app_since": about.app_since,
        "recovery_codes": about.recovery_codes,
        "passkeys": [
            {"name": one.name, "made_at": one.inserted_at, "used_at": one.used_at} for one in about.passkeys
        ],
    }
    reports = [
        {
            "about": {"username": one.username, "display_name": one.display_name},
            "kind": one.kind,
            "words": one.words,
            "sent_at": one.sent_at,
            "messages": one.messages,
        }
        for one in about.reports
    ]
    browsers = [one._asdict() for one in about.browsers]
    told = {"person": person, "second_step": second_step, "browsers": browsers, "reports": reports}
    return as_object(told)


def _described_talk(talk: Talk) -> str:
    told = {"with": {"username": talk.username, "display_name": talk.display_name}}
    kept = talk._asdict()
    return as_object(told | {name: kept[name] for name in Talk._fields if name not in _NOT_TOLD})


def _as_address(picture: bytes) -> str:
    """A picture as the whole of an address (RFC 2397)."""
    return f"data:image/webp;base64,{b64encode(picture).decode()}"


def _lines(user_id: int, talk: Talk) -> Iterator[Line]:
    after = 0
    while page := read(lambda session, after=after: exports.lines(session, user_id, talk, after)):  # type: ignore[misc]
        yield from page
        after = page[-1].id


def _part(name: str, /, **arguments: object) -> Markup:
    return fragments.part("exports/page.html", name, **arguments)
