"""Two servers with one database and one Redis: pages on one hear what happens on the other."""

import dataclasses
import re
import time

import pytest

from tests.live.client import TEXT, WebSocket
from tests.redis_way import Way
from tests.servers import wait_until


@pytest.fixture
def settings(settings, redis):
    return dataclasses.replace(settings, redis_url=redis.url)


def heard_until(line: WebSocket, words: str) -> str:
    """The frame that holds these words; what comes before it is skipped."""
    while words not in (frame := line.receive_text()):
        pass
    return frame


@pytest.mark.both_engines
def test_a_message_its_row_and_that_somebody_types_are_heard_on_the_other_host(
    hosts, browser_at, alice, bob, chat
):
    here, there = browser_at(hosts[0], alice), browser_at(hosts[1], bob)
    path = f"/ws/topics/{chat.topic}?after=0"
    with here.open(path) as hers, there.open(path) as his, there.open("/ws/inbox") as inbox:
        for line in (hers, his, inbox):
            line.receive_text()
        fragment = here.say(chat.topic, "Is anybody there? 🍰")
        assert heard_until(his, "anybody") == heard_until(hers, "anybody") == fragment
        assert 'data-unread="1"' in heard_until(inbox, "anybody")
        hers.send(TEXT, b"typing")
        assert 'data-side="1"' in heard_until(his, "typing-now")
        assert chat.topic in heard_until(inbox, "typing-now")
        answer = there.say(chat.topic, "Certainly")
        assert heard_until(hers, "Certainly") == answer
        heard_until(inbox, "Certainly")


def test_whoever_comes_and_goes_away_on_one_host_is_seen_on_the_other(hosts, browser_at, alice, bob, chat):
    here, there = browser_at(hosts[0], alice), browser_at(hosts[1], bob)
    state = f'data-person="{alice.id}" data-state="{{}}"'.format
    with there.open(f"/ws/topics/{chat.topic}?after=0") as his, there.open("/ws/inbox") as inbox:
        for line in (his, inbox):
            line.sock.settimeout(10)
            line.receive_text()
        with here.open("/ws/inbox") as hers:
            for line in (his, inbox):
                heard_until(line, state("online"))
            hers.send(TEXT, b"idle")
            assert re.search(state("away") + r' value="\d+"', heard_until(his, state("away")))
            with there.open(f"/ws/topics/{chat.topic}?after=0") as later:
                assert state("away") in later.receive_text()


def test_nothing_is_lost_while_redis_hears_late_of_what_a_page_listens_to(
    start_host, redis, browser_at, alice, bob, chat
):
    with Way(redis.port, delay=0.1) as way:
        sender, reader = browser_at(start_host(), alice), browser_at(start_host(redis_url=way.url), bob)
        for number in range(5):
            with reader.open(f"/ws/topics/{chat.topic}?after={number}") as line:
                sender.say(chat.topic, f"number {number}.")
                heard_until(line, f"number {number}.")


def test_signing_out_ends_the_sockets_of_that_browser_on_the_other_host(hosts, browser_at, alice, chat):
    here = browser_at(hosts[0], alice)
    kept, there = browser_at(hosts[1], alice), browser_at(hosts[1], alice)
    there.cookie = here.cookie
    with kept.open("/ws/inbox") as stays, there.open("/ws/inbox") as gone:
        gone.receive_text()
        begin = time.monotonic()
        here.post("/logout")
        assert gone.receive_close() == 4401
        assert gone.is_dead()
        assert time.monotonic() - begin < 2
        assert there.refusal("/ws/inbox") == 401
        kept.say(chat.topic, "still here")
        heard_until(stays, "still here")


def test_whoever_is_blocked_hears_no_sign_on_the_other_host(hosts, browser_at, alice, bob, chat):
    here, there = browser_at(hosts[0], alice), browser_at(hosts[1], bob)
    path = f"/ws/topics/{chat.topic}?after=0"
    with here.open(path) as hers, there.open(path) as his:
        his.receive_text()
        here.post(f"/chats/{chat.topic}/block")
        assert his.receive_close() == 1012
        assert hers.receive_close() == 1012
    with here.open(path) as hers, there.open(path) as his:
        his.receive_text()
        hers.send(TEXT, b"typing")
        his.sock.settimeout(0.5)
        with pytest.raises(TimeoutError):
            his.receive_text()


def test_what_a_command_changes_is_noticed_by_every_host_at_once(app, hosts, browser_at, alice):
    lines = [browser_at(host, alice).open("/ws/inbox") for host in hosts]
    for line in lines:
        line.receive_text()
    answer = app.test_cli_runner().invoke(
        args=["user", "password", "alice", "--password-stdin"], input="another long password\n"
    )
    assert answer.exit_code == 0, answer.output
    for line in lines:
        with line:
            assert line.receive_close() == 4401


def test_a_host_listens_only_to_what_somebody_there_listens_to(hosts, redis, browser_at, alice, chat):
    def channels() -> list[str]:
        found = (name.decode() for name in redis.client.pubsub_channels("chatweb:*"))
        return sorted(re.sub(r"^chatweb:\w{16}:", "", name) for name in found)

    wait_until(lambda: channels() == ["all"], 5, "both hosts to listen to each other, and to nothing else")
    with browser_at(hosts[0], alice).open(f"/ws/topics/{chat.topic}?after=0") as line:
        line.receive_text()
        wanted = ["all", f"topic:chat:{chat.topic}", "topic:presence:2", "topic:session:1"]
        wait_until(lambda: channels() == wanted, 5, "the topics of one page")
    wait_until(lambda: channels() == ["all"], 5, "nobody to listen any more")
    assert len(redis.client.client_list("pubsub")) == 2


class TestTwoWorkers:
    @pytest.fixture
    def settings(self, settings):
        return dataclasses.replace(settings, workers=2)

    def test_workers_behind_one_address_hear_each_other(self, server, browser_at, redis, alice, bob, chat):
        wait_until(lambda: len(redis.client.client_list("pubsub")) == 2, 5, "both workers to listen")
        his, path = browser_at(server, bob), f"/ws/topics/{chat.topic}?after=0"
        lines = []

        def are_on_both() -> bool:
            lines.append(browser_at(server, alice).open(path))
            lines[-1].receive_text()
            (name,) = redis.client.pubsub_channels("chatweb:*:topic:chat:*")
            return redis.client.pubsub_numsub(name) == [(name, 2)]

        wait_until(are_on_both, 10, "lines on both workers")
        for number in range(5):
            his.say(chat.topic, f"number {number}.")
            for line in lines:
                heard_until(line, f"number {number}.")
        for line in lines:
            line.sock.close()
