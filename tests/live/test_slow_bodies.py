"""Requests whose body does not come."""

import socket

import pytest

HEAD = b"POST /say/tea HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n"


@pytest.fixture
def impatient(start_server):
    """A server that gives a body half a second."""
    return start_server(patience_seconds=0.5)


def answers(connection):
    """Everything that is answered until the server ends the connection."""
    return b"".join(iter(lambda: connection.recv(4096), b""))


def test_a_body_that_does_not_come_is_answered_408_and_ends_the_connection(impatient):
    with impatient.hear("tea") as line, socket.create_connection(("127.0.0.1", impatient.port), 5) as browser:
        browser.sendall(HEAD + b"too")
        got = answers(browser)
        assert got.startswith(b"HTTP/1.1 408 ")
        assert got.count(b"HTTP/1.1") == 1
        impatient.say("tea", "in time")
        assert line.receive_text() == "in time"


def test_a_body_that_comes_in_pieces_is_put_together(impatient):
    with impatient.hear("tea") as line, socket.create_connection(("127.0.0.1", impatient.port), 5) as browser:
        for piece in (HEAD, b"too ", b"slow?"):
            browser.sendall(piece)
        assert line.receive_text() == "too slow?"
        assert browser.recv(4096).startswith(b"HTTP/1.1 204 ")
