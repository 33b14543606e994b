"""An e-mail address counts when its owner has opened the link that was mailed there."""

import dataclasses

import pytest
from sqlalchemy import update

from chatweb.models import Mail, Ticket, User
from tests.people import PASSWORD, Visitor
from tests.web.links import link_in, token_in
from tests.web.reading import by_class, hidden, problems, typed

PATH = "/settings/account/email"
DAVE = {"username": "Dave", "email": "Dave@Example.org", "password": "a long enough one"}


def propose(visitor, email="New@Example.org", present=PASSWORD):
    return visitor.post(PATH, {"email": email, "present": present})


def confirm(visitor, message):
    return visitor.post("/confirm", {"token": token_in(message)})


def told(messages):
    return [(message["To"], message["Subject"]) for message in messages]


def shown(visitor):
    return " ".join(
        " ".join(one.text for one in by_class(visitor.get("/settings/account").text, "setting")).split()
    )


@pytest.mark.both_engines
def test_another_address_counts_once_the_link_there_is_opened(app, as_alice, alice, deliver):
    answer = propose(as_alice)
    assert (answer.status_code, answer.location) == (303, "/settings/account?done=email-sent")
    assert "alice@example.org Open the link in the mail to new@example.org." in shown(as_alice)
    assert Visitor(app).sign_in(alice, identity="new@example.org").status_code == 422
    messages = deliver()
    assert told(messages) == [("new@example.org", "Is this your address?")]
    page = as_alice.get(link_in(messages[0]))
    assert page.status_code == 200
    assert "“alice” gives new@example.org" in by_class(page.text, "gate-card__text")[0].text
    assert "Open the link" in shown(as_alice), "looking changes nothing"
    answer = as_alice.post("/confirm", {"token": hidden(page.text, "token")})
    assert (answer.status_code, answer.location) == (303, "/settings/account?done=email")
    assert "new@example.org" in shown(as_alice)
    assert "Open the link" not in shown(as_alice)
    assert told(deliver()) == [("alice@example.org", "Your e-mail address was changed")]
    assert Visitor(app).sign_in(alice, identity="new@example.org").status_code == 303
    assert Visitor(app).sign_in(alice, identity="alice@example.org").status_code == 422
    assert confirm(as_alice, messages[0]).status_code == 404, "it works once"


def test_a_link_opened_elsewhere_leads_to_the_sign_in(visitor, as_alice, as_bob, deliver):
    for somebody in (visitor, as_bob):
        propose(as_alice)
        answer = confirm(somebody, deliver()[-1])
        assert (answer.status_code, answer.location) == (303, "/login?told=confirmed")
    assert "is confirmed" in by_class(visitor.get("/login?told=confirmed").text, "gate-card__text")[0].text


@pytest.mark.parametrize(
    ("email", "present", "problem"),
    [
        ("new@example.org", "wrong", "This is not your password."),
        ("new@example.org", "", "This is not your password."),
        ("nowhere", PASSWORD, "That does not look like an e-mail address."),
        ("new@example.org\r\nBcc: all@example.org", PASSWORD, "That does not look like an e-mail address."),
        ("", PASSWORD, "That does not look like an e-mail address."),
    ],
)
def test_what_is_wrong_is_told_at_its_field(as_alice, count, email, present, problem):
    answer = propose(as_alice, email, present)
    assert (answer.status_code, problems(answer.text)) == (422, [problem])
    assert typed(answer.text, "present") == ""
    assert count(Mail) == 0


def test_nobody_learns_that_an_address_is_known(as_alice, bob, statements, deliver):
    assert as_alice.csrf
    seen, costs = [], []
    for email in ("bob@example.org", "new@example.org"):
        statements.clear()
        answer = propose(as_alice, email)
        costs.append([statement.text for statement in statements])
        seen.append((answer.status_code, answer.data, list(answer.headers.keys()), answer.location))
        assert f"Open the link in the mail to {email}." in shown(as_alice)
    assert seen[0] == seen[1]
    assert costs[0] == costs[1]


def test_the_owner_of_a_known_address_is_told_instead(as_alice, bob, deliver, count):
    propose(as_alice, "bob@example.org")
    (message,) = deliver()
    assert (message["To"], message["Subject"]) == ("bob@example.org", "You have an account already")
    assert "token" not in message.get_content()
    assert count(Ticket) == 0


