"""Rows as a test wants them, written past the domain."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from chatweb.domain.access import OpenChat
from chatweb.models import Base, Chat, Message

NOW = datetime(2026, 11, 22, 9, 2, 11, 204_000, tzinfo=UTC)


def new_key() -> str:
    return str(uuid.uuid4())


def user(name: str, **values: Any) -> dict[str, Any]:
    return {
        "username": name,
        "username_key": name,
        "email": f"{name}@example.org",
        "display_name": name,
        "password_hash": "-",
        "role": "user",
        "is_active": True,
        "shows_reading": True,
        "shows_typing": True,
        "shows_presence": True,
        "asks_first": False,
        "time_zone": "",
        "avatar": "",
        "seen_at": None,
        "left_at": None,
        "paused_at": None,
        "inserted_at": NOW,
        "updated_at": NOW,
    } | values


def chat(one: int, two: int, **values: Any) -> dict[str, Any]:
    return {
        "topic": new_key(),
        "user_1_id": one,
        "user_2_id": two,
        "revision": 0,
        "inserted_at": NOW,
        "updated_at": NOW,
    } | values


def member(chat_id: int, user_id: int, **values: Any) -> dict[str, Any]:
    return {
        "chat_id": chat_id,
        "user_id": user_id,
        "read_id": 0,
        "seen_id": 0,
        "pinned": False,
        "archived": False,
        "cleared": 0,
        "opened": False,
        "draft": "",
        "blocked": False,
        "waits": False,
    } | values


def message(chat_id: int, sender_id: int, **values: Any) -> dict[str, Any]:
    return {
        "chat_id": chat_id,
        "sender_id": sender_id,
        "key": new_key(),
        "revision": 1,
        "body": "hello",
        "inserted_at": NOW,
        "by_moderator": False,
    } | values


def sign_in(user_id: int, **values: Any) -> dict[str, Any]:
    return {
        "token_hash": uuid.uuid4().bytes * 2,
        "user_id": user_id,
        "inserted_at": NOW,
        "seen_at": NOW,
        "expires_at": NOW,
        "confirmed_at": NOW,
        "address": "127.0.0.1",
        "agent": "a browser",
    } | values


def add(session: Session, model: type[Base], row: dict[str, Any]) -> int:
    """Insert a row and return its id."""
    return session.scalars(insert(model).values(row).returning(model.id)).one()


def fill(session: Session, chat: OpenChat, count: int, **values: Any) -> Sequence[int]:
    """That many messages, bob's and alice's by turns, each under its own revision; their ids, in order."""
    start = session.scalars(
        update(Chat)
        .where(Chat.id == chat.id)
        .values(revision=Chat.revision + count)
        .returning(Chat.revision - count)
    ).one()
    people = (chat.user_1_id, chat.user_2_id)
    session.execute(
        insert(Message),
        [
            message(chat.id, people[number % 2], revision=start + number, body=f"number {number}") | values
            for number in range(1, count + 1)
        ],
    )
    written = select(Message.id).where(Message.chat_id == chat.id, Message.revision > start)
    return session.scalars(written.order_by(Message.id)).all()


def change(session: Session, chat: OpenChat, message_id: int, **values: Any) -> int:
    """Change a message as editing and removing do, under the next revision; returns that."""
    next_one = update(Chat).where(Chat.id == chat.id).values(revision=Chat.revision + 1)
    revision = session.scalars(next_one.returning(Chat.revision)).one()
    session.execute(update(Message).where(Message.id == message_id).values(revision=revision, **values))
    return revision
