"""What administrators type instead of click: the same verbs, with a reason, and the same entries."""

import getpass
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import click
from sqlalchemy.orm import Session

from chatweb import announce, archive
from chatweb.commands import Group, with_database
from chatweb.domain import accounts, entries, extracts, leaving, oversight, roles, stewards, transcripts
from chatweb.domain import audit as reasons
from chatweb.domain.audit import Actor, Reason
from chatweb.domain.extracts import Extract, Range
from chatweb.domain.refusals import Conflict, Invalid, NotFound
from chatweb.extensions import db
from chatweb.store import store
from chatweb.web.addresses import LARGEST_ID
from chatweb.web.texts import text

T = TypeVar("T")

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

ID = click.IntRange(1, LARGEST_ID)

chat = Group("chat", help="List conversations; read, export, hold, release or purge them with a reason.")
audit = Group("audit", help="Check the audit log.")


def plain(said: str) -> str:
    """What people wrote, as it neither steers the terminal nor begins a line of the list."""
    return _CONTROL.sub("\ufffd", said).replace("\n", "\n    ")


def failure(problems: dict[str, str]) -> click.ClickException:
    """What is wrong, in one line."""
    return click.ClickException(" ".join(f"{field}: {text(code)}" for field, code in problems.items()))


def with_reason(command: Callable[..., None]) -> Callable[..., None]:
    """What an administrator is asked for in a browser, a command is given as options."""
    for option in (
        click.option("--reason", required=True, help="Why: 10 to 1,000 characters, kept for good."),
        click.option("--reference", default="", help="The case it belongs to, if there is one."),
        click.option("--kind", required=True, type=click.Choice(reasons.KINDS), help="What kind of reason."),
    ):
        command = option(command)
    return command


def _with_days(command: Callable[..., None]) -> Callable[..., None]:
    """From which day to which."""
    day = click.DateTime(["%Y-%m-%d"])
    for option in (
        click.option("--until", type=day, help="What was written up to the end of this day (UTC)."),
        click.option("--since", type=day, help="What was written from this day on (UTC)."),
    ):
        command = option(command)
    return command


_TO = click.option(
    "--to", required=True, type=click.Path(path_type=Path), help="The archive: a file to be made."
)


def _range(since: datetime | None, until: datetime | None) -> Range:
    first, last = (day.replace(tzinfo=UTC) if day else None for day in (since, until))
    return Range(first, last + timedelta(days=1) if last else None)


