"""Pages that send as much as they can."""

import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.live.client import CONTINUATION, PING, TEXT, frame
from tests.live.conftest import EchoServer
from tests.servers import wait_until

MEGABYTE = 1 << 20
NINETY_MEGABYTES = 90 * MEGABYTE
FLOODS = {
    "pings": frame(PING, b"p" * 125) * 8000,
    "small messages": frame(TEXT, b"x" * 64) * 16000,
    "one giant message": struct.pack("!BBQ4s", 0x81, 0xFF, NINETY_MEGABYTES, b"mask") + b"x" * MEGABYTE,
    "a message without an end": frame(TEXT, b"", fin=False) + frame(CONTINUATION, b"", fin=False) * 160_000,
    "no frames at all": b"\xff" * MEGABYTE,
}


def pour(line, flood: bytes, most: int = NINETY_MEGABYTES) -> None:
    """Send until nobody takes it any more."""
    with suppress(ConnectionError):
        for _ in range(most // len(flood)):
            line.sock.sendall(flood)


class Peak:
    """How much more memory than now a server has taken at any moment since."""

    def __init__(self, server: EchoServer) -> None:
        self._process = Path("/proc") / str(server.count("pid"))
        (self._process / "clear_refs").write_text("5")
        self._before = self._highest()

    def growth(self) -> int:
        return self._highest() - self._before

    def _highest(self) -> int:
        status = (self._process / "status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_of_90_megabytes_is_cut_and_costs_no_memory(product, flood):
    product.hear("tea")
    peak = Peak(product)
    with product.hear("tea") as line:
        pour(line, FLOODS[flood])
        assert line.is_dead()
    wait_until(lambda: product.count() == 1, 2, "the line to be forgotten")
    assert peak.growth() < 2 * MEGABYTE


def test_answers_to_a_flood_are_kept_up_to_the_limit_only(start_server):
    server = start_server(message_bytes=MEGABYTE, frames=1 << 20, outbox_bytes=MEGABYTE)
    with server.connect("/echo") as warm:
        warm.send(TEXT, b"x" * MEGABYTE)
        warm.receive()
    peak = Peak(server)
    with server.connect("/echo", receive_buffer=4096) as line:
        pour(line, frame(TEXT, b"x" * 60_000))
        assert line.is_dead()
    assert peak.growth() < 4 * MEGABYTE


@pytest.fixture
def flooding(product) -> Iterator[None]:
    """Four pages that are cut off and come again, all the time."""
    stopped = threading.Event()

    def flood(bytes_: bytes) -> None:
        while not stopped.is_set():
            with suppress(ConnectionError, TimeoutError), product.connect("/hear/tea") as line:
                pour(line, bytes_, 2 * MEGABYTE)

    threads = [threading.Thread(target=flood, args=(FLOODS[name],)) for name in list(FLOODS)[:4]]
    for thread in threads:
        thread.start()
    yield
    stopped.set()
    for thread in threads:
        thread.join()


def test_floods_do_not_hold_the_others_up(product, flooding):
    with product.hear("coffee") as line:
        for number in range(100):
            start = time.monotonic()
            product.say("coffee", str(number))
            assert line.receive_text() == str(number)
            assert time.monotonic() - start < 3
