"""Two hosts, one PostgreSQL, one Redis: outages as long as they are in life."""

import dataclasses
import os
import signal
import time

import psutil
import pytest

from tests.outages import Traffic, traffic
from tests.redis_way import Way
from tests.servers import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300), pytest.mark.postgresql]


@pytest.fixture
def redis(start_redis):
    return start_redis()


@pytest.fixture
def settings(settings, redis):
    return dataclasses.replace(settings, redis_url=redis.url, rate_limits=False)


@pytest.fixture
def talk(hosts, browser_at, alice, bob, chat):
    with traffic(hosts, (browser_at(hosts[0], alice), browser_at(hosts[1], bob)), chat.topic) as talk:
        yield talk


def tell(talk: Traffic, what: str) -> None:
    print(f"\n{what}: {len(talk.said)} messages, slowest answer {talk.slowest * 1000:.0f} ms")


def test_redis_is_away_for_half_a_minute_under_load(talk, redis):
    talk.go_on(2, pause=0.02)
    redis.stop()
    talk.go_on(28, pause=0.02)
    talk.go_on(2, who=(0,), pause=0.02)
    redis.start()
    begin = time.monotonic()
    talk.expect_complete(within=2)
    tell(talk, f"Redis 30 s away, complete {time.monotonic() - begin:.1f} s after it was back")
    talk.go_on(1)
    talk.expect_complete(within=2)


def test_redis_says_nothing_for_ten_seconds(talk, redis):
    talk.go_on(2, pause=0.02)
    redis.client.execute_command("CLIENT", "PAUSE", 10_000, "ALL")
    talk.go_on(10, who=(0,), pause=0.02)
    talk.expect_complete(within=3)
    tell(talk, "Redis paused for 10 s")
    assert talk.slowest < 1


def test_who_is_here_is_right_again_after_redis_has_restarted(talk, hosts, browser_at, redis, alice, bob):
    his_page = talk.readers[1]
    with browser_at(hosts[0], alice).open("/ws/inbox") as hers:
        wait_until(lambda: his_page.states.get(alice.id) == "online", 10, "her to come")
        redis.stop()
        hers.sock.close()
        time.sleep(8)  # time itself: longer than people are taken for going from page to page
        assert his_page.states[alice.id] == "online", "nobody there can know"
        redis.start()
        wait_until(lambda: his_page.states[alice.id] == "gone", 35, "her to be gone")
    with browser_at(hosts[0], alice).open("/ws/inbox"):
        wait_until(lambda: his_page.states[alice.id] == "online", 35, "her to come again")


def test_a_worker_that_is_stopped_for_a_while(talk, hosts, browser_at, alice, bob):
    his_page, (worker,) = talk.readers[1], psutil.Process(hosts[1].pid).children()
    with browser_at(hosts[0], alice).open("/ws/inbox"):
        wait_until(lambda: his_page.states.get(alice.id) == "online", 10, "her to come")
        talk.go_on(1)
        os.kill(worker.pid, signal.SIGSTOP)
        try:
            talk.go_on(20, who=(0,))
            assert talk.slowest < 1
        finally:
            os.kill(worker.pid, signal.SIGCONT)
        talk.go_on(1)
        talk.expect_complete(within=2)
        assert len(talk.readers[0].texts) == len(set(talk.readers[0].texts)) == len(talk.said)
        assert his_page.states[alice.id] == "online"
        tell(talk, "A worker stopped for 20 s")


class TestABadWay:
    @pytest.fixture
    def way(self, redis):
        with Way(redis.port, share=0.1) as way:
            yield way

    @pytest.fixture
    def settings(self, settings, way):
        return dataclasses.replace(settings, redis_url=way.url)

    def test_one_event_in_ten_is_lost_and_so_is_the_last(self, talk, way):
        for _ in range(2):
            way.share = 0.1
            talk.go_on(5, pause=0.05)
            way.share = 1
            talk.go_on(0.1)
            begin = time.monotonic()
            talk.expect_complete(within=30)
            print(f"\n{way.lost} of {way.lost + way.passed} events lost, {time.monotonic() - begin:.1f} s")
        assert way.lost > 10
