"""The settings of the second step: set up, turned off, recovery codes; never without the password."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sqlalchemy import select, update

from chatweb.announce import session_topic
from chatweb.models import Authenticator, Base, RecoveryCode, SignIn, User
from chatweb.models.base import EPOCH
from tests.people import PASSWORD, Visitor
from tests.second_step import SECOND_STEP, begin_app, first_step, set_up, shown, spare_code
from tests.web.reading import by_class, by_id, elements, problems
from tests.web.talking import at_once, same_browser

APP, APP_CODE, OFF, CODES = (f"{SECOND_STEP}/{path}" for path in ("app", "app/code", "app/off", "codes"))


@pytest.fixture
def stale(stored, as_alice):
    """`stale()`: alice typed her password a while ago."""
    return lambda: stored(lambda session: session.execute(update(SignIn).values(confirmed_at=EPOCH)))


@pytest.fixture
def everything(db_session):
    """`everything()` is all that the database holds, as text."""

    def dump():
        db_session.rollback()
        tables = Base.metadata.sorted_tables
        return "\n".join(str(row) for table in tables for row in db_session.execute(select(table)))

    return dump


def codes_in(page):
    return [one.text for one in by_class(page.text, "codes__code")]


def rows(visitor, path=SECOND_STEP):
    return [" ".join(one.text.split()) for one in by_class(visitor.get(path).text, "setting")]


def subjects(mails):
    return [(mail["To"], mail["Subject"]) for mail in mails]


@pytest.mark.both_engines
def test_an_app_counts_once_it_has_shown_a_code(app, as_alice, alice, count, deliver):
    assert as_alice.get(APP).status_code == 200
    secret = begin_app(as_alice)
    assert Visitor(app).sign_in(alice).location == "/chats", "it does not count yet"
    wrong = as_alice.post(APP_CODE, {"code": "000000"})
    assert (wrong.status_code, len(problems(wrong.text))) == (422, 1)
    assert secret in by_class(wrong.text, "qr__key")[0].text.replace(" ", "")
    done = as_alice.post(APP_CODE, {"code": shown(secret)})
    assert done.status_code == 200
    codes = codes_in(done)
    assert (len(set(codes)), count(RecoveryCode)) == (10, 10)
    assert rows(as_alice)[0].startswith("Authenticator app On")
    assert rows(as_alice)[1].startswith("Recovery codes 10 are left")
    overview = rows(as_alice, "/settings/account")
    assert "Second step On Authenticator app · 10 recovery codes leftManage" in overview
    visitor = Visitor(app)
    first_step(visitor, alice)
    assert visitor.post("/login/code", {"code": shown(secret)}).status_code == 422, "used when it was set up"
    assert visitor.post("/login/code", {"code": codes[3]}).status_code == 303
    assert subjects(deliver()) == [("alice@example.org", "Signing in takes a second step now")]


def test_the_picture_the_link_and_the_text_say_the_same(as_alice, settings):
    secret = begin_app(as_alice)
    page = as_alice.get(APP_CODE)
    (address,) = [
        one.attributes["href"]
        for one in elements(page.text)
        if (one.attributes.get("href") or "").startswith("otpauth:")
    ]
    parts = urlsplit(address)
    assert (parts.netloc, unquote(parts.path)) == ("totp", "/chatweb 127.0.0.1:alice")
    assert parse_qs(parts.query) == {"secret": [secret], "issuer": ["chatweb 127.0.0.1"]}
    (picture,) = by_class(page.text, "qr__picture")
    assert picture.tag == "svg"
    assert by_class(page.text, "qr")[0].attributes["role"] == "img"
    field = by_id(page.text, "code").attributes
    assert (field["autocomplete"], field["inputmode"]) == ("one-time-code", "numeric")
    assert page.headers["Cache-Control"] == "no-store"


def test_neither_the_secret_nor_a_code_lies_open_in_the_database(as_alice, everything, db_session):
    secret = begin_app(as_alice)
    codes = codes_in(as_alice.post(APP_CODE, {"code": shown(secret)}))
    kept = everything()
    assert secret not in kept
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]
    assert {len(row.code_hash) for row in db_session.query(RecoveryCode)} == {32}
    assert all(len(code.replace("-", "")) * 5 >= 112 for code in codes)


def test_the_codes_are_shown_once(as_alice):
    secret = begin_app(as_alice)
    codes = codes_in(as_alice.post(APP_CODE, {"code": shown(secret)}))
    for path in (SECOND_STEP, APP, APP_CODE, OFF, CODES, "/settings/account"):
        page = as_alice.get(path, follow_redirects=True).text
        assert not [code for code in [*codes, secret] if code in page], path
    again = as_alice.post(APP_CODE, {"code": shown(secret, 1)})
    assert (again.status_code, again.location) == (303, APP)


@pytest.mark.both_engines
def test_browsers_that_came_in_without_it_have_to_come_again(as_alice, sign_in, alice, heard):
    other = sign_in(alice)
    secret = begin_app(as_alice)
    page = as_alice.post(APP_CODE, {"code": shown(secret)})
    assert "1 other browser was signed out." in page.text
    assert (as_alice.get("/chats").status_code, other.get("/chats").status_code) == (200, 303)
    assert [code for topic, code in heard.closed if topic.startswith(session_topic(""))] == [4401]


@pytest.mark.both_engines
def test_turned_off_the_password_is_enough_and_no_code_is_left(app, as_alice, alice, count, deliver):
    set_up(app, alice)
    spare_code(app, alice.id)
    assert as_alice.get(OFF).status_code == 200
    answer = as_alice.post(OFF)
    assert (answer.status_code, answer.location) == (303, f"{SECOND_STEP}?done=app-off")
    assert "is turned off" in as_alice.get(answer.location).text
    assert (count(Authenticator), count(RecoveryCode)) == (0, 0)
    assert Visitor(app).sign_in(alice).location == "/chats"
    assert subjects(deliver()) == [("alice@example.org", "Your authenticator app was turned off")]


@pytest.mark.both_engines
def test_new_recovery_codes_void_the_ones_before(app, as_alice, alice, count, deliver):
    set_up(app, alice)
    old = spare_code(app, alice.id)
    codes = codes_in(as_alice.post(CODES))
    assert (len(codes), count(RecoveryCode)) == (10, 10)
    visitor = Visitor(app)
    first_step(visitor, alice)
    assert visitor.post("/login/code", {"code": old}).status_code == 422
    assert visitor.post("/login/code", {"code": codes[0]}).status_code == 303
    assert rows(as_alice)[1].startswith("Recovery codes 9 are left")
    assert subjects(deliver()) == [("alice@example.org", "You have new recovery codes")]


@pytest.mark.both_engines
def test_two_tabs_that_make_codes_at_once_leave_ten(app, as_alice, alice, count):
    set_up(app, alice)
    assert as_alice.csrf
    tabs = [same_browser(app, as_alice) for _ in range(3)]
    answers = at_once([lambda tab=tab: tab.post(CODES) for tab in tabs])
    assert [answer.status_code for answer in answers] == [200] * 3
    assert count(RecoveryCode) == 10


@pytest.mark.both_engines
def test_two_tabs_that_show_the_code_at_once_set_up_one_app(app, as_alice, count):
    secret = begin_app(as_alice)
    assert as_alice.csrf
    tabs = [same_browser(app, as_alice) for _ in range(3)]
    answers = at_once([lambda tab=tab: tab.post(APP_CODE, {"code": shown(secret)}) for tab in tabs])
    assert sorted(answer.status_code for answer in answers) == [200, 303, 303]
    assert (count(Authenticator), count(RecoveryCode)) == (1, 10)


@pytest.mark.parametrize(("path", "needs_app"), [(APP, False), (OFF, True), (CODES, True)])
def test_long_after_the_password_it_is_asked_for(app, as_alice, alice, stale, everything, path, needs_app):
    if needs_app:
        set_up(app, alice)
    stale()
    assert by_id(as_alice.get(path).text, "password").attributes["type"] == "password"
    before = everything()
    for password, words in (("", "Type your password"), ("wrong", "This is not your password.")):
        answer = as_alice.post(path, {"password": password})
        assert answer.status_code == 422
        assert words in problems(answer.text)[0]
    assert everything() == before
    assert as_alice.post(path, {"password": PASSWORD}).status_code in (200, 303)
    assert everything() != before


def test_what_the_app_is_given_is_shown_to_nobody_who_did_not_type_the_password(as_alice, stale, count):
    secret = begin_app(as_alice)
    stale()
    answers = as_alice.get(APP_CODE), as_alice.post(APP_CODE, {"code": shown(secret)})
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, APP)] * 2
    assert count(RecoveryCode) == 0


def test_an_app_that_counts_is_not_replaced_without_turning_it_off(app, as_alice, alice, db_session):
    set_up(app, alice)
    before = db_session.query(Authenticator.secret).one()
    assert as_alice.get(APP).location == SECOND_STEP
    assert as_alice.post(APP).status_code == 409
    assert as_alice.get(APP_CODE).location == APP
    db_session.rollback()
    assert db_session.query(Authenticator.secret).one() == before


@pytest.mark.parametrize("path", [OFF, CODES])
def test_without_a_second_step_there_is_nothing_to_turn_off_or_recover(as_alice, path, count):
    assert as_alice.get(path).location == SECOND_STEP
    assert as_alice.post(path).status_code == 409
    assert count(RecoveryCode) == 0


def test_nothing_of_it_stays_when_the_account_goes(app, as_alice, alice, bob, count):
    set_up(app, alice)
    spare_code(app, alice.id)
    first_step(Visitor(app), alice)
    set_up(app, bob)
    assert as_alice.post("/settings/data/delete", {"present": PASSWORD}).status_code == 303
    assert (count(Authenticator), count(RecoveryCode)) == (1, 0)


def test_nobody_without_an_address_is_mailed(app, as_alice, stored, deliver):
    stored(lambda session: session.execute(update(User).values(email=None)))
    secret = begin_app(as_alice)
    assert as_alice.post(APP_CODE, {"code": shown(secret)}).status_code == 200
    assert deliver() == []
