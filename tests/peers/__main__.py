"""`python -m tests.peers PROGRAMS`: chatweb and its peers on this machine, one after another, and one table.

PROGRAMS is the folder of programs of the environment where the peers' libraries are installed.
"""

import argparse
import os
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import figures
from tests.benchmarks.instance import LOAD_CORE
from tests.peers.servers import (
    Channels,
    FlaskSocketIo,
    Ours,
    Peer,
    PlainFlaskSock,
    Prosody,
    Talking,
)

PAIRS, IDLE = 100, 500
WARM_UP, MESSAGES = 300, 2_000
SENDERS = 8, 32
PEERS = Channels, FlaskSocketIo, PlainFlaskSock, Prosody, Ours
HEADS = (
    "server",
    "messages/s at 8, at 32 senders",
    "ms to be seen, p50 / p99",
    "ms of CPU a message",
    "KB an idle connection",
    "s to start",
)


class Messages(NamedTuple):
    """What came of sending: messages/s, ms from sending to being seen, ms of CPU for each."""

    per_second: float
    p50: float
    p99: float
    cpu: float


class Result(NamedTuple):
    """What a server can do, how many KB it needs for an idle connection, and seconds to start."""

    runs: list[Messages]
    idle: float
    start: float


def main() -> None:
    """Measure everything and print the table, in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m tests.peers", description=__doc__)
    parser.add_argument("programs", type=Path)
    programs = parser.parse_args().programs.resolve()
    os.sched_setaffinity(0, {LOAD_CORE})
    print(figures.machine(), f"| {' | '.join(HEADS)} |", "|---" * len(HEADS) + "|", sep="\n", flush=True)
    made_of = []
    for kind in PEERS:
        if kind is Prosody and not shutil.which("prosody"):
            made_of.append("Prosody is missing: 'apt install prosody' as root")
            continue
        with tempfile.TemporaryDirectory(prefix="chatweb-peer-", ignore_cleanup_errors=True) as folder:
            Path(folder).chmod(0o755)
            peer = kind(Path(folder), programs)
            print(_row(peer.name, _measured(peer)), flush=True)
            made_of.append(f"{peer.name}: {peer.version()}")
    print("\n".join(made_of))


def _measured(peer: Peer) -> Result:
    started = peer.start()
    try:
        talking = peer.talk(PAIRS)
        talking.run(WARM_UP, SENDERS[0])
        runs = [_run(peer, talking, senders) for senders in SENDERS]
        before = peer.memory()
        lines = peer.idle(IDLE)
        idle = (peer.memory() - before) / IDLE / 1024
        talking.close()
        for line in lines:
            line.socket.close()
        return Result(runs, idle, started)
    finally:
        peer.stop()


def _run(peer: Peer, talking: Talking, senders: int) -> Messages:
    before = peer.cpu_seconds()
    run = talking.run(MESSAGES, senders)
    cpu = (peer.cpu_seconds() - before) * 1000 / MESSAGES
    cuts = statistics.quantiles(run.seen, n=100)
    return Messages(MESSAGES / run.seconds, cuts[49] * 1000, cuts[98] * 1000, cpu)


def _row(name: str, result: Result) -> str:
    of_messages = [
        (f"{run.per_second:,.0f}", f"{run.p50:.0f} / {run.p99:.0f}", f"{run.cpu:.2f}") for run in result.runs
    ]
    by_figure = [", ".join(figure) for figure in zip(*of_messages, strict=True)]
    return f"| {' | '.join((name, *by_figure, f'{result.idle:.1f}', f'{result.start:.1f}'))} |"


if __name__ == "__main__":
    main()
