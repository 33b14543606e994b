"""The password once more, before what is sensitive."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from chatweb.announce import session_topic
from chatweb.domain.sign_ins import FRESH
from chatweb.models import Entry, SignIn, utc_now
from tests.people import PASSWORD
from tests.web.overseeing import WHY, open_chat
from tests.web.reading import by_id, problems
from tests.web.talking import at_once, same_browser

OPEN = "/admin/chats/1/open"


@pytest.fixture
def stale(stored, as_dana, chat):
    """Dana typed her password a while ago."""
    long_ago = update(SignIn).values(confirmed_at=utc_now() - FRESH - timedelta(seconds=1))
    stored(lambda session: session.execute(long_ago))


def asks_for_the_password(page):
    return 'name="password"' in page.text


def test_it_is_asked_for_only_after_a_quarter_of_an_hour(as_dana, chat, stored):
    assert not asks_for_the_password(as_dana.get(OPEN))
    long_ago = update(SignIn).values(confirmed_at=utc_now() - FRESH - timedelta(seconds=1))
    stored(lambda session: session.execute(long_ago))
    page = as_dana.get(OPEN)
    assert by_id(page.text, "password").attributes["autocomplete"] == "current-password"


@pytest.mark.parametrize(
    ("password", "words"),
    [("", "Type your password to go on."), ("wrong", "This is not your password."), (f" {PASSWORD}", "not")],
)
def test_nothing_happens_without_it_and_what_was_typed_stays(as_dana, stale, count, password, words):
    answer = open_chat(as_dana, 1, password=password)
    assert answer.status_code == 422
    assert len(problems(answer.text)) == 1
    assert words in problems(answer.text)[0]
    assert WHY["reason"] in answer.text
    assert "wrong" not in by_id(answer.text, "password").attributes.values()
    assert count(Entry) == 0


def test_no_other_field_or_place_serves(as_dana, stale, count):
    assert as_dana.post(f"{OPEN}?password={PASSWORD}", WHY).status_code == 422
    assert as_dana.post(OPEN, WHY, headers={"Authorization": PASSWORD}).status_code == 422
    assert count(Entry) == 0


def test_with_it_the_browser_gets_another_token_and_the_old_one_is_worth_nothing(app, as_dana, stale):
    thief = same_browser(app, as_dana)
    csrf = as_dana.csrf
    assert thief.get("/chats").status_code == 200
    assert open_chat(as_dana, 1).status_code == 303
    assert thief.get("/chats").status_code == 303
    assert thief.get("/admin/chats").status_code == 303
    assert as_dana.get("/admin/chats/1").status_code == 200
    assert as_dana.post("/settings", {"csrf_token": csrf}, csrf=False).status_code == 303, "open pages go on"


def test_the_sign_in_stays_the_same_one_and_its_sockets_open(as_dana, stale, heard, db_session):
    before = db_session.execute(select(SignIn.id, SignIn.expires_at)).all()
    open_chat(as_dana, 1)
    db_session.rollback()
    assert db_session.execute(select(SignIn.id, SignIn.expires_at)).all() == before
    assert (session_topic(before[0].id), 4401) not in heard.closed


def test_a_remembered_browser_stays_remembered(visitor, dana, chat, stored):
    visitor.sign_in(dana, remember="1")
    stored(lambda session: session.execute(update(SignIn).values(confirmed_at=utc_now() - 2 * FRESH)))
    answer = open_chat(visitor, 1)
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("chatweb=")]
    assert "Expires=" in cookie


def test_it_is_not_asked_for_again(as_dana, stale):
    open_chat(as_dana, 1)
    assert not asks_for_the_password(as_dana.get(OPEN))
    assert as_dana.post(OPEN, WHY).status_code == 303


def test_of_two_tabs_at_the_same_moment_one_is_signed_in_on(app, as_dana, stale, count):
    """The answer of the quicker one brings the cookie that is good now; the other one's must not undo it."""
    tabs = as_dana, same_browser(app, as_dana)
    assert as_dana.csrf
    answers = at_once([lambda tab=tab: open_chat(tab, 1) for tab in tabs])
    winners = [tab for tab, answer in zip(tabs, answers, strict=True) if answer.status_code == 303]
    losers = [answer for answer in answers if answer.status_code != 303]
    assert (len(winners), count(Entry)) == (1, 1)
    assert winners[0].get("/admin/chats").status_code == 200
    for loser in losers:
        assert loser.status_code in (401, 422)
        assert not loser.headers.getlist("Set-Cookie")
