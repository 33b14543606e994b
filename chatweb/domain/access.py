"""The only doors to a protected row. A stranger gets NotFound, exactly as for what does not exist."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, case, or_, select
from sqlalchemy.orm import Session, aliased

from chatweb.domain import sign_ins, texts
from chatweb.domain.queries import Query
from chatweb.domain.refusals import Conflict, NotFound
from chatweb.domain.sign_ins import Person
from chatweb.models import Chat, Member, User, utc_now

_one, _two, _theirs = aliased(User), aliased(User), aliased(Member)
_OTHER_ID = case((Chat.user_1_id == Member.user_id, Chat.user_2_id), else_=Chat.user_1_id)
_OPEN = and_(_one.is_active, _two.is_active, Member.blocked.is_(False), _theirs.blocked.is_(False))
_ACCEPTED = and_(_OPEN, Member.waits.is_(False), _theirs.waits.is_(False))
_IS_THEIRS = and_(_theirs.chat_id == Chat.id, _theirs.user_id == _OTHER_ID)
_COLUMNS = (
    Chat.id.label("chat_id"),
    Chat.topic,
    Chat.revision,
    Chat.updated_at,
    Chat.user_1_id,
    Chat.user_2_id,
    _one.display_name.label("name_1"),
    _two.display_name.label("name_2"),
    Member.user_id.label("person_id"),
    Member.read_id,
    Member.cleared,
    Member.waits,
    Member.seen_id,
    Member.pinned,
    Member.archived,
    Member.muted,
    Member.draft,
    Member.blocked.label("is_blocked"),
    _OPEN.label("is_open"),
    _theirs.seen_id.label("other_seen_id"),
    and_(_one.shows_reading, _two.shows_reading, _ACCEPTED).label("shows_reading"),
    and_(_one.shows_typing, _two.shows_typing, _ACCEPTED).label("shows_typing"),
    and_(_one.shows_presence, _two.shows_presence, _ACCEPTED).label("shows_presence"),
    _one.seen_at.label("seen_at_1"),
    _two.seen_at.label("seen_at_2"),
)
_CHAT_FOR = (
    select(*_COLUMNS)
    .join(_one, _one.id == Chat.user_1_id)
    .join(_two, _two.id == Chat.user_2_id)
    .join(Member, Member.chat_id == Chat.id)
    .join(_theirs, _IS_THEIRS)
    .where(
        Chat.topic == bindparam("topic"),
        Member.user_id == bindparam("person_id"),
        or_(Chat.user_1_id == bindparam("person_id"), Chat.user_2_id == bindparam("person_id")),
    )
)
_ENTERED = (
    sign_ins.SIGNED_IN.add_columns(*_COLUMNS)
    .outerjoin(
        Chat,
        and_(
            Chat.topic == bindparam("topic"),
            or_(Chat.user_1_id == User.id, Chat.user_2_id == User.id),
        ),
    )
    .outerjoin(Member, and_(Member.chat_id == Chat.id, Member.user_id == User.id))
    .outerjoin(_one, _one.id == Chat.user_1_id)
    .outerjoin(_two, _two.id == Chat.user_2_id)
    .outerjoin(_theirs, _IS_THEIRS)
)


class OpenChat(NamedTuple):
    """A conversation as one of its two people holds it.

    What the two show each other of their reading, typing and presence is what both of them show, while it
    `is_open` and once it is accepted: it `waits` for this person to do so. It `is_open` while the other
    person has an account in use and neither has blocked the other; `is_blocked` by this one.
    For this person there is no message up to `cleared`.
    """

    id: int
    topic: str
    revision: int
    updated_at: datetime
    user_1_id: int
    user_2_id: int
    name_1: str
    name_2: str
    person_id: int
    read_id: int
    cleared: int
    waits: bool
    seen_id: int
    pinned: bool
    archived: bool
    muted_until: datetime | None
    draft: str
    is_blocked: bool
    is_open: bool
    other_seen_id: int
    shows_reading: bool
    shows_typing: bool
    shows_presence: bool
    seen_at_1: datetime | None
    seen_at_2: datetime | None

    @property
    def side(self) -> int:
        """1 or 2: which of the two this person is."""
        return 1 if self.person_id == self.user_1_id else 2

    @property
    def is_muted(self) -> bool:
        """Whether it keeps quiet at this moment."""
        return self.muted_until is not None and self.muted_until > utc_now()

    def check_open(self) -> None:
        """Raise Conflict when nothing can be said here; who was blocked hears of a closed account."""
        if not self.is_open:
            raise Conflict("blocked" if self.is_blocked else "closed")

    @property
    def other_id(self) -> int:
        """The user id of the other person."""
        return self.user_2_id if self.side == 1 else self.user_1_id

    @property
    def other_name(self) -> str:
        """The display name of the other person."""
        return self.name_2 if self.side == 1 else self.name_1


_CHAT = Query(_CHAT_FOR, OpenChat._make)
_ENTER: Query[tuple[Any, ...]] = Query(_ENTERED, tuple)


class Visit(NamedTuple):
    """Who is asking, and the conversation asked for; no chat unless the person belongs to it."""

    person: Person
    chat: OpenChat | None


def enter(session: Session, token: str, topic: str) -> Visit | None:
    """Who holds this token, and their conversation with this topic. None for nobody. One SELECT."""
    if not texts.is_storable(topic):
        person = sign_ins.signed_in(session, token)
        return Visit(person, None) if person else None
    row = _ENTER.first(session, token_hash=sign_ins.digest(token), topic=topic)
    if row is None:
        return None
    about_person, about_chat = row[: sign_ins.SIGNED_IN_COLUMNS], row[sign_ins.SIGNED_IN_COLUMNS :]
    person = sign_ins.person(about_person, token)
    if person is None:
        return None
    chat = OpenChat._make(about_chat)
    return Visit(person, chat if chat.person_id else None)


def chat_for(session: Session, person_id: int, topic: str) -> OpenChat:
    """The conversation with this topic, if the person belongs to it; NotFound otherwise. One SELECT."""
    if not texts.is_storable(topic):
        raise NotFound("no_such_chat")
    found = _CHAT.first(session, topic=topic, person_id=person_id)
    if found is None:
        raise NotFound("no_such_chat")
    return found
