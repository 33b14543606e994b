"""RFC 6455, as far as a browser, or somebody who is none, can try it."""

import struct

import pytest

from tests.live.client import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Refused
from tests.servers import wait_until


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 1 << 20])
def test_a_text_comes_back_whole(echo, size):
    with echo.connect("/echo") as line:
        line.send(TEXT, b"a" * size)
        assert line.receive() == (TEXT, b"a" * size)


def test_bytes_come_back_as_bytes(echo):
    with echo.connect("/echo") as line:
        line.send(BINARY, bytes(range(256)))
        assert line.receive() == (BINARY, bytes(range(256)))


def test_fragments_become_one_message_with_a_ping_between(echo):
    with echo.connect("/echo") as line:
        line.send(TEXT, "grü".encode()[:-1], fin=False)
        line.send(PING, b"still there?")
        line.send(CONTINUATION, b"", fin=False)
        line.send(CONTINUATION, "grün".encode()[3:])
        assert line.receive() == (PONG, b"still there?")
        assert line.receive() == (TEXT, "grün".encode())


def test_a_message_in_pieces_of_one_byte_comes_back(echo):
    with echo.connect("/echo") as line:
        for byte in _frame_bytes(TEXT, b"slowly" * 30):
            line.sock.sendall(byte)
        assert line.receive() == (TEXT, b"slowly" * 30)
        line.send(TEXT, b"again")
        assert line.receive() == (TEXT, b"again")


def test_two_messages_in_one_packet_come_back_in_order(echo):
    with echo.connect("/echo") as line:
        line.sock.sendall(b"".join([*_frame_bytes(TEXT, b"one"), *_frame_bytes(TEXT, b"two")]))
        assert [line.receive(), line.receive()] == [(TEXT, b"one"), (TEXT, b"two")]


@pytest.mark.parametrize("payload", [b"", b"p" * 125])
def test_a_ping_gets_its_own_bytes_back(product, payload):
    with product.hear("tea") as line:
        line.send(PING, payload)
        assert line.receive() == (PONG, payload)


def test_an_unasked_pong_is_no_offence(product):
    with product.hear("tea") as line:
        line.send(PONG, b"here I am")
        line.send(PING)
        assert line.receive() == (PONG, b"")


@pytest.mark.parametrize("payload", [struct.pack("!H", 1000), struct.pack("!H", 4001) + b"bye", b""])
def test_a_closing_frame_is_answered_and_the_connection_ends(product, payload):
    with product.hear("tea") as line:
        line.send(CLOSE, payload)
        assert line.receive() == (CLOSE, payload[:2])
        assert line.seconds_until_dead() < 0.5
    wait_until(lambda: product.count() == 0, 2, "the line to be forgotten")


def test_an_offence_after_the_largest_message_of_somebody_else_is_still_that_offence(echo):
    with echo.connect("/echo") as other:
        other.send(TEXT, b"x" * (1 << 20))
        assert len(other.receive().payload) == 1 << 20
        with echo.connect("/echo") as line:
            line.send(CONTINUATION, b"x")
            assert line.receive_close() == 1002


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"opcode": TEXT, "payload": b"\xc3\x28"}, 1007),
        ({"opcode": TEXT, "payload": b"\xce\xba\xe1", "fin": False}, None),
        ({"opcode": TEXT, "payload": b"\xed\xa0\x80", "fin": False}, 1007),
        ({"opcode": TEXT, "payload": b"x", "masked": False}, 1002),
        ({"opcode": TEXT, "payload": b"x", "rsv": 4}, 1002),
        ({"opcode": CONTINUATION, "payload": b"x"}, 1002),
        ({"opcode": 3, "payload": b"x"}, 1002),
        ({"opcode": 11, "payload": b"x"}, 1002),
        ({"opcode": PING, "payload": b"x", "fin": False}, 1002),
        ({"opcode": PING, "payload": b"x" * 126}, 1002),
        ({"opcode": CLOSE, "payload": b"x"}, 1002),
        ({"opcode": CLOSE, "payload": struct.pack("!H", 1005)}, 1002),
        ({"opcode": CLOSE, "payload": struct.pack("!H", 999)}, 1002),
        ({"opcode": CLOSE, "payload": struct.pack("!H", 1000) + b"\xff"}, 1007),
        ({"opcode": TEXT, "payload": b"x" * ((1 << 20) + 1)}, 1009),
    ],
)
def test_an_offence_is_closed_with_its_code(echo, frame, code):
    with echo.connect("/echo") as line:
        line.send(**frame)
        if code is None:
            line.send(PING)
            assert line.receive() == (PONG, b"")
        else:
            assert line.receive_close() == code
            line.sock.shutdown(1)
            assert line.seconds_until_dead() < 1


