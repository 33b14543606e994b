"""Who is here, as the switchboard tells it and as pages hear it."""

import pytest

from chatweb.live.limits import Limits
from chatweb.live.presence import News
from tests.servers import wait_until

SOON = Limits(heartbeat_seconds=0.25, presence_seconds=0.3)


@pytest.fixture
def told():
    return []


@pytest.fixture
def there(office, told):
    return office(limits=SOON, on_presence=told.append)


def news(*, came=(), gone=()):
    return News(frozenset(came), frozenset(gone), frozenset())


def test_the_first_page_in_view_is_told_once_and_the_last_one_when_it_stays_away(there, told):
    first, page = there.park("user:1", owner=1, present=True)
    second, _ = there.park("user:1", owner=1, present=True)
    wait_until(lambda: told == [news(came=[1])], 5, "somebody coming")
    first.close(1000)
    assert there.board.here(1)
    second.close(1000)
    wait_until(lambda: told == [news(came=[1]), news(gone=[1])], 5, "somebody going")
    assert not there.board.here(1)
    page.sock.close()


def test_going_from_page_to_page_is_not_told(there, told):
    line, _ = there.park("user:1", owner=1, present=True)
    wait_until(lambda: told, 5, "somebody coming")
    line.close(1000)
    there.park("user:1", owner=1, present=True)
    there.park("user:2", owner=2, present=True)
    wait_until(lambda: news(came=[2]) in told, 5, "somebody else coming")
    assert told == [news(came=[1]), news(came=[2])]


def test_a_page_out_of_view_counts_as_nobody_until_it_is_back(there, told):
    line, _ = there.park("user:1", owner=1, present=True)
    wait_until(lambda: told, 5, "somebody coming")
    for _ in range(2):
        line.turn(present=False)
    wait_until(lambda: told[1:] == [news(gone=[1])], 5, "somebody going")
    line.turn(present=True)
    wait_until(lambda: told[2:] == [news(came=[1])], 5, "somebody coming back")


def test_a_line_without_a_page_in_view_is_nobody(there, told):
    line, _ = there.park("chat:tea", owner=1)
    assert not there.board.here(1)
    line.close(1000)
    there.park("user:2", owner=2, present=True)
    wait_until(lambda: told, 5, "somebody coming")
    assert told == [news(came=[2])]


def test_pages_of_a_chat_hear_when_the_other_person_comes(browser_of, alice, bob, chat):
    with browser_of(alice).open(f"/ws/topics/{chat.topic}?after=0") as hers:
        assert 'data-state="online"' not in hers.receive_text()
        with browser_of(bob).open("/ws/inbox"):
            assert hers.receive_text().startswith(
                f'<data class="presence" data-person="{bob.id}" data-state="online"'
            )


def test_whoever_hides_it_is_not_shown_and_shown_nobody(browser_of, sign_in, alice, bob, chat):
    sign_in(bob).post("/settings", {"shows_reading": "1", "shows_typing": "1"})
    for person in (alice, bob):
        with browser_of(person).open(f"/ws/topics/{chat.topic}?after=0") as page:
            assert "presence" not in page.receive_text()
