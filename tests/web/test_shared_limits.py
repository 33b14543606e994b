"""What may be asked only so often is counted over all processes: here two applications with one Redis."""

import dataclasses
import time

import pytest

from chatweb.app import create_app
from chatweb.web import shared_counts
from tests.fixtures.databases import close
from tests.people import Visitor
from tests.second_step import first_step, set_up, spare_code
from tests.servers import wait_until
from tests.web.talking import send


@pytest.fixture
def settings(settings, redis):
    return dataclasses.replace(settings, rate_limits=True, redis_url=redis.url)


@pytest.fixture
def other(app, settings):
    """The same application in what might be another process."""
    other = create_app(settings)
    other.extensions["post"].stop()
    yield other
    close(other)


def test_sending_counts_wherever_a_message_is_sent(app, other, as_alice, alice, talk, redis):
    elsewhere = Visitor(other)
    elsewhere.sign_in(alice)
    answers = [send((as_alice, elsewhere)[number % 2], talk, "hello") for number in range(32)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429] * 2
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 11
    keys = redis.client.keys()
    assert keys
    assert not [key for key in keys if b"alice" in key or b"127.0.0.1" in key]


def test_five_wrong_second_steps_are_five_wherever_they_were_tried(app, other, alice):
    set_up(app, alice)
    visitors = [Visitor(app), Visitor(other)]
    for visitor in visitors:
        first_step(visitor, alice)
    codes = [visitors[number % 2].post("/login/code", {"code": "000000"}) for number in range(6)]
    assert [answer.status_code for answer in codes] == [422] * 5 + [429]
    for visitor in visitors:
        answer = visitor.post("/login/code", {"code": spare_code(app, alice.id)})
        assert answer.status_code == 429
        assert 290 <= int(answer.headers["Retry-After"]) <= 301


def test_signing_in_is_forgiven_everywhere(app, other, alice):
    for _ in range(3):
        for number in range(9):
            visitor = Visitor((app, other)[number % 2])
            assert visitor.post("/login", {"identity": "alice", "password": "wrong"}).status_code == 422
        assert Visitor(other).sign_in(alice).status_code == 303


class TestWithoutRedis:
    @pytest.fixture
    def redis(self, start_redis):
        return start_redis()

    def test_each_process_counts_for_itself_until_it_is_back(
        self, other, as_alice, alice, talk, redis, monkeypatch, caplog
    ):
        monkeypatch.setattr(shared_counts, "_WITHOUT_SECONDS", 0.5)
        elsewhere = Visitor(other)
        elsewhere.sign_in(alice)
        for _ in range(29):
            assert send(as_alice, talk, "hello").status_code == 200
        redis.stop()
        for visitor in (as_alice, elsewhere):
            answers = [send(visitor, talk, "hello") for _ in range(31)]
            assert [answer.status_code for answer in answers] == [200] * 30 + [429]
        redis.start()
        wait_until(lambda: send(as_alice, talk, "hello").status_code == 200, 5, "it to be asked again")
        assert redis.client.keys()
        said = [one.message for one in caplog.records if "every process counts for itself" in one.message]
        assert len([one for one in said if "is away" in one]) == 2

    def test_when_it_only_hangs_one_waits_a_moment_and_the_others_do_not(self, as_alice, talk, redis):
        assert send(as_alice, talk, "hello").status_code == 200
        redis.client.execute_command("CLIENT", "PAUSE", 3000, "ALL")
        begin = time.monotonic()
        for _ in range(10):
            assert send(as_alice, talk, "hello").status_code == 200
        assert time.monotonic() - begin < 1.5
