"""Peers that are cut off without a word: nothing of them may stay."""

from chatweb.live.limits import Limits
from tests.cable import cut_off
from tests.servers import wait_until

SOON = {"heartbeat_seconds": 0.5, "unacknowledged_seconds": 1, "stall_seconds": 60}


def test_a_peer_that_is_cut_off_is_given_up_within_a_minute():
    limits = Limits()
    assert limits.heartbeat_seconds + limits.unacknowledged_seconds < 60


def test_a_thousand_lines_that_are_cut_off_are_dropped_and_the_others_stay(start_server, many_descriptors):
    server = start_server(**SOON)
    with server.hear("tea") as stays:
        before = [server.count(what) for what in ("descriptors", "threads", "greenlets")]
        lines = [server.hear(f"topic{number % 7}") for number in range(1000)]
        assert server.count() == 1001
        for line in lines:
            cut_off(line.sock)
        wait_until(lambda: server.count() == 1, 60, "the lines that are cut off to be dropped")
        assert [server.count(what) for what in ("descriptors", "threads", "greenlets")] == before
        server.say("tea", "still here")
        assert stays.receive_text() == "still here"


def test_what_waits_for_a_peer_that_is_cut_off_is_freed(start_server):
    server = start_server(**SOON)
    big = 8_000_000
    with server.connect(f"/hear/tea?size={big}") as warm:
        assert len(warm.receive_text()) == big
    wait_until(lambda: server.count() == 0, 5, "the first line to go")
    before = server.count("rss")
    for _ in range(10):
        cut_off(server.connect(f"/hear/tea?size={big}").sock)
    assert server.count("rss") - before > 3 * big
    wait_until(lambda: server.count() == 0, 60, "the lines that are cut off to be dropped")
    assert server.count("rss") - before < 2 * big
