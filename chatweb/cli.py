"""Commands for operators: `flask user …`, `flask demo`, and `chatweb serve`."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup, with_appcontext
from sqlalchemy.orm import Session

from chatweb import announce, demo, moderating, overseeing, retaining, safekeeping
from chatweb.commands import Group, with_database
from chatweb.domain import accounts, authenticators, changes, passwords, stewards, texts
from chatweb.domain.refusals import Invalid, NotFound
from chatweb.extensions import db, vault
from chatweb.schema import bring_up_to_date
from chatweb.store import store

user = Group("user", help="Make and list accounts, set passwords and roles, close accounts.")


def prepare(app: Flask) -> None:
    """Give the `flask` command chatweb's own ones."""
    app.cli.add_command(user)
    for command in (*overseeing.USER_COMMANDS, *retaining.USER_COMMANDS):
        user.add_command(command)
    app.cli.add_command(overseeing.chat)
    app.cli.add_command(overseeing.audit)
    app.cli.add_command(moderating.report)
    app.cli.add_command(safekeeping.backup)
    app.cli.add_command(safekeeping.restore)
    app.cli.add_command(fill_with_demo)
    app.cli.add_command(serve)


def _read_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


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
        account = {"username": name, "email": email, "password_hash": hashed}
        stewards.create(session, overseeing.actor(), role=role, **account)

    try:
        accounts.check_new_account(name, email, password)
        store(create)
    except Invalid as refusal:
        raise overseeing.failure(refusal.problems) from None
    click.echo(f"{name} can sign in now.")


@user.command("password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def set_password(name: str, password_stdin: bool) -> None:  # noqa: FBT001 - click's way
    """Set a new password and sign the person out everywhere."""
    password = _read_password(from_stdin=password_stdin)
    problem = texts.password_problem(password, username=name, email="")
    if problem:
        raise overseeing.failure({"password": problem})

    def give(session: Session) -> Sequence[int]:
        hashed, user_id = passwords.make_hash(password), accounts.id_of(session, name)
        return stewards.give_password(session, overseeing.actor(), user_id, hashed)

    try:
        ended = store(give)
    except NotFound:
        raise overseeing.failure({"name": "nobody"}) from None
    announce.signed_out(*ended)
    click.echo(f"{name} has a new password and was signed out of {len(ended)} browsers.")


@user.command("list")
def list_users() -> None:
    """List all accounts."""
    for one in accounts.everybody(db.session()):
        state = "" if one.is_active else "  (deleted)" if one.left_at else "  (inactive)"
        email = one.email or f"({one.pending_email or ''})"
        click.echo(f"{one.id:>6}  {one.username:<32}  {email}  {one.role}{state}")


@click.command("demo")
@with_database
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
    if current_app.config["SETTINGS"].secret_key_fallback:
        keys = vault()
        store(lambda session: authenticators.seal_anew(session, keys))
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
