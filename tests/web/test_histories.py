"""Made-up histories of two people: whatever they do, a page that catches up is what a fresh one would be."""

import re
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from chatweb.domain import chats
from chatweb.extensions import db
from chatweb.models import Message
from chatweb.store import store
from tests import histories
from tests.histories import ARTICLE
from tests.people import Visitor, add_person
from tests.web.talking import new_key

UP_TO = re.compile(r'<data class="upto" value="(\d+)"(?: data-cleared="(\d+)")?')
TEXTS = st.sampled_from(histories.TEXTS)
SIDES = st.integers(0, 1)
PICKS = st.integers(0, 10**6)

_numbers = count()


class Page:
    """An open page without a browser: what it shows, and up to which revision it has everything."""

    def __init__(self) -> None:
        self.position = 0
        self.cleared = 0
        self.shown: dict[str, tuple[int, int, str]] = {}

    def place(self, html: str) -> None:
        """Take fragments by the rules of the log: higher revisions replace, what is cleared stays out."""
        for found in ARTICLE.finditer(html):
            key, order, revision = found[1], int(found[2]), int(found[3])
            is_newer = key not in self.shown or self.shown[key][1] < revision
            if is_newer and order > self.cleared:
                self.shown[key] = (order, revision, found[0])

    def catch_up(self, html: str) -> None:
        """Take the answer of a catch-up."""
        position, cleared = UP_TO.findall(html)[-1]
        self.clear(int(cleared or 0))
        self.place(html)
        self.position = int(position)

    def clear(self, order: int) -> None:
        """Drop everything up to this message."""
        self.cleared = max(self.cleared, order)
        self.shown = {key: one for key, one in self.shown.items() if one[0] > self.cleared}

    @property
    def html(self) -> list[str]:
        """The messages from the oldest to the newest."""
        return [html for _, _, html in sorted(self.shown.values())]


class History(RuleBasedStateMachine):
    """Two people with two pages each; answers may get lost, and pages may miss whatever they like."""

    app = None

    def __init__(self) -> None:
        super().__init__()
        number = next(_numbers)
        people = [add_person(self.app, f"{name}{number}") for name in ("one", "two")]
        self.visitors = [Visitor(self.app) for _ in people]
        for visitor, person in zip(self.visitors, people, strict=True):
            visitor.sign_in(person)
        with self.app.app_context():
            self.topic = store(lambda session: chats.start(session, people[0].id, people[1].username))
            db.session.remove()
        self.url = f"/chats/{self.topic}/messages"
        self.pages = [(side, Page()) for side in (0, 0, 1, 1)]
        self.acknowledged: dict[str, tuple[int, str]] = {}
        self.cleared = [0, 0]

    @rule(side=SIDES, text=TEXTS, lost=st.booleans())
    def send(self, side: int, text: str, lost: bool) -> None:
        key = new_key()
        for _ in range(1 + lost):  # whoever gets no answer sends again
            answer = self._post(side, self.url, {"key": key, "body": text})
        assert answer.status_code == 200
        self.acknowledged[key] = (side, text)
        self._answered(side, answer.text)

    @rule(side=SIDES, pick=PICKS, text=TEXTS)
    def edit(self, side: int, pick: int, text: str) -> None:
        if order := self._order(side, pick):
            answer = self.visitors[side].patch(f"{self.url}/{order}", {"body": text}, htmx=True)
            assert answer.status_code in self._statuses(side, order, 200, 409)
            self._answered(side, answer.text)

    @rule(side=SIDES, pick=PICKS)
    def remove(self, side: int, pick: int) -> None:
        if order := self._order(side, pick):
            answer = self.visitors[side].delete(f"{self.url}/{order}", htmx=True)
            assert answer.status_code in self._statuses(side, order, 200)
            self._answered(side, answer.text)

    @rule(side=SIDES, pick=PICKS)
    def restore(self, side: int, pick: int) -> None:
        if order := self._order(side, pick):
            answer = self._post(side, f"{self.url}/{order}/restore", {})
            assert answer.status_code in self._statuses(side, order, 200)
            self._answered(side, answer.text)

    @rule(side=SIDES, pick=PICKS)
    def change_what_is_not_ones_own(self, side: int, pick: int) -> None:
        if order := self._order(1 - side, pick):
            assert self.visitors[side].delete(f"{self.url}/{order}", htmx=True).status_code == 404

    @rule(side=SIDES, pick=PICKS)
    def read(self, side: int, pick: int) -> None:
        order = self._order(1 - side, pick) or 0
        assert self._post(side, f"/chats/{self.topic}/read", {"id": order}).status_code == 204

    @rule(side=SIDES)
    def clear(self, side: int) -> None:
        answer = self._post(side, f"/chats/{self.topic}/clear", {})
        (self.cleared[side],) = map(int, re.findall(r'data-cleared="(\d+)"', answer.text))
        assert 'data-unread="0"' in answer.text
        self.pages[2 * side][1].clear(self.cleared[side])  # the other page is told when it catches up

    @rule(number=st.integers(0, 3))
    def catch_up(self, number: int) -> None:
        side, page = self.pages[number]
        page.catch_up(self.visitors[side].get(f"{self.url}?after={page.position}", htmx=True).text)
        own, others = self._fresh(side), self._fresh(1 - side)
        assert page.cleared == self.cleared[side]
        assert (page.position, page.html) == (own.position, own.html)
        own.clear(others.cleared)
        others.clear(own.cleared)
        assert own.html == others.html
        newest = [
            found[0] for found in ARTICLE.finditer(self.visitors[side].get(f"/chats/{self.topic}").text)
        ]
        assert page.html[-len(newest) :] == newest or not newest

    @invariant()
    def every_acknowledged_message_is_stored_once_and_no_revision_is_missing(self) -> None:
        with self.app.app_context():
            _, stored = histories.kept(db.session(), self.topic)
            db.session.remove()
        assert [message.key for message in stored] == list(self.acknowledged)

    def _post(self, side: int, path: str, form: dict):
        return self.visitors[side].post(path, form, htmx=True)

    def _fresh(self, side: int) -> Page:
        page = Page()
        page.catch_up(self.visitors[side].get(f"{self.url}?after=0", htmx=True).text)
        return page

    def _statuses(self, side: int, order: int, *unless_cleared: int) -> tuple[int, ...]:
        return (404,) if order <= self.cleared[side] else unless_cleared

    def _answered(self, side: int, html: str) -> None:
        """The person's first page asked: the answer is placed there, and moves no position."""
        self.pages[2 * side][1].place(html)

    def _order(self, side: int, pick: int) -> int | None:
        keys = [key for key, (author, _) in self.acknowledged.items() if author == side]
        if not keys:
            return None
        with self.app.app_context():
            order = db.session.scalar(select(Message.id).where(Message.key == keys[pick % len(keys)]))
            db.session.remove()
        return order


@pytest.mark.both_engines
def test_whatever_two_people_do_a_page_that_catches_up_equals_a_fresh_one(app):
    machine = type("HistoryHere", (History,), {"app": app})
    quickly = settings(
        max_examples=15,
        stateful_step_count=30,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # a shorter history would take minutes to find
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=quickly)
