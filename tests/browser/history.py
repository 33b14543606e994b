"""What two people with two tabs each do by chance, and what goes wrong meanwhile."""

from collections.abc import Callable, Sequence
from itertools import count
from random import Random

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.home import Home
from tests.browser.same import assert_same, rendered
from tests.browser.talking import expect_lines, field, say
from tests.histories import TEXTS, kept
from tests.people import Visitor
from tests.servers import Server, wait_until

BETWEEN = 8
PATIENCE = 30
OWN = "#messages .message[data-order][data-side='{}']:not(.message--removed)"
ORDERS = "(messages) => messages.slice(-15).map(({ dataset }) => Number(dataset.order))"


class History:
    """A conversation of two people; `play` looks every few steps whether everything is everywhere."""

    def __init__(
        self, session: Session, server: Server, visitor: Visitor, homes: Sequence[Home], chance: Random
    ) -> None:
        self._session, self._server, self._visitor = session, server, visitor
        self._homes, self._chance = homes, chance
        self._path = homes[0].path
        self._is_down = False
        self._numbers = count()
        # What is still to be stored of each person; what each message may say, None for a removed one.
        self._said: dict[int, list[str]] = {home.person.id: [] for home in homes}
        self._known: dict[int, set[str | None]] = {row.id: {row.body} for row in self._kept()[1]}

    def play(self, steps: Sequence[str]) -> None:
        """Take these steps, each in any tab of any of the two."""
        for number, name in enumerate(steps, 1):
            home = self._chance.choice(self._homes)
            page = self._chance.choice(home.pages)
            print(f"{number}: {name} ({home.person.username}, tab {home.pages.index(page) + 1})", flush=True)
            getattr(self, f"_{name}")(home, page)
            if number % BETWEEN == 0 or number == len(steps):
                self._look()

    # What people do.

    def _send(self, home: Home, page: Page) -> None:
        text = self._text()
        say(page, text)
        self._said[home.person.id].append(text)

    def _edit(self, _home: Home, page: Page) -> None:
        self._edit_this(page, self._point(page))

    def _edit_late(self, home: Home, page: Page) -> None:
        """The answer to a message comes when it has been edited in another tab."""
        self._look()
        other = home.pages[1 - home.pages.index(page)]
        self._read(home, other)
        expect(other.locator("#messages")).to_have_attribute("data-newest", "yes")
        home.hold_an_answer()
        self._send(home, page)
        written = other.locator("#messages .message[data-order]").filter(
            has_text=self._said[home.person.id][-1]
        )
        expect(written).to_have_count(1)
        self._learn()
        written.focus()
        self._edit_this(other, int(written.get_attribute("data-order") or ""))
        home.let_go()

    def _edit_this(self, page: Page, order: int | None) -> None:
        editing, text = page.locator("#editing"), self._text()
        page.keyboard.press("e")
        if order is None or not editing.is_visible():
            return
        field(page).fill(text)
        status = _status(page, "PATCH", lambda: field(page).press("Enter"))
        self._may_say(order, status, {text})
        if status != 200:
            field(page).press("Escape")
        expect(editing).to_be_hidden()

    def _remove(self, _home: Home, page: Page) -> None:
        order = self._point(page)
        if order is not None:
            self._may_say(order, _status(page, "DELETE", lambda: page.keyboard.press("Delete")), {None})

    def _remove_and_regret(self, home: Home, page: Page) -> None:
        order = self._point(page)
        if order is None:
            return
        before = self._known[order]
        status = _status(page, "DELETE", lambda: page.keyboard.press("Delete"))
        self._may_say(order, status, {None})
        if status == 200:
            other = self._homes[1 - self._homes.index(home)]
            self._send(other, other.pages[0])
            undo = page.get_by_role("button", name="Undo")
            self._may_say(order, _status(page, "POST", undo.click, "/restore"), before)

    def _mark_unread(self, home: Home, page: Page) -> None:
        if self._is_connected(home) and self._point(page) is not None:
            page.keyboard.press("u")
            page.wait_for_url("/chats")
            page.goto(self._path)

    def _read(self, _home: Home, page: Page) -> None:
        page.bring_to_front()
        page.locator("#pill").evaluate("(pill) => pill.click()")

    def _scroll_up(self, _home: Home, page: Page) -> None:
        page.locator(".scroll").evaluate("(scroll) => { scroll.scrollTop = -scroll.scrollHeight }")

    def _reload(self, home: Home, page: Page) -> None:
        if self._is_connected(home):
            page.reload()

    # What goes wrong.

    def _lose_an_answer(self, home: Home, _page: Page) -> None:
        home.lose_an_answer()

    def _miss_an_event(self, home: Home, _page: Page) -> None:
        """What comes after it tells of the hole."""
        self._look()
        home.miss_an_event()
        other = self._homes[1 - self._homes.index(home)]
        for page in other.pages:
            self._send(other, page)

    def _go_offline(self, home: Home, _page: Page) -> None:
        home.go_offline()

    def _fall_silent(self, home: Home, _page: Page) -> None:
        home.fall_silent()

    def _snap(self, home: Home, _page: Page) -> None:
        home.cable.snap()

    def _close_a_line(self, home: Home, _page: Page) -> None:
        home.close_a_line(self._chance)

    def _kill(self, _home: Home, _page: Page) -> None:
        self._server.kill()
        self._is_down = True

    def _restart(self, _home: Home, _page: Page) -> None:
        self._server.stop()
        self._server.start()
        self._is_down = False

    # What must be so in the end.

    def _look(self) -> None:
        self._server.start()
        self._is_down = False
        for home in self._homes:
            home.come_back()
        wait_until(lambda: not any(map(Home.unsent, self._homes)), PATIENCE, "every message to be sent")
        revision = self._learn()
        assert not any(self._said.values()), self._said
        pages = [page for home in self._homes for page in home.pages]
        for page in pages:
            _expect_rest(page, revision)
        everything = rendered(pages[0], self._visitor, self._path)
        assert len(everything) == len(self._known)
        for page in pages:
            assert_same(page, everything)

    def _learn(self) -> int:
        """Compare what the database has with what was said; returns the revision."""
        revision, rows = self._kept()
        for row in rows:
            if row.id not in self._known:
                assert row.body == self._said[row.sender_id].pop(0)
                self._known[row.id] = {row.body}
            says = None if row.is_removed else row.body
            assert says in self._known[row.id]
            self._known[row.id] = {says}
        assert [row.id for row in rows] == sorted(self._known)
        return revision

    def _kept(self):
        self._session.rollback()
        found = kept(self._session, self._path.rpartition("/")[2])
        self._session.rollback()
        return found

    def _point(self, page: Page) -> int | None:
        """Give one of the person's messages in this tab the focus; says which."""
        # What was just sent from among older messages replaces them by the newest page.
        expect(page.locator("#messages")).not_to_have_attribute("aria-busy", "true")
        side = page.locator("[data-viewer-side]").get_attribute("data-viewer-side")
        orders = page.locator(OWN.format(side)).evaluate_all(ORDERS)
        if not orders:
            return None
        self._learn()
        order = self._chance.choice(orders)
        page.locator(f"#messages [data-order='{order}']").focus()
        return order

    def _may_say(self, order: int, status: int, texts: set[str | None]) -> None:
        """Without an answer, a change may have been made or not; a refused one has not."""
        if status == 200:
            self._known[order] = texts
        elif status == 0:
            self._known[order] = self._known[order] | texts

    def _is_connected(self, home: Home) -> bool:
        return not (self._is_down or home.is_offline)

    def _text(self) -> str:
        return f"{self._chance.choice(TEXTS)} {next(self._numbers)}"


def _status(page: Page, method: str, act: Callable[[], None], path: str = "") -> int:
    """Do what asks the server for something; returns the status of the answer, 0 when none comes."""

    def is_it(request) -> bool:
        return request.method == method and request.url.endswith(path)

    with page.expect_request(is_it) as asked:
        act()
    answer = asked.value.response()
    return answer.status if answer else 0


def _expect_rest(page: Page, revision: int) -> None:
    expect_lines(page, patience=PATIENCE)
    log = page.locator("#messages")
    expect(log).to_have_attribute("data-position", str(revision), timeout=PATIENCE * 1000)
    expect(log).not_to_have_attribute("aria-busy", "true")
    expect(page.locator(".message--pending, .message--failed")).to_have_count(0)
