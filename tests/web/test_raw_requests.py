"""Requests that no browser writes, to the server itself: refused, and the next one is served."""

import socket

import pytest

POST = "POST /login HTTP/1.1\r\n{host}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
GET = "GET /login HTTP/1.1\r\n{host}\r\n"
MALFORMED = {
    "two lengths": POST + "Content-Length: 3\r\nContent-Length: 4\r\n\r\na=b",
    "length and chunks": POST + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a wrong length": POST + "Content-Length: -1\r\n\r\n",
    "a NUL in a header": GET + "X: a\x00b\r\n\r\n",
    "a bare line end in a header": GET + "X: a\rb\r\n\r\n",
    "a space before the colon": GET + "X : a\r\n\r\n",
    "two hosts": GET + "Host: evil.example\r\n\r\n",
    "another host": "GET /login HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "raw bytes in the query": "GET /login?next=\xff\xfe HTTP/1.1\r\n{host}\r\n\r\n",
    "no request at all": "\x16\x03\x01\x02\x00\r\n\r\n",
}


@pytest.fixture
def status_of(server):
    """`status_of(text)` is the status with which the server answers these bytes."""

    def ask(text: str) -> int:
        request = text.format(host=f"Host: 127.0.0.1:{server.port}").encode("latin-1")
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(request)
            return int(connection.recv(100).split()[1])

    return ask


def test_what_is_malformed_is_answered_400(status_of):
    assert {name: status_of(text) for name, text in MALFORMED.items()} == dict.fromkeys(MALFORMED, 400)
    assert status_of(GET + "\r\n") == 200


def test_a_hundred_megabytes_are_refused_before_they_are_sent(status_of):
    assert status_of(POST + "Content-Length: 100000000\r\n\r\na=b") == 413


def test_a_socket_address_without_a_handshake_is_refused(status_of):
    assert status_of("GET /ws/inbox HTTP/1.1\r\n{host}\r\n\r\n") == 400
