"""Who is here, as the switchboard tells it and as pages hear it."""

import re
import time

import pytest

from chatweb.live.limits import Limits
from chatweb.live.presence import News, Presence, State
from tests.live.client import TEXT
from tests.servers import wait_until

SOON = Limits(heartbeat_seconds=0.25, presence_seconds=0.3)


@pytest.fixture
def told():
    return []


@pytest.fixture
def there(office, told):
    return office(limits=SOON, on_presence=told.append)


def news(person, state):
    """That somebody is something else; who had a page in view until then is seen."""
    return News({person: state}, frozenset() if state == State.ONLINE else frozenset([person]))


def test_the_first_page_in_view_is_told_once_and_the_last_one_when_it_stays_away(there, told):
    first, page = there.park("user:1", owner=1, present=True)
    second, _ = there.park("user:1", owner=1, present=True)
    wait_until(lambda: told == [news(1, State.ONLINE)], 5, "somebody coming")
    first.close(1000)
    assert there.board.state(1) == State.ONLINE
    second.close(1000)
    assert there.board.state(1) == State.ONLINE, "for a moment"
    wait_until(lambda: told[1:] == [news(1, State.GONE)], 5, "somebody going")
    assert there.board.state(1) == State.GONE
    page.sock.close()


def test_going_from_page_to_page_is_not_told(there, told):
    line, _ = there.park("user:1", owner=1, present=True)
    wait_until(lambda: told, 5, "somebody coming")
    line.close(1000)
    there.park("user:1", owner=1, present=True)
    there.park("user:2", owner=2, present=True)
    wait_until(lambda: news(2, State.ONLINE) in told, 5, "somebody else coming")
    assert told == [news(1, State.ONLINE), news(2, State.ONLINE)]


def test_whose_pages_are_all_out_of_view_is_away_until_one_is_back(there, told):
    line, _ = there.park("user:1", owner=1, present=True)
    other, _ = there.park("user:1", owner=1, present=True)
    wait_until(lambda: told, 5, "somebody coming")
    other.turn(present=False)
    for _ in range(2):
        line.turn(present=False)
    assert there.board.state(1) == State.ONLINE, "for a moment"
    wait_until(lambda: told[1:] == [news(1, State.AWAY)], 5, "somebody going away")
    assert there.board.state(1) == State.AWAY
    line.turn(present=True)
    wait_until(lambda: told[2:] == [news(1, State.ONLINE)], 5, "somebody coming back")


def test_whoever_was_away_and_is_gone_was_not_seen_meanwhile(there, told):
    line, _ = there.park("user:1", owner=1, present=True)
    wait_until(lambda: told, 5, "somebody coming")
    line.turn(present=False)
    wait_until(lambda: told[1:] == [news(1, State.AWAY)], 5, "somebody going away")
    line.close(1000)
    wait_until(lambda: told[2:] == [News({1: State.GONE}, frozenset())], 5, "somebody going")


def test_a_page_that_was_never_in_view_is_away(there, told):
    there.park("user:1", owner=1, present=False)
    wait_until(lambda: told == [News({1: State.AWAY}, frozenset())], 5, "somebody with a page")


def test_a_line_that_stands_for_no_page_is_nobody(there, told):
    line, _ = there.park("chat:tea", owner=1)
    assert there.board.state(1) == State.GONE
    line.close(1000)
    there.park("user:2", owner=2, present=True)
    wait_until(lambda: told, 5, "somebody coming")
    assert told == [news(2, State.ONLINE)]


def test_what_could_not_be_told_is_told_later(office, told):
    def tell(news):
        told.append(news)
        if len(told) < 3:
            raise ConnectionError

    office(limits=SOON, on_presence=tell).park("user:1", owner=1, present=True)
    wait_until(lambda: len(told) == 3, 5, "two failures")
    assert set(map(str, told)) == {str(news(1, State.ONLINE))}


def test_once_a_minute_it_is_told_who_is_still_in_view(monkeypatch):
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    here = Presence(5)
    here.page(1, opened=1, in_view=1)
    here.page(2, opened=1)
    news = here.news()
    assert news == here.news() == News({1: State.ONLINE, 2: State.AWAY}, frozenset()), "not told yet"
    here.told(news)
    now += 59
    assert here.news() is None
    now += 1
    assert here.news() == News({}, frozenset([1]))
    assert here.news() is None


def test_pages_of_a_chat_hear_when_the_other_person_comes(browser_of, alice, bob, chat):
    with browser_of(alice).open(f"/ws/topics/{chat.topic}?after=0") as hers:
        assert 'data-state="online"' not in hers.receive_text()
        with browser_of(bob).open("/ws/inbox"):
            assert hers.receive_text().startswith(
                f'<data class="presence" data-person="{bob.id}" data-state="online"'
            )


def test_pages_of_a_chat_hear_that_the_other_person_is_away_and_since_when(browser_of, alice, bob, chat):
    with (
        browser_of(alice).open(f"/ws/topics/{chat.topic}?after=0") as hers,
        browser_of(bob).open("/ws/inbox") as his,
    ):
        hers.sock.settimeout(10)
        hers.receive_text()
        assert 'data-state="online"' in hers.receive_text()
        his.send(TEXT, b"idle")
        away = rf'<data class="presence" data-person="{bob.id}" data-state="away" value="\d+">away</data>'
        assert re.fullmatch(away, hers.receive_text())


def test_whoever_hides_it_is_not_shown_and_shown_nobody(browser_of, sign_in, alice, bob, chat):
    sign_in(bob).post("/settings", {"shows_reading": "1", "shows_typing": "1"})
    for person in (alice, bob):
        with browser_of(person).open(f"/ws/topics/{chat.topic}?after=0") as page:
            assert "presence" not in page.receive_text()
