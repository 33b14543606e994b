"""Made-up histories of two people in Chromium: whatever happens, each open page equals a fresh one."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from tests.browser.history import History
from tests.browser.home import home
from tests.people import Person, Visitor
from tests.servers import Server

BEFORE = 70
STEPS = {
    "send": 11,
    "edit": 4,
    "edit_late": 1,
    "remove": 2,
    "remove_and_regret": 3,
    "mark_unread": 1,
    "read": 2,
    "scroll_up": 2,
    "reload": 2,
    "lose_an_answer": 2,
    "miss_an_event": 1,
    "go_offline": 1,
    "fall_silent": 2,
    "snap": 2,
    "close_a_line": 2,
    "kill": 1,
    "restart": 1,
}


@pytest.fixture
def history(
    browser: Browser,
    server: Server,
    db_session: Session,
    talk: Callable,
    as_alice: Visitor,
    alice: Person,
    bob: Person,
    path: str,
) -> Iterator[History]:
    """Alice and bob with two tabs each, and what they have said before."""
    for number in range(BEFORE):
        talk((alice, bob)[number % 2], f"before {number}")
    with ExitStack() as stack:
        homes = [stack.enter_context(home(browser, server.port, who, path, tabs=2)) for who in (alice, bob)]
        # The plugin that shuffles the tests seeds this, and prints with what.
        yield History(db_session, server, as_alice, homes, random.Random(random.getrandbits(64)))


def steps(rounds: int) -> list[str]:
    """Each kind of step so often in each round, shuffled."""
    deck = [name for name, count in STEPS.items() for _ in range(count)]
    return [name for _ in range(rounds) for name in random.sample(deck, len(deck))]


def test_whatever_two_people_do_every_open_page_equals_a_fresh_one(history):
    history.play(steps(rounds=1))


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_whatever_two_people_do_for_long_every_open_page_equals_a_fresh_one(history):
    history.play(steps(rounds=10))
