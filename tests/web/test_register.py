"""Making an account."""

import dataclasses

import pytest
from sqlalchemy import select

from chatweb.models import SignIn, User
from tests.people import Visitor
from tests.web.reading import by_class, hidden, problems, typed
from tests.web.talking import at_once

DAVE = {"username": "Dave", "email": "Dave@Example.org", "password": "a long enough one"}


def register(visitor, **changes):
    return visitor.post("/register", DAVE | changes)


def test_it_makes_an_account_and_signs_in(visitor, db_session):
    answer = register(visitor)
    assert (answer.status_code, answer.location) == (303, "/chats")
    assert "Dave" in visitor.get("/chats").text
    user = db_session.query(User).one()
    assert (user.username, user.username_key, user.email) == ("Dave", "dave", "dave@example.org")
    assert (user.display_name, user.role, user.is_active) == ("Dave", "user", True)
    assert user.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_page_is_shown_and_leads_on_when_signed_in(visitor, as_alice):
    page = visitor.get("/register")
    assert page.status_code == 200
    assert (typed(page.text, "username"), typed(page.text, "email"), typed(page.text, "password")) == (
        "",
        "",
        "",
    )
    assert as_alice.get("/register").location == "/chats"


def test_spaces_around_name_and_address_do_not_count(visitor, db_session):
    register(visitor, username="  Dave ", email=" dave@example.org\t")
    user = db_session.query(User).one()
    assert (user.username, user.email) == ("Dave", "dave@example.org")


@pytest.mark.parametrize("username", ["alice", "ALICE", "Ａlice", "ａｌｉｃｅ", " aLiCe "])
def test_a_taken_name_is_refused_in_any_spelling(visitor, alice, count, username):
    answer = register(visitor, username=username)
    assert answer.status_code == 422
    assert problems(answer.text) == ["This name is taken."]
    assert count(User) == 1


def test_nobody_learns_that_an_address_is_known(app, alice, statements, db_session):
    """Neither by words nor by status, headers, length, or what the database had to do."""
    pages, costs = [], []
    for email in ("ALICE@example.ORG", "dave1@example.org"):
        visitor = Visitor(app)
        assert visitor.csrf
        statements.clear()
        answer = register(visitor, username=f"dave{len(pages)}", email=email)
        costs.append([statement.text for statement in statements])
        page = visitor.get("/settings/account")
        pages.append((answer.status_code, answer.location, list(answer.headers.keys()), len(answer.data)))
        assert "".join(one.text for one in by_class(page.text, "setting__detail")).count("@") == 1
        assert email.lower() in page.text
        assert "Not confirmed" not in page.text
    assert pages[0] == pages[1]
    assert costs[0] == costs[1]
    emails = dict(db_session.query(User.username, User.email).all())
    assert emails == {"alice": "alice@example.org", "dave0": None, "dave1": "dave1@example.org"}


def test_an_address_that_is_known_stays_good_for_its_owner_alone(app, visitor, alice):
    register(visitor, email=alice.email)
    assert Visitor(app).sign_in(alice, identity=alice.email).status_code == 303
    form = {"identity": alice.email, "password": DAVE["password"]}
    assert Visitor(app).post("/login", form).status_code == 422
    assert Visitor(app).post("/login", form | {"identity": "Dave"}).status_code == 303


def test_what_was_typed_stays_except_the_password(visitor, alice):
    page = register(visitor, username='a"<b>', email="'<i>@nowhere").text
    assert (typed(page, "username"), typed(page, "email"), typed(page, "password")) == (
        'a"<b>',
        "'<i>@nowhere",
        "",
    )
    assert DAVE["password"] not in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "d"),
        ("username", "d" * 33),
        ("username", "two words"),
        ("username", "dave\x00"),
        ("username", "-dave"),
        ("username", "dave@home"),
        ("email", ""),
        ("email", "dave"),
        ("email", "dave@"),
        ("email", "da ve@example.org"),
        ("email", "dave\r\nBcc: all@example.org"),
        ("email", f"{'d' * 250}@example.org"),
        ("password", ""),
        ("password", "7 chars"),
        ("password", "x" * 257),
        ("password", "dave\x00 and more"),
    ],
)
def test_what_cannot_be_an_account_is_told_at_its_field(visitor, count, field, value):
    answer = register(visitor, **{field: value})
    assert answer.status_code == 422
    assert len(problems(answer.text)) == 1
    assert count(User) == 0


@pytest.mark.parametrize(
    "password",
    ["8 chars!", "fourteen chars", "x" * 64, "x" * 256, "🔑🔑🔑🔑🔑🔑🔑🔑", "  spaces around  ", "ﬁﬁﬁﬁﬁﬁﬁﬁ"],
)
def test_a_password_is_taken_whole_as_it_is(app, visitor, password):
    assert register(visitor, password=password).status_code == 303
    for typed_in, status in [(password, 303), (password.strip() + "!", 422), (password[:-1], 422)]:
        form = {"identity": "dave", "password": typed_in}
        assert Visitor(app).post("/login", form).status_code == status


@pytest.mark.parametrize("password", ["a.rather.long.name", "A.Rather.Long.Name", "dave@example.org"])
def test_the_own_name_or_address_is_no_password(visitor, password):
    answer = register(visitor, username="a.rather.long.name", password=password)
    assert answer.status_code == 422
    assert problems(answer.text) == ["Your own name or address is too easy to guess."]


def test_nobody_makes_themselves_an_administrator(visitor, db_session):
    register(visitor, role="admin", is_active="0", id="99", display_name="Root", password_hash="x")
    user = db_session.query(User).one()
    assert (user.id, user.role, user.is_active, user.display_name) == (1, "user", True, "Dave")


@pytest.mark.both_engines
def test_of_four_at_once_one_gets_the_name(app, count):
    visitors = [Visitor(app) for _ in range(4)]
    assert all(visitor.csrf for visitor in visitors)
    calls = [
        lambda visitor=visitor, number=number: register(visitor, email=f"dave{number}@example.org")
        for number, visitor in enumerate(visitors)
    ]
    answers = at_once(calls)
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422]
    told = [problems(answer.text) for answer in answers if answer.status_code == 422]
    assert told == [["This name is taken."]] * 3
    assert (count(User), count(SignIn)) == (1, 1)


@pytest.mark.both_engines
def test_of_four_at_once_one_gets_the_address(app, count, db_session):
    visitors = [Visitor(app) for _ in range(4)]
    assert all(visitor.csrf for visitor in visitors)
    calls = [
        lambda visitor=visitor, number=number: register(visitor, username=f"dave{number}")
        for number, visitor in enumerate(visitors)
    ]
    assert [answer.status_code for answer in at_once(calls)] == [303] * 4
    assert count(User) == 4
    assert sorted(map(str, db_session.scalars(select(User.email)))) == ["None"] * 3 + ["dave@example.org"]


class TestClosed:
    @pytest.fixture
    def settings(self, settings):
        return dataclasses.replace(settings, registration="closed")

    def test_nobody_gets_an_account(self, visitor, count):
        for answer in (visitor.get("/register"), register(visitor)):
            assert answer.status_code == 403
            assert problems(answer.text) == ["New accounts are made by the administrator of this server."]
        assert count(User) == 0

    def test_the_sign_in_page_does_not_offer_it(self, visitor):
        assert "/register" not in visitor.get("/login").text

    def test_whoever_has_an_account_signs_in(self, as_alice):
        assert as_alice.get("/chats").status_code == 200


def test_the_sign_in_page_offers_it(visitor):
    assert 'href="/register"' in visitor.get("/login").text
    assert hidden(visitor.get("/register").text, "csrf_token")
