"""Who finds the administration, and what everybody else is told."""

import pytest
from sqlalchemy import delete, update

from chatweb.domain.roles import areas
from chatweb.models import Authenticator, User
from tests.second_step import SECOND_STEP, begin_app, shown
from tests.web.route_table import ADMIN, ROUTES

ROLES = ("moderator", "auditor", "admin")
RULES = [rule for rule in ROUTES if rule.startswith("/admin")]


@pytest.fixture
def staff(as_frank, as_erin, as_dana):
    return dict(zip(ROLES, (as_frank, as_erin, as_dana), strict=True))


def test_every_route_of_the_administration_stands_in_the_table():
    assert {(method, rule) for rule in RULES for method in ROUTES[rule].methods} == set(ADMIN)


@pytest.mark.parametrize(("method", "rule"), ADMIN)
def test_every_role_gets_what_the_table_says(staff, reported, method, rule):
    got = tuple(visitor._send(method, ROUTES[rule].path).status_code for visitor in staff.values())
    assert got == ADMIN[method, rule]


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize(("method", "rule"), ADMIN)
def test_who_has_no_business_there_cannot_tell_it_from_nothing(as_alice, staff, reported, method, rule, htmx):
    area = rule.removeprefix("/admin").partition("/")[2].partition("/")[0]
    outsiders = [staff[role] for role in ROLES if area and area not in areas(role)]
    for visitor in (as_alice, *outsiders):
        nothing, something = (
            visitor._send(method, path, htmx=htmx) for path in ("/no/such/page", ROUTES[rule].path)
        )
        assert (something.status_code, something.data) == (nothing.status_code, nothing.data)
        assert something.headers == nothing.headers


@pytest.mark.parametrize("rule", RULES)
def test_the_signed_out_are_led_to_the_sign_in_and_back(visitor, rule):
    if "GET" in ROUTES[rule].methods:
        path = ROUTES[rule].path
        answer = visitor.get(path)
        assert (answer.status_code, answer.location) == (303, f"/login?next={path}")


@pytest.mark.parametrize(("method", "rule"), [one for one in ADMIN if one[1] != "/admin"])
def test_a_password_alone_opens_nothing(as_dana, chat, stored, statements, method, rule):
    stored(lambda session: session.execute(delete(Authenticator)))
    assert as_dana.csrf
    statements.clear()
    answer = as_dana._send(method, ROUTES[rule].path)
    assert (answer.status_code, answer.location) == (303, f"{SECOND_STEP}?needed=")
    assert len(statements) == 2, "who it is, and whether there is a second step"
    assert "The administration opens only to accounts with a second step" in as_dana.get(answer.location).text


def test_the_settings_tell_nobody_else_of_it(as_alice):
    assert "administration" not in as_alice.get(f"{SECOND_STEP}?needed=").text


def test_with_a_second_step_it_opens_in_the_browser_that_set_it_up_and_in_no_other(
    as_dana, sign_in, dana, stored
):
    stored(lambda session: session.execute(delete(Authenticator)))
    other = sign_in(dana)
    secret = begin_app(as_dana)
    assert as_dana.post(f"{SECOND_STEP}/app/code", {"code": shown(secret)}).status_code == 200
    assert as_dana.get("/admin/chats").status_code == 200
    assert other.get("/admin/chats").location == "/login?next=/admin/chats"


def test_a_role_taken_away_counts_at_once(as_dana, stored):
    assert as_dana.get("/admin/chats").status_code == 200
    stored(lambda session: session.execute(update(User).values(role="user")))
    assert as_dana.get("/admin/chats").status_code == 404


def test_only_who_finds_something_there_sees_the_way(staff, as_alice):
    for visitor in staff.values():
        assert 'href="/admin"' in visitor.get("/chats").text
    assert "admin" not in as_alice.get("/chats").text


def test_an_administrator_is_a_stranger_to_every_chat(as_dana, talk):
    for path in (talk.url, talk.messages_url, f"{talk.messages_url}?after=0"):
        assert as_dana.get(path).status_code == 404
    assert as_dana.post(talk.messages_url, {"body": "hello"}).status_code == 404
