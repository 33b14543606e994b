"""Following a conversation live: the record says when it began, and when it ended, what was shown."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from chatweb.domain import admissions, audit, oversight, roles, sign_ins, transcripts
from chatweb.domain.audit import Actor
from chatweb.domain.oversight import Overview
from chatweb.domain.refusals import NotFound
from chatweb.domain.transcripts import ACCESS, Line, NotOpen
from chatweb.models import Entry, Message, utc_now

PAGE = 200


class Place(NamedTuple):
    """Where a page stands: it begins with the message `first_id`, and has all changes up to a revision."""

    first_id: int
    revision: int


def begin(session: Session, actor: Actor, chat_id: int) -> Overview:
    """Record that somebody follows an opened conversation. NotFound and NotOpen as for reading it.

    To be committed before anything is shown. Followings of it that never ended, because a server died, end
    here.
    """
    chat = oversight.overview(session, chat_id)
    transcripts.opening(session, actor, chat_id)
    for lost in _lost(session, chat_id):
        about = chat.named | {"detail": "the server had stopped; what was shown is not known"}
        audit.record(session, lost, audit.CHAT_FOLLOW_ENDED, about)
    audit.record(session, actor, audit.CHAT_FOLLOWED, chat.named)
    return chat


def check(session: Session, actor: Actor, chat_id: int) -> None:
    """Raise NotFound for a browser that is signed out, NotOpen for who may not read it at this moment."""
    if actor.session_id is None or sign_ins.ended(session, [actor.session_id]):
        raise NotFound("signed_out")
    if roles.CHATS not in admissions.areas(session, actor):
        raise NotOpen
    transcripts.opening(session, actor, chat_id)


def news(session: Session, actor: Actor, chat_id: int, place: Place) -> Sequence[Line]:
    """Up to 200 messages of the page that were sent or changed after its revision, by id; as `check`."""
    check(session, actor, chat_id)
    newer = Message.revision > place.revision, Message.id >= place.first_id
    changed = transcripts.said(chat_id).where(*newer).order_by(Message.revision).limit(PAGE)
    rows = session.execute(changed).all()
    if not rows:
        return []
    return transcripts.lines(session, oversight.overview(session, chat_id), sorted(rows))


def end(session: Session, actor: Actor, chat: Overview, shown: Collection[int]) -> None:
    """Record that it is over, and which messages were shown meanwhile."""
    span = {"first_id": min(shown), "last_id": max(shown)} if shown else {}
    about = chat.named | span | {"count": len(shown)}
    audit.record(session, actor, audit.CHAT_FOLLOW_ENDED, about)


def _lost(session: Session, chat_id: int) -> Sequence[Actor]:
    """Who followed it so long ago that it must be over, without an entry that says so."""
    later = aliased(Entry)
    has_ended = exists().where(
        later.chat_id == chat_id,
        later.action == audit.CHAT_FOLLOW_ENDED,
        later.request_id == Entry.request_id,
    )
    columns = (Entry.actor_id, Entry.actor_name, Entry.session_id, Entry.address, Entry.request_id)
    begun = select(*columns).where(
        Entry.chat_id == chat_id,
        Entry.action == audit.CHAT_FOLLOWED,
        # The end comes a moment after that of the access.
        Entry.inserted_at < utc_now() - 2 * ACCESS,
        ~has_ended,
    )
    return [Actor._make(row) for row in session.execute(begun.order_by(Entry.id))]
