"""What administrators type to keep something from being deleted, and to let it go."""

from collections.abc import Callable

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from chatweb.domain import audit, holding, oversight
from chatweb.domain.audit import Actor, Reason
from chatweb.domain.oversight import Overview
from chatweb.domain.refusals import Conflict, Invalid, NotFound
from chatweb.overseeing import act, actor, chat, failure, with_reason
from chatweb.store import store


@chat.command("hold")
@click.argument("chat_id", type=int)
@with_reason
def hold_chat(chat_id: int, **why: str) -> None:
    """Let nothing of a conversation be deleted until it is released."""
    _act_on_chat(chat_id, holding.hold_chat, why)
    click.echo(f"Chat {chat_id} is on hold.")


@chat.command("release")
@click.argument("chat_id", type=int)
@with_reason
def release_chat(chat_id: int, **why: str) -> None:
    """End the hold of a conversation; what was deleted meanwhile goes for good."""
    _act_on_chat(chat_id, holding.release_chat, why)
    click.echo(f"Chat {chat_id} is released.")


@click.command("hold")
@with_appcontext
@click.argument("name")
@with_reason
def hold_user(name: str, **why: str) -> None:
    """Let nothing of an account and its conversations be deleted until it is released."""
    act(name, holding.hold_person, **why)
    click.echo(f"{name} is on hold.")


@click.command("release")
@with_appcontext
@click.argument("name")
@with_reason
def release_user(name: str, **why: str) -> None:
    """End the hold of an account; what was deleted meanwhile goes for good."""
    act(name, holding.release_person, **why)
    click.echo(f"{name} is released.")


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
