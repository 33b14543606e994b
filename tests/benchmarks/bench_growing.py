"""What a message costs once an installation has grown: the same talk as ever, with PostgreSQL and Redis.

PostgreSQL waits for its disk. The CPU is that of chatweb alone: both may be on other machines.
"""

import shutil
import statistics
from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.benchmarks.bench_messages import WARM_UP, pairs
from tests.benchmarks.figures import Figure, at_most, below
from tests.benchmarks.instance import instance
from tests.benchmarks.talk import Talk
from tests.postgres import Postgres, postgres_folders
from tests.redis_server import RedisServer

MESSAGES = 3_000
SENDERS = 8


def measure() -> Iterator[Figure]:
    """CPU and latency of a message, without and with rate limits, which are counted in Redis."""
    with (
        _postgres() as postgres,
        closing(RedisServer(shutil.which("redis-server") or "redis-server")) as redis,
    ):
        for limits, label in (("off", ""), ("on", ", with rate limits")):
            url = postgres.create(f"limits_{limits}")
            with instance(rate_limits=limits, database_url=url, redis_url=redis.url) as site:
                talk = Talk(site.host, pairs(site))
                talk.run(WARM_UP, SENDERS)
                before = site.cpu_seconds()
                run = talk.run(MESSAGES, SENDERS)
                cpu = (site.cpu_seconds() - before) * 1000 / MESSAGES
                talk.close()
            name = f"PostgreSQL and Redis, {SENDERS} senders{label}"
            yield Figure(f"server CPU per message, {name}", cpu, "ms", at_most(1.5))
            yield Figure(f"messages, {name}", MESSAGES / run.seconds, "/s")
            p99 = statistics.quantiles(run.seen, n=100)[98] * 1000
            yield Figure(f"send to seen, p99, {name}", p99, "ms", below(50))


@contextmanager
def _postgres() -> Iterator[Postgres]:
    server = Postgres(next(postgres_folders()), waits_for_the_disk=True)
    try:
        yield server
    finally:
        server.stop()
