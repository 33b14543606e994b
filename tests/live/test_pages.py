"""What pages may send, as the switchboard takes it."""

import socket

from chatweb.live.limits import Limits
from tests.live.client import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame


def test_messages_reach_the_callback_and_its_failure_costs_one_line(office, caplog):
    heard = []

    def on_message(line, message):
        heard.append((line.topics, message))
        if message == "poison":
            raise ZeroDivisionError

    there = office(on_message=on_message)
    one, two = there.connect("tea"), there.connect("coffee")
    one.send(TEXT, b"poison")
    assert one.is_dead()
    two.send(TEXT, b"fine")
    two.send(PING)
    assert two.receive() == (PONG, b"")
    assert heard == [(("tea",), "poison"), (("coffee",), "fine")]
    assert [record.message for record in caplog.records] == ["a line failed and was dropped"]


def test_what_fragments_and_controls_a_page_sends_is_put_together_or_answered(office):
    heard = []
    there = office(on_message=lambda _line, message: heard.append(message))
    page = there.connect("tea")
    page.send(TEXT, b"one", fin=False)
    page.send(PONG)
    page.send(CONTINUATION, b" two", fin=False)
    page.send(CONTINUATION, b" three")
    page.send(BINARY, b"\0")
    half = frame(TEXT, b"x" * 20)
    page.sock.sendall(half[:3])
    page.sock.sendall(half[3:])
    page.send(CLOSE, (1000).to_bytes(2, "big"))
    assert page.receive() == (CLOSE, (1000).to_bytes(2, "big"))
    assert heard == ["one two three", b"\0", "x" * 20]


def test_a_page_that_cannot_be_understood_is_heard_out_in_silence(office):
    page = office(limits=Limits(frames=3)).connect("tea")
    page.send(TEXT, b"x" * 65)
    assert page.receive_close() == 1009
    page.send(PING)
    page.sock.shutdown(socket.SHUT_WR)
    assert page.seconds_until_dead() < 0.5


def test_a_page_that_floods_is_closed(office):
    page = office(limits=Limits(frames=3)).connect("tea")
    page.sock.sendall(frame(PING) * 4)
    assert page.receive_close() == 1008


def test_a_page_that_goes_on_after_our_close_is_not_listened_to(office):
    heard = []
    there = office(on_message=lambda _line, message: heard.append(message))
    page = there.connect("tea")
    there.bus.close("tea", 4401)
    page.send(TEXT, b"too late")
    page.send(PING)
    page.sock.sendall(frame(CLOSE)[:2])
    page.sock.sendall(frame(CLOSE)[2:])
    assert page.receive() == (CLOSE, (4401).to_bytes(2, "big"))
    assert page.receive() is None
    assert heard == []


def test_messages_from_pages_nobody_listens_to_close_the_line(office):
    page = office().connect("tea")
    page.send(TEXT, b"hello?")
    assert page.receive_close() == 1008
