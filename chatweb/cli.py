"""Commands for operators: `flask user …`, `flask audit verify`, `flask demo`, and `chatweb serve`."""

import getpass
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import click
from flask import Flask, current_app
from flask.cli import AppGroup, FlaskGroup, with_appcontext
from sqlalchemy.orm import Session

from chatweb import announce, demo
from chatweb.domain import accounts, changes, entries, leaving, passwords, roles, stewards, texts
from chatweb.domain import audit as reasons
from chatweb.domain.audit import Actor, Reason
from chatweb.domain.refusals import Conflict, Invalid, NotFound
from chatweb.extensions import db
from chatweb.schema import bring_up_to_date
from chatweb.store import store
from chatweb.web.texts import text

T = TypeVar("T")

user = AppGroup("user", help="Make and list accounts, set passwords and roles, close accounts.")
audit = AppGroup("audit", help="Check the audit log.")


def prepare(app: Flask) -> None:
    """Give the `flask` command chatweb's own ones."""
    app.cli.add_command(user)
    app.cli.add_command(audit)
    app.cli.add_command(fill_with_demo)
    app.cli.add_command(serve)


def _read_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def _fail(problems: dict[str, str]) -> click.ClickException:
    return click.ClickException(" ".join(f"{field}: {text(code)}" for field, code in problems.items()))


@user.command("create")
@click.argument("name")
@click.option("--email", required=True, help="E-mail address, also good for signing in.")
@click.option("--admin", is_flag=True, help="Make an administrator.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create_user(name: str, email: str, admin: bool, password_stdin: bool) -> None:  # noqa: FBT001 - click's way
    """Make an account."""
    password = _read_password(from_stdin=password_stdin)
    role = "admin" if admin else "user"

    def create(session: Session) -> None:
        hashed = passwords.make_hash(password)
        accounts.create_user(session, username=name, email=email, password_hash=hashed, role=role)

    try:
        accounts.check_new_account(name, email, password)
        store(create)
    except Invalid as refusal:
        raise _fail(refusal.problems) from None
    click.echo(f"{name} can sign in now.")


@user.command("password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def set_password(name: str, password_stdin: bool) -> None:  # noqa: FBT001 - click's way
    """Set a new password and sign the person out everywhere."""
    password = _read_password(from_stdin=password_stdin)
    problem = texts.password_problem(password, username=name, email="")
    if problem:
        raise _fail({"password": problem})
    try:
        ended = store(lambda session: accounts.set_password(session, name, passwords.make_hash(password)))
    except NotFound:
        raise _fail({"name": "nobody"}) from None
    announce.signed_out(*ended)
    click.echo(f"{name} has a new password and was signed out of {len(ended)} browsers.")


@user.command("list")
def list_users() -> None:
    """List all accounts."""
    for one in accounts.everybody(db.session()):
        state = "" if one.is_active else "  (deleted)" if one.left_at else "  (inactive)"
        email = one.email or f"({one.pending_email or ''})"
        click.echo(f"{one.id:>6}  {one.username:<32}  {email}  {one.role}{state}")


def _with_reason(command: Callable[..., None]) -> Callable[..., None]:
    """What an administrator is asked for in a browser, a command is given as options."""
    for option in (
        click.option("--reason", required=True, help="Why: 10 to 1,000 characters, kept for good."),
        click.option("--reference", default="", help="The case it belongs to, if there is one."),
        click.option("--kind", required=True, type=click.Choice(reasons.KINDS), help="What kind of reason."),
    ):
        command = option(command)
    return command


def _act(
    name: str, act: Callable[[Session, Actor, int, Reason], T], kind: str, reference: str, reason: str
) -> T:
    """Do something to an account, as whoever runs the command on this machine."""
    actor = Actor(None, f"command line: {getpass.getuser()}")
    try:
        given = reasons.reason(kind, reference, reason)
        return store(lambda session: act(session, actor, accounts.id_of(session, name), given))
    except Invalid as refusal:
        raise _fail(refusal.problems) from None
    except NotFound:
        raise _fail({"name": "nobody"}) from None
    except Conflict as refusal:
        raise _fail({"name": refusal.code}) from None


@user.command("delete")
@click.argument("name")
@click.option("--messages", is_flag=True, help="Take what the person said out of the conversations, too.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_with_reason
def delete_user(name: str, messages: bool, yes: bool, **why: str) -> None:  # noqa: FBT001 - click's way
    """Close an account for good and forget who it was. The other people keep their conversations."""
    found = accounts.identify(db.session(), name)
    if found is None:
        raise _fail({"name": "nobody"})
    what = leaving.belongings(db.session(), found.user_id)
    db.session.remove()
    if not yes:
        fate = "deleted" if messages else "kept by the others"
        click.confirm(f"{name}: {what.chats} chats; {what.messages} messages, {fate}. Delete?", abort=True)
    left = _act(name, partial(stewards.delete, with_messages=messages), **why)
    announce.left(db.session(), left)
    click.echo(f"{name} is deleted.")


@user.command("deactivate")
@click.argument("name")
@_with_reason
def deactivate_user(name: str, **why: str) -> None:
    """Close an account and sign it out everywhere; it can be reactivated."""
    announce.signed_out(*_act(name, stewards.deactivate, **why))
    click.echo(f"{name} cannot sign in any more.")


@user.command("reactivate")
@click.argument("name")
@_with_reason
def reactivate_user(name: str, **why: str) -> None:
    """Let somebody sign in again."""
    _act(name, stewards.reactivate, **why)
    click.echo(f"{name} can sign in again.")


@user.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(roles.ROLES))
@_with_reason
def change_role(name: str, role: str, **why: str) -> None:
    """Give an account another role."""

    def change(session: Session, actor: Actor, user_id: int, reason: Reason) -> None:
        stewards.change_role(session, actor, user_id, role, reason)

    _act(name, change, **why)
    click.echo(f"{name} is now: {role}.")


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


@click.command("demo")
@with_appcontext
def fill_with_demo() -> None:
    """Fill an empty database with a handful of people and conversations."""
    try:
        store(demo.fill)
    except demo.NotEmptyError:
        raise click.ClickException(
            "There are people here already; the demo only fills an empty database."
        ) from None
    names = ", ".join(person.username for person in demo.PEOPLE)
    click.echo(f"Sign in as {names}; everybody's password is: {demo.PASSWORD}")


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Bring the database up to date and serve, with gunicorn and gevent."""
    bring_up_to_date(current_app.config["SETTINGS"])
    store(changes.wipe)
    # A fresh interpreter, so that gevent patches the standard library before anything else is loaded.
    os.execv(sys.executable, [sys.executable, "-m", "chatweb.server"])  # noqa: S606 - our own interpreter


def main() -> None:
    """The `chatweb` command: everything `flask` offers for this app, and `serve`."""
    from chatweb.app import create_app
    from chatweb.config import ConfigError, load

    try:
        load()
    except ConfigError as problem:
        sys.exit(f"chatweb: {problem}")
    FlaskGroup(create_app=create_app, name=Path(sys.argv[0]).name, load_dotenv=False).main()
