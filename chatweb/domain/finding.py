"""Finding messages of one's own conversations by what they say: in any language, also within a word."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import bindparam, case, select
from sqlalchemy.orm import Session, aliased

from chatweb.domain import texts
from chatweb.domain.queries import Query, single
from chatweb.models import Chat, Member, Message, User

R = TypeVar("R")

PAGE = 40
MOST_LOOKED_AT = 50_000
FIRST_STEP, STEP = 100, 1_000
LONGEST_QUERY = 100
_BEFORE, _AFTER = 60, 240
_STRETCH = 100


_OF_PERSON = (Member.user_id == bindparam("person_id"), Message.id > Member.cleared)
_own = (
    select(Message.id)
    .join(Member, Member.chat_id == Message.chat_id)
    .where(*_OF_PERSON, Message.id < bindparam("before"))
    .order_by(Message.id.desc())
    .limit(bindparam("most"))
)
_texts = (
    select(Message.id, Message.body)
    .join(Member, Member.chat_id == Message.chat_id)
    .where(
        *_OF_PERSON, Message.id.between(bindparam("first"), bindparam("last")), Message.deleted_at.is_(None)
    )
    .order_by(Message.id.desc())
)
_IN_CHAT = Member.chat_id == bindparam("chat_id")
_OWN = Query(_own, single), Query(_own.where(_IN_CHAT), single)
_TEXTS: tuple[Query[tuple[int, str]], ...] = Query(_texts, tuple), Query(_texts.where(_IN_CHAT), tuple)


class Hit(NamedTuple):
    """A message that was found, and whose conversation it is from."""

    id: int
    topic: str
    other_name: str
    sender_name: str
    is_own: bool
    body: str
    inserted_at: datetime


class Part(NamedTuple):
    """A piece of a text; `is_hit` where it is one of the words."""

    text: str
    is_hit: bool


def words(query: str) -> list[str]:
    """What a message has to have in it, in any order, so that it is found. Nothing for nothing typed."""
    return list(dict.fromkeys(texts.folded(query[:LONGEST_QUERY]).split()))


def own(session: Session, person_id: int, chat_id: int | None, before: int) -> Sequence[int]:
    """The ids of the newest 50,000 messages of a person's conversations, or of one, newest first. One SELECT.

    Those before this id; none that the person has cleared. One more than 50,000 says that there are more.
    """
    return _all(_OWN, session, chat_id, person_id=person_id, before=before, most=MOST_LOOKED_AT + 1)


def matching(
    session: Session, person_id: int, chat_id: int | None, ids: Sequence[int], wanted: Sequence[str]
) -> Sequence[int]:
    """Those of a run of `own` ids that have all the words in them, newest first. One SELECT."""
    # From one id to another: with each id for itself the statement takes longer than to look for the words.
    rows = _all(_TEXTS, session, chat_id, person_id=person_id, first=ids[-1], last=ids[0])
    first, *others = wanted
    found = []
    for id_, body in rows:
        text = texts.folded(body)
        if first in text and all(word in text for word in others):
            found.append(id_)
    return found


def hits(session: Session, person_id: int, ids: Sequence[int]) -> Sequence[Hit]:
    """These messages, as far as they are in conversations of this person, newest first. One SELECT."""
    sender, other = aliased(User), aliased(User)
    other_id = case((Chat.user_1_id == person_id, Chat.user_2_id), else_=Chat.user_1_id)
    found = (
        select(
            Message.id,
            Chat.topic,
            other.display_name,
            sender.display_name,
            (Message.sender_id == person_id).label("is_own"),
            Message.body,
            Message.inserted_at,
        )
        .join(Chat, Chat.id == Message.chat_id)
        .join(Member, Member.chat_id == Chat.id)
        .join(sender, sender.id == Message.sender_id)
        .join(other, other.id == other_id)
        .where(
            Message.id.in_(ids),
            Message.deleted_at.is_(None),
            Message.id > Member.cleared,
            Member.user_id == person_id,
        )
    )
    return [Hit._make(row) for row in session.execute(found.order_by(Message.id.desc()))]


def parts(body: str, wanted: Sequence[str]) -> Sequence[Part]:
    """The text around the first of the words, each of them a part of its own; "…" where it is cut."""
    first = _first(body, wanted)
    begin, end = max(first - _BEFORE, 0), first + _AFTER
    around = body[begin:end]
    found = [Part("…", is_hit=False)] if begin else []
    place = 0
    for start, stop in _spans(around, wanted):
        found += [Part(around[place:start], is_hit=False), Part(around[start:stop], is_hit=True)]
        place = stop
    found.append(Part(around[place:] + ("…" if end < len(body) else ""), is_hit=False))
    return [part for part in found if part.text]


def _all(queries: tuple[Query[R], ...], session: Session, chat_id: int | None, **gaps: Any) -> list[R]:
    everywhere, in_chat = queries
    if chat_id is None:
        return everywhere.all(session, **gaps)
    return in_chat.all(session, chat_id=chat_id, **gaps)


def _first(body: str, wanted: Sequence[str]) -> int:
    """Where in a text the first of the words stands; 0 where none does."""
    text = texts.folded(body)
    first = min((place for word in wanted if (place := text.find(word)) != -1), default=0)
    # Letters become more or fewer when they are folded: by the stretch, for each of them takes long.
    place = 0
    for size in (_STRETCH, 1):
        while (length := len(texts.folded(body[place : place + size]))) <= first and place < len(body):
            first -= length
            place += size
    return place


def _spans(body: str, wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Where in a text the words stand, in order; those that touch are one."""
    pieces = [texts.folded(character) for character in body]
    origins = [place for place, piece in enumerate(pieces) for _ in piece]
    text = "".join(pieces)
    marked = [False] * len(body)
    for word in wanted:
        start = text.find(word)
        while start != -1:
            stop = start + len(word)
            for place in range(origins[start], origins[stop - 1] + 1):
                marked[place] = True
            start = text.find(word, stop)
    for place in range(1, len(body)):
        # An accent belongs to its letter.
        marked[place] = marked[place] or (marked[place - 1] and not pieces[place])
    edges = [place for place in range(len(body) + 1) if _at(marked, place) != _at(marked, place - 1)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _at(marked: Sequence[bool], place: int) -> bool:
    return 0 <= place < len(marked) and marked[place]
