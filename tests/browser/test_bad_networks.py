"""Lines that break: what was missed is there afterwards, each message once, and the page is at rest."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, func, select, update

from chatweb.domain import changes
from chatweb.domain.access import chat_for
from chatweb.models import Chat, Message
from tests.browser.home import home
from tests.browser.talking import AWAY, bodies, expect_line, expect_lines, say

TOPICS = "/ws/topics/"


@pytest.fixture
def hers(browser, server, alice, path):
    """Alice at the end of a cable of her own."""
    with home(browser, server.port, alice, path) as hers:
        yield hers


def test_edits_and_removals_that_were_missed_are_there(hers, talk, stored, bob, chat, path):
    (page,) = hers.pages
    said = talk(bob, *[f"text {number}" for number in range(10)])
    page.reload()
    expect(bodies(page)).to_have_count(10)
    expect_lines(page)
    hers.go_offline()
    expect(page.locator("#messages")).not_to_have_attribute("data-line", "open")

    def change(session):
        his = chat_for(session, bob.id, chat.topic)
        for message in said[:5]:
            changes.edit(session, his, message.id, f"better {message.body}")
        for message in said[5:]:
            changes.remove(session, his, message.id)

    stored(change)
    hers.come_back()
    expect(bodies(page)).to_have_text([f"better text {n}" for n in range(5)] + ["Message deleted"] * 5)


def test_after_three_breaks_in_a_row_the_next_message_stands_once(hers, bob_says):
    (page,) = hers.pages
    for number in range(3):
        hers.cable.snap()
        expect_line(page, "closed")
        hers.come_back()
        expect_lines(page)
        bob_says(f"text {number}")
        expect(bodies(page)).to_have_text([f"text {n}" for n in range(number + 1)])
    assert len(hers.cable.lines(TOPICS)) == 4


def test_a_lost_answer_makes_no_second_message(hers, page_for, bob, path, db_session):
    (page,), partner = hers.pages, page_for(bob, path)
    hers.lose_an_answer()
    say(page, "only once")
    for one in (page, partner):
        expect(bodies(one)).to_have_text(["only once"])
    expect(page.locator(".message--pending")).to_have_count(0)
    expect(page.locator(".message")).to_have_count(1)
    assert db_session.scalar(select(func.count()).select_from(Message)) == 1


def test_a_server_that_has_gone_back_in_time_is_followed_in_one_cycle(
    hers, server, talk, stored, bob, bob_says, chat
):
    (page,) = hers.pages
    first, *_ = talk(bob, "kept", "lost one", "lost two")
    page.reload()
    expect(bodies(page)).to_have_count(3)
    expect_lines(page)
    opened = len(hers.cable.lines(TOPICS))
    server.stop()

    def restore_a_backup(session):
        session.execute(delete(Message).where(Message.id > first.id))
        session.execute(update(Chat).where(Chat.id == chat.id).values(revision=1))

    stored(restore_a_backup)
    server.start()
    hers.come_back()
    expect_lines(page, patience=20)
    bob_says("new")
    expect(bodies(page)).to_have_text(["kept", "new"])
    expect_lines(page)
    assert len(hers.cable.lines(TOPICS)) <= opened + 2


def test_two_people_whose_clocks_are_wrong_see_one_order(page_for, alice, bob, path, db_session):
    page_for.expect(*AWAY)
    early, late = (page_for(person, None) for person in (alice, bob))
    for page, hours in ((early, -5), (late, 5)):
        page.add_init_script(f"{{ const now = Date.now; Date.now = () => now() + {hours * 3_600_000} }}")
        page.goto(path)
        expect_line(page)
    texts = []
    for number in range(3):
        for page, name in ((late, "late"), (early, "early")):
            texts.append(f"{name} {number}")
            say(page, texts[-1])
            for one in (early, late):
                expect(bodies(one)).to_have_text(texts)
    rows = db_session.scalars(select(Message).order_by(Message.id)).all()
    assert [row.body for row in rows] == texts
    assert (rows[-1].inserted_at - rows[0].inserted_at).total_seconds() < 600
