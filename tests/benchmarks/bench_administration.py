"""How long an administrator waits for the list of conversations of a large instance."""

import random
import statistics
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from chatweb.extensions import db
from chatweb.models import Chat, Member, Message, User, utc_now
from chatweb.store import store
from tests.benchmarks import wire
from tests.benchmarks.figures import Figure, at_most
from tests.benchmarks.instance import Browser, Instance, instance
from tests.people import Person
from tests.second_step import set_up

PEOPLE, CHATS, MESSAGES, BATCH, TIMES = 20_000, 100_000, 6, 10_000, 9
NAMES = ("Ada", "Bea", "Carl", "Dora", "Emil", "Fritz", "Gina", "Hans")
MINUTES = 500_000


def measure() -> Iterator[Figure]:
    """The whole page, unnarrowed and narrowed, with 100,000 conversations of six messages each."""
    with instance() as site:
        (admin,) = site.add_people(1)
        with site.app.app_context():
            store(lambda writing: _fill(writing, admin))
            db.session.remove()
        set_up(site.app, Person(admin.user_id, admin.username, ""))
        month_ago = f"{utc_now() - timedelta(days=30):%Y-%m-%d}"
        for what, query in (
            ("all", ""),
            ("of one person", "?person=p77"),
            ("of a frequent name", "?person=ada"),
            ("of two frequent names", "?person=ada&other=emil"),
            ("up to a month ago", f"?to={month_ago}"),
        ):
            wait = _wait(site, admin, f"/admin/chats{query}")
            yield Figure(f"list of {CHATS:,} conversations, {what}", wait, "ms", at_most(300))


def _wait(site: Instance, admin: Browser, path: str) -> float:
    connection, waits = wire.Connection(site.host), []
    for _ in range(TIMES):
        begin = time.perf_counter()
        connection.ask(wire.get(site.host, admin, path))
        waits.append((time.perf_counter() - begin) * 1000)
    connection.close()
    return statistics.median(waits)


def _fill(writing: Session, admin: Browser) -> None:
    made_up, now = random.Random(1), utc_now()
    writing.execute(update(User).where(User.id == admin.user_id).values(role="admin"))
    first = admin.user_id + 1
    people = [
        {
            "id": first + number,
            "username": f"p{number}",
            "username_key": f"p{number}",
            "email": f"p{number}@example.org",
            "display_name": f"{made_up.choice(NAMES)} {number}",
            "password_hash": "none",
            "updated_at": now,
            "inserted_at": now,
        }
        for number in range(PEOPLE)
    ]
    writing.execute(insert(User), people)
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < CHATS:
        one, other = made_up.sample(range(first, first + PEOPLE), 2)
        pairs.add((min(one, other), max(one, other)))
    numbered = list(enumerate(sorted(pairs), 1))
    for start in range(0, CHATS, BATCH):
        _fill_chats(writing, numbered[start : start + BATCH], made_up)


def _fill_chats(writing: Session, batch: list[tuple[int, tuple[int, int]]], made_up: random.Random) -> None:
    now = utc_now()
    chats, members, messages = [], [], []
    for number, pair in batch:
        at = now - timedelta(minutes=made_up.randrange(MINUTES))
        times = {"inserted_at": at, "updated_at": at}
        sides = {"user_1_id": pair[0], "user_2_id": pair[1]}
        chats.append({"id": number, "topic": f"topic-{number}", "revision": MESSAGES} | sides | times)
        members += [{"chat_id": number, "user_id": one} for one in pair]
        messages += [
            {
                "chat_id": number,
                "sender_id": pair[revision % 2],
                "key": str(uuid.UUID(int=made_up.getrandbits(128))),
                "revision": revision,
                "body": "The train is late again.",
                "inserted_at": at,
            }
            for revision in range(1, MESSAGES + 1)
        ]
    for table, rows in ((Chat, chats), (Member, members), (Message, messages)):
        writing.execute(insert(table), rows)
