"""Reports: the queue of them, reading one on record, and deciding about it."""

from functools import partial

from flask import request
from flask.typing import ResponseReturnValue

from chatweb import announce
from chatweb.domain import audit, moderation, report_queue, roles
from chatweb.domain.audit import Reason
from chatweb.domain.refusals import Conflict, Invalid
from chatweb.extensions import db
from chatweb.web import answers, confirming, limits
from chatweb.web.admin import asked_for, door, paging
from chatweb.web.admin.words import DECISIONS, REPORT_KINDS

bp = door.part(roles.REPORTS)


@bp.get("")
def index() -> ResponseReturnValue:
    """The open reports, oldest first, or with `state=decided` the others, newest first; `beyond` pages on."""
    decided = request.args.get("state") == "decided"
    found = report_queue.queue(
        db.session(), answers.person().id, decided=decided, place=asked_for.number("beyond")
    )
    rows = found[: report_queue.LIST_PAGE]
    last = str(rows[-1].id) if len(found) > len(rows) else None
    return door.page(
        "reports",
        roles.REPORTS,
        rows=rows,
        decided=decided,
        kinds=REPORT_KINDS,
        decisions=DECISIONS,
        ways=paging.ways({"state": "decided" if decided else ""}, "beyond", last),
    )


@bp.get("/<id:report_id>")
def show(report_id: int) -> ResponseReturnValue:
    """A report and what was reported, recorded before it is shown; the password may be asked for first."""
    if not answers.person().is_fresh:
        return answers.see_other(".ask", report_id=report_id)
    return _reading(report_id)


@bp.get("/<id:report_id>/open")
def ask(report_id: int) -> ResponseReturnValue:
    """The form that asks for the password before a report is read."""
    return _asking(_summary(report_id), {})


@bp.post("/<id:report_id>/open")
def open_report(report_id: int) -> ResponseReturnValue:
    """Look at the password, and lead on to the report."""
    report = _summary(report_id)
    return _unconfirmed(report) or answers.see_other(".show", report_id=report_id)


@bp.post("/<id:report_id>/decide")
def decide(report_id: int) -> ResponseReturnValue:
    """Record and do what was decided; open pages follow."""
    report, actor = _summary(report_id), door.actor()
    decision = request.form.get("decision", "")
    if refused := _unconfirmed(report):
        return refused
    try:
        why = audit.reason("report", "", request.form.get("reason", ""))
        decided = door.recorded(lambda session: moderation.decide(session, actor, report_id, decision, why))
    except (Invalid, Conflict) as refusal:
        return door.refused(refusal, partial(_reading, report_id))
    announce.decided(db.session(), decided)
    return answers.see_other(".index", done=decision)


def _summary(report_id: int) -> report_queue.Summary:
    return report_queue.summary(db.session(), answers.person().id, report_id)


def _unconfirmed(report: report_queue.Summary) -> ResponseReturnValue | None:
    try:
        confirming.check()
    except (Invalid, limits.TooFast) as refusal:
        return door.refused(refusal, partial(_asking, report))
    return None


def _reading(report_id: int, problems: dict[str, str] | None = None) -> str:
    actor = door.actor()
    page = door.recorded(lambda session: moderation.read(session, actor, report_id, Reason("report")))
    return door.page(
        "report",
        roles.REPORTS,
        page=page,
        kinds=REPORT_KINDS,
        decisions=DECISIONS,
        decision=request.form.get("decision", ""),
        note=request.form.get("reason", ""),
        problems=problems or {},
    )


def _asking(report: report_queue.Summary, problems: dict[str, str]) -> str:
    typed = {name: request.form[name] for name in ("decision", "reason") if name in request.form}
    return door.page("report_ask", roles.REPORTS, report=report, typed=typed, problems=problems)