@pytest.mark.both_engines
def test_of_two_who_give_one_address_the_first_to_confirm_has_it(as_alice, as_bob, deliver, db_session):
    propose(as_alice)
    propose(as_bob)
    hers, his = deliver()
    assert confirm(as_bob, his).status_code == 303
    assert confirm(as_alice, hers).status_code == 404
    assert dict(db_session.query(User.username, User.email).all()) == {
        "alice": "alice@example.org",
        "bob": "new@example.org",
    }


def test_a_new_password_ends_what_somebody_began_with_the_old_one(as_alice, deliver):
    propose(as_alice)
    (sent,) = deliver()
    propose(as_alice, "evil@example.org")
    as_alice.post("/settings/account/password", {"present": PASSWORD, "password": "a long enough one"})
    assert confirm(as_alice, sent).status_code == 404
    assert told(deliver()) == [("alice@example.org", "Your password was changed")], "nothing to evil@"
    assert "Open the link" not in shown(as_alice)


def test_a_new_address_ends_what_was_mailed_to_the_old_one(as_alice, visitor, deliver):
    visitor.post("/forgotten", {"identity": "alice"})
    (to_old,) = deliver()
    propose(as_alice)
    confirm(as_alice, deliver()[0])
    form = {"token": token_in(to_old), "password": "a long enough one"}
    assert visitor.post("/reset", form).status_code == 404


def test_an_address_is_shown_as_text(as_alice, stored):
    stored(lambda session: session.execute(update(User).values(pending_email="<b>@example.org")))
    assert "<b>@" not in as_alice.get("/settings/account").text


class TestRegisteringWhereMailCanBeSent:
    @pytest.fixture
    def settings(self, settings):
        return dataclasses.replace(settings, public_url="http://localhost", mail_url="smtp://127.0.0.1:9")

    def test_the_account_can_be_used_and_its_address_once_it_is_confirmed(self, app, visitor, deliver):
        assert visitor.post("/register", DAVE).status_code == 303
        visitor._csrf = None
        assert "dave@example.org Not confirmed Open the link" in shown(visitor)
        by_address = {"identity": "dave@example.org", "password": DAVE["password"]}
        assert Visitor(app).post("/login", by_address).status_code == 422
        assert Visitor(app).post("/login", by_address | {"identity": "dave"}).status_code == 303
        (message,) = deliver()
        assert (message["To"], message["Subject"]) == ("dave@example.org", "Is this your address?")
        link = link_in(message, "http://localhost")
        assert visitor.post("/confirm", {"token": link.partition("=")[2]}).status_code == 303
        assert "Not confirmed" not in shown(visitor)
        assert Visitor(app).post("/login", by_address).status_code == 303
        assert not deliver(), "there was no address before"

    def test_nobody_learns_that_an_address_is_known(self, app, alice, statements, deliver):
        seen, costs = [], []
        for number, email in enumerate((alice.email, "dave@example.org")):
            visitor = Visitor(app)
            assert visitor.csrf
            statements.clear()
            answer = visitor.post("/register", DAVE | {"username": f"dave{number}", "email": email})
            costs.append([statement.text for statement in statements])
            seen.append((answer.status_code, answer.data, list(answer.headers.keys()), answer.location))
            assert f"{email} Not confirmed" in shown(visitor)
        assert seen[0] == seen[1]
        assert costs[0] == costs[1]
        assert told(deliver()) == [
            ("alice@example.org", "You have an account already"),
            ("dave@example.org", "Is this your address?"),
        ]

    def test_an_account_without_an_address_yet_gets_no_link_there(self, visitor, deliver):
        visitor.post("/register", DAVE)
        visitor._csrf = None
        deliver()
        for identity in ("dave", "dave@example.org"):
            visitor.post("/forgotten", {"identity": identity})
        assert not deliver()

    def test_a_new_password_leaves_an_address_that_waits_and_tells_nobody(self, visitor, deliver):
        visitor.post("/register", DAVE)
        visitor._csrf = None
        (sent,) = deliver()
        form = {"present": DAVE["password"], "password": "another long one"}
        assert visitor.post("/settings/account/password", form).status_code == 303
        assert not deliver(), "the address may be anybody's"
        assert "dave@example.org Not confirmed" in shown(visitor)
        token = link_in(sent, "http://localhost").partition("=")[2]
        assert visitor.post("/confirm", {"token": token}).status_code == 404, "it was mailed before"
        form = {"email": DAVE["email"], "present": "another long one"}
        assert visitor.post(PATH, form).status_code == 303
        token = link_in(deliver()[0], "http://localhost").partition("=")[2]
        assert visitor.post("/confirm", {"token": token}).status_code == 303
