"""Inboxes: one row for each conversation of a person, as it stands at this moment."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Tuple,
    and_,
    bindparam,
    case,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import TypeEngine

from chatweb.domain import chats
from chatweb.domain.access import OpenChat
from chatweb.domain.inbox_rows import Place, Row, Top
from chatweb.domain.queries import Query, single
from chatweb.models import Chat, Member, Message, User, UtcMillis, utc_now
from chatweb.models.base import EPOCH

INBOX_PAGE = 50
UNREAD_CAP = 100
PREVIEW_LENGTH = 160

_last = aliased(Message)
_newer = aliased(Message)
_person = aliased(User)
_theirs = aliased(Member)

_LOWEST = Place(pinned=False, updated_at=EPOCH, chat_id=0)
_OTHER_ID = case((Chat.user_1_id == Member.user_id, Chat.user_2_id), else_=Chat.user_1_id)
_unread = (
    select(literal(1))
    .where(
        _newer.chat_id == Chat.id,
        _newer.sender_id == _OTHER_ID,
        _newer.id > Member.read_id,
        _newer.deleted_at.is_(None),
    )
    .limit(UNREAD_CAP)
    .correlate(Chat, Member)
)
_UNREAD = select(func.count()).select_from(_unread.subquery()).scalar_subquery()
_IS_MUTED = and_(Member.muted.is_not(None), Member.muted > bindparam("now", type_=UtcMillis))
_GONE = or_(User.is_active.is_(False), _theirs.blocked)
_place = tuple_(Member.pinned, Chat.updated_at, Chat.id)


def _gap(prefix: str = "") -> Tuple:
    types: tuple[TypeEngine[Any], ...] = Boolean(), UtcMillis(), Integer()
    names = [prefix + name for name in Place._fields]
    return tuple_(*(bindparam(name, type_=type_) for name, type_ in zip(names, types, strict=True)))


def _rows(*conditions: ColumnElement[bool]) -> Select[Any]:
    newest = select(func.max(Message.id)).where(Message.chat_id == Chat.id).correlate(Chat).scalar_subquery()
    return (
        select(
            Chat.id,
            Chat.topic,
            Chat.revision,
            Chat.updated_at,
            User.id.label("other_id"),
            User.display_name,
            _last.sender_id,
            func.substr(_last.body, 1, PREVIEW_LENGTH).label("body"),
            _last.deleted_at,
            _last.by_moderator,
            _UNREAD.label("unread"),
            Member.pinned,
            Member.archived,
            _IS_MUTED.label("muted"),
            func.substr(Member.draft, 1, PREVIEW_LENGTH).label("draft"),
            _GONE.label("gone"),
            case((_GONE, ""), else_=User.avatar).label("avatar"),
            Member.blocked,
            Member.waits,
            and_(
                User.is_active,
                User.shows_presence,
                _person.shows_presence,
                Member.blocked.is_(False),
                _theirs.blocked.is_(False),
                Member.waits.is_(False),
                _theirs.waits.is_(False),
            ).label("shows_presence"),
            Member.user_id,
            Member.cleared,
        )
        .select_from(Member)
        .join(Chat, Chat.id == Member.chat_id)
        .join(User, User.id == _OTHER_ID)
        .join(_person, _person.id == Member.user_id)
        .join(_theirs, and_(_theirs.chat_id == Chat.id, _theirs.user_id == User.id))
        .outerjoin(_last, and_(_last.id == newest, _last.id > Member.cleared))
        .where(*conditions)
    )


_OF_PERSON = Member.user_id == bindparam("person_id")
_OF_CHAT = Member.chat_id == bindparam("chat_id")
_ROW = Query(_rows(_OF_PERSON, _OF_CHAT), Row._make)
_IS_THERE = or_(Chat.revision > 0, Member.opened)
_BOTH = Query(_rows(_OF_CHAT, _IS_THERE), Row._make)
_WAITS = and_(Member.waits, Member.blocked.is_(False), Chat.revision > 0)
_LISTS: dict[str, tuple[ColumnElement[bool], ...]] = {
    "": (Member.waits.is_(False), Member.archived.is_(False)),
    "archive": (Member.waits.is_(False), Member.archived.is_(True)),
    "requests": (_WAITS,),
}


def _newest(name: str) -> Select[Any]:
    return (
        _rows(_OF_PERSON, _IS_THERE, *_LISTS[name])
        .order_by(Member.pinned.desc(), Chat.updated_at.desc(), Chat.id.desc())
        .limit(INBOX_PAGE + 1)
    )


_INBOX = {name: Query(_newest(name), Row._make) for name in _LISTS}
_OLDER = {name: Query(_newest(name).where(_place < _gap()), Row._make) for name in _LISTS}
_WAITING = Query(
    select(func.count()).select_from(Member).join(Chat, Chat.id == Member.chat_id).where(_OF_PERSON, _WAITS),
    single,
)
_BEYOND = Query(
    select(func.coalesce(func.sum(_UNREAD), 0).cast(Integer))
    .select_from(Member)
    .join(Chat, Chat.id == Member.chat_id)
    .where(
        _OF_PERSON,
        *_LISTS[""],
        not_(_IS_MUTED),
        or_(_place > _gap("first_"), _place < _gap("last_")),
    ),
    single,
)


def newest(session: Session, person_id: int, of: str = "") -> Sequence[Row]:
    """The first 51 rows of a person's inbox: a page, and one to show there is more. One SELECT.

    `of` is "archive" for what is archived, "requests" for what they have not accepted yet.
    """
    return _INBOX[of].all(session, person_id=person_id, now=utc_now())


def older(session: Session, person_id: int, place: Place, of: str = "") -> Sequence[Row]:
    """The next 51 rows below this place. One SELECT."""
    return _OLDER[of].all(session, person_id=person_id, now=utc_now(), **place._asdict())


def waiting(session: Session, person_id: int) -> int:
    """How many conversations wait to be accepted. One SELECT."""
    (count,) = _WAITING.all(session, person_id=person_id)
    return int(count)


def top(session: Session, person_id: int) -> Top:
    """The beginning of a person's inbox, as it stands beside every page. One SELECT, two for a longer one."""
    found = newest(session, person_id)
    rows = found[:INBOX_PAGE]
    return Top(rows, unread_beyond(session, person_id, rows) if len(found) > len(rows) else 0)


