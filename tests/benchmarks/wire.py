"""HTTP and WebSocket on plain sockets, as cheap as Python allows: the load must not outweigh the server."""

import socket
import urllib.parse

from tests.benchmarks.instance import Browser

END_OF_HEAD = b"\r\n\r\n"
HANDSHAKE_KEY = "AAAAAAAAAAAAAAAAAAAAAA=="


class Refused(RuntimeError):
    """The server answered otherwise than asked for; the text is the head of its answer."""


class Connection:
    """A keep-alive connection: one request at a time, the answer read to its end."""

    def __init__(self, host: str) -> None:
        name, _, port = host.partition(":")
        self.socket = socket.create_connection((name, int(port)), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def ask(self, request: bytes) -> bytes:
        """Send a request and return the body of its 200. Raises Refused for any other status."""
        self.socket.sendall(request)
        while (answer := split_answer(self._rest)) is None:
            self._read()
        _, body, self._rest = answer
        return body

    def upgrade(self, request: bytes) -> bytes:
        """Do a WebSocket handshake; returns what came after it. The socket is the caller's from then on."""
        self.socket.sendall(request)
        while END_OF_HEAD not in self._rest:
            self._read()
        head, _, rest = self._rest.partition(END_OF_HEAD)
        if not head.startswith(b"HTTP/1.1 101"):
            raise Refused(head.decode("latin-1"))
        return rest

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def _read(self) -> None:
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError("the server hung up")
        self._rest += piece


def split_answer(data: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Head, body and what follows of an answer with Content-Length; None while it is incomplete.

    Raises Refused for any status but 200.
    """
    at = data.find(END_OF_HEAD)
    if at < 0:
        return None
    head = data[:at]
    if not head.startswith(b"HTTP/1.1 200"):
        raise Refused(data.decode("utf-8", "replace"))
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    start = at + len(END_OF_HEAD)
    if len(data) < start + length:
        return None
    return head, data[start : start + length], data[start + length :]


def get(host: str, browser: Browser, path: str) -> bytes:
    """A GET as that browser sends it."""
    return _head("GET", path, {"Host": host, "Cookie": browser.cookie, "Accept": "text/html"})


def handshake(host: str, browser: Browser, path: str) -> bytes:
    """The opening of a WebSocket as that browser's page does it."""
    fields = {
        "Host": host,
        "Origin": f"http://{host}",
        "Cookie": browser.cookie,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": HANDSHAKE_KEY,
        "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
    }
    return _head("GET", path, fields)


def send(host: str, browser: Browser, topic: str, key: str, body: str) -> bytes:
    """A message as the composer posts it."""
    form = urllib.parse.urlencode({"key": key, "body": body}).encode()
    fields = {
        "Host": host,
        "Origin": f"http://{host}",
        "Referer": f"http://{host}/chats/{topic}",
        "Cookie": browser.cookie,
        "X-CSRFToken": browser.csrf,
        "HX-Request": "true",
        "HX-Current-URL": f"http://{host}/chats/{topic}",
        "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
        "Content-Length": str(len(form)),
        "Accept": "text/html",
    }
    return _head("POST", f"/chats/{topic}/messages", fields) + form


def frames(data: bytes) -> tuple[list[bytes], bytes]:
    """The payloads of all whole frames a server has sent, and the incomplete rest (RFC 6455, section 5.2)."""
    found, at = [], 0
    while len(data) - at >= 2:
        size, start = data[at + 1], at + 2
        if size == 126:
            size, start = int.from_bytes(data[start : start + 2]), start + 2
        elif size == 127:
            size, start = int.from_bytes(data[start : start + 8]), start + 8
        if len(data) < start + size:
            break
        found.append(data[start : start + size])
        at = start + size
    return found, data[at:]


def _head(method: str, path: str, fields: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join(lines).encode() + END_OF_HEAD
