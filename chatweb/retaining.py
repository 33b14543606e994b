"""What administrators type to keep something from being deleted, and to let it go."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

import click
from sqlalchemy.orm import Session

from chatweb import announce
from chatweb.commands import with_database
from chatweb.domain import audit, holding, oversight, retention
from chatweb.domain.audit import Actor, Reason
from chatweb.domain.oversight import Overview
from chatweb.domain.refusals import Conflict, Invalid, NotFound
from chatweb.domain.retention import Candidate, Total
from chatweb.extensions import db
from chatweb.models import utc_now
from chatweb.overseeing import ID, act, actor, chat, failure, with_reason
from chatweb.store import read, store


@chat.command("hold")
@click.argument("chat_id", type=ID)
@with_reason
def hold_chat(chat_id: int, **why: str) -> None:
    """Let nothing of a conversation be deleted until it is released."""
    _act_on_chat(chat_id, holding.hold_chat, why)
    click.echo(f"Chat {chat_id} is on hold.")


@chat.command("release")
@click.argument("chat_id", type=ID)
@with_reason
def release_chat(chat_id: int, **why: str) -> None:
    """End the hold of a conversation; what was deleted meanwhile goes for good."""
    _act_on_chat(chat_id, holding.release_chat, why)
    click.echo(f"Chat {chat_id} is released.")


@click.command("hold")
@with_database
@click.argument("name")
@with_reason
def hold_user(name: str, **why: str) -> None:
    """Let nothing of an account and its conversations be deleted until it is released."""
    act(name, holding.hold_person, **why)
    click.echo(f"{name} is on hold.")


@click.command("release")
@with_database
@click.argument("name")
@with_reason
def release_user(name: str, **why: str) -> None:
    """End the hold of an account; what was deleted meanwhile goes for good."""
    act(name, holding.release_person, **why)
    click.echo(f"{name} is released.")


def _days(_context: click.Context, _option: click.Parameter, typed: str) -> timedelta:
    if not re.fullmatch(r"[1-9][0-9]{0,4}d", typed):
        raise click.BadParameter("must be a number of days, like 365d")
    return timedelta(days=int(typed[:-1]))


@chat.command("purge")
@click.option("--older-than", "age", required=True, callback=_days, help="For instance 365d.")
@click.option("--dry-run", is_flag=True, help="Only say how much it would be.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_reason
def purge_chats(age: timedelta, dry_run: bool, yes: bool, **why: str) -> None:  # noqa: FBT001 - click's way
    """Delete messages that are older, and reports decided about them; what is on hold stays."""
    who, before = actor(), utc_now() - age
    try:
        given = audit.reason(**why)
    except Invalid as refusal:
        raise failure(refusal.problems) from None
    if dry_run:
        found = _purge(before, _count, retention.old_reports)
    else:
        if not yes:
            click.confirm(f"Delete everything older than {before:%Y-%m-%d %H:%M} UTC for good?", abort=True)
        store(partial(retention.begin, actor=who, before=before, reason=given))
        found = _purge(before, _delete, retention.purge_reports)
        store(partial(retention.end, actor=who, before=before, total=found, reason=given))
    verb = "Would delete" if dry_run else "Deleted"
    click.echo(f"{verb} {found.messages:,} messages of {found.chats:,} chats and {found.reports:,} reports.")
    if found.held:
        click.echo(f"Left {found.held:,} chats alone, which are on hold.")


def _purge(
    before: datetime,
    from_chat: Callable[[int, datetime], int],
    from_reports: Callable[[Session, datetime], int],
) -> Total:
    messages = chats = held = 0
    for chat_id, is_held in _candidates(before):
        gone = 0 if is_held else from_chat(chat_id, before)
        messages, chats, held = messages + gone, chats + (gone > 0), held + is_held
    reports = store(lambda session: from_reports(session, before))
    return Total(messages, chats, reports, held)


def _candidates(before: datetime) -> Iterator[Candidate]:
    after = 0
    while found := read(partial(retention.candidates, before=before, after=after)):
        yield from found
        after = found[-1].chat_id


def _count(chat_id: int, before: datetime) -> int:
    total = after = 0
    while ids := read(partial(retention.old, chat_id=chat_id, before=before, after=after)):
        total, after = total + len(ids), ids[-1]
    return total


def _delete(chat_id: int, before: datetime) -> int:
    total = 0
    while gone := store(partial(retention.purge, chat_id=chat_id, before=before)):
        total += gone
    if total:
        announce.purged(db.session(), chat_id)
        db.session.remove()
    return total


def _act_on_chat(
    chat_id: int, verb: Callable[[Session, Actor, Overview, Reason], None], why: dict[str, str]
) -> None:
    who = actor()
    try:
        given = audit.reason(**why)
        store(lambda session: verb(session, who, oversight.overview(session, chat_id), given))
    except Invalid as refusal:
        raise failure(refusal.problems) from None
    except (Conflict, NotFound) as refusal:
        raise failure({"id": refusal.code}) from None


USER_COMMANDS = (hold_user, release_user)
