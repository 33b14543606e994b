"""What happened, and which topic hears which fragment. The only place that names recipients."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy.orm import Session

from chatweb import fragments
from chatweb.domain import chats, inboxes, messages, people, sign_ins
from chatweb.domain.access import OpenChat
from chatweb.domain.accounts import Switched, Switches
from chatweb.domain.inbox_rows import Row
from chatweb.domain.leaving import Left
from chatweb.domain.messages import Said
from chatweb.domain.moderation import Decided
from chatweb.extensions import live
from chatweb.live.bus import Bus
from chatweb.live.inbound import Refused
from chatweb.live.line import Line
from chatweb.live.presence import News, State
from chatweb.live.receiver import POLICY

SIGNED_OUT = 4401
GONE = 4404
RECONNECT = 1012
TYPING = "typing"
IN_VIEW = {"active": True, "idle": False}


class Voice(NamedTuple):
    """Whom a line speaks for, and whose inbox hears it besides the conversation's pages."""

    side: int
    listener_id: int


def message_sent(chat: OpenChat, message: Said, rows: Iterable[Row]) -> None:
    """A message was stored: the conversation's pages hear it, and the inboxes that these rows belong to."""
    live().bus.publish(chat_topic(chat.topic), fragments.message(message))
    for row in rows:
        row_changed(row)


def message_changed(chat: OpenChat, message: Said, rows: Iterable[Row]) -> None:
    """A message was edited, taken back or brought back: the same pages hear it as heard the message."""
    message_sent(chat, message, rows)


def messages_seen(chat: OpenChat, seen_id: int) -> None:
    """A person has seen everything up to a message: the conversation's pages hear it, if both show that."""
    if chat.shows_reading:
        live().bus.publish(chat_topic(chat.topic), fragments.seen(chat.side, seen_id))


def line_said(bus: Bus, line: Line, message: str | bytes) -> None:
    """A page said over its line that somebody is typing, or whether it is in view; anything else is 1008.

    A line without a `Voice` is one of two who do not show each other their typing.
    """
    if message in IN_VIEW and line.topics[0].startswith(person_topic("")):
        line.turn(present=IN_VIEW[str(message)])
        return
    if message != TYPING or not line.topics[0].startswith(chat_topic("")):
        raise Refused(POLICY)
    if isinstance(line.voice, Voice):
        typing = fragments.typing(line.voice.side, line.topics[0].removeprefix(chat_topic("")))
        bus.publish(line.topics[0], typing)
        bus.publish(person_topic(line.voice.listener_id), typing)


def row_changed(row: Row) -> None:
    """A line of somebody's inbox became another: they hear it in all tabs."""
    live().bus.publish(person_topic(row.person_id), rows([row]))


def own_row_changed(session: Session, chat: OpenChat) -> Row | None:
    """What a person keeps about a conversation changed: only their inbox hears it. Answers with the row."""
    row = inboxes.row(session, chat.person_id, chat.id)
    if row is not None:
        row_changed(row)
    return row


def draft_kept(session: Session, chat: OpenChat) -> None:
    """What a person has typed and not sent became another text: their lists and open fields hear it."""
    row = own_row_changed(session, chat)
    for fragment in _drafts(session, [row] if row else []):
        live().bus.publish(person_topic(chat.person_id), fragment)


def came_and_went(session: Session, bus: Bus, news: News, at: datetime) -> None:
    """People came, went away or are gone: the pages and inboxes of this process that show it hear it.

    Every process comes to know of it by itself.
    """
    told = {
        person_id: fragments.presence(person_id, state, at if person_id in news.seen else None)
        for person_id, state in news.changes.items()
    }
    for person_id, presence in told.items():
        bus.publish_here(presence_topic(person_id), presence)
    heard: dict[int, list[Markup]] = {}
    for person_id, contact_id in people.contacts(session, list(told)):
        heard.setdefault(contact_id, []).append(told[person_id])
    for contact_id, presences in heard.items():
        bus.publish_here(person_topic(contact_id), Markup().join(presences))


def shown_anew(session: Session, person_id: int, switches: Switches, switched: Switched) -> None:
    """Somebody has set their switches: pages of their conversations connect anew, rows show who is here."""
    bus = live().bus
    for topic in switched.topics:
        bus.close(chat_topic(topic), RECONNECT)
    for contact_id in switched.contact_ids:
        for one, other in ((person_id, contact_id), (contact_id, person_id)):
            state = live().state(one) if switches.shows_presence else State.GONE
            bus.publish(person_topic(other), fragments.presence(one, state, None))
    for chat_id in switched.accepted:
        for row in inboxes.both_rows(session, chat_id):
            row_changed(row)
    if switched.accepted:
        requests_changed(session, person_id)


def blocked_or_not(session: Session, chat: OpenChat) -> None:
    """One has blocked the other, or does so no more: pages connect anew, rows show what it is like now."""
    live().bus.close(chat_topic(chat.topic), RECONNECT)
    for row in inboxes.both_rows(session, chat.id):
        row_changed(row)
    if chat.waits:
        requests_changed(session, chat.person_id)


def accepted(session: Session, chat: OpenChat) -> None:
    """Who was written to has accepted: what the two show each other is seen from now on."""
    blocked_or_not(session, chat)


