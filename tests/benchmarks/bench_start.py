"""How long an operator waits for a start."""

import time
from collections.abc import Iterator

from tests.benchmarks.figures import Figure
from tests.benchmarks.instance import instance


def measure() -> Iterator[Figure]:
    """From the command to the first answer, with a database that is up to date, and to the end of it."""
    with instance(running=False) as site:
        begin = time.perf_counter()
        site.server.start()
        yield Figure("start of the server, until it answers", time.perf_counter() - begin, "s")
        yield Figure("  CPU of its worker", site.cpu_seconds(), "s")
        yield Figure(
            "  memory of its worker", sum(one.memory_info().rss for one in site.workers()) / 1e6, "MB"
        )
        begin = time.perf_counter()
        site.server.stop()
        yield Figure("end of the server, until it is gone", time.perf_counter() - begin, "s")
