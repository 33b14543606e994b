"""Signing in with a second step: a code of an app, or a recovery code, each good once."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import delete, update

from chatweb.domain import authenticators
from chatweb.models import Authenticator, HalfSignIn, RecoveryCode, SignIn, User, utc_now
from tests.people import PASSWORD, Visitor
from tests.second_step import SECOND_STEP, first_step, set_up, shown, spare_code
from tests.web.links import token_in
from tests.web.reading import by_id, elements, hidden, problems
from tests.web.talking import at_once, same_browser

CODE = "/login/code"
STEP = timedelta(seconds=30)


@pytest.fixture
def secret(app, alice):
    """What alice's app makes its codes of."""
    return set_up(app, alice)


@pytest.fixture
def noon(monkeypatch):
    """The middle of a step, at which codes are made and judged."""
    now = utc_now()
    middle = now - timedelta(seconds=now.timestamp() % 30 - 15)
    monkeypatch.setattr(authenticators, "utc_now", lambda: middle)
    return lambda secret, steps=0: authenticators.pyotp.TOTP(secret).at(
        middle + timedelta(seconds=30 * steps)
    )


def cookie(visitor):
    return visitor.client.get_cookie("chatweb").value


def judge(visitor, code, **fields):
    answer = visitor.post(CODE, {"code": code, **fields})
    if answer.status_code == 303:
        visitor._csrf = None
    return answer


@pytest.mark.both_engines
def test_the_password_alone_leads_to_a_second_step_which_signs_in(visitor, alice, secret):
    assert first_step(visitor, alice).location == CODE
    page = visitor.get(CODE)
    field = by_id(page.text, "code").attributes
    assert (field["autocomplete"], field["inputmode"]) == ("one-time-code", "numeric")
    answer = judge(visitor, shown(secret))
    assert (answer.status_code, answer.location) == (303, "/chats")
    assert visitor.get("/chats").status_code == 200


@pytest.mark.both_engines
def test_a_recovery_code_does_instead(app, visitor, alice, secret, count):
    code = spare_code(app, alice.id)
    first_step(visitor, alice)
    page = visitor.get(f"{CODE}?recovery")
    assert by_id(page.text, "code").attributes["type"] == "text"
    assert judge(visitor, f" {code.upper()} ").status_code == 303
    assert visitor.get("/chats").status_code == 200
    assert count(RecoveryCode) == 0


def test_whoever_has_no_second_step_is_asked_for_none(visitor, alice):
    assert visitor.sign_in(alice).location == "/chats"
    assert visitor.get(CODE).location == "/login"


def test_a_cookie_of_the_first_step_gives_no_access(app, visitor, alice, secret, talk):
    first_step(visitor, alice)
    for path in ("/chats", talk.url, "/settings", SECOND_STEP, "/people?q=bob", "/admin"):
        answer = visitor.get(path)
        assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/login"), path
    assert visitor.post(talk.messages_url, {"body": "hello"}).status_code == 401
    assert visitor.get("/login").status_code == 200


def test_every_step_has_a_cookie_of_its_own_and_the_one_before_is_worth_nothing(app, visitor, alice, secret):
    assert visitor.csrf
    before = cookie(visitor)
    first_step(visitor, alice)
    half = cookie(visitor)
    thief = same_browser(app, visitor)
    csrf = visitor.csrf
    assert judge(visitor, shown(secret)).status_code == 303
    assert len({before, half, cookie(visitor)}) == 3
    assert thief.get("/chats").status_code == 303
    thief._csrf = csrf
    answer = judge(thief, shown(secret, 1))
    assert (answer.status_code, answer.location) == (303, "/login")
    assert thief.get("/chats").status_code == 303
    with visitor.client.session_transaction() as session:
        assert "half" not in session


def test_of_the_token_only_a_hash_is_kept(visitor, alice, secret, db_session):
    first_step(visitor, alice)
    with visitor.client.session_transaction() as session:
        token = session["half"]
    assert len(token) >= 43
    assert token.encode() not in db_session.query(HalfSignIn).one().token_hash


@pytest.mark.both_engines
def test_a_code_that_ten_bring_at_once_lets_one_in(app, alice, secret, count):
    assert_one_of_ten(app, alice, shown(secret))
    assert count(SignIn) == 1


@pytest.mark.both_engines
def test_a_recovery_code_that_ten_bring_at_once_lets_one_in(app, alice, secret, count):
    assert_one_of_ten(app, alice, spare_code(app, alice.id))
    assert count(SignIn) == 1


@pytest.mark.both_engines
def test_one_browser_that_sends_ten_codes_at_once_is_signed_in_once(app, visitor, alice, secret, count):
    first_step(visitor, alice)
    assert visitor.csrf
    tabs = [same_browser(app, visitor) for _ in range(10)]
    codes = [spare_code(app, alice.id) for _ in tabs]
    at_once([lambda tab=tab, code=code: judge(tab, code) for tab, code in zip(tabs, codes, strict=True)])
    assert (count(SignIn), count(RecoveryCode)) == (1, 9)


def assert_one_of_ten(app, person, code):
    visitors = [Visitor(app) for _ in range(10)]
    for visitor in visitors:
        first_step(visitor, person)
        assert visitor.csrf
    answers = at_once([lambda visitor=visitor: judge(visitor, code) for visitor in visitors])
    assert sorted(answer.status_code for answer in answers) == [303, *[422] * 9]
    assert sorted(visitor.get("/chats").status_code for visitor in visitors) == [200, *[303] * 9]


