"""Signing out, and what a signed-out browser gets."""

import pytest

from chatweb.announce import session_topic
from chatweb.models import SignIn
from tests.web.reading import by_id, problems
from tests.web.talking import new_key, same_browser


def test_it_signs_out(as_alice):
    answer = as_alice.sign_out()
    assert (answer.status_code, answer.location) == (303, "/login")
    assert as_alice.get("/chats").status_code == 303


def test_the_cookie_is_dead_when_it_is_replayed(app, as_alice, talk):
    thief = same_browser(app, as_alice)
    assert thief.get(talk.url).status_code == 200
    as_alice.sign_out()
    assert thief.get(talk.url).status_code == 303
    assert thief.get(talk.url, htmx=True).status_code == 401
    assert thief.post(talk.messages_url, {"body": "x", "key": new_key()}, htmx=True).status_code == 401


def test_the_cookie_is_taken_away(as_alice):
    answer = as_alice.sign_out()
    assert "chatweb=;" in answer.headers["Set-Cookie"]
    assert as_alice.client.get_cookie("chatweb") is None


def test_another_browser_of_the_same_person_stays(sign_in, alice):
    here, there = sign_in(alice), sign_in(alice)
    here.sign_out()
    assert there.get("/chats").status_code == 200


def test_the_sockets_of_this_browser_end_and_no_others(sign_in, alice, heard, db_session):
    here, _there = sign_in(alice), sign_in(alice)
    first = db_session.query(SignIn.id).order_by(SignIn.id).first()[0]
    here.sign_out()
    assert heard.closed == [(session_topic(first), 4401)]


def test_signing_in_as_somebody_else_signs_out_first(app, as_alice, bob, heard, db_session):
    before = same_browser(app, as_alice)
    (session_id,) = db_session.query(SignIn.id).one()
    assert as_alice.sign_in(bob).status_code == 303
    assert before.get("/chats").status_code == 303
    assert heard.closed == [(session_topic(session_id), 4401)]
    assert f'data-person="{bob.id}"' in as_alice.get("/chats").text


def test_a_wrong_password_signs_nobody_out(as_alice, bob):
    as_alice.post("/login", {"identity": bob.username, "password": "wrong"})
    assert as_alice.get("/chats").status_code == 200


def test_signing_out_twice_is_harmless(as_alice):
    as_alice.sign_out()
    assert as_alice.post("/logout").status_code == 401


@pytest.mark.parametrize("path", ["/chats", "/chats?q=bob", "/chats/T", "/chats/T?before=5"])
def test_a_page_leads_to_the_sign_in_and_back(visitor, alice, chat, path):
    path = path.replace("T", chat.topic)
    answer = visitor.get(path)
    assert answer.status_code == 303
    page = visitor.get(answer.location)
    assert page.status_code == 200
    form = {"identity": alice.username, "password": alice.password}
    assert visitor.post(answer.location, form).location == path


def test_a_fragment_says_401_in_words(visitor, chat):
    answer = visitor.get(f"/chats/{chat.topic}/messages?after=0", htmx=True)
    assert answer.status_code == 401
    assert problems(answer.text) == ["You are signed out. Sign in again; your text is kept."]


def test_a_form_sent_after_signing_out_gets_its_text_back(visitor, chat):
    form = {"body": "typed with <care>", "key": new_key()}
    answer = visitor.post(f"/chats/{chat.topic}/messages", form)
    assert answer.status_code == 401
    assert "You are signed out" in answer.text
    assert by_id(answer.text, "kept").text.strip() == "typed with <care>"
