"""A first message of somebody unknown, as both see it."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from chatweb.models import User
from tests.browser.talking import bodies, field, say


@pytest.fixture
def asked_first(stored, bob):
    stored(lambda session: session.execute(update(User).where(User.id == bob.id).values(asks_first=True)))


def test_a_request_waits_at_the_head_of_the_list_until_it_is_accepted(asked_first, alice, bob, page_for):
    list_, his, hers = page_for(bob, "/chats"), page_for(bob, "/chats"), page_for(alice, "/chats")
    for page in (list_, his):
        expect(page.locator("#app")).to_have_attribute("data-line", "open")
    hers.get_by_label("Find a person or chat").fill("bob")
    hers.locator("#people .people__one").click()
    say(hers, "hello, stranger")
    expect(list_.get_by_role("link", name="Requests (1)")).to_be_visible()
    expect(list_.locator("#rows .rows__item")).to_have_count(0)
    assert list_.title() == "Chats · chatweb"

    his.get_by_role("link", name="Requests (1)").press("Enter")
    his.locator("#rows .row").click()
    expect(bodies(his)).to_have_text(["hello, stranger"])
    expect(his.get_by_text("You have not written to alice before.")).to_be_visible()
    expect(hers.locator("#presence")).to_have_text("")
    other = his.context.new_page()
    other.goto(his.url)
    field(other).fill("hello yourself")
    field(other).press("Enter")

    expect(bodies(hers)).to_have_text(["hello, stranger", "hello yourself"])
    expect(his.get_by_text("You have not written to alice before.")).to_be_hidden()
    expect(list_.locator("#rows .rows__item")).to_have_count(1)
    expect(list_.locator("#requests")).to_be_hidden()
    expect(hers.locator("#presence")).to_have_text("online")
