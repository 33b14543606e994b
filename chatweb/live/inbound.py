"""What a browser sends: bytes in, whole messages out, by the rules of RFC 6455."""

from collections.abc import Iterator

from wsproto.extensions import Extension
from wsproto.frame_protocol import CloseReason, FrameDecoder, FrameProtocol, Opcode, ParseFailed, RsvBits

Payload = bytes | str | int | None


class Refused(Exception):
    """The peer broke the protocol or a limit; `code` is what to close with."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closing with {code}")
        self.code = code


class _Meter(Extension):
    """Watches the decoder: refuses a declared length before its payload arrives, counts finished bytes.

    The decoder shows a header again when its mask was still missing, so nothing is added up there.
    """

    name = "meter"

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.message = 0
        self.finished = 0
        self._frame = 0
        self._control = False

    def enabled(self) -> bool:
        return True

    def offer(self) -> bool:  # pragma: no cover - nothing is negotiated
        return False

    def frame_inbound_header(
        self, _proto: FrameDecoder | FrameProtocol, opcode: Opcode, _rsv: RsvBits, payload_length: int
    ) -> RsvBits:
        self._control = opcode.iscontrol()
        if not self._control and self.message + payload_length > self.limit:
            raise ParseFailed("too big", CloseReason.MESSAGE_TOO_BIG)
        extended = 0 if payload_length < 126 else 2 if payload_length < 1 << 16 else 8
        self._frame = 2 + extended + 4 + payload_length
        return RsvBits(rsv1=False, rsv2=False, rsv3=False)

    def frame_inbound_payload_data(self, _proto: FrameDecoder | FrameProtocol, data: bytes) -> bytes:
        if not self._control:
            self.message += len(data)
        return data

    def frame_inbound_complete(self, _proto: FrameDecoder | FrameProtocol, fin: bool) -> None:  # noqa: FBT001
        self.finished += self._frame
        if fin and not self._control:
            self.message = 0


class Inbound:
    """The decoder of one line, worth keeping only while a frame or a fragmented message is incomplete."""

    __slots__ = ("_fed", "_meter", "_parts", "_protocol")

    def __init__(self, limit: int) -> None:
        self._meter = _Meter(limit)
        self._protocol = FrameProtocol(client=False, extensions=[self._meter])
        self._parts: list[bytes | str] = []
        self._fed = 0

    @property
    def idle(self) -> bool:
        """True between messages: nothing half received is kept here."""
        return self._fed == self._meter.finished and not self._parts

    def feed(self, data: bytes) -> Iterator[tuple[Opcode, Payload]]:
        """Yield what became complete: TEXT str, BINARY bytes, PING or PONG bytes, CLOSE code or None.

        A fragment that leaves its message unfinished is told as CONTINUATION None. Raises Refused after the
        events that came before the offence.
        """
        self._fed += len(data)
        self._protocol.receive_bytes(data)
        try:
            for frame in self._protocol.received_frames():
                if frame.opcode is Opcode.CLOSE:
                    yield frame.opcode, _close_code(frame.payload)
                elif frame.opcode.iscontrol():
                    yield frame.opcode, bytes(frame.payload)  # type: ignore[arg-type]
                else:
                    self._parts.append(frame.payload)  # type: ignore[arg-type]
                    if frame.message_finished:
                        yield frame.opcode, self._message()
                    else:
                        yield Opcode.CONTINUATION, None
        except ParseFailed as failure:
            raise Refused(int(failure.code)) from failure

    def _message(self) -> bytes | str:
        parts, self._parts = self._parts, []
        return parts[0] if len(parts) == 1 else type(parts[0])().join(parts)  # type: ignore[arg-type]


def _close_code(payload: object) -> int | None:
    code = int(payload[0])  # type: ignore[index]
    return None if code == CloseReason.NO_STATUS_RCVD else code
