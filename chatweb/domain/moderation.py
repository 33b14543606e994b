"""What moderators see of reports, and decide about them; all that is read and decided is in the audit log.

Of the conversation they see what was reported, as it read then, and up to five messages before and after
each.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from sqlalchemy import literal, select, union_all, update
from sqlalchemy.orm import Session

from chatweb.domain import access, audit, changes, inboxes, roles, stewards
from chatweb.domain.access import OpenChat
from chatweb.domain.audit import Actor, Reason
from chatweb.domain.changes import Earlier
from chatweb.domain.inbox_rows import Row
from chatweb.domain.leaving import Left
from chatweb.domain.messages import Said
from chatweb.domain.refusals import Conflict, Invalid
from chatweb.domain.report_queue import Summary, summary
from chatweb.models import Evidence, Message, Report

CONTEXT = 5
DISMISSED, REMOVED, DEACTIVATED = "dismissed", "removed", "deactivated"
DECISIONS = (DISMISSED, REMOVED, DEACTIVATED)

_COLUMNS = (
    Message.id,
    Message.sender_id,
    Message.body,
    Message.inserted_at,
    Message.updated_at,
    Message.deleted_at,
    Message.by_moderator,
)


class Line(NamedTuple):
    """A message that was reported, as it read then and before, or one of those around them, as it is now.

    `follows`: there is nothing between it and the line before. It `is_there` unless it is gone altogether.
    """

    id: int
    sender_name: str
    is_reported: bool
    body: str
    inserted_at: datetime
    edited_at: datetime | None
    versions: Sequence[Earlier]
    removed_at: datetime | None
    by_moderator: bool
    edited_since: bool
    is_there: bool
    follows: bool


class Page(NamedTuple):
    """A report with everything that belongs to it, and what may be decided by whoever reads it."""

    report: Summary
    words: str
    lines: Sequence[Line]
    offered: Sequence[str]


class Decided(NamedTuple):
    """Who hears of a decision: of an account that is closed, or pages in which messages were removed."""

    left: Left | None = None
    chat: OpenChat | None = None
    messages: Sequence[Said] = ()
    rows: Sequence[Row] = ()


def read(session: Session, actor: Actor, report_id: int, reason: Reason) -> Page:
    """A report with what was reported; recorded with what it shows. NotFound as for `summary`.

    To be committed before anybody sees it.
    """
    report = summary(session, actor.id, report_id)
    kept = _kept(session, report_id)
    lines = list(_lines(report, kept, _windows(session, report, list(kept))))
    shown = {"first_id": lines[0].id, "last_id": lines[-1].id} if lines else {}
    audit.record(session, actor, audit.REPORT_READ, _about(report) | shown | {"count": len(lines)}, reason)
    words = session.scalars(select(Report.words).where(Report.id == report_id)).one()
    return Page(report, words, lines, _offered(session, actor, report))


def decide(session: Session, actor: Actor, report_id: int, decision: str, reason: Reason) -> Decided:
    """Dismiss a report, remove the messages, or deactivate who was reported; recorded with the reason.

    Raises Invalid for what cannot be decided here, Conflict for a report that is decided already and for the
    last administrator, NotFound as for `summary`.
    """
    report = summary(session, actor.id, report_id)
    if decision not in _offered(session, actor, report):
        raise Invalid(decision="decision_missing")
    message_ids = list(_kept(session, report_id))
    about = _about(report) | {"count": len(message_ids)}
    if message_ids:
        about |= {"first_id": message_ids[0], "last_id": message_ids[-1]}
    # Entries are made one at a time: who decides at the same moment has to wait here, and finds it decided.
    entry_id = audit.record(session, actor, f"report_{decision}", about, reason)
    taken = update(Report).where(Report.id == report_id, Report.decision.is_(None))
    now_mine = taken.values(decision=decision, entry_id=entry_id).returning(Report.id)
    if session.scalar(now_mine) is None:
        raise Conflict("report_decided")
    if decision == DEACTIVATED:
        why = reason._replace(reference=reason.reference or about["detail"])
        return Decided(left=stewards.deactivate(session, actor, report.reported_id, why))
    if decision == REMOVED and report.topic:
        chat = access.chat_for(session, report.reported_id, report.topic)
        removed = changes.take_away(session, chat, message_ids)
        return Decided(chat=chat, messages=removed, rows=inboxes.both_rows(session, chat.id))
    return Decided()


def _offered(session: Session, actor: Actor, report: Summary) -> Sequence[str]:
    # Whoever types commands on the server may do everything.
    role = roles.ADMIN if actor.id is None else stewards.account(session, actor.id).role
    return [
        decision
        for decision, is_possible in (
            (DISMISSED, True),
            (REMOVED, report.chat_id is not None and report.messages > 0),
            (
                DEACTIVATED,
                report.is_active and (role == roles.ADMIN or not roles.areas(report.reported_role)),
            ),
        )
        if is_possible
    ]


def _kept(session: Session, report_id: int) -> dict[int, list[Earlier]]:
    """The texts of each reported message, by its id."""
    found = select(Evidence.message_id, Evidence.body, Evidence.written_at).where(
        Evidence.report_id == report_id
    )
    rows = session.execute(found.order_by(Evidence.message_id, Evidence.id))
    return {
        message_id: [Earlier(body, written_at) for _, body, written_at in texts]
        for message_id, texts in groupby(rows, key=lambda row: row.message_id)
    }


def _windows(session: Session, report: Summary, message_ids: Sequence[int]) -> dict[int, list[Any]]:
    """What stands around each of these messages, and itself, oldest first. One SELECT."""
    there = select(*_COLUMNS).where(Message.chat_id == report.chat_id)
    parts = [
        select(literal(message_id), part.subquery())
        for message_id in message_ids
        for part in (
            there.where(Message.id < message_id).order_by(Message.id.desc()).limit(CONTEXT),
            there.where(Message.id == message_id),
            there.where(Message.id > message_id).order_by(Message.id).limit(CONTEXT),
        )
    ]
    windows: dict[int, list[Any]] = {message_id: [] for message_id in message_ids}
    if parts and report.chat_id is not None:
        for around, *message in session.execute(union_all(*parts)):
            windows[around].append(message)
    return {around: sorted(messages) for around, messages in windows.items()}


def _lines(report: Summary, kept: dict[int, list[Earlier]], windows: dict[int, list[Any]]) -> Iterator[Line]:
    there = {message[0]: message for window in windows.values() for message in window}
    beside = {
        pair
        for around, window in windows.items()
        for pair in pairwise(sorted({around, *(message[0] for message in window)}))
    }
    last = None
    for id_ in sorted({*there, *kept}):
        line = _line(report, id_, kept.get(id_, []), there.get(id_))
        yield line._replace(follows=last is None or (last, id_) in beside)
        last = id_


def _line(report: Summary, id_: int, texts: Sequence[Earlier], now: Any | None) -> Line:
    _, sender_id, body, inserted_at, edited_at, removed_at, by_moderator = now or (id_, *[None] * 6)
    own = sender_id == report.reporter_id
    if texts:
        *versions, text = texts
        body, inserted_at = text.body, texts[0].written_at
        edited_since = edited_at is not None and edited_at > text.written_at
        edited_at = text.written_at if versions else None
    else:
        versions, edited_since = [], False
        body = "" if removed_at else body
    return Line(
        id_,
        report.reporter_name if own else report.reported_name,
        bool(texts),
        body,
        inserted_at,
        edited_at,
        versions,
        removed_at,
        bool(by_moderator),
        edited_since,
        now is not None,
        follows=True,
    )


def _about(report: Summary) -> dict[str, Any]:
    return {
        "chat_id": report.chat_id,
        "topic": report.topic or "",
        "person_1_id": report.reported_id,
        "person_1_name": report.reported_username,
        "person_2_id": report.reporter_id,
        "person_2_name": report.reporter_username,
        "detail": f"report {report.id}",
    }
