"""WebSocket frames as a server writes them (RFC 6455, section 5.2): unmasked, never fragmented."""

import struct

_TEXT, _CLOSE, _PONG = 0x81, 0x88, 0x8A


def text(message: str) -> bytes:
    """The frame for a text message. Raises UnicodeEncodeError on a lone surrogate."""
    return _frame(_TEXT, message.encode())


def pong(payload: bytes) -> bytes:
    """The answer to a ping: at most 125 bytes, the ping's own."""
    return _frame(_PONG, payload)


def close(code: int | None) -> bytes:
    """The closing frame; None answers a peer that closed without a code."""
    return _frame(_CLOSE, b"" if code is None else struct.pack("!H", code))


def _frame(first: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes((first, size)) + payload
    if size < 1 << 16:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload
