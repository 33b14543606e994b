"""What is published arrives: whole, in order, and whoever cannot keep up hinders nobody."""

import os
import signal
import struct
import threading
import time

import pytest

from tests.live.client import CLOSE, PING, PONG, TEXT
from tests.servers import wait_until


def test_frames_arrive_in_order_at_every_line_of_a_topic(product):
    with product.hear("tea") as one, product.hear("tea") as two, product.hear("coffee") as other:
        product.say("tea", "cup #", times=100)
        product.say("coffee", "pot")
        for line in (one, two):
            assert [line.receive_text() for _ in range(100)] == [f"cup {n}" for n in range(100)]
        assert other.receive_text() == "pot"


def test_the_catch_up_comes_before_what_was_published_meanwhile(product):
    with product.connect("/hear/tea?first=one&first=two&say=three") as line:
        product.say("tea", "four")
        assert [line.receive_text() for _ in range(4)] == ["one", "two", "three", "four"]


def test_a_catch_up_of_a_megabyte_arrives_whole_with_what_follows(product):
    with product.connect("/hear/tea?size=3000000", receive_buffer=4096) as line:
        product.say("tea", "after it")
        assert line.receive_text() == "x" * 3_000_000
        assert line.receive_text() == "after it"


def test_a_catch_up_that_fails_asks_the_page_to_come_again(product):
    with product.connect("/hear/tea?fail=yes") as line:
        assert line.receive_close() == 1013
    assert product.log().count("RuntimeError: no catch-up") == 1


def test_a_reader_three_seconds_late_gets_3000_of_3000(product):
    frame = "<article># " + "late " * 120 + "</article>"
    with product.hear("late") as line:
        product.say("late", frame, times=3000)
        time.sleep(3)  # time itself: this is how late it is
        for number in range(3000):
            assert line.receive_text() == frame.replace("#", str(number))


def test_a_reader_that_never_reads_is_closed_and_the_others_lose_nothing(product):
    frame = "# " + "x" * 2000
    others = [product.hear("flood") for _ in range(20)]
    before = product.count("rss")
    product.hear("flood", receive_buffer=4096)
    for _ in range(60):
        product.say("flood", frame, times=50)
        for line in others:
            assert [line.receive_text() for _ in range(50)] == [frame.replace("#", str(n)) for n in range(50)]
    wait_until(lambda: product.count() == len(others), 5, "the slow reader to be closed")
    assert product.count("rss") - before < 1_000_000


def test_a_reader_whose_frames_all_fit_into_the_kernel_is_closed_as_well(start_server):
    server = start_server(stall_seconds=2)
    with server.hear("tea", receive_buffer=4096):
        server.say("tea", "x" * 2000, times=100)
        wait_until(lambda: server.count() == 0, 6, "the reader to be closed")


def test_a_slow_reader_that_does_read_stays(start_server):
    server = start_server(stall_seconds=1)
    with server.hear("tea", receive_buffer=4096) as line:
        server.say("tea", "# " + "x" * 2000, times=400)
        for number in range(400):
            assert line.receive_text().startswith(f"{number} ")
            time.sleep(0.01)  # time itself: this is how slowly it reads
        assert server.count() == 1


def test_an_overflowing_reader_hears_1013_after_whole_frames(product):
    with product.hear("flood", receive_buffer=4096) as line:
        product.say("flood", "x" * 20_000, times=400)
        codes = []
        while got := line.receive():
            assert (got.opcode, len(got.payload)) == (TEXT, 20_000) or got.opcode == CLOSE
            codes += [got.code] if got.opcode == CLOSE else []
        assert codes == [1013]


def test_closing_a_topic_ends_its_lines_with_the_code_and_no_others(product):
    with product.hear("tea") as one, product.hear("tea") as two, product.hear("coffee") as other:
        product.hang_up("tea", 4401)
        product.say("tea", "nobody hears this")
        assert one.receive() == (CLOSE, struct.pack("!H", 4401))
        assert two.receive() == (CLOSE, struct.pack("!H", 4401))
        one.send(CLOSE)
        two.send(CLOSE)
        assert one.receive() is None
        other.send(PING)
        assert other.receive() == (PONG, b"")


def test_one_poisoned_line_is_dropped_and_logged_once_and_the_others_go_on(echo):
    before = echo.log().count("a line failed and was dropped")
    with echo.connect("/hear/bad") as bad, echo.connect("/echo") as good:
        bad.send(TEXT, b"this one raises")
        assert bad.is_dead()
        good.send(TEXT, b"still here")
        assert good.receive() == (TEXT, b"still here")
    assert echo.log().count("a line failed and was dropped") == before + 1


def test_a_frame_that_cannot_be_encoded_is_lost_alone(product):
    with product.hear("tea") as line:
        product.say("tea", "\ud800")
        product.say("tea", "fine")
        assert line.receive_text() == "fine"
    assert product.log().count("a frame could not be encoded") == 1


def test_500_lines_opened_and_closed_leave_nothing_behind(product):
    def state():
        return [product.count(what) for what in ("lines", "descriptors", "threads", "greenlets")]

    product.hear("warm").sock.close()
    wait_until(lambda: product.count() == 0, 2, "the first line to go")
    before = state()
    for number in range(500):
        with product.hear(f"topic{number % 7}") as line:
            if number % 3 == 0:
                line.send(CLOSE)
                line.receive_close()
            elif number % 3 == 1:
                line.sock.setsockopt(*_reset_on_close())
    wait_until(lambda: product.count() == 0, 2, "the lines to go")
    assert all(abs(now - then) <= 2 for now, then in zip(state(), before, strict=True)), (before, state())


def test_every_line_hears_a_heartbeat_though_nothing_happens(start_server):
    server = start_server(heartbeat_seconds=0.5)
    lines = [server.hear(f"quiet{number}") for number in range(10)]
    for line in lines:
        line.sock.settimeout(1)
        for _ in range(2):
            got = line.receive()
            assert got is not None
            assert got.text == "{}"
        line.sock.close()


def test_sigterm_closes_500_lines_with_1012_finishes_requests_and_ends_within_5_seconds(
    start_server, tmp_path
):
    server, may_end = start_server(is_child=True), tmp_path / "may-end"
    lines = [server.hear(f"topic{number % 50}") for number in range(500)]
    answers = []
    request = threading.Thread(target=lambda: answers.append(_post(server.port, f"/slow?until={may_end}")))
    request.start()
    wait_until(lambda: server.count("slow") == 1, 5, "the request to run")
    start = time.monotonic()
    os.kill(server.process.pid, signal.SIGTERM)
    for line in lines:
        assert line.receive_close() == 1012
        line.sock.close()
    assert time.monotonic() - start < 3
    assert server.process.poll() is None
    may_end.touch()
    assert server.process.wait(6) == 0
    assert time.monotonic() - start < 5
    request.join()
    assert answers == ["done"]
    assert "Traceback" not in server.log()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_pages_that_ignore_the_goodbye_do_not_hold_the_server_up(start_server, how):
    server = start_server(is_child=True)
    lines = [server.hear("tea") for _ in range(5)]
    start = time.monotonic()
    os.kill(server.process.pid, how)
    assert [line.receive_close() for line in lines] == [1012] * 5
    assert server.process.wait(6) == 0
    assert time.monotonic() - start < 5


def _reset_on_close():
    import socket  # noqa: PLC0415

    return socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)


def _post(port: int, path: str) -> str:
    import urllib.request  # noqa: PLC0415

    url = f"http://127.0.0.1:{port}{path}"
    with urllib.request.urlopen(urllib.request.Request(url, b"", method="POST"), timeout=10) as answer:
        return answer.read().decode()
