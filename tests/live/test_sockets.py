"""The sockets of chatweb itself: who may open one, and what arrives."""

import json
import re
import socket
import uuid
from dataclasses import replace
from urllib.error import HTTPError

import pytest
from sqlalchemy import LargeBinary, cast, update

from chatweb import announce
from chatweb.domain import messages
from chatweb.live.bus import LocalBus
from chatweb.live.limits import Limits
from chatweb.live.switchboard import Switchboard
from chatweb.models import Message
from tests.live import client
from tests.live.browser import Browser
from tests.live.client import CLOSE, Refused, WebSocket
from tests.servers import wait_until

# How far each of the two has read, that nobody is here, and that everything up to this revision is here.
NOTHING_YET = (
    '<data class="seen" data-side="1" value="0"></data><data class="seen" data-side="2" value="0"></data>'
    '<data class="presence" data-person="1" data-state="gone" value=""></data>'
    '<data class="presence" data-person="2" data-state="gone" value=""></data>'
    '<data class="upto" value="0"></data>'
)
TYPING = '<data class="typing-now" data-side="{side}" data-topic="{topic}"></data>'


def test_nobody_opens_a_socket_without_signing_in(server, visitor, chat):
    nobody = Browser(server.url, visitor)
    assert nobody.refusal(f"/ws/topics/{chat.topic}?after=0") == 401
    assert nobody.refusal("/ws/inbox", Cookie="chatweb=made-up") == 401


def test_carol_is_told_the_same_as_for_a_conversation_that_does_not_exist(browser_of, carol, chat):
    browser = browser_of(carol)
    assert browser.refusal(f"/ws/topics/{chat.topic}?after=0") == 404
    assert browser.refusal("/ws/topics/nothing?after=0") == 404


def test_a_message_that_cannot_be_shown_says_so_and_the_others_come(browser_of, alice, bob, chat, stored):
    bobs = browser_of(bob)
    for text in ("one", "two", "three"):
        bobs.say(chat.topic, text)
    damage = update(Message).where(Message.body == "two").values(body=cast(Message.body, LargeBinary))
    stored(lambda session: session.execute(damage))
    page = browser_of(alice)
    with page.open(f"/ws/topics/{chat.topic}?after=0") as line:
        shown = re.findall(r'class="message__body"[^>]*>([^<]*)<', line.receive_text())
        assert shown == ["one", "This message can’t be shown", "three"]
        bobs.say(chat.topic, "four")
        assert "four" in line.receive_text()


def test_a_position_that_is_none_is_refused(browser_of, alice, chat):
    browser = browser_of(alice)
    for query in [
        "",
        "?after=",
        "?after=x",
        "?after=-1",
        "?after=1e3",
        f"?after={'9' * 30}",
        "?after=%D9%A3",
    ]:
        assert browser.refusal(f"/ws/topics/{chat.topic}{query}") == 400, query


def test_a_handshake_that_is_none_is_refused(browser_of, alice):
    browser = browser_of(alice)
    for headers in [
        {"Sec_WebSocket_Key": ""},
        {"Sec_WebSocket_Key": "short"},
        {"Sec_WebSocket_Key": "????????????????????????"},
        {"Sec_WebSocket_Version": "8"},
        {"Upgrade": ""},
    ]:
        assert browser.refusal("/ws/inbox", **headers) == 400, headers


def test_pages_of_other_sites_open_no_socket(browser_of, alice, server):
    browser = browser_of(alice)
    port = server.port
    for origin in [
        "",
        "null",
        f"http://127.0.0.1:{port + 1}",
        f"https://127.0.0.1:{port}",
        "http://127.0.0.1",
        f"http://127.0.0.1.evil.example:{port}",
        f"http://evil-127.0.0.1:{port}",
        f"http://chat.127.0.0.1:{port}",
        f"http://user@127.0.0.1:{port}",
        f"http://127.0.0.1:{port}/",
        f"http://127.0.0.1:{port} http://evil.example",
        f"http://localhost:{port}",
        f"HTTP://127.0.0.1:{port}",
    ]:
        assert browser.refusal("/ws/inbox", Origin=origin) == 403, origin
    browser.open("/ws/inbox").sock.close()


def test_a_host_name_that_points_here_is_no_reason_to_trust_its_pages(browser_of, alice):
    assert browser_of(alice).refusal("/ws/inbox", Host="evil.example", Origin="http://evil.example") == 400


def test_both_people_hear_a_message_as_the_sender_got_it(browser_of, alice, bob, chat):
    at_alice, at_bob = browser_of(alice), browser_of(bob)
    with (
        at_alice.open(f"/ws/topics/{chat.topic}?after=0") as hers,
        at_bob.open(f"/ws/topics/{chat.topic}?after=0") as his,
    ):
        assert hers.receive_text() == his.receive_text() == NOTHING_YET
        fragment = at_alice.say(chat.topic, "Tea at nine? <b>Bring</b> cake 🍰")
        assert hers.receive_text() == his.receive_text() == fragment
        assert "&lt;b&gt;Bring" in fragment


def test_a_page_that_comes_back_hears_what_it_missed_and_how_far_it_is(browser_of, alice, bob, chat):
    sender = browser_of(alice)
    said = [sender.say(chat.topic, f"message {number}") for number in range(5)]
    with browser_of(bob).open(f"/ws/topics/{chat.topic}?after=2") as line:
        caught_up = line.receive_text()
        assert re.findall(r"message \d", caught_up) == ["message 2", "message 3", "message 4"]
        assert all(fragment in caught_up for fragment in said[2:])
        assert caught_up.endswith('<data class="upto" value="5"></data>')
        sender.say(chat.topic, "and on")
        assert "and on" in line.receive_text()


