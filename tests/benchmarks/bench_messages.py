"""What a message costs and how soon it is seen: signed-in people in 100 conversations, all of it on disk.

Each message is a post with cookie, CSRF token and HTMX's headers, stored with `synchronous=FULL`, pushed to
two conversation pages and two inboxes. "Seen" is the moment its frame has reached the other person's page.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select, update

from chatweb.extensions import db
from chatweb.models import Member, Message
from chatweb.store import store
from tests.benchmarks.empty import empty
from tests.benchmarks.figures import Figure, Target, at_most, below
from tests.benchmarks.instance import Instance, instance
from tests.benchmarks.talk import Pair, Talk

PAIRS = 100
WARM_UP = 600
LIMITED = 2_000
RUNS = {1: 1_500, 8: 4_000, 32: 4_000}
TARGETS: dict[int, dict[str, Target]] = {8: {"cpu": at_most(1.2), "p99": below(50)}}


def measure() -> Iterator[Figure]:
    """Messages per second, server CPU and send-to-seen latency at 1, 8 and 32 concurrent senders."""
    with instance() as site:
        yield Figure("write and fsync of 4 KB on this disk, median", _fsync_ms(site), "ms")
        yield empty(site)
        talk = Talk(site.host, pairs(site))
        talk.run(WARM_UP, senders=8)
        for senders, count in RUNS.items():
            _read_everything(site)
            yield from _run(site, talk, senders, count)
        talk.close()
        _check_all_are_stored(site, WARM_UP + sum(RUNS.values()))
    yield from _with_rate_limits()


def _with_rate_limits() -> Iterator[Figure]:
    """Nobody sends so often here that a limit is reached; what is measured is the counting."""
    with instance(rate_limits="on") as site:
        talk = Talk(site.host, pairs(site))
        talk.run(WARM_UP, senders=8)
        before = site.cpu_seconds()
        talk.run(LIMITED, senders=8)
        cpu = (site.cpu_seconds() - before) * 1000 / LIMITED
        talk.close()
    yield Figure("server CPU per message, 8 senders, with rate limits", cpu, "ms", at_most(1.2))


def _run(site: Instance, talk: Talk, senders: int, count: int) -> Iterator[Figure]:
    before = site.cpu_seconds()
    run = talk.run(count, senders)
    cpu = (site.cpu_seconds() - before) * 1000 / count
    targets = TARGETS.get(senders, {})
    cuts = statistics.quantiles(run.seen, n=100)
    label = f"{senders} sender{'s' * (senders > 1)}"
    yield Figure(f"messages, {label}", count / run.seconds, "/s")
    yield Figure(f"server CPU per message, {label}", cpu, "ms", targets.get("cpu"))
    yield Figure(f"send to seen, p50, {label}", cuts[49] * 1000, "ms")
    yield Figure(f"send to seen, p99, {label}", cuts[98] * 1000, "ms", targets.get("p99"))


def pairs(site: Instance) -> list[Pair]:
    """People who have just begun to talk, two by two."""
    people = site.add_people(2 * PAIRS)
    couples = list(zip(people[::2], people[1::2], strict=True))
    topics = site.add_chats(couples)
    return [Pair(topic, couple) for topic, couple in zip(topics, couples, strict=True)]


def _read_everything(site: Instance) -> None:
    newest = select(func.max(Message.id)).scalar_subquery()
    with site.app.app_context():
        store(lambda writing: writing.execute(update(Member).values(read_id=newest, seen_id=newest)))
        db.session.remove()


def _check_all_are_stored(site: Instance, sent: int) -> None:
    with site.app.app_context():
        stored = db.session.scalar(select(func.count()).select_from(Message))
        db.session.remove()
    if stored != sent:
        raise RuntimeError(f"{sent} messages were acknowledged, {stored} are stored")


def _fsync_ms(site: Instance) -> float:
    folder = Path(site.server.settings.data_dir)
    taken = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(50):
            begin = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken)
