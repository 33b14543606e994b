"""The switchboard in this process, without a web server."""

import os
import threading
import time
from pathlib import Path

import pytest

from chatweb import measures
from chatweb.live.bus import LocalBus
from tests.live.client import CLOSE


def test_nothing_runs_before_the_first_line_and_after_stop(office):
    def state():
        return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))

    before = state()
    there = office()
    assert state() == before
    page = there.connect("tea")
    assert threading.active_count() == before[0] + 2
    there.board.stop()
    assert page.is_dead()
    there.close()
    assert state() == before
    there.connect("tea")
    there.bus.publish("tea", "again")
    assert len(there.board) == 1


def test_a_held_line_hears_its_catch_up_first(office):
    there = office()
    line, page = there.park("tea", "coffee")
    there.bus.publish("tea", "three")
    there.bus.publish("coffee", "four")
    line.start(["one", "two"])
    there.bus.publish("tea", "five")
    assert [page.receive_text() for _ in range(5)] == ["one", "two", "three", "four", "five"]


def test_publishing_to_nobody_is_no_error(office):
    there = office()
    there.bus.publish("tea", "hello?")
    there.bus.close("tea", 4404)
    there.connect("coffee")
    there.bus.publish("tea", "hello?")


def test_a_bus_without_a_switchboard_swallows_everything():
    LocalBus().publish("tea", "hello?")
    LocalBus().close("tea", 4404)


def test_the_bus_hears_of_the_first_line_of_a_topic_and_of_the_last(office):
    heard = []

    class Listening(LocalBus):
        def subscribe(self, topic):
            heard.append(f"+{topic}")

        def unsubscribe(self, topic):
            heard.append(f"-{topic}")

    there = office()
    there.board.bus = Listening()
    lines = [there.park("tea", f"own{number}")[0] for number in range(3)]
    for line in lines:
        line.close(4401)
    assert heard == ["+tea", "+own0", "+own1", "+own2", "-own0", "-own1", "-tea", "-own2"]


def test_owners_are_counted_while_their_lines_are_open(office):
    there = office()
    first, _ = there.park("tea", owner="alice")
    second, _ = there.park("tea", owner="alice")
    there.park("tea", owner="bob")
    there.park("tea")
    assert [there.board.owned(name) for name in ("alice", "bob", "carol")] == [2, 1, 0]
    first.close(4401)
    first.close(4401)
    assert there.board.owned("alice") == 1
    second.close(4401)
    assert there.board.owned("alice") == 0


def test_a_line_closed_while_it_holds_stays_closed(office):
    there = office()
    line, page = there.park("tea")
    there.bus.publish("tea", "not for you")
    there.bus.close("tea", 4401)
    line.start(["nor this"])
    assert page.receive() == (CLOSE, (4401).to_bytes(2, "big"))


def test_waiting_ends_with_the_line(office):
    there = office()
    line, page = there.park("tea")
    line.start([])
    waiting = threading.Thread(target=line.wait)
    waiting.start()
    page.sock.close()
    waiting.join(5)
    assert not waiting.is_alive()
    line.wait()
    there.board._lines.forget(line)
    line.close(4401)


def test_a_page_that_is_gone_is_noticed_when_something_is_sent(office):
    there = office()
    line, page = there.park("tea")
    there.board._lines._loop.forget(line)
    line.start([])
    page.sock.close()
    there.bus.publish("tea", "anybody there?")
    assert len(there.board) == 0


def test_draining_closes_all_and_lets_nobody_in(office):
    there = office()
    pages = [there.connect("tea") for _ in range(3)]
    there.board.drain(seconds=0.05)
    for page in pages:
        assert page.receive_close() == 1012
    late = there.connect("tea")
    assert late.receive_close() == 1012
    assert len(there.board) == 0


def test_draining_ends_as_soon_as_all_have_answered(office):
    there = office()
    page = there.connect("tea")
    start = time.monotonic()
    answer = threading.Thread(target=lambda: (page.receive_close(), page.send(CLOSE)))
    answer.start()
    there.board.drain(seconds=5)
    answer.join()
    assert time.monotonic() - start < 1


def test_a_frame_that_is_no_text_is_lost_alone(office, caplog):
    there = office()
    page, lost = there.connect("tea"), measures.total(measures.LOST)
    there.bus.publish("tea", "\ud800")
    there.bus.publish("tea", "fine")
    assert page.receive_text() == "fine"
    assert measures.total(measures.LOST) == lost + 1
    assert [record.message for record in caplog.records] == ["a frame could not be encoded"]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_switchboard_made_before_a_fork_works_in_the_child(office):
    there = office()
    child = os.fork()
    if child == 0:
        try:
            page = there.connect("tea")
            there.bus.publish("tea", "in the child")
            os._exit(0 if page.receive_text() == "in the child" else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_draining_a_switchboard_without_lines_takes_no_time(office):
    there = office()
    there.board.drain(seconds=60)
    assert there.connect("tea").receive_close() == 1012
