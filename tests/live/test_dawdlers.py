"""Connections that take their time: each has some seconds, then it is let go."""

import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.live.client import WebSocket
from tests.servers import Server

CHUNKED = "POST /say/tea HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n"
HALF = "GET /ws/inbox HTTP/1.1\r\nHost: {host}\r\nUpgrade: webs"
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def connect() -> Iterator[Callable[[int, str], socket.socket]]:
    """`connect(port, text)` is a connection on which the server was told so much."""
    with ExitStack() as stack:

        def run(port: int, text: str) -> socket.socket:
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
            connection.sendall(text.replace("{host}", f"127.0.0.1:{port}").encode())
            return connection

        yield run


def is_served(server: Server) -> bool:
    with urllib.request.urlopen(f"{server.url}/healthz", timeout=5) as answer:
        return answer.status == 200


@pytest.mark.parametrize(("first", "piece"), [("", b"1\r\na\r\n"), ("fff\r\n", b"a"), ("0\r\n", b"A: b\r\n")])
def test_chunks_may_not_come_for_ever(start_server, connect, first, piece):
    connection = connect(start_server(patience_seconds=0.5).port, CHUNKED + first)
    connection.settimeout(0.1)
    answer = None
    while answer is None:
        try:
            answer = connection.recv(1000)
        except TimeoutError:
            connection.sendall(piece)
    assert answer == TOO_SLOW
    assert WebSocket(connection).is_dead()


def test_chunks_that_come_in_time_are_put_together(product, connect):
    with product.hear("tea") as line:
        connection = connect(product.port, CHUNKED + "3\r\ntwo\r\n")
        connection.sendall(b"4\r\n cup\r\n0\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 204 ")
        assert line.receive_text() == "two cup"


def test_two_thousand_connections_that_say_nothing_or_half_of_it_are_let_go(
    server, connect, many_descriptors
):
    start = time.monotonic()
    silent = [connect(server.port, "") for _ in range(1000)]
    half_open = [connect(server.port, HALF) for _ in range(1000)]
    assert is_served(server)
    assert all(WebSocket(connection).is_dead() for connection in (*silent, *half_open))
    assert time.monotonic() - start < 60
