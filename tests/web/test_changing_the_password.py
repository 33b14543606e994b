"""A new password in the place of the present one."""

import pytest

from chatweb.announce import session_topic
from chatweb.models import SignIn, User
from tests.people import PASSWORD, Visitor
from tests.web.reading import by_class, elements, problems
from tests.web.talking import at_once, same_browser

NEW = "a long enough one"
PATH = "/settings/account/password"


def change(visitor, present=PASSWORD, password=NEW):
    return visitor.post(PATH, {"present": present, "password": password})


def test_the_new_password_is_good_and_the_old_one_is_not(app, as_alice, alice):
    answer = change(as_alice)
    assert (answer.status_code, answer.location) == (303, "/settings/account?done=password")
    assert "was changed" in by_class(as_alice.get(answer.location).text, "section__status")[0].text
    assert Visitor(app).sign_in(alice).status_code == 422
    assert Visitor(app).sign_in(alice, password=NEW).status_code == 303


@pytest.mark.parametrize("present", ["", "wrong", PASSWORD + " ", PASSWORD.upper(), "\x00", NEW])
def test_nothing_changes_without_the_present_one(app, as_alice, alice, present):
    answer = change(as_alice, present)
    assert (answer.status_code, problems(answer.text)) == (422, ["This is not your password."])
    assert Visitor(app).sign_in(alice).status_code == 303


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", "At least 8 characters, please."),
        ("7 chars", "At least 8 characters, please."),
        ("x" * 257, "At most 256 characters, please."),
        ("ALICE@example.org", "Your own name or address is too easy to guess."),
        ("Password", "Too many people use this password. Please choose another."),
        ("8 chars\x00", "This text contains characters that cannot be kept."),
    ],
)
def test_what_cannot_be_a_password_is_told_at_its_field(app, as_alice, alice, password, problem):
    answer = change(as_alice, password=password)
    assert (answer.status_code, problems(answer.text)) == (422, [problem])
    assert Visitor(app).sign_in(alice).status_code == 303


def test_no_password_stands_in_any_answer(as_alice):
    page = change(as_alice, "wrong but mine", "7 chars").text
    assert "wrong but mine" not in page
    assert "7 chars" not in page
    fields = [one.attributes for one in elements(page) if one.attributes.get("type") == "password"]
    assert [field["autocomplete"] for field in fields] == ["current-password", "new-password"]


@pytest.mark.both_engines
def test_every_other_browser_is_signed_out_and_its_sockets_end(
    sign_in, alice, as_alice, as_bob, heard, db_session
):
    others = [sign_in(alice), sign_in(alice)]
    ids = [id_ for (id_,) in db_session.query(SignIn.id).filter_by(user_id=alice.id).order_by(SignIn.id)]
    change(as_alice)
    assert as_alice.get("/chats").status_code == 200
    assert [other.get("/chats").status_code for other in others] == [303, 303]
    assert as_bob.get("/chats").status_code == 200
    assert sorted(heard.closed) == sorted((session_topic(id_), 4401) for id_ in ids[1:])


def test_this_browser_gets_a_new_token_and_keeps_its_open_pages(app, as_alice, heard):
    thief = same_browser(app, as_alice)
    csrf = as_alice.csrf
    change(as_alice)
    assert thief.get("/chats").status_code == 303, "the cookie from before"
    assert as_alice.post("/settings", {"csrf_token": csrf}, csrf=False).status_code == 303
    assert not heard.closed


def test_how_long_this_browser_stays_signed_in_does_not_change(visitor, alice, db_session):
    visitor.sign_in(alice, remember="1")
    (until,) = db_session.query(SignIn.expires_at).one()
    assert "Expires" in change(visitor).headers["Set-Cookie"]
    db_session.rollback()
    assert db_session.query(SignIn.expires_at).one() == (until,)


@pytest.mark.both_engines
def test_of_two_at_once_one_changes_it(app, sign_in, alice):
    browsers = [sign_in(alice), sign_in(alice)]
    assert all(browser.csrf for browser in browsers)
    calls = [
        lambda browser=browser, number=number: change(browser, password=f"a long enough one {number}")
        for number, browser in enumerate(browsers)
    ]
    answers = at_once(calls)
    changed = [number for number, answer in enumerate(answers) if answer.location != "/login"]
    good = [
        number
        for number in range(2)
        if Visitor(app).sign_in(alice, password=f"a long enough one {number}").status_code == 303
    ]
    assert len(good) == 1
    assert good[0] in changed
    assert answers[good[0]].status_code == 303
    assert answers[1 - good[0]].status_code in (401, 422)


def test_only_a_hash_is_kept(as_alice, alice, db_session):
    change(as_alice)
    assert db_session.get(User, alice.id).password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