def unread_beyond(session: Session, person_id: int, rows: Sequence[Row]) -> int:
    """How many messages are unread in the chats above and below these rows of an inbox. One SELECT.

    Without rows these are all chats. Up to 100 of each count, none of what is muted or archived, or waits.
    """
    first, last = (rows[0].place, rows[-1].place) if rows else (_LOWEST, _LOWEST)
    bounds = {f"first_{name}": value for name, value in first._asdict().items()}
    bounds |= {f"last_{name}": value for name, value in last._asdict().items()}
    (count,) = _BEYOND.all(session, person_id=person_id, now=utc_now(), **bounds)
    return int(count)


def row(session: Session, person_id: int, chat_id: int) -> Row | None:
    """One person's row of one conversation, or None when it is gone. One SELECT."""
    return _ROW.first(session, person_id=person_id, chat_id=chat_id, now=utc_now())


def both_rows(session: Session, chat_id: int) -> Sequence[Row]:
    """The rows of one conversation in the lists of both people, of those who have it there. One SELECT."""
    return _BOTH.all(session, chat_id=chat_id, now=utc_now())


def rows_after_message(session: Session, chat: OpenChat) -> Sequence[Row]:
    """Both people's rows once there is a new message. The archive gives back what is not muted.

    One SELECT, unless the conversation was archived.
    """
    rows = both_rows(session, chat.id)
    back = [row.person_id for row in rows if row.archived and not row.muted]
    for person_id in back:
        chats.arrange(session, person_id, chat.id, archived=False)
    return both_rows(session, chat.id) if back else rows