def requests_changed(session: Session, person_id: int) -> None:
    """Another number of conversations waits for somebody to accept: their lists say how many."""
    told = fragments.requests(inboxes.waiting(session, person_id))
    live().bus.publish(person_topic(person_id), told)


def closed_or_open(session: Session, left: Left) -> None:
    """An account is closed, or open again: sockets of it end, the others' pages connect anew, rows say so."""
    signed_out(*left.session_ids)
    for chat_id, topic in zip(left.chat_ids, left.topics, strict=True):
        live().bus.close(chat_topic(topic), RECONNECT)
        for row in inboxes.both_rows(session, chat_id):
            row_changed(row)


def purged(session: Session, chat_id: int) -> None:
    """The oldest messages of a conversation are gone: both people's rows tell their pages up to where."""
    for row in inboxes.both_rows(session, chat_id):
        row_changed(row)


def decided(session: Session, decided: Decided) -> None:
    """A report was decided: where messages were removed, the same pages hear it as of any other change."""
    if decided.left:
        closed_or_open(session, decided.left)
    if decided.chat:
        for message in decided.messages:
            live().bus.publish(chat_topic(decided.chat.topic), fragments.message(message))
    for row in decided.rows:
        row_changed(row)


def renamed(session: Session, person_id: int, name: str, avatar: str) -> None:
    """Another name or picture of somebody: they and everybody who sees them in a list hear of it.

    Whom they have blocked sees no picture.
    """
    for listener_id, is_blocked in ((person_id, False), *people.seen_by(session, person_id)):
        named = fragments.named(person_id, name, "" if is_blocked else avatar)
        live().bus.publish(person_topic(listener_id), named)


def signed_out(*session_ids: int) -> None:
    """Browsers were signed out: their sockets end."""
    for session_id in session_ids:
        live().bus.close(session_topic(session_id), SIGNED_OUT)


def ended_meanwhile(session: Session, topics: Collection[str]) -> None:
    """Of the browsers behind these topics, end the sockets of those whose session ended without a word here.

    So it is when another process signs somebody out, or when a session expires.
    """
    prefix = session_topic("")
    heard = [int(topic.removeprefix(prefix)) for topic in topics if topic.startswith(prefix)]
    signed_out(*sign_ins.ended(session, heard))


def revisions(session: Session, topics: Collection[str]) -> dict[str, int]:
    """The present revision of each of these conversations' topics, for the heartbeat."""
    plain = [topic.removeprefix(chat_topic("")) for topic in topics]
    return {chat_topic(topic): number for topic, number in chats.revisions(session, plain).items()}


def catch_up(session: Session, chat: OpenChat, position: int) -> str:
    """What a page hears first: how far each has read, who is here, and everything after its position.

    The conversation must have been read after the page was subscribed, or what was said between is missing.
    """
    seen = (
        {chat.side: chat.seen_id, 3 - chat.side: chat.other_seen_id} if chat.shows_reading else {1: 0, 2: 0}
    )
    missed = fragments.catch_up(messages.changes_after(session, chat, position), chat.cleared)
    return fragments.seen(1, seen[1]) + fragments.seen(2, seen[2]) + presence(chat, 1, 2) + missed


def presence(chat: OpenChat, *sides: int) -> Markup:
    """How much those of these sides are here; nothing where the two do not show it to each other."""
    if not chat.shows_presence:
        return Markup()
    both = {1: (chat.user_1_id, chat.seen_at_1), 2: (chat.user_2_id, chat.seen_at_2)}
    found = [both[side] for side in sides]
    return Markup().join(fragments.presence(id_, live().state(id_), at) for id_, at in found)


def inbox(session: Session, person_id: int) -> list[str]:
    """What an open inbox hears first: its newest rows and drafts, what else is unread, and what waits."""
    top = inboxes.top(session, person_id)
    written = [row for row in top.rows if row.draft]
    waiting = fragments.requests(inboxes.waiting(session, person_id))
    fresh = fragments.fresh_rows(rows(top.rows), top.beyond)
    return [fresh + Markup().join(_drafts(session, written)) + waiting]


def rows(found: Iterable[Row], *, current_topic: str | None = None) -> Markup:
    """Lines of somebody's inbox, each with how much the other person is here at this moment."""
    state = live().state
    return Markup().join(
        fragments.row(
            row,
            state(row.other_id) if row.shows_presence else State.GONE,
            current=row.topic == current_topic,
        )
        for row in found
    )


def _drafts(session: Session, rows: Sequence[Row]) -> list[Markup]:
    if not rows:
        return []
    texts = chats.drafts(session, rows[0].person_id, [row.chat_id for row in rows])
    return [fragments.draft(row.topic, texts[row.chat_id]) for row in rows if row.chat_id in texts]


def chat_topic(topic: str) -> str:
    """Where the pages of a conversation listen."""
    return f"chat:{topic}"


def presence_topic(person_id: int) -> str:
    """Where pages listen that show whether a person is here."""
    return f"presence:{person_id}"


def person_topic(person_id: int | str) -> str:
    """Where the inboxes of a person listen."""
    return f"user:{person_id}"


def session_topic(session_id: int | str) -> str:
    """Where all sockets of one signed-in browser listen."""
    return f"session:{session_id}"
