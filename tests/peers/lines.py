"""How each peer is spoken to: WebSocket with JSON, Socket.IO over WebSocket, XMPP."""

import base64
import json
import socket
import struct
import urllib.request

from tests.benchmarks.wire import HANDSHAKE_KEY, Connection, frames

STREAM = (
    "<?xml version='1.0'?><stream:stream to='{host}' xmlns='jabber:client' "
    "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
)


def cookie(host: str, name: str) -> str:
    """Sign somebody in at a peer whose page for that asks for no password."""
    with urllib.request.urlopen(f"http://{host}/in/{name}") as answer:
        return str(answer.headers["Set-Cookie"].partition(";")[0])


class JsonLine:
    """One JSON object a message: `key` and `body` up, `stored` or `html` down."""

    def __init__(self, host: str, name: str, path: str) -> None:
        connection = Connection(host)
        self.socket = connection.socket
        self._rest = connection.upgrade(_handshake(host, path, cookie(host, name)))

    def say(self, key: str, text: str) -> None:
        """See Line."""
        self.socket.sendall(_masked(json.dumps({"key": key, "body": text}).encode()))

    def read(self) -> list[bytes]:
        """See Line."""
        found, self._rest = frames(self._rest + _some(self.socket))
        return found

    def is_stored(self, piece: bytes, key: str) -> bool:
        """See Line."""
        return piece.startswith(b'{"stored"') and key.encode() in piece

    def is_said(self, piece: bytes, key: str) -> bool:
        """See Line."""
        return piece.startswith(b'{"html"') and key.encode() in piece


class SocketIoLine:
    """Engine.IO 4 and Socket.IO 5, WebSocket from the start."""

    def __init__(self, host: str, name: str, chat: int) -> None:
        connection = Connection(host)
        self.socket = connection.socket
        request = _handshake(host, "/socket.io/?EIO=4&transport=websocket", cookie(host, name))
        self._rest = connection.upgrade(request)
        self._until(b"0{")
        self.socket.sendall(_masked(b"40"))
        self._until(b"40{")
        self.socket.sendall(_masked(b'420["enter",%d]' % chat))
        self._until(b"430[")
        self._chat = chat

    def say(self, key: str, text: str) -> None:
        """See Line."""
        self.socket.sendall(_masked(b"421" + json.dumps(["say", self._chat, key, text]).encode()))

    def read(self) -> list[bytes]:
        """See Line."""
        found, self._rest = frames(self._rest + _some(self.socket))
        if b"2" in found:
            self.socket.sendall(_masked(b"3"))
        return found

    def is_stored(self, piece: bytes, key: str) -> bool:
        """See Line."""
        return piece.startswith(b"431[") and key.encode() in piece

    def is_said(self, piece: bytes, key: str) -> bool:
        """See Line."""
        return piece.startswith(b'42["said"') and key.encode() in piece

    def _until(self, start: bytes) -> None:
        found, self._rest = frames(self._rest)
        while not any(piece.startswith(start) for piece in found):
            found = self.read()


class XmppLine:
    """XMPP (RFC 6120) over TCP; what the server has handled it acknowledges (XEP-0198)."""

    def __init__(self, port: int, host: str, name: str, password: str, other: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._to = f"{other}@{host}"
        self._ask(STREAM.format(host=host), b"</stream:features>")
        secret = base64.b64encode(f"\0{name}\0{password}".encode()).decode()
        auth = f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{secret}</auth>"
        self._ask(auth, b"<success")
        self._ask(STREAM.format(host=host), b"</stream:features>")
        bind = "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>"
        self._ask(bind, b"</iq>")
        self._ask("<enable xmlns='urn:xmpp:sm:3'/>", b"<enabled")
        self.socket.sendall(b"<presence/>")

    def say(self, key: str, text: str) -> None:
        """See Line."""
        message = f"<message to='{self._to}' type='chat' id='{key}'><body>{text}</body></message>"
        self.socket.sendall(f"{message}<r xmlns='urn:xmpp:sm:3'/>".encode())

    def read(self) -> list[bytes]:
        """See Line."""
        found = _some(self.socket)
        if b"<r " in found:
            self.socket.sendall(b"<a xmlns='urn:xmpp:sm:3' h='0'/>")
        return [found]

    def is_stored(self, piece: bytes, key: str) -> bool:  # noqa: ARG002 - one is under way at a time
        """See Line."""
        return b"<a " in piece

    def is_said(self, piece: bytes, key: str) -> bool:
        """See Line."""
        return key.encode() in piece

    def _ask(self, stanza: str, end: bytes) -> None:
        self.socket.sendall(stanza.encode())
        found = b""
        while end not in found:
            if b"<failure" in found or b"</stream:stream>" in found:
                raise ConnectionError(found.decode())
            found += _some(self.socket)


def _handshake(host: str, path: str, cookie: str) -> bytes:
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        f"Origin: http://{host}",
        f"Cookie: {cookie}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {HANDSHAKE_KEY}",
        "\r\n",
    )
    return "\r\n".join(lines).encode()


def _masked(payload: bytes) -> bytes:
    """A text frame as a client writes it (RFC 6455, section 5.2), with a mask that changes nothing."""
    size = len(payload)
    head = bytes((0x81, 0x80 | size)) if size < 126 else struct.pack("!BBH", 0x81, 0x80 | 126, size)
    return head + bytes(4) + payload


def _some(source: socket.socket) -> bytes:
    piece = source.recv(65_536)
    if not piece:
        raise ConnectionError("the server hung up")
    return piece
