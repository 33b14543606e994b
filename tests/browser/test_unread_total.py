"""How many messages are unread altogether, however long the inbox is and whatever part of it a page shows."""

import re

import pytest
from playwright.sync_api import expect

from chatweb.domain import access, chats, messages
from chatweb.models import User
from tests.browser.talking import expect_lines
from tests.db import rows

TITLES = """
  window.titles = [];
  new MutationObserver(() => window.titles.push(document.title.match(/\\d+/)?.[0] ?? "0"))
    .observe(document, { subtree: true, childList: true, characterData: true });
"""


@pytest.fixture
def buried(stored, talk, alice, bob):
    """Two words of bob's that alice has not read, below 52 chats in which she wrote last."""
    talk(bob, "one", "two")

    def work(session):
        for number in range(52):
            other = rows.add(session, User, rows.user(f"person{number}"))
            chat = access.chat_for(session, other, chats.start(session, other, alice.username))
            messages.send(session, chat._replace(person_id=alice.id), rows.new_key(), "hello")

    stored(work)


@pytest.fixture
def inbox_for(page_for, alice):
    def run(path="/chats"):
        page = page_for(alice, None)
        page.add_init_script(TITLES)
        page.goto(path)
        expect(page.locator("#app")).to_have_attribute("data-line", "open")
        return page

    return run


@pytest.mark.parametrize("path", ["/chats", "/chats?archived", "/settings"])
def test_every_page_counts_what_is_unread_below_its_rows(buried, inbox_for, path):
    page = inbox_for(path)
    expect(page).to_have_title(re.compile(r"^\(2\) "))


def test_an_older_page_of_the_inbox_counts_no_row_twice(buried, inbox_for):
    page = inbox_for()
    page.get_by_role("link", name="Older chats").click()
    expect(page.locator("#rows .rows__item").filter(has_text="bob")).to_be_visible()
    expect(page.locator("#app")).to_have_attribute("data-line", "open")
    expect(page.locator("#rows .rows__item")).to_have_count(53)  # the newest came over the line
    expect(page).to_have_title(re.compile(r"^\(2\) "))


@pytest.mark.parametrize("path", ["/chats", "/chats?archived"])
def test_a_chat_that_comes_up_from_below_is_never_counted_twice(buried, inbox_for, bob_says, path):
    page = inbox_for(path)
    bob_says("three")
    expect(page).to_have_title(re.compile(r"^\(3\) "))
    bob_says("four")
    expect(page).to_have_title(re.compile(r"^\(4\) "))
    titles = page.evaluate("window.titles")
    assert titles == sorted(titles)
    assert max(titles) == "4"


def test_a_chat_below_that_is_read_elsewhere_no_longer_counts(buried, inbox_for, page_for, alice, path):
    page = inbox_for()
    expect(page).to_have_title(re.compile(r"^\(2\) "))
    other = page_for(alice, path)
    expect_lines(other)
    expect(page).to_have_title(re.compile("^Chats"))


def test_many_chats_that_come_up_at_once_are_asked_for_together(buried, inbox_for, bob_says):
    page = inbox_for()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for number in range(5):
        bob_says(f"{number}")
    expect(page).to_have_title(re.compile(r"^\(7\) "))
    assert len(asked) < 5
