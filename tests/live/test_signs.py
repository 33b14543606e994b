"""What an inbox hears of others between their messages."""

import re

import pytest
from sqlalchemy import update

from chatweb.domain import chats
from chatweb.models import User
from tests.live.client import TEXT, WebSocket
from tests.people import add_person


def heard_until(line: WebSocket, words: str) -> list[str]:
    """The frames up to the one that holds these words."""
    heard = [line.receive_text()]
    while words not in heard[-1]:
        heard.append(line.receive_text())
    return heard


def signs(frames: list[str], name: str) -> list[str]:
    return [frame for frame in frames if f'class="{name}"' in frame]


@pytest.fixture
def bob_types(browser_of, bob, chat):
    """He types, and then sends "said"."""

    def run():
        his = browser_of(bob)
        with his.open(f"/ws/topics/{chat.topic}?after=0") as line:
            line.receive_text()
            line.send(TEXT, b"typing")
            his.say(chat.topic, "said")
            return heard_until(line, "said")

    return run


def test_typing_is_heard_in_the_inbox_of_the_other_person_alone(browser_of, alice, bob, chat, bob_types):
    with browser_of(alice).open("/ws/inbox") as hers, browser_of(bob).open("/ws/inbox") as his:
        typing = f'<data class="typing-now" data-side="2" data-topic="{chat.topic}"></data>'
        assert signs(bob_types(), "typing-now") == [typing]
        assert signs(heard_until(hers, "said"), "typing-now") == [typing]
        assert signs(heard_until(his, "said"), "typing-now") == []


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_typing_is_not_even_sent_when_one_of_them_hides_it(
    browser_of, alice, bob, chat, stored, bob_types, who
):
    stored(lambda session: session.execute(update(User).filter_by(username=who).values(shows_typing=False)))
    with browser_of(alice).open("/ws/inbox") as hers:
        assert signs(bob_types(), "typing-now") == []
        assert signs(heard_until(hers, "said"), "typing-now") == []


@pytest.fixture
def inbox_of(browser_of):
    """`inbox_of(alice)` is an open inbox of hers that has heard its rows."""

    def run(person):
        line = browser_of(person).open("/ws/inbox")
        line.sock.settimeout(10)
        assert "fresh" in line.receive_text()
        return line

    return run


def presence(person, state):
    return rf'<data class="presence" data-person="{person.id}" data-state="{state}" value="\d*">.*</data>'


def test_inboxes_of_contacts_hear_who_comes_goes_away_and_is_gone(inbox_of, alice, bob, chat):
    with inbox_of(alice) as hers:
        with inbox_of(bob) as his:
            assert re.fullmatch(presence(bob, "online"), hers.receive_text())
            assert re.fullmatch(presence(alice, "online"), his.receive_text())
            his.send(TEXT, b"idle")
            assert re.fullmatch(presence(bob, "away"), hers.receive_text())
            his.send(TEXT, b"active")
            assert re.fullmatch(presence(bob, "online"), hers.receive_text())
        assert re.fullmatch(presence(bob, "gone"), hers.receive_text())


def test_who_came_before_is_in_the_rows(inbox_of, browser_of, alice, bob, chat):
    browser_of(bob).say(chat.topic, "hello")
    with inbox_of(bob), browser_of(alice).open("/ws/inbox") as hers:
        assert 'data-presence="online"' in hers.receive_text()


def test_a_stranger_hears_nobody_come_or_go(inbox_of, browser_of, alice, bob, carol, chat, stored):
    topic = stored(lambda session: chats.start(session, carol.id, "alice"))
    with inbox_of(carol) as stranger, inbox_of(bob), inbox_of(alice):
        heard = heard_until(stranger, "online")
        browser_of(alice).say(topic, "hello")
        heard += heard_until(stranger, "hello")
    assert re.findall(r'class="presence" data-person="(\d+)"', "".join(heard)) == [str(alice.id)]


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_presence_is_not_even_sent_when_one_of_them_hides_it(
    app, inbox_of, browser_of, alice, bob, carol, chat, stored, who
):
    dave = add_person(app, "dave")
    stored(lambda session: chats.start(session, carol.id, "dave"))
    stored(lambda session: session.execute(update(User).filter_by(username=who).values(shows_presence=False)))
    with inbox_of(alice) as hers, inbox_of(bob) as his:
        with inbox_of(carol) as witness, inbox_of(dave):
            assert "online" in witness.receive_text(), "who came before was told before"
        browser_of(bob).say(chat.topic, "said")
        assert signs(heard_until(hers, "said") + heard_until(his, "said"), "presence") == []


def test_a_switch_shows_in_open_inboxes_at_once(inbox_of, browser_of, alice, bob, chat):
    with inbox_of(alice) as hers, inbox_of(bob) as his:
        assert re.fullmatch(presence(bob, "online"), hers.receive_text())
        assert re.fullmatch(presence(alice, "online"), his.receive_text())
        browser_of(bob).post("/settings", shows_typing="1")
        assert re.fullmatch(presence(bob, "gone"), hers.receive_text())
        assert re.fullmatch(presence(alice, "gone"), his.receive_text())
        browser_of(bob).post("/settings", shows_presence="1")
        assert re.fullmatch(presence(bob, "online"), hers.receive_text())
        assert re.fullmatch(presence(alice, "online"), his.receive_text())
