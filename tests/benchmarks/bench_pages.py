"""What a page costs, and whether the depth of a conversation matters."""

import itertools
import statistics
import time
from collections.abc import Iterator
from typing import NamedTuple

from chatweb.domain.finding import MOST_LOOKED_AT
from tests.benchmarks import wire
from tests.benchmarks.empty import empty
from tests.benchmarks.figures import Figure, at_most, within
from tests.benchmarks.instance import Browser, Instance, instance

HISTORY = 200_000
UNREAD = 5_000
CHATS = 50
MANY_CHATS = 1_000
MESSAGES = 40
TIMES = 250
WARM_UP = 50
SEARCHES = 10
TURNS = 25


class Cost(NamedTuple):
    """Of one request: the server's CPU time and the median wait for the answer in ms; the bytes of HTML."""

    cpu: float
    wait: float
    size: int


def measure() -> Iterator[Figure]:
    """CPU per page, and pages of a conversation with 200,000 messages at any depth."""
    with instance() as site:
        yield empty(site)
        yield from _pages(site)
        yield from _long_inbox(site)
        yield from _history(site)


def _pages(site: Instance) -> Iterator[Figure]:
    reader, *others = site.add_people(CHATS + 1)
    topics = site.add_chats((reader, other) for other in others)
    for topic in topics:
        site.add_messages(topic, MESSAGES)
    pages = [f"/chats/{topic}" for topic in topics]
    beside = f"{MESSAGES} messages and {CHATS} chats"
    yield from _page(site, others[0], pages[:1], f"page of {MESSAGES} messages, alone and again")
    yield from _page(site, reader, pages[:1], f"page of {beside}, again")
    yield from _page(site, reader, pages, f"page of {beside}, another each time")
    yield from _page(site, reader, ["/chats"], f"inbox page, {CHATS} chats")
    ids = site.add_messages(topics[0], 100)
    older = f"{pages[0]}/messages?before={ids[-1]}"
    yield from _page(site, others[0], [older], f"older messages, a fragment of {MESSAGES}")


def _long_inbox(site: Instance) -> Iterator[Figure]:
    reader, *others = site.add_people(MANY_CHATS + 1)
    for topic in site.add_chats((reader, other) for other in others):
        site.add_messages(topic, 2)
    yield from _page(site, reader, ["/chats"], f"inbox page of {MANY_CHATS:,} chats", 20)


def _page(site: Instance, reader: Browser, paths: list[str], name: str, most: float = 6) -> Iterator[Figure]:
    (cost,) = _costs(site, reader, paths)
    yield Figure(f"server CPU, {name}", cost.cpu, "ms", at_most(most))
    yield Figure(f"  answered in, median of {TIMES}", cost.wait, "ms")
    yield Figure("  HTML", cost.size / 1000, "KB")


def _history(site: Instance) -> Iterator[Figure]:
    pair = site.add_people(2)
    (topic,) = site.add_chats([pair])
    ids = site.add_messages(topic, HISTORY)
    site.read(pair[0], topic, ids[-2 * UNREAD])  # every other message is the reader's own
    name = f"page of {HISTORY:,} messages at the first of {UNREAD:,} unread"
    yield from _page(site, pair[0], [f"/chats/{topic}"], name, 10)
    site.read(pair[0], topic, ids[-1])
    yield from _search(site, pair[0], f"/chats/{topic}/search?q=nowhere")
    depths = {"from its middle": ids[HISTORY // 2], "from its end": ids[MESSAGES]}
    for what, address in (("page", f"/chats/{topic}"), ("fragment", f"/chats/{topic}/messages")):
        below = [[f"{address}?before={before}"] for before in depths.values()]
        first, *deeper = _costs(site, pair[0], [address], *below)
        yield Figure(f"first {what} of {HISTORY:,} messages, answered in", first.wait, "ms")
        yield Figure(f"first {what} of {HISTORY:,} messages, server CPU", first.cpu, "ms", at_most(6))
        for depth, cost in zip(depths, deeper, strict=True):
            yield Figure(f"{what} {depth} / first {what}, time", cost.wait / first.wait, "", within(0.8, 1.2))
            yield Figure(f"{what} {depth} / first {what}, server CPU", cost.cpu / first.cpu, "")


def _search(site: Instance, reader: Browser, path: str) -> Iterator[Figure]:
    connection, request = wire.Connection(site.host), wire.get(site.host, reader, path)
    connection.ask(request)
    before = site.cpu_seconds()
    for _ in range(SEARCHES):
        connection.ask(request)
    cpu = (site.cpu_seconds() - before) * 1000 / SEARCHES
    connection.close()
    yield Figure(f"server CPU, words that none of {MOST_LOOKED_AT:,} messages has", cpu, "ms", at_most(200))


def _costs(site: Instance, reader: Browser, *places: list[str]) -> list[Cost]:
    """The cost of each place, asked for many times over one connection, in short turns.

    A place of several addresses is asked for another one each time.
    """
    connection = wire.Connection(site.host)
    requests = [itertools.cycle([wire.get(site.host, reader, path) for path in paths]) for paths in places]
    for _, request in itertools.product(range(WARM_UP), requests):
        connection.ask(next(request))
    cpu, waits, sizes = [0.0] * len(places), [[] for _ in places], [0] * len(places)
    for _ in range(TURNS):
        for number, request in enumerate(requests):
            before = site.cpu_seconds()
            for _ in range(TIMES // TURNS):
                begin = time.perf_counter()
                sizes[number] = len(connection.ask(next(request)))
                waits[number].append(time.perf_counter() - begin)
            cpu[number] += site.cpu_seconds() - before
    connection.close()
    return [
        Cost(spent * 1000 / TIMES, statistics.median(wait) * 1000, size)
        for spent, wait, size in zip(cpu, waits, sizes, strict=True)
    ]