def test_nothing_is_lost_between_catching_up_and_streaming(browser_of, alice, bob, chat):
    sender, reader = browser_of(alice), browser_of(bob)
    heard = []
    for number in range(30):
        with reader.open(f"/ws/topics/{chat.topic}?after={number}") as line:
            sender.say(chat.topic, f"number {number}.")
            texts = ""
            while f"number {number}." not in texts:
                texts += line.receive_text()
            heard.append(texts.count(f"number {number}.") >= 1)
    assert heard == [True] * 30


def test_an_open_inbox_hears_its_rows_and_each_new_message(browser_of, alice, bob, carol, chat):
    sender = browser_of(alice)
    sender.say(chat.topic, "first")
    with browser_of(bob).open("/ws/inbox") as his, browser_of(carol).open("/ws/inbox") as hers:
        assert f'id="chat-{chat.topic}"' in his.receive_text()
        nothing = '<data class="fresh" value="0"></data><data class="requests-now" value="0"></data>'
        assert hers.receive_text() == nothing
        sender.say(chat.topic, "second")
        row = his.receive_text()
        assert "second" in row
        assert 'data-unread="2"' in row
        hers.sock.settimeout(0.5)
        with pytest.raises(TimeoutError):
            hers.receive_text()


def test_a_new_password_ends_the_sockets_of_every_other_browser(browser_of, alice, chat):
    here, there = browser_of(alice), browser_of(alice)
    with there.open("/ws/inbox") as gone, here.open("/ws/inbox") as kept:
        with pytest.raises(HTTPError, match="401"):  # the way on, with the cookie from before
            here.post("/settings/account/password", present=alice.password, password="a long enough one")
        assert gone.receive_close() == 4401
        assert gone.seconds_until_dead() < 1
        assert there.refusal("/ws/inbox") == 401
        browser_of(alice._replace(password="a long enough one")).say(chat.topic, "still here")
        kept.receive_text()
        assert "still here" in kept.receive_text()


def test_signing_out_ends_the_sockets_of_that_browser_only(browser_of, alice, chat):
    here, there = browser_of(alice), browser_of(alice)
    lines = [here.open("/ws/inbox"), here.open(f"/ws/topics/{chat.topic}?after=0")]
    with there.open("/ws/inbox") as other:
        here.post("/logout")
        for line in lines:
            with line:
                assert line.receive_close() == 4401
                assert line.seconds_until_dead() < 1
        assert here.refusal("/ws/inbox") == 401
        there.say(chat.topic, "still here")
        other.receive_text()
        assert "still here" in other.receive_text()


def test_what_a_page_sends_up_is_not_listened_to(browser_of, alice):
    with browser_of(alice).open("/ws/inbox") as line:
        line.receive_text()
        line.send(client.TEXT, b"typing")
        assert line.receive_close() == 1008


def test_a_parked_socket_holds_no_connection_to_the_database(browser_of, alice, chat, server):
    browser = browser_of(alice)
    lines = [browser.open(f"/ws/topics/{chat.topic}?after=0") for _ in range(30)]
    browser.say(chat.topic, "hello, thirty")
    for line in lines:
        with line:
            line.receive_text()
            assert "hello, thirty" in line.receive_text()


class TestWithLimits:
    """The same instance with request limits on, as it is in production."""

    @pytest.fixture
    def settings(self, settings):
        return replace(settings, rate_limits=True)

    def test_the_51st_socket_of_a_person_is_refused_until_another_is_closed(self, browser_of, alice, bob):
        browser = browser_of(alice)
        lines = [browser.open("/ws/inbox") for _ in range(50)]
        assert browser.refusal("/ws/inbox") == 429
        browser_of(bob).open("/ws/inbox").sock.close()
        lines.pop().sock.close()

        def opens_again():
            try:
                lines.append(browser.open("/ws/inbox"))
            except Refused:
                return False
            return True

        wait_until(opens_again, 2, "room for another socket")
        for line in lines:
            line.sock.close()


def test_the_server_says_goodbye_to_pages_when_it_is_stopped(browser_of, alice, chat, server):
    with browser_of(alice).open(f"/ws/topics/{chat.topic}?after=0") as line:
        line.receive_text()
        server.stop()
        assert line.receive() == (CLOSE, (1012).to_bytes(2, "big"))


def test_a_heartbeat_tells_the_revision_of_the_conversation(app, stored, chat):
    key = str(uuid.uuid4())
    stored(lambda session: messages.send(session, chat, key, "hello"))
    board = Switchboard(
        LocalBus(), revisions=app.extensions["live"].revisions, limits=Limits(heartbeat_seconds=1)
    )
    here, there = socket.socketpair()
    with here, WebSocket(there) as page:
        there.settimeout(5)
        topic = announce.chat_topic(chat.topic)
        board.open(here, (topic,), heartbeat=topic).start([])
        got = page.receive()
        assert got is not None
        assert json.loads(got.text) == {"revision": 1}
    board.stop()


def test_typing_is_heard_by_both_pages_and_anything_else_ends_the_line(browser_of, alice, bob, chat):
    path, typing = f"/ws/topics/{chat.topic}?after=0", TYPING.format(side=2, topic=chat.topic)
    with browser_of(alice).open(path) as hers, browser_of(bob).open(path) as his:
        assert hers.receive_text() == his.receive_text() == NOTHING_YET
        his.send(client.TEXT, b"typing")
        assert hers.receive_text() == his.receive_text() == typing
        his.send(client.TEXT, b"typing?")
        assert his.receive() == (CLOSE, (1008).to_bytes(2, "big"))
    with browser_of(bob).open("/ws/inbox") as inbox:
        inbox.receive_text()
        inbox.send(client.TEXT, b"typing")
        assert inbox.receive() == (CLOSE, (1008).to_bytes(2, "big"))
