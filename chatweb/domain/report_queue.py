"""Reports from outside: who about whom, how many messages, and what was decided; not a word of what was said.

Nobody sees a report about themselves, or of their own.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from chatweb.domain.refusals import NotFound
from chatweb.models import Chat, Entry, Evidence, Report, User

LIST_PAGE = 50

_reporter, _reported = aliased(User), aliased(User)


class Summary(NamedTuple):
    """A report from outside, without a word of what was said. Who decided it is None while it is open.

    `chat_id` and `topic` are None when the conversation is gone, `is_active` says whether the reported person
    has an account in use.
    """

    id: int
    kind: str
    inserted_at: datetime
    chat_id: int | None
    topic: str | None
    reporter_id: int
    reporter_name: str
    reporter_username: str
    reported_id: int
    reported_name: str
    reported_username: str
    reported_avatar: str
    reported_role: str
    is_active: bool
    messages: int
    decision: str | None
    decided_at: datetime | None
    decider_name: str | None
    note: str | None


def queue(
    session: Session, actor_id: int | None, *, decided: bool, place: int | None = None
) -> Sequence[Summary]:
    """Up to 51 reports beyond the one of this id: the open ones, oldest first, or the last decided ones.

    One more than a page has. One SELECT.
    """
    if decided:
        found = _described(actor_id).where(Report.decision.is_not(None)).order_by(Report.id.desc())
        beyond = Report.id < place if place is not None else None
    else:
        found = _described(actor_id).where(Report.decision.is_(None)).order_by(Report.id)
        beyond = Report.id > place if place is not None else None
    if beyond is not None:
        found = found.where(beyond)
    return [Summary._make(row) for row in session.execute(found.limit(LIST_PAGE + 1))]


def summary(session: Session, actor_id: int | None, report_id: int) -> Summary:
    """The report with this id from outside; NotFound when there is none for this person. One SELECT."""
    row = session.execute(_described(actor_id).where(Report.id == report_id)).one_or_none()
    if row is None:
        raise NotFound("no_such_report")
    return Summary._make(row)


def _described(actor_id: int | None) -> Select[*tuple[Any, ...]]:
    picked = select(func.count(Evidence.message_id.distinct())).where(Evidence.report_id == Report.id)
    found: Select[*tuple[Any, ...]] = (
        select(
            Report.id,
            Report.kind,
            Report.inserted_at,
            Report.chat_id,
            Chat.topic,
            Report.reporter_id,
            _reporter.display_name,
            _reporter.username,
            Report.reported_id,
            _reported.display_name,
            _reported.username,
            _reported.avatar,
            _reported.role,
            or_(_reported.is_active, _reported.paused_at.is_not(None)),
            picked.correlate(Report).scalar_subquery(),
            Report.decision,
            Entry.inserted_at,
            Entry.actor_name,
            Entry.reason,
        )
        .join(_reporter, _reporter.id == Report.reporter_id)
        .join(_reported, _reported.id == Report.reported_id)
        .outerjoin(Chat, Chat.id == Report.chat_id)
        .outerjoin(Entry, Entry.id == Report.entry_id)
    )
    if actor_id is None:
        return found
    return found.where(Report.reporter_id != actor_id, Report.reported_id != actor_id)
