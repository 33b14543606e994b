"""Who finds the administration, and what everybody else is told."""

import pytest
from sqlalchemy import update

from chatweb.models import User
from tests.web.route_table import ADMIN, ROUTES

ROLES = ("moderator", "auditor", "admin")
RULES = [rule for rule in ROUTES if rule.startswith("/admin")]


@pytest.fixture
def staff(as_frank, as_erin, as_dana):
    return dict(zip(ROLES, (as_frank, as_erin, as_dana), strict=True))


def test_every_route_of_the_administration_stands_in_the_table():
    assert {(method, rule) for rule in RULES for method in ROUTES[rule].methods} == set(ADMIN)


@pytest.mark.parametrize(("method", "rule"), ADMIN)
def test_every_role_gets_what_the_table_says(staff, chat, method, rule):
    got = tuple(visitor._send(method, ROUTES[rule].path).status_code for visitor in staff.values())
    assert got == ADMIN[method, rule]


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize(("method", "rule"), ADMIN)
def test_who_has_no_business_there_cannot_tell_it_from_nothing(as_alice, as_frank, chat, method, rule, htmx):
    for visitor in (as_alice, as_frank):
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


def test_a_role_taken_away_counts_at_once(as_dana, stored):
    assert as_dana.get("/admin/chats").status_code == 200
    stored(lambda session: session.execute(update(User).values(role="user")))
    assert as_dana.get("/admin/chats").status_code == 404


def test_only_who_finds_something_there_sees_the_way(as_dana, as_alice, as_frank):
    assert 'href="/admin"' in as_dana.get("/chats").text
    for visitor in (as_alice, as_frank):
        assert "admin" not in visitor.get("/chats").text


def test_an_administrator_is_a_stranger_to_every_chat(as_dana, talk):
    for path in (talk.url, talk.messages_url, f"{talk.messages_url}?after=0"):
        assert as_dana.get(path).status_code == 404
    assert as_dana.post(talk.messages_url, {"body": "hello"}).status_code == 404
