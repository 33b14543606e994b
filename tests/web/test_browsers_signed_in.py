"""The browsers where somebody is signed in: a list, and a way to sign them out."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from chatweb.announce import session_topic
from chatweb.models import SignIn, utc_now
from tests.people import Visitor
from tests.web.reading import by_class, elements
from tests.web.talking import same_browser

PATH = "/settings/account"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0"


def listed(visitor):
    return [" ".join(one.text.split()) for one in by_class(visitor.get(PATH).text, "device")]


def buttons(visitor):
    forms = [one.attributes.get("action", "") for one in elements(visitor.get(PATH).text)]
    return [action for action in forms if action.startswith(f"{PATH}/sign-ins/")]


@pytest.fixture
def sign_in_with(app, alice):
    """`sign_in_with(agent)` is another browser of alice's, of that kind."""

    def run(agent):
        visitor = Visitor(app)
        form = {"identity": "alice", "password": alice.password}
        assert visitor.post("/login", form, headers={"User-Agent": agent}).status_code == 303
        return visitor

    return run


@pytest.mark.both_engines
def test_each_is_told_with_its_kind_its_address_and_its_times(as_alice, sign_in_with, as_bob, stored):
    sign_in_with(FIREFOX)
    first, used = utc_now() - timedelta(days=3), utc_now() - timedelta(seconds=30)
    stored(lambda session: session.execute(update(SignIn).values(inserted_at=first, seen_at=used)))
    here, there = listed(as_alice)
    assert here.startswith("Unknown browser 127.0.0.1 · signed in ")
    assert here.endswith("This browser")
    assert there.startswith("Firefox on Linux 127.0.0.1 · signed in ")
    assert there.endswith("Sign out")
    for moment in (first, used):
        shown = f"{moment.day} {moment:%b %Y}, {moment:%H:%M} UTC"
        assert shown in here
        assert shown in there


def test_this_browser_comes_first_and_then_the_one_used_last(as_alice, sign_in_with):
    sign_in_with(FIREFOX)
    sign_in_with("Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) Version/26 Safari/605.1.15")
    names = [one.partition(" 127")[0] for one in listed(as_alice)]
    assert names == ["Unknown browser", "Safari on iPhone", "Firefox on Linux"]


def test_what_ended_is_not_listed(as_alice, sign_in, alice, stored):
    sign_in(alice).sign_out()
    sign_in(alice)
    expired = update(SignIn).where(SignIn.id == select(func.max(SignIn.id)).scalar_subquery())
    stored(lambda session: session.execute(expired.values(expires_at=utc_now() - timedelta(seconds=1))))
    assert len(listed(as_alice)) == 1
    assert buttons(as_alice) == [], "nothing to sign out"


def test_what_a_browser_calls_itself_is_text(as_alice, sign_in_with):
    sign_in_with('Firefox/1 Linux "><script>alert(1)</script>')
    assert "<script>alert" not in as_alice.get(PATH).text


@pytest.mark.both_engines
def test_another_browser_is_signed_out_at_once_and_its_sockets_end(as_alice, sign_in, alice, heard, stored):
    there, third = sign_in(alice), sign_in(alice)
    id_, _ = sorted(int(action.split("/")[-2]) for action in buttons(as_alice) if action[-5].isdigit())
    answer = as_alice.post(f"{PATH}/sign-ins/{id_}/end")
    assert (answer.status_code, answer.location) == (303, f"{PATH}?done=signed-out")
    assert [one.get("/chats").status_code for one in (as_alice, there, third)] == [200, 303, 200]
    assert heard.closed == [(session_topic(id_), 4401)]
    assert as_alice.post(f"{PATH}/sign-ins/{id_}/end").status_code == 303, "twice is no harm"


@pytest.mark.both_engines
def test_all_others_are_signed_out_together(as_alice, as_bob, sign_in, alice, heard):
    others = [sign_in(alice), sign_in(alice)]
    assert as_alice.post(f"{PATH}/sign-ins/end").status_code == 303
    assert as_alice.get("/chats").status_code == 200
    assert [other.get("/chats").status_code for other in others] == [303, 303]
    assert len(heard.closed) == 2
    assert as_bob.get("/chats").status_code == 200
    assert len(listed(as_alice)) == 1


def test_nobody_signs_another_person_out(as_alice, as_bob, db_session, bob, alice):
    bobs = db_session.query(SignIn.id).filter_by(user_id=bob.id).one()[0]
    answers = [as_alice.post(f"{PATH}/sign-ins/{id_}/end") for id_ in (bobs, 2**31 - 1)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data
    assert as_bob.get("/chats").status_code == 200


def test_this_browser_is_signed_out_by_its_own_button_only(app, as_alice, db_session):
    own = db_session.query(SignIn.id).one()[0]
    assert as_alice.post(f"{PATH}/sign-ins/{own}/end").status_code == 404
    assert same_browser(app, as_alice).get("/chats").status_code == 200
