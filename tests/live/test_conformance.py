"""RFC 6455 by the cases of the Autobahn test suite: none may fail."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from kosoku import run_fuzzingclient

IN_PARALLEL = 8


def conforming(server, cases: list[str]) -> int:
    """How many cases were played; kosoku raises when one of them failed."""
    played = run_fuzzingclient(f"ws://127.0.0.1:{server.port}/echo", cases, None, IN_PARALLEL)
    # In this thread a loop may run already, of those who drive a browser.
    with ThreadPoolExecutor(1) as thread:
        return len(thread.submit(asyncio.run, played).result())


def test_framing_fragments_text_and_closing_are_as_the_standard_says(echo):
    assert conforming(echo, [f"{chapter}.*" for chapter in (1, 2, 3, 4, 5, 6, 7, 10)]) == 247


@pytest.mark.faults
def test_messages_of_16_megabytes_and_a_thousand_small_ones_come_back(start_server):
    server = start_server(
        message_bytes=1 << 24, outbox_bytes=1 << 26, frames=1 << 20, stall_seconds=60, heartbeat_seconds=3600
    )
    assert conforming(server, ["9.*"]) == 54
