"""What moderators type instead of click: reports, read and decided on record."""

import click
from sqlalchemy.orm import Session

from chatweb import announce
from chatweb.commands import Group
from chatweb.domain import audit, moderation, report_queue
from chatweb.domain.refusals import Conflict, Invalid, NotFound
from chatweb.extensions import db
from chatweb.overseeing import ID, actor, failure, plain, with_reason
from chatweb.store import store

report = Group("report", help="List reports, read one, and decide about it.")


@report.command("list")
@click.option("--decided", is_flag=True, help="Those that were decided, newest first.")
def list_reports(decided: bool) -> None:  # noqa: FBT001 - click's way
    """List the reports that wait, oldest first: who about whom, not what."""
    place = None
    while found := report_queue.queue(db.session(), None, decided=decided, place=place):
        for one in found[: report_queue.LIST_PAGE]:
            names = f"{one.reporter_username} about {one.reported_username}"
            state = f"  {one.decision}" if one.decision else ""
            what = f"{one.kind:<6}  {one.messages:>2}  {names}{state}"
            click.echo(f"{one.id:>6}  {one.inserted_at:%Y-%m-%d %H:%M}  {what}")
        place = found[: report_queue.LIST_PAGE][-1].id


@report.command("show")
@click.argument("report_id", type=ID)
@with_reason
def show_report(report_id: int, **why: str) -> None:
    """Print a report with what was reported and what stands around it, on record."""
    who = actor()
    try:
        given = audit.reason(**why)
        page = store(lambda session: moderation.read(session, who, report_id, given))
    except Invalid as refusal:
        raise failure(refusal.problems) from None
    except NotFound as refusal:
        raise failure({"id": refusal.code}) from None
    about = page.report
    click.echo(f"{about.reporter_username} about {about.reported_username}: {about.kind}")
    if page.words:
        click.echo(plain(page.words))
    for line in page.lines:
        mark = "*" if line.is_reported else " "
        words = line.body or ("(removed by a moderator)" if line.by_moderator else "(deleted)")
        for version in line.versions:
            click.echo(
                plain(f"{mark} {version.written_at:%Y-%m-%d %H:%M:%S}  {line.sender_name}: {version.body}")
            )
        written_at = line.edited_at or line.inserted_at
        click.echo(plain(f"{mark} {written_at:%Y-%m-%d %H:%M:%S}  {line.sender_name}: {words}"))


@report.command("decide")
@click.argument("report_id", type=ID)
@click.argument("decision", type=click.Choice(moderation.DECISIONS))
@with_reason
def decide_report(report_id: int, decision: str, **why: str) -> None:
    """Dismiss a report, remove what was reported, or deactivate who was."""
    who = actor()

    def work(session: Session) -> moderation.Decided:
        return moderation.decide(session, who, report_id, decision, given)

    try:
        given = audit.reason(**why)
        decided = store(work)
    except Invalid as refusal:
        raise failure(refusal.problems) from None
    except (Conflict, NotFound) as refusal:
        raise failure({"id": refusal.code}) from None
    announce.decided(db.session(), decided)
    click.echo(f"Report {report_id} is decided: {decision}.")
