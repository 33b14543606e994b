"""Readers that take less than they are sent."""

import threading
import time
from pathlib import Path

from chatweb import measures
from chatweb.live import window
from chatweb.live.limits import Limits
from tests.live.client import CLOSE, TEXT
from tests.servers import wait_until


def test_a_held_line_that_gets_too_much_is_asked_to_come_again(office):
    there = office(limits=Limits(outbox_bytes=1000))
    line, page = there.park("tea")
    for _ in range(3):
        there.bus.publish("tea", "x" * 600)
    line.start(["never sent"])
    assert page.receive_close() == 1013


def test_one_giant_frame_is_sent_whatever_the_limit(office):
    there = office(limits=Limits(outbox_bytes=1000))
    page = there.connect("tea")
    there.bus.publish("tea", "x" * 1_000_000)
    assert page.receive_text() == "x" * 1_000_000


def test_a_page_that_hangs_up_hears_its_frame_to_the_end_and_then_the_answer(office):
    there = office(limits=Limits(outbox_bytes=3_000_000))
    page = there.connect("tea")
    there.bus.publish("tea", "x" * 2_000_000)
    there.bus.publish("tea", "dropped")
    page.send(CLOSE)
    wait_until(lambda: len(there.board) == 0, 2, "the goodbye to arrive")
    assert page.receive() == (TEXT, b"x" * 2_000_000)
    assert page.receive() == (CLOSE, b"")
    assert page.receive() is None


def test_a_reader_that_stalls_is_closed_though_its_frame_is_half_sent(office):
    there = office(limits=Limits(stall_seconds=0.3, closing_seconds=0.2))
    page, slow = there.connect("tea"), measures.total(measures.TOO_SLOW)
    there.bus.publish("tea", "x" * 2_000_000)
    wait_until(lambda: len(there.board) == 0, 2, "the stall to be noticed")
    assert page.is_dead()
    assert measures.total(measures.TOO_SLOW) == slow + 1


def test_a_reader_that_takes_something_now_and_then_does_not_stall(office):
    there = office(limits=Limits(stall_seconds=0.3))
    page = there.connect("tea")
    there.bus.publish("tea", "x" * 3_000_000)
    taken = 0
    while taken < 3_000_000:
        taken += len(page.sock.recv(300_000))
        time.sleep(0.05)  # time itself: this is how slowly it reads
    assert len(there.board) == 1


def test_frames_behind_a_slow_one_keep_their_order(office):
    there = office()
    page = there.connect("tea")
    texts = [str(number) + "x" * 5000 for number in range(100)]
    for text in texts:
        there.bus.publish("tea", text)
    assert [page.receive_text() for _ in texts] == texts


def test_a_page_that_answers_our_close_is_let_go_when_it_has_read_it(office):
    there = office(limits=Limits(outbox_bytes=3_000_000, closing_seconds=5))
    page = there.connect("tea")
    there.bus.publish("tea", "x" * 2_000_000)
    there.bus.close("tea", 4401)
    page.send(CLOSE)
    assert page.receive() == (TEXT, b"x" * 2_000_000)
    assert page.receive() == (CLOSE, (4401).to_bytes(2, "big"))
    assert page.seconds_until_dead() < 1


def test_a_reader_with_a_shut_window_is_told_from_one_that_is_far_away(office, monkeypatch):
    line, _ = office().park("tea")
    queued = iter([(9, 9), (9, 9), (9, 5), (9, 9), (9, 9), (9, 9), (0, 0)])
    monkeypatch.setattr(window, "queued", lambda _descriptor: next(queued))
    line.start(["something"])
    assert [line.is_shut_out(3) for _ in range(7)] == [False] * 5 + [True, False]
    assert line.behind == -1


def test_how_much_waits_for_a_peer_is_known_for_tcp_only(tcp, monkeypatch):
    here, _ = tcp
    here.sendall(bytes(100_000))
    wait_until(lambda: len(set(window.queued(here.fileno()))) == 1, 5, "the window to be shut")
    assert 50_000 < window.queued(here.fileno())[0] <= 100_000
    with Path("/dev/null").open("rb") as file:
        assert window.queued(file.fileno()) == (0, 0)
    monkeypatch.setattr(window.sys, "platform", "somewhere else")
    assert window.queued(here.fileno()) == (0, 0)


def test_a_reader_that_lets_the_kernel_fill_up_is_closed(tcp, office):
    there = office(limits=Limits(stall_seconds=0.3))
    line = there.board.open(tcp[0], ("tea",))
    line.start([])
    there.bus.publish("tea", "x" * 100_000)
    assert line.outbox is None
    wait_until(lambda: len(there.board) == 0, 5, "the reader to be closed")


def test_eight_threads_publish_at_once_and_no_frame_is_torn(office):
    there = office(limits=Limits(outbox_bytes=1 << 26))
    page = there.connect("tea")

    def publish(name):
        for number in range(200):
            there.bus.publish("tea", f"{name} {number} " + "x" * 3000)

    threads = [threading.Thread(target=publish, args=(name,)) for name in "abcdefgh"]
    for thread in threads:
        thread.start()
    heard = [page.receive_text().split()[:2] for _ in range(1600)]
    for thread in threads:
        thread.join()
    for name in "abcdefgh":
        assert [int(number) for who, number in heard if who == name] == list(range(200))


def test_a_catch_up_of_megabytes_is_taken_in_pieces_and_followed_by_the_rest(office):
    there = office(limits=Limits(outbox_bytes=1000))
    line, page = there.park("tea")
    there.bus.publish("tea", "held")
    line.start(["x" * 3_000_000, "y"])
    there.bus.publish("tea", "after")
    assert page.receive_text() == "x" * 3_000_000
    assert [page.receive_text() for _ in range(3)] == ["y", "held", "after"]