def _save(to: Path, take_out: Callable[[], Extract]) -> None:
    """Write the archive into a new file that only its owner can read; of a failure nothing stays."""
    try:
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as problem:
        raise click.ClickException(f"{to}: {problem.strerror}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            extract = take_out()
            file.writelines(archive.pieces(extract))
    except BaseException:
        to.unlink()
        raise
    messages = sum(span.messages for _, span in extract.parts)
    click.echo(f"{to}: {messages} messages of {len(extract.parts)} chats; entry {extract.entry}.")


def actor() -> Actor:
    """Whoever runs the command on this machine, as the audit log names them."""
    return Actor(None, f"command line: {getpass.getuser()}")


def act(
    name: str, verb: Callable[[Session, Actor, int, Reason], T], kind: str, reference: str, reason: str
) -> T:
    """Do something to an account, as whoever runs the command on this machine."""
    who = actor()
    try:
        given = reasons.reason(kind, reference, reason)
        return store(lambda session: verb(session, who, accounts.id_of(session, name), given))
    except Invalid as refusal:
        raise failure(refusal.problems) from None
    except NotFound:
        raise failure({"name": "nobody"}) from None
    except Conflict as refusal:
        raise failure({"name": refusal.code}) from None


@click.command("deactivate")
@with_database
@click.argument("name")
@with_reason
def deactivate_user(name: str, **why: str) -> None:
    """Close an account and sign it out everywhere; it can be reactivated."""
    announce.closed_or_open(db.session(), act(name, stewards.deactivate, **why))
    click.echo(f"{name} cannot sign in any more.")


@click.command("reactivate")
@with_database
@click.argument("name")
@with_reason
def reactivate_user(name: str, **why: str) -> None:
    """Let somebody sign in again."""
    announce.closed_or_open(db.session(), act(name, stewards.reactivate, **why))
    click.echo(f"{name} can sign in again.")


@click.command("reset-factor")
@with_database
@click.argument("name")
@with_reason
def reset_factor(name: str, **why: str) -> None:
    """Void somebody's authenticator app, passkeys and recovery codes, and sign the person out."""
    announce.signed_out(*act(name, stewards.reset_factor, **why))
    click.echo(f"{name} can sign in with the password alone.")


@click.command("role")
@with_database
@click.argument("name")
@click.argument("role", type=click.Choice(roles.ROLES))
@with_reason
def change_role(name: str, role: str, **why: str) -> None:
    """Give an account another role."""

    def change(session: Session, actor: Actor, user_id: int, reason: Reason) -> None:
        stewards.change_role(session, actor, user_id, role, reason)

    act(name, change, **why)
    click.echo(f"{name} is now: {role}.")


@click.command("delete")
@with_database
@click.argument("name")
@click.option("--messages", is_flag=True, help="Take what the person said out of the conversations, too.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_reason
def delete_user(name: str, messages: bool, yes: bool, **why: str) -> None:  # noqa: FBT001 - click's way
    """Close an account for good and forget who it was. The other people keep their conversations."""
    found = accounts.identify(db.session(), name)
    if found is None:
        raise failure({"name": "nobody"})
    what = leaving.belongings(db.session(), found.user_id)
    db.session.remove()
    if not yes:
        fate = "deleted" if messages else "kept by the others"
        click.confirm(f"{name}: {what.chats} chats; {what.messages} messages, {fate}. Delete?", abort=True)
    left = act(name, partial(stewards.delete, with_messages=messages), **why)
    announce.closed_or_open(db.session(), left)
    click.echo(f"{name} is deleted.")


@click.command("export")
@with_database
@click.argument("name")
@_with_days
@_TO
@with_reason
def export_user(name: str, since: datetime | None, until: datetime | None, to: Path, **why: str) -> None:
    """Write all chats of somebody into an archive: JSON, CSV, HTML, and a manifest."""
    wanted = _range(since, until)

    def extract(session: Session, actor: Actor, user_id: int, reason: Reason) -> Extract:
        return extracts.of_person(session, actor, user_id, wanted, reason)

    _save(to, lambda: act(name, extract, **why))


@chat.command("list")
@click.option("--person", default="", help="Of somebody with these words in their name, or e-mail address.")
@click.option("--other", default="", help="And somebody with these.")
@_with_days
def list_chats(person: str, other: str, since: datetime | None, until: datetime | None) -> None:
    """List the conversations, the last active first: who and how much, not what."""
    before, wanted = None, oversight.Filter(person, other, *_range(since, until))
    while found := oversight.overviews(db.session(), wanted, before):
        for one in found[: oversight.LIST_PAGE]:
            names = f"{one.username_1}, {one.username_2}"
            click.echo(f"{one.id:>8}  {one.updated_at:%Y-%m-%d %H:%M}  {one.messages:>6}  {names}")
        before = found[: oversight.LIST_PAGE][-1].place


@chat.command("show")
@click.argument("chat_id", type=ID)
@with_reason
def show_chat(chat_id: int, **why: str) -> None:
    """Print a conversation, with an entry in the audit log for each page of it."""
    who = actor()
    try:
        given = reasons.reason(**why)
        about = oversight.overview(db.session(), chat_id)
        store(lambda session: transcripts.open_chat(session, who, about, given))
        page = _page(who, chat_id, after=0)
        _print(page)
        while page.has_newer:
            page = _page(who, chat_id, after=page.lines[-1].id)
            _print(page)
    except Invalid as refusal:
        raise failure(refusal.problems) from None
    except NotFound as refusal:
        raise failure({"id": refusal.code}) from None


@chat.command("export")
@click.argument("topic_or_id")
@_with_days
@_TO
@with_reason
def export_chat(
    topic_or_id: str, since: datetime | None, until: datetime | None, to: Path, **why: str
) -> None:
    """Write a conversation into an archive: JSON, CSV, HTML, and a manifest."""
    who, wanted = actor(), _range(since, until)

    def extract(session: Session, given: Reason) -> Extract:
        chat_id = oversight.id_of(session, topic_or_id)
        transcripts.open_chat(session, who, oversight.overview(session, chat_id), given)
        return extracts.of_chat(session, who, chat_id, wanted)

    try:
        given = reasons.reason(**why)
        _save(to, lambda: store(lambda session: extract(session, given)))
    except Invalid as refusal:
        raise failure(refusal.problems) from None
    except NotFound as refusal:
        raise failure({"id": refusal.code}) from None


def _page(who: Actor, chat_id: int, after: int) -> transcripts.Page:
    return store(lambda session: transcripts.read(session, who, chat_id, after=after))


def _fate(line: transcripts.Line) -> str:
    if line.by_moderator:
        return "(removed by a moderator)"
    return "(deleted)" if line.removed_at else ""


def _print(page: transcripts.Page) -> None:
    for line in page.lines:
        words = _fate(line) or line.body
        said = f"{line.inserted_at:%Y-%m-%d %H:%M:%S}  {line.sender_name}: {words}"
        click.echo(plain(said))


@audit.command("verify")
def verify_audit_log() -> None:
    """Say whether the audit log is as it was written."""
    found = entries.verify(db.session())
    if found.missing:
        raise click.ClickException(f"The chain breaks: entry {found.missing} is missing.")
    if found.changed:
        raise click.ClickException(f"The chain breaks: entry {found.changed} is not as it was written.")
    last = f"; the hash of the last one is {found.hash.hex()}" if found.length else ""
    click.echo(f"The chain holds. {found.length} entries{last}.")


USER_COMMANDS = (export_user, deactivate_user, reactivate_user, reset_factor, change_role, delete_user)
