"""The list of conversations: who with whom, how much and when, and not a word of it."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import update

from chatweb.domain import chats, oversight
from chatweb.models import Chat, Message, User
from tests.db import rows
from tests.people import add_person
from tests.web.reading import by_class, elements

pytestmark = pytest.mark.both_engines
DAY = datetime(2026, 11, 20, 12, tzinfo=UTC)


def names(page):
    """Who talks with whom, in the order of the page."""
    return [" ".join(one.text.split()[:3]) for one in by_class(page.text, "table__names")]


def link(page, words):
    found = [one for one in elements(page.text) if one.tag == "a" and one.text.strip() == words]
    return found[0].attributes["href"] if found else None


@pytest.fixture
def pairs(stored, alice, bob, carol):
    """Three conversations: alice and bob wrote on the 20th and the 22nd, bob and carol on the 21st, alice
    opened one with carol on the 23rd."""

    def work(session):
        for one, two, *days in ((alice, bob, 0, 2), (bob, carol, 1), (alice, carol)):
            topic = chats.start(session, one.id, two.username)
            chat_id = session.query(Chat).filter_by(topic=topic).one().id
            for day in days:
                at = DAY + timedelta(days=day)
                rows.add(session, Message, rows.message(chat_id, one.id, body="a secret", inserted_at=at))
            when = DAY + timedelta(days=days[-1] if days else 3)
            session.execute(update(Chat).where(Chat.id == chat_id).values(inserted_at=DAY, updated_at=when))

    stored(work)


def test_it_says_who_how_much_and_when_and_no_word(as_dana, pairs):
    page = as_dana.get("/admin/chats")
    assert names(page) == ["alice and carol", "alice and bob", "bob and carol"]
    assert [one.text for one in by_class(page.text, "table__number")] == ["Messages", "0", "2", "1"]
    times = [one.text for one in by_class(page.text, "table__time")]
    assert times == [
        *("None yet", "23 Nov 2026, 12:00"),
        *("20 Nov 2026", "22 Nov 2026, 12:00"),
        *("21 Nov 2026", "21 Nov 2026, 12:00"),
    ]
    assert "secret" not in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("person=alice", ["alice and carol", "alice and bob"]),
        ("person=ALI", ["alice and carol", "alice and bob"]),
        ("person=bob@Example.org", ["alice and bob", "bob and carol"]),
        ("person=bob%40example", []),
        ("person=alice&other=bob", ["alice and bob"]),
        ("person=bob&other=alice", ["alice and bob"]),
        ("person=alice&other=nobody", []),
        ("person=%25", []),
        ("person=a%00b", []),
        (f"person={'x' * 300}", []),
        ("from=2026-11-21&to=2026-11-21", ["bob and carol"]),
        ("from=2026-11-21", ["alice and bob", "bob and carol"]),
        ("to=2026-11-20", ["alice and bob"]),
        ("from=2026-11-22&to=2026-11-20", []),
        ("person=carol&from=2026-11-01&to=2026-11-30", ["bob and carol"]),
    ],
)
def test_it_is_narrowed_by_people_and_days(as_dana, pairs, query, found):
    page = as_dana.get(f"/admin/chats?{query}")
    assert names(page) == found
    assert ("No conversation is like that." in page.text) == (not found)


def test_a_filter_stands_in_its_form_again(as_dana):
    page = as_dana.get("/admin/chats?person=<b>&other=bob&from=2026-11-01&to=2026-11-02").text
    values = {one.attributes["name"]: one.attributes["value"] for one in elements(page) if one.tag == "input"}
    assert values == {"person": "<b>", "other": "bob", "from": "2026-11-01", "to": "2026-11-02"}


@pytest.mark.parametrize(
    "query",
    [
        "from=yesterday",
        "to=9999-12-31",
        "from=2026-13-01",
        "before=x",
        "before=1",
        "before=1-2-3",
        "before=1--1",
    ],
)
def test_what_no_form_sends_is_not_there(as_dana, query):
    assert as_dana.get(f"/admin/chats?{query}").status_code == 404


def test_pages_follow_each_other_without_a_gap_or_a_repeat(app, as_dana, stored):
    one = add_person(app, "one")
    others = [add_person(app, f"person{number:03}") for number in range(2 * oversight.LIST_PAGE + 7)]

    def work(session):
        for other in others:
            chats.start(session, one.id, other.username)
        # One moment for all: the order hangs on the ids alone.
        session.execute(update(Chat).values(updated_at=DAY))

    stored(work)
    seen, path = [], "/admin/chats?person=one"
    while path:
        page = as_dana.get(path)
        seen.append(names(page))
        path = link(page, "Older")
    assert [len(page) for page in seen] == [50, 50, 7]
    assert [name for page in seen for name in page] == [
        f"one and {other.username}" for other in reversed(others)
    ]
    assert unescape(link(page, "Latest")) == "/admin/chats?person=one"


def test_a_closed_account_is_told(as_dana, pairs, carol, stored):
    closed = update(User).where(User.id == carol.id).values(is_active=False)
    stored(lambda session: session.execute(closed))
    page = as_dana.get("/admin/chats?person=carol")
    assert [one.text for one in by_class(page.text, "tag")] == ["Account closed"] * 2


def test_more_than_ten_thousand_messages_are_not_counted(as_dana, pairs, stored, monkeypatch):
    monkeypatch.setattr(oversight, "COUNT_CAP", 2)
    page = as_dana.get("/admin/chats?person=alice&other=bob")
    assert by_class(page.text, "table__number")[1].text == "2+"
