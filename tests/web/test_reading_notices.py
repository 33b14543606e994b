"""Where the server is set up for it, people see some days later which of their chats were read."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import update

from chatweb.domain import readings
from chatweb.models import Hold, utc_now
from tests.web.overseeing import WHY, entries, open_chat
from tests.web.reading import by_class

pytestmark = pytest.mark.both_engines


@pytest.fixture
def settings(settings):
    return dataclasses.replace(settings, reading_notice_days=30)


@pytest.fixture
def after(monkeypatch):
    """`after(days)`: so long after now people look at their settings."""

    def run(days):
        at = utc_now() + timedelta(days=days)
        monkeypatch.setattr(readings, "utc_now", lambda: at)

    return run


def told(visitor):
    """What stands there, without the moments."""
    lists = by_class(visitor.get("/settings").text, "readings")
    return [line.partition(":")[0].strip() for one in lists for line in one.text.split("\n") if line.strip()]


def test_both_are_told_when_the_time_has_come_and_not_who_it_was(
    as_dana, as_alice, as_bob, as_carol, chat, talk, alice, after
):
    talk.says(alice, "hello")
    open_chat(as_dana, chat.id)
    for _ in range(2):
        as_dana.get(f"/admin/chats/{chat.id}")
    after(29)
    for visitor in (as_alice, as_bob, as_carol):
        assert told(visitor) == []
    after(31)
    assert told(as_alice) == ["Your chat with bob was read"]
    assert told(as_bob) == ["Your chat with alice was read"]
    assert told(as_carol) == []
    assert "dana" not in as_alice.get("/settings").text


@pytest.mark.parametrize(
    "act",
    [
        lambda dana, _chat: dana.post("/admin/search", WHY | {"words": "hello"}),
        lambda dana, chat: dana.post(f"/admin/people/{chat.user_1_id}/export", WHY, buffered=True),
    ],
    ids=["found", "exported"],
)
def test_other_ways_to_read_count_too(as_dana, as_alice, talk, alice, chat, after, act):
    talk.says(alice, "hello")
    assert act(as_dana, chat).status_code == 200
    after(31)
    assert told(as_alice) == ["Your chat with bob was read"]


def test_as_long_as_it_is_on_hold_nobody_is_told(as_dana, as_alice, chat, talk, alice, after):
    talk.says(alice, "hello")
    open_chat(as_dana, chat.id)
    as_dana.get(f"/admin/chats/{chat.id}")
    hold = f"/admin/holds/chats/{chat.id}"
    assert as_dana.post(hold, WHY).status_code == 303
    assert "of them" not in as_dana.get(f"/admin/chats/{chat.id}/open").text
    after(31)
    assert told(as_alice) == []
    assert as_dana.post(hold, WHY | {"act": "release"}).status_code == 303
    assert told(as_alice) == ["Your chat with bob was read"]


def test_what_they_were_told_before_a_hold_stays(as_dana, as_alice, chat, talk, alice, stored, after):
    talk.says(alice, "hello")
    open_chat(as_dana, chat.id)
    as_dana.get(f"/admin/chats/{chat.id}")
    after(31)
    assert told(as_alice) == ["Your chat with bob was read"]
    assert as_dana.post(f"/admin/holds/chats/{chat.id}", WHY).status_code == 303
    later = utc_now() + timedelta(days=31)
    stored(lambda session: session.execute(update(Hold).values(inserted_at=later)))
    assert told(as_alice) == ["Your chat with bob was read"]


def test_opening_without_reading_is_no_reading(as_dana, as_alice, chat, after):
    open_chat(as_dana, chat.id)
    after(31)
    assert told(as_alice) == []
    assert "There is nothing to tell so far." in as_alice.get("/settings").text


def test_reading_a_chat_in_which_nothing_was_said_is_no_reading(as_dana, as_alice, chat, db_session, after):
    open_chat(as_dana, chat.id)
    assert as_dana.get(f"/admin/chats/{chat.id}").status_code == 200
    assert [entry.count for entry in entries(db_session) if entry.action == "chat_read"] == [0]
    after(31)
    assert told(as_alice) == []


def test_administrators_know_that_people_will_be_told(as_dana, chat):
    page = " ".join(as_dana.get(f"/admin/chats/{chat.id}/open").text.split())
    assert "Both of them are told after 30 days that an administrator has read it, not who." in page
