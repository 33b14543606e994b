"""Closing one's account for now: what others see, and who can open it again. Alice closes hers."""

import pytest

from chatweb.announce import chat_topic, person_topic, session_topic
from chatweb.domain import audit, pauses, sign_ins, stewards
from chatweb.domain.audit import Reason
from chatweb.models import SignIn, User
from tests.authenticator import begin_sign_in, give_passkey
from tests.people import PASSWORD, with_second_step
from tests.web.reading import by_class, rows
from tests.web.talking import at_once, send

PATH = "/settings/data/pause"
WHY = {"kind": "report", "reason": "to see what it does"}
GIVEN = Reason(kind="report", reason="to see what it does")


def pause(visitor, password=PASSWORD):
    return visitor.post(PATH, {"present": password})


@pytest.fixture
def paused(as_alice, talk, alice):
    """She has said something, and gone for now."""
    talk.says(alice, "back in spring")
    assert pause(as_alice).location == "/login?told=paused"


@pytest.fixture
def is_open(db_session, alice):
    def look():
        db_session.rollback()
        return db_session.get(User, alice.id).is_active

    return look


@pytest.mark.usefixtures("paused")
class TestWhileItIsClosed:
    def test_others_read_that_it_is_closed_and_keep_what_was_said(self, as_bob, talk):
        page = as_bob.get(talk.url).text
        assert "This account is closed" in page
        assert by_class(page, "message__body")[0].text == "back in spring"
        assert send(as_bob, talk, "hello?").status_code == 409
        (row,) = rows(as_bob.get("/chats").text)
        assert ", account closed" in row.text

    def test_she_is_not_found(self, as_bob):
        assert "@alice" not in as_bob.get("/people?q=ali").text
        assert as_bob.post("/chats", {"username": "alice"}).status_code == 422

    def test_she_is_signed_out_everywhere(self, as_alice):
        assert as_alice.get("/chats").location.startswith("/login")

    def test_administrators_see_who_closed_it(self, as_dana, alice):
        for path in ("/admin/people", f"/admin/people/{alice.id}"):
            assert "losed by themselves" in as_dana.get(path).text


class TestOpeningItAgain:
    @pytest.mark.usefixtures("paused")
    def test_the_password_does_and_all_is_as_before(self, sign_in, alice, as_bob, talk, heard, bob):
        hers = sign_in(alice)
        assert "back in spring" in hers.get(talk.url).text
        assert heard.closed == [(chat_topic(talk.topic), 1012)]
        assert ", account closed" not in heard.on(person_topic(bob.id))[-1]
        assert send(as_bob, talk, "welcome back").status_code == 200

    @pytest.mark.usefixtures("paused")
    def test_a_wrong_password_does_not(self, visitor, alice, is_open):
        assert visitor.sign_in(alice._replace(password="not this one")).status_code == 422
        assert not is_open()

    def test_it_takes_the_second_step_too(self, app, as_alice, visitor, alice, is_open):
        alice = with_second_step(app, alice)
        pause(as_alice)
        form = {"identity": "alice", "password": PASSWORD}
        step = visitor.post("/login", form).location
        visitor._csrf = None
        assert step.startswith("/login/code")
        assert visitor.post(step, {"code": "000000"}).status_code == 422
        assert not is_open()
        assert visitor.post(step, {"code": next(alice.codes)}).status_code == 303
        assert is_open()

    @pytest.mark.usefixtures("paused")
    def test_a_passkey_alone_does(self, app, visitor, alice, is_open):
        _, passkey = give_passkey(app, alice)
        credential = passkey.signed(begin_sign_in(visitor, alone=""))
        assert visitor.post("/login/passkey", {"credential": credential}).status_code == 303
        assert is_open()

    @pytest.mark.usefixtures("paused")
    def test_not_once_an_administrator_has_closed_it(self, as_dana, visitor, alice, is_open):
        assert as_dana.post(f"/admin/people/{alice.id}/deactivate", WHY).status_code == 303
        assert visitor.sign_in(alice).status_code == 422
        assert not is_open()

    @pytest.mark.usefixtures("paused")
    def test_an_administrator_can(self, as_dana, alice, is_open, db_session):
        assert as_dana.post(f"/admin/people/{alice.id}/reactivate", WHY).status_code == 303
        assert is_open()
        assert db_session.get(User, alice.id).paused_at is None


class TestRefused:
    def test_without_the_password(self, as_alice, is_open):
        for wrong in ("", "not this one"):
            answer = pause(as_alice, wrong)
            assert answer.status_code == 422
        assert is_open()

    def test_to_the_last_administrator(self, as_dana):
        answer = pause(as_dana)
        assert answer.status_code == 409
        assert "the last administrator" in answer.text
        assert as_dana.get("/admin/people").status_code == 200


def test_open_pages_end_and_those_of_others_connect_anew(as_alice, talk, alice, bob, heard, db_session):
    talk.says(alice, "hello")
    session_id = db_session.query(SignIn.id).filter_by(user_id=alice.id).scalar()
    pause(as_alice)
    assert heard.closed == [(session_topic(session_id), 4401), (chat_topic(talk.topic), 1012)]
    assert ", account closed" in heard.on(person_topic(bob.id))[-1]


def live_sessions(session, user_id):
    session.rollback()
    ids = list(session.query(SignIn.id).filter_by(user_id=user_id).all())
    return len(ids) - len(sign_ins.ended(session, [id_ for (id_,) in ids]))


@pytest.mark.both_engines
def test_closing_and_signing_in_at_once_leave_it_open_or_nobody_signed_in(
    as_alice, visitor, stored, alice, is_open, db_session
):
    assert visitor.csrf
    form = {"identity": "alice", "password": PASSWORD}
    _, answer = at_once(
        [
            lambda: stored(lambda session: pauses.pause(session, alice.id)),
            lambda: visitor.post("/login", form),
        ]
    )
    assert answer.status_code == 303
    assert live_sessions(db_session, alice.id) == int(is_open())


@pytest.mark.both_engines
def test_whoever_comes_first_an_account_that_others_close_is_closed(
    as_alice, visitor, stored, alice, dana, is_open, db_session
):
    stored(lambda session: pauses.pause(session, alice.id))
    assert visitor.csrf
    actor = audit.Actor(dana.id, dana.username)
    at_once(
        [
            lambda: stored(lambda session: stewards.deactivate(session, actor, alice.id, GIVEN)),
            lambda: visitor.post("/login", {"identity": "alice", "password": PASSWORD}),
        ]
    )
    assert (is_open(), live_sessions(db_session, alice.id)) == (False, 0)


class TestBlockedPeople:
    def test_they_stand_in_the_settings_and_are_unblocked_there(self, as_alice, as_bob, talk, bob):
        talk.says(bob, "buy my boat")
        assert "Nobody. Somebody is blocked" in as_alice.get("/settings").text
        as_alice.post(f"{talk.url}/block")
        page = as_alice.get("/settings").text
        assert f'action="{talk.url}/unblock"' in page
        assert "Unblock bob" in page
        assert f"{talk.url}/unblock" not in as_bob.get("/settings").text
        answer = as_alice.post(f"{talk.url}/unblock", {"settings": "1"})
        assert answer.location == "/settings#blocked"
        assert send(as_bob, talk, "thank you").status_code == 200

    def test_whoever_has_blocked_one_too_is_still_listed(self, as_alice, as_bob, talk, alice):
        talk.says(alice, "hello")
        for browser in (as_alice, as_bob):
            browser.post(f"{talk.url}/block")
        assert "Unblock bob" in as_alice.get("/settings").text