def test_a_code_is_good_once_and_so_is_none_before_it(app, alice, secret, noon):
    for steps, status in ((0, 303), (0, 422), (-1, 422), (1, 303), (0, 422)):
        visitor = Visitor(app)
        first_step(visitor, alice)
        assert judge(visitor, noon(secret, steps)).status_code == status, steps


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_a_clock_may_be_half_a_minute_wrong(visitor, alice, secret, noon, steps, status):
    first_step(visitor, alice)
    assert judge(visitor, noon(secret, steps)).status_code == status


@pytest.mark.parametrize("gap", [" ", "-", "\u2009"])
def test_a_code_may_be_typed_in_two_groups(visitor, alice, secret, gap):
    first_step(visitor, alice)
    code = shown(secret)
    assert judge(visitor, f"{code[:3]}{gap}{code[3:]} ").status_code == 303


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "x" * 5_000, "\x00"])
def test_anything_else_is_told_to_be_wrong(visitor, alice, secret, code):
    first_step(visitor, alice)
    answer = judge(visitor, code)
    assert answer.status_code == 422
    assert problems(answer.text) == ["This code is wrong, too old, or was used before. Try the next one."]


def test_a_recovery_code_of_somebody_else_is_wrong_and_stays_good(app, visitor, alice, bob, secret, count):
    code = spare_code(app, bob.id)
    first_step(visitor, alice)
    assert judge(visitor, code).status_code == 422
    assert count(RecoveryCode) == 1


@pytest.mark.parametrize("wanted", ["/settings/account?x=1", "/chats/abc"])
def test_where_to_go_and_being_remembered_survive_the_step(visitor, alice, secret, wanted):
    first_step(visitor, alice, next=wanted, remember="1")
    visitor.get(f"{CODE}?next={wanted}")
    wrong = judge(visitor, "000000", next=wanted)
    assert hidden(wrong.text, "next") == wanted
    ways = [one.attributes["href"] for one in elements(wrong.text) if one.tag == "a"]
    assert all(parse_qs(urlsplit(way).query)["next"] == [wanted] for way in ways)
    answer = judge(visitor, shown(secret), next=wanted)
    assert answer.location == wanted
    assert "Expires=" in answer.headers["Set-Cookie"]


def test_without_being_remembered_the_cookie_ends_with_the_browser(visitor, alice, secret):
    first_step(visitor, alice)
    cookies = judge(visitor, shown(secret), remember="1").headers.getlist("Set-Cookie")
    (cookie,) = [cookie for cookie in cookies if cookie.startswith("chatweb=")]
    assert "Expires=" not in cookie


def test_nobody_is_led_to_another_site(visitor, alice, secret):
    first_step(visitor, alice, next="//evil.example")
    assert judge(visitor, shown(secret), next="//evil.example").location == "/chats"


def test_after_ten_minutes_it_begins_again(visitor, alice, secret, stored, db_session):
    first_step(visitor, alice, next="/settings")
    (until,) = db_session.query(HalfSignIn.expires_at).one()
    db_session.rollback()
    assert timedelta(minutes=9) < until - utc_now() <= timedelta(minutes=10)
    stored(lambda session: session.execute(update(HalfSignIn).values(expires_at=utc_now())))
    assert visitor.get(f"{CODE}?next=/settings").location == "/login?next=/settings"
    assert judge(visitor, shown(secret)).location == "/login"
    assert visitor.get("/chats").status_code == 303


@pytest.mark.parametrize(
    "happens",
    [
        lambda session: session.execute(update(User).values(is_active=False)),
        lambda session: session.execute(delete(HalfSignIn)),
    ],
    ids=["closed", "signed out"],
)
def test_whoever_was_closed_out_meanwhile_does_not_get_in(visitor, alice, secret, stored, happens):
    first_step(visitor, alice)
    stored(happens)
    assert judge(visitor, shown(secret)).location == "/login"
    assert visitor.get("/chats").status_code == 303


def test_who_signs_in_as_somebody_else_is_out_at_once(app, as_bob, alice, secret, heard):
    before = same_browser(app, as_bob)
    first_step(as_bob, alice)
    assert len(heard.closed) == 1
    assert [one.get("/chats").status_code for one in (as_bob, before)] == [303, 303]


def test_a_new_password_ends_what_began_with_the_old_one(as_alice, visitor, alice, secret):
    first_step(visitor, alice)
    form = {"present": PASSWORD, "password": "a long enough one"}
    assert as_alice.post("/settings/account/password", form).status_code == 303
    assert judge(visitor, shown(secret)).location == "/login"


def test_a_new_password_by_mail_does_not_skip_the_second_step(visitor, alice, secret, deliver):
    visitor.post("/forgotten", {"identity": "alice"})
    (message,) = deliver()
    answer = visitor.post("/reset", {"token": token_in(message), "password": "a long enough one"})
    assert answer.location == "/login?told=reset"
    assert visitor.get("/chats").status_code == 303
    renewed = alice._replace(password="a long enough one")
    first_step(visitor, renewed)
    assert visitor.get("/chats").status_code == 303
    assert judge(visitor, shown(secret)).status_code == 303


def test_a_lost_key_leaves_the_recovery_codes(app, visitor, alice, secret, stored):
    stored(lambda session: session.execute(update(Authenticator).values(secret=b"sealed by nobody")))
    code = spare_code(app, alice.id)
    first_step(visitor, alice)
    assert judge(visitor, shown(secret)).status_code == 422
    assert judge(visitor, code).status_code == 303
