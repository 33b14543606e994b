"""Redis goes away and comes back while people talk on two hosts; longer ones are in tests/faults."""

import dataclasses

import pytest

from tests.outages import Traffic, traffic

# On an idle machine it takes less than two; tests/faults holds it to that.
PATIENCE = 3


@pytest.fixture
def redis(start_redis):
    return start_redis()


@pytest.fixture
def settings(settings, redis):
    return dataclasses.replace(settings, redis_url=redis.url)


@pytest.fixture
def talk(hosts, browser_at, alice, bob, chat):
    """Alice on one host and bob on the other say something twenty times a second, and both read."""
    with traffic(hosts, (browser_at(hosts[0], alice), browser_at(hosts[1], bob)), chat.topic) as talk:
        yield talk


def test_redis_is_away_for_a_moment(talk: Traffic, redis):
    talk.go_on(0.5)
    redis.stop()
    talk.go_on(1)
    talk.go_on(0.5, who=(0,))
    redis.start()
    talk.expect_complete(within=PATIENCE)
    talk.go_on(0.5)
    talk.expect_complete(within=PATIENCE)


def test_redis_forgets_everything_and_throws_everybody_out(talk: Traffic, redis):
    talk.go_on(0.5)
    redis.client.flushall()
    redis.client.script_flush()
    redis.client.client_kill_filter(_type="pubsub", skipme=True)
    talk.go_on(0.5, who=(0,), pause=0)
    talk.expect_complete(within=PATIENCE)
