"""Who is here, when people's pages are in several processes."""

import pytest

from chatweb.live.limits import Limits
from chatweb.live.line import CLOSING
from chatweb.live.presence import News, State
from chatweb.live.redis_bus import RedisBus
from tests.servers import wait_until

# Twenty times as quick as in production: a tick is 50 ms, a round 1.25 s.
SOON = Limits(heartbeat_seconds=1.25, presence_seconds=0.4)


@pytest.fixture
def join(office, redis):
    """`join()` is an office that has joined the others; `office.told` holds its news."""

    def run():
        told = []
        there = office(bus=RedisBus(redis.url, "one"), limits=SOON, on_presence=told.append)
        there.told = told
        there.board.start()
        wait_until(lambda: there.bus.reaches_others, 5, "an office to join")
        return there

    return run


def changes(place):
    return [news.changes for news in place.told if news.changes]


def until(is_so, what):
    wait_until(is_so, 5, what)


def test_whoever_has_a_page_somewhere_is_here_everywhere_and_every_process_says_so(join):
    here, there = join(), join()
    line, _ = here.park("user:1", owner=1, present=True)
    until(lambda: there.board.state(1) == State.ONLINE, "somebody coming")
    until(lambda: changes(here) == changes(there) == [{1: State.ONLINE}], "both to say so")
    line.turn(present=False)
    until(lambda: changes(here) == changes(there) == [{1: State.ONLINE}, {1: State.AWAY}], "both to say so")
    assert here.told[-1] == News({1: State.AWAY}, frozenset([1]))
    assert there.told[-1] == News({1: State.AWAY}, frozenset([1]), elsewhere=frozenset([1]))
    line.close(1000)
    until(lambda: len(changes(here)) == len(changes(there)) == 3, "both to say so")
    assert here.told[-1] == there.told[-1] == News({1: State.GONE}, frozenset())
    assert here.board.state(1) == there.board.state(1) == State.GONE


def test_a_process_that_joins_learns_at_once_who_is_here(join):
    here = join()
    here.park("user:1", owner=1, present=True)
    here.park("user:2", owner=2, present=False)
    until(lambda: changes(here), "both coming")
    there = join()
    until(lambda: there.board.state(2) == State.AWAY, "somebody who came before")
    assert there.board.state(1) == State.ONLINE


def test_going_from_one_process_to_another_is_not_told(join):
    here, there = join(), join()
    line, _ = here.park("user:1", owner=1, present=True)
    until(lambda: changes(there), "somebody coming")
    line.close(1000)
    there.park("user:1", owner=1, present=True)
    there.park("user:2", owner=2, present=True)
    other, _ = here.park("user:3", owner=3, present=True)
    until(lambda: {3: State.ONLINE} in changes(here), "somebody else coming")
    other.close(1000)
    until(lambda: {3: State.GONE} in changes(here), "somebody else coming and going")
    assert here.board.state(1) == there.board.state(1) == State.ONLINE
    for place in (here, there):
        assert not [one for one in changes(place) if one.get(1) in (State.AWAY, State.GONE)]


def test_whoever_leaves_two_processes_at_the_same_moment_is_gone_in_both(join):
    here, there = join(), join()
    lines = [place.park("user:1", owner=1, present=True)[0] for place in (here, there)]
    until(lambda: changes(here) and changes(there), "somebody coming")
    for line in lines:
        line.close(1000)
    until(lambda: changes(here)[-1] == changes(there)[-1] == {1: State.GONE}, "both to say so")


def test_people_of_a_process_that_is_no_more_are_gone_after_a_while(join):
    here, there = join(), join()
    here.park("user:1", owner=1, present=True)
    until(lambda: there.board.state(1) == State.ONLINE, "somebody coming")
    here.board.stop()
    until(lambda: there.board.state(1) == State.GONE, "their process to be given up")
    assert changes(there) == [{1: State.ONLINE}, {1: State.GONE}]


def test_people_of_a_process_that_says_nothing_new_stay(join):
    here, there = join(), join()
    here.park("user:1", owner=1, present=True)
    until(lambda: there.board.state(1) == State.ONLINE, "somebody coming")
    there.park("user:2", owner=2, present=True)
    beats = there.board._lines._neighbours
    until(lambda: beats._silent_for and max(beats._silent_for.values()) >= 15, "most of a round")
    until(lambda: max(beats._silent_for.values()) < 5, "the next one")
    assert {state for told in changes(there) for state in told.values()} == {State.ONLINE}


@pytest.mark.parametrize(
    "poison", [b"{", b"[]", b'{"whole": true, "asks": false, "people": {"9": [1]}}', b'{"people": {"1": 1}}']
)
def test_nonsense_is_logged_and_nobody_is_gone_for_it(join, redis, caplog, poison):
    here, there = join(), join()
    here.park("user:1", owner=1, present=True)
    until(lambda: there.board.state(1) == State.ONLINE, "somebody coming")
    redis.client.publish("chatweb:one:all", b"abcdefght" + poison)
    here.park("user:2", owner=2, present=True)
    until(lambda: there.board.state(2) == State.ONLINE, "somebody else coming")
    assert there.board.state(1) == State.ONLINE
    assert [record.message for record in caplog.records] == ["an event that came from Redis was left out"] * 2


class TestWithoutRedis:
    @pytest.fixture
    def redis(self, start_redis):
        return start_redis()

    def test_nobody_is_gone_because_redis_is_away_and_who_went_meanwhile_is_when_it_is_back(
        self, join, redis
    ):
        here, there = join(), join()
        pages = [here.park("user:1", owner=1, present=True)[0]]
        goes, _ = here.park("user:2", owner=2, present=True)

        def until_then(is_so, what):
            def is_so_while_one_stays():
                if pages[-1].state >= CLOSING:
                    pages.append(here.park("user:1", owner=1, present=True)[0])
                return is_so()

            until(is_so_while_one_stays, what)

        until(lambda: there.board.state(2) == there.board.state(1) == State.ONLINE, "both coming")
        redis.stop()
        until_then(lambda: not there.bus.reaches_others, "it to be noticed")
        goes.close(1000)
        until_then(lambda: {2: State.GONE} in changes(here), "one of them going")
        until_then(lambda: there.board._lines._neighbours._until_whole == 1, "a round")
        until_then(lambda: there.board._lines._neighbours._until_whole == 2, "another one")
        assert there.board.state(2) == there.board.state(1) == State.ONLINE
        made_anew = len(pages)
        redis.start()
        until_then(lambda: there.board.state(2) == State.GONE, "it to be told")
        assert there.board.state(1) == State.ONLINE
        until_then(lambda: len(pages) > made_anew, "the line to be made anew")