def test_what_came_before_an_offence_is_still_answered(echo):
    with echo.connect("/echo") as line:
        line.sock.sendall(b"".join([*_frame_bytes(TEXT, b"fine"), *_frame_bytes(7, b"not")]))
        assert line.receive() == (TEXT, b"fine")
        assert line.receive_close() == 1002


def test_a_page_that_says_anything_today_is_closed_for_policy(product):
    with product.hear("tea") as line:
        line.send(TEXT, b"x" * 64)
        assert line.receive_close() == 1008


@pytest.mark.parametrize("pieces", [[65], [40, 25], [64, 0, 1]])
def test_more_than_64_bytes_are_too_big_in_one_frame_or_in_several(product, pieces):
    with product.hear("tea") as line:
        for number, size in enumerate(pieces):
            opcode = CONTINUATION if number else TEXT
            line.send(opcode, b"x" * size, fin=number == len(pieces) - 1)
        assert line.receive_close() == 1009


def test_a_giant_is_refused_by_its_declared_length(product):
    with product.hear("tea") as line:
        line.sock.sendall(struct.pack("!BBQ", 0x81, 0xFF, 1 << 62))
        line.sock.sendall(b"mask")
        assert line.receive_close() == 1009
        assert line.seconds_until_dead() < 1


def test_a_flood_of_pings_is_cut(product):
    with product.hear("tea") as line:
        line.sock.sendall(b"".join(_frame_bytes(PING, b"!")) * 1000)
        assert line.receive_close() == 1008


def test_a_flood_of_empty_fragments_is_cut(product):
    with product.hear("tea") as line:
        line.send(TEXT, b"", fin=False)
        line.sock.sendall(b"".join(_frame_bytes(CONTINUATION, b"", 0)) * 1000)
        assert line.receive_close() == 1008


def test_compression_is_never_accepted(product):
    with product.hear("tea") as line:
        assert "sec-websocket-accept" in line.headers.lower()
        assert "extensions" not in line.headers.lower()


def test_what_a_line_hears_after_our_close_is_not_processed_and_it_is_dead_within_a_second(product):
    with product.hear("tea") as line:
        product.hang_up("tea", 4401)
        assert line.receive_close() == 4401
        line.send(PING, b"I did not hear that")
        line.send(TEXT, b"x" * 100)
        assert line.receive() is None
    wait_until(lambda: product.count() == 0, 1, "the line to be forgotten")


def test_a_client_that_answers_our_close_is_let_go_at_once(product):
    with product.hear("tea") as line:
        product.hang_up("tea", 4404)
        assert line.receive_close() == 4404
        line.send(CLOSE, struct.pack("!H", 4404))
        assert line.seconds_until_dead() < 0.5


def test_a_path_that_is_no_socket_is_an_ordinary_404(product):
    with pytest.raises(Refused) as refused:
        product.connect("/nowhere")
    assert refused.value.status == 404


def _frame_bytes(opcode: int, payload: bytes, first: int = 0x80) -> list[bytes]:
    """The single bytes of a frame with an all-zero mask."""
    size = bytes([0x80 | len(payload)]) if len(payload) < 126 else struct.pack("!BH", 0xFE, len(payload))
    return [bytes([byte]) for byte in bytes([first | opcode]) + size + bytes(4) + payload]
