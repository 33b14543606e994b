"""A WebSocket client that can misbehave: raw frames over a plain socket, and what came back."""

import base64
import json
import os
import socket
import ssl
import struct
import time
from typing import NamedTuple, Self

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class Frame(NamedTuple):
    """A frame that the server sent."""

    opcode: int
    payload: bytes

    @property
    def text(self) -> str:
        return self.payload.decode()

    @property
    def code(self) -> int | None:
        """The closing code of a closing frame."""
        return struct.unpack("!H", self.payload[:2])[0] if self.payload else None


class Refused(Exception):
    """The server answered the handshake with an ordinary response."""

    def __init__(self, status: int, answer: bytes) -> None:
        super().__init__(f"{status}: {answer[:300]!r}")
        self.status = status
        self.answer = answer


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, masked: bool = True, rsv: int = 0) -> bytes:
    """A frame as a browser sends it, or, by its options, as none ever would."""
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    mask_bit = 0x80 if masked else 0
    size = len(payload)
    if size < 126:
        head += bytes([mask_bit | size])
    elif size < 1 << 16:
        head += struct.pack("!BH", mask_bit | 126, size)
    else:
        head += struct.pack("!BQ", mask_bit | 127, size)
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))


class WebSocket:
    """The client's side of a socket whose handshake is done."""

    def __init__(self, sock: socket.socket, rest: bytes = b"") -> None:
        self.sock = sock
        self.headers = ""
        self._rest = rest

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def send(self, opcode: int, payload: bytes = b"", **how: object) -> None:
        self.sock.sendall(frame(opcode, payload, **how))

    def receive(self) -> Frame | None:
        """The next frame; None when the connection ended. Raises TimeoutError by the socket's timeout."""
        head = self._exactly(2)
        if head is None:
            return None
        size = head[1]
        assert not size & 0x80, "servers do not mask"
        if size == 126:
            size = struct.unpack("!H", self._exactly(2) or b"")[0]
        elif size == 127:
            size = struct.unpack("!Q", self._exactly(8) or b"")[0]
        payload = self._exactly(size)
        assert payload is not None, "the connection ended inside a frame"
        assert head[0] & 0xF0 == 0x80, f"fragmented or with reserved bits: {head!r}"
        return Frame(head[0] & 0x0F, payload)

    def receive_text(self) -> str:
        """The next text frame that is not a heartbeat."""
        while True:
            got = self.receive()
            assert got is not None, "the connection ended"
            assert got.opcode == TEXT, got
            if not is_heartbeat(got.text):
                return got.text

    def receive_close(self) -> int | None:
        """Skip to the closing frame and return its code."""
        while True:
            got = self.receive()
            assert got is not None, "ended without a closing frame"
            if got.opcode == CLOSE:
                return got.code

    def is_dead(self) -> bool:
        """Whether the server ended the connection; waits for that as long as the socket's timeout."""
        try:
            while self.sock.recv(65536):
                pass
        except ConnectionError:
            return True
        except TimeoutError:
            return False
        return True

    def seconds_until_dead(self) -> float:
        """How long the server keeps the connection, from now on."""
        start = time.monotonic()
        assert self.is_dead()
        return time.monotonic() - start

    def _exactly(self, count: int) -> bytes | None:
        data = bytearray(self._rest[:count])
        self._rest = self._rest[count:]
        while len(data) < count:
            try:
                got = self.sock.recv(count - len(data))
            except ConnectionError:
                got = b""
            if not got:
                assert not data, "the connection ended inside a frame"
                return None
            data += got
        return bytes(data)


def connect(
    port: int,
    path: str,
    headers: dict[str, str] | None = None,
    *,
    timeout: float = 5,
    receive_buffer: int = 0,
    tls: ssl.SSLContext | None = None,
) -> WebSocket:
    """Shake hands as a browser does. Raises Refused when the answer is not 101.

    A header given as an empty string is left out. `receive_buffer` is in bytes. With `tls`, `Host` is whose
    certificate it has to be.
    """
    sock = socket.socket()
    sock.settimeout(timeout)
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.connect(("127.0.0.1", port))
    lines = {
        "Host": f"127.0.0.1:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Origin": f"http://127.0.0.1:{port}",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
    } | (headers or {})
    if tls:
        sock = tls.wrap_socket(sock, server_hostname=lines["Host"])
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    sock.sendall(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1"))
    answer = b""
    while b"\r\n\r\n" not in answer:
        got = sock.recv(4096)
        if not got:
            break
        answer += got
    first, _, rest = answer.partition(b"\r\n\r\n")
    status = int(first.split()[1]) if first else 0
    if status != 101:
        sock.close()
        raise Refused(status, answer)
    socket_ = WebSocket(sock, rest)
    socket_.headers = first.decode("latin-1")
    return socket_


def is_heartbeat(text: str) -> bool:
    """Whether a text frame is the JSON of a heartbeat."""
    if not text.startswith("{"):
        return False
    beat = json.loads(text)
    return beat == {} or list(beat) == ["revision"]
