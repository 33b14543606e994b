"""No request changes anything without the token of its own session, and no GET changes anything at all."""

from functools import partial

import pytest
from sqlalchemy import select, update

from chatweb.domain import sign_ins, tickets
from chatweb.models import Base, Member, Message, SignIn, User, utc_now
from chatweb.models.base import EPOCH
from tests.authenticator import Passkey, begin_passkey, begin_sign_in, give_passkey
from tests.people import PASSWORD
from tests.second_step import SECOND_STEP, begin_app, first_step, set_up, shown
from tests.web.route_table import ROUTES
from tests.web.talking import new_key

UNSAFE = [(rule, method) for rule, route in ROUTES.items() for method in route.methods if method != "GET"]
MESSAGE = "/chats/<topic>/messages/<id:message_id>"
SIGN_IN = "/settings/account/sign-ins/<id:session_id>/end"
REMOVE = f"{SECOND_STEP}/passkeys/<id:passkey_id>/remove"
OPENING = {"kind": "report", "reason": "to see what it does"}
DONE = (200, 204, 303)
TELLS = {"/settings/data/export"}  # it changes nothing, and tells only who knows the password


def form_for(rule, message_id):
    """What makes the request change something, if only its token is right."""
    return {
        "/login": {"identity": "alice", "password": PASSWORD},
        "/login/code": {},
        "/login/passkey": {},
        "/login/passkey/begin": {"alone": ""},
        "/logout": {},
        "/register": {"username": "dave", "email": "dave@example.org", "password": "a long enough one"},
        "/chats": {"username": "carol"},
        "/chats/<topic>/messages": {"body": "hello", "key": new_key()},
        "/chats/<topic>/arrange": {"act": "pin"},
        "/chats/<topic>/draft": {"body": "not yet"},
        "/chats/<topic>/block": {},
        "/chats/<topic>/unblock": {},
        "/chats/<topic>/accept": {},
        "/chats/<topic>/clear": {},
        "/chats/<topic>/report": {"key": new_key(), "kind": "spam", "message": str(message_id)},
        "/chats/<topic>/read": {"id": str(message_id)},
        "/chats/<topic>/unread": {"id": str(message_id)},
        "/settings": {"shows_reading": "1"},
        "/settings/profile/picture": {"remove": "1"},
        "/settings/profile": {"display_name": "Alice Adams"},
        "/settings/data/export": {"present": PASSWORD, "format": "json"},
        "/settings/data/pause": {"present": PASSWORD},
        "/settings/data/delete": {"present": PASSWORD},
        "/settings/account/password": {"present": PASSWORD, "password": "a long enough one"},
        "/settings/account/email": {"present": PASSWORD, "email": "new@example.org"},
        "/forgotten": {"identity": "alice"},
        "/reset": {"password": "a long enough one"},
        "/confirm": {},
        f"{SECOND_STEP}/app": {},
        f"{SECOND_STEP}/app/code": {},
        f"{SECOND_STEP}/app/off": {},
        f"{SECOND_STEP}/codes": {},
        f"{SECOND_STEP}/passkey": {},
        f"{SECOND_STEP}/passkey/new": {"display_name": "Phone"},
        REMOVE: {},
        "/settings/account/sign-ins/end": {},
        SIGN_IN: {},
        "/admin/chats/<id:chat_id>/open": OPENING,
        "/admin/chats/<id:chat_id>/close": {},
        "/admin/chats/<id:chat_id>/export": {},
        "/admin/people/<id:person_id>/export": OPENING,
        "/admin/audit/export": {"format": "csv"},
        "/admin/holds/chats/<id:chat_id>": OPENING,
        "/admin/reports/<id:report_id>/open": {"password": PASSWORD},
        "/admin/reports/<id:report_id>/decide": {"decision": "removed"} | OPENING,
        "/admin/search": OPENING | {"words": "read me"},
        "/admin/people/<id:person_id>/<act>": OPENING,
        MESSAGE: {"body": "better words"},
        f"{MESSAGE}/restore": {},
    }[rule]


@pytest.fixture
def everything(db_session):
    """`everything()` is all that the database holds."""

    def dump():
        db_session.rollback()
        return {
            table.name: sorted(map(repr, db_session.execute(select(table))))
            for table in Base.metadata.sorted_tables
        }

    return dump


def sign_in_elsewhere(user_id, session):
    token = sign_ins.start(session, user_id, remember=False, address="", agent="")
    return sign_ins.signed_in(session, token).session_id


@pytest.fixture
def half_way(visitor, bob):
    """Bob's browser, where the second step is missing once he has one."""
    return visitor


@pytest.fixture
def who(as_alice, as_dana, half_way):
    """`who(rule)` is somebody who may do it."""

    def find(rule):
        if rule.startswith("/login/"):
            return half_way
        return as_dana if rule.startswith("/admin") else as_alice

    return find


@pytest.fixture
def second_step(app, alice, bob):
    """`second_step(rule, visitor)` brings it about that there is something to do; what to type."""

    def prepare(rule, visitor):
        if rule == "/login/code":
            code = shown(set_up(app, bob))
            first_step(visitor, bob)
            return {"code": code}
        if rule == "/login/passkey":
            passkey = give_passkey(app, bob)[1]
            return {"credential": passkey.signed(begin_sign_in(visitor, alone=""))}
        if rule.endswith("/passkey/new"):
            return {"credential": Passkey().made(begin_passkey(visitor))}
        if rule.endswith("/app/code"):
            return {"code": shown(begin_app(visitor))}
        if rule.startswith(f"{SECOND_STEP}/") and rule.endswith(("/off", "/codes")):
            set_up(app, alice)
        return {}

    return prepare


@pytest.fixture
def request_for(app, talk, alice, bob, carol, stored, who, second_step, reported):
    (said,), (own,) = talk.says(bob, "read me"), talk.says(alice, "change me")
    elsewhere = stored(partial(sign_in_elsewhere, alice.id))

    # What has to stand before there is anything to change.
    before = {
        "/chats/<topic>/unread": update(Member).values(read_id=own.id),
        "/chats/<topic>/unblock": update(Member).values(blocked=True),
        "/chats/<topic>/accept": update(Member).values(waits=True),
        f"{MESSAGE}/restore": update(Message).where(Message.id == own.id).values(deleted_at=utc_now()),
        "/settings/profile/picture": update(User).values(avatar="any"),
        # Else there is nothing to confirm, and the way is free.
        "/admin/reports/<id:report_id>/open": update(SignIn).values(confirmed_at=EPOCH),
    }

    def make(rule):
        if rule in before:
            stored(lambda session: session.execute(before[rule]))
        if rule.endswith(("/close", "<id:chat_id>/export")):
            who(rule).post("/admin/chats/1/open", OPENING)
        id_ = elsewhere if rule == SIGN_IN else own.id
        if rule == REMOVE:
            id_, _ = give_passkey(app, alice)
        path = ROUTES[rule].path.replace("T", talk.topic).replace("999999999", str(id_))
        form = form_for(rule, said.id) | second_step(rule, who(rule))
        if kind := {"/reset": tickets.RESET, "/confirm": tickets.CONFIRM}.get(rule):
            form["token"] = stored(partial(tickets.make, kind=kind, user_id=alice.id, email="a@example.org"))
        return path, form

    return make


@pytest.mark.parametrize(("rule", "method"), UNSAFE)
def test_the_request_does_something_with_its_token(who, request_for, everything, rule, method):
    path, form = request_for(rule)
    before = everything()
    assert who(rule)._send(method, path, data=form).status_code in DONE
    assert (everything() == before) is (rule in TELLS)


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
def test_nothing_happens_without_a_token(who, request_for, everything, htmx):
    for rule, method in UNSAFE:
        path, form = request_for(rule)
        before = everything()
        answer = who(rule)._send(method, path, data=form, csrf=False, htmx=htmx)
        # Who is only half signed in and sends no page is signed out to the page that asks.
        status, words = (401, "signed out") if htmx and rule.startswith("/login/") else (400, "out of date")
        assert (answer.status_code, everything()) == (status, before), (method, rule)
        assert words in answer.text


def test_nothing_happens_with_the_token_of_another_one(who, as_bob, request_for, everything):
    for rule, method in UNSAFE:
        path, form = request_for(rule)
        before = everything()
        for stolen in (
            {"headers": {"X-CSRFToken": as_bob.csrf}},
            {"data": form | {"csrf_token": as_bob.csrf}},
        ):
            answer = who(rule)._send(method, path, **{"data": form, "csrf": False, **stolen})
            assert (answer.status_code, everything()) == (400, before), (method, rule)


def test_nothing_happens_with_the_token_in_the_wrong_place(who, request_for, everything):
    for rule, method in UNSAFE:
        path, form = request_for(rule)
        token = who(rule).csrf
        before = everything()
        who(rule).client.set_cookie("csrf_token", token)
        for misplaced in (
            {"data": form, "query_string": {"csrf_token": token}},
            {"data": form, "headers": {"X-Requested-With": "XMLHttpRequest", "Authorization": token}},
            {"json": form | {"csrf_token": token}},
        ):
            answer = who(rule).client.open(path, method=method, **misplaced)
            assert (answer.status_code, everything()) == (400, before), (method, rule)


def test_a_form_may_carry_its_token_in_a_hidden_field(as_alice, request_for, everything):
    path, form = request_for("/chats/<topic>/messages")
    answer = as_alice.post(path, form | {"csrf_token": as_alice.csrf}, csrf=False)
    assert answer.status_code == 303


def test_the_token_from_before_signing_in_is_worth_nothing_after(visitor, alice, talk):
    stale = visitor.csrf
    visitor.sign_in(alice)
    answer = visitor.post(talk.messages_url, {"body": "x", "csrf_token": stale, "key": new_key()}, csrf=False)
    assert answer.status_code == 400


def test_a_stale_token_keeps_the_text_in_the_page(as_alice, talk):
    form = {"body": "typed with <care>", "csrf_token": "stale", "key": new_key()}
    answer = as_alice.post(talk.messages_url, form, csrf=False)
    assert answer.status_code == 400
    assert "typed with &lt;care&gt;" in answer.text


def test_no_get_changes_anything(as_alice, talk, request_for, everything):
    before = everything()
    for route in ROUTES.values():
        if "GET" in route.methods:
            as_alice.get(route.path.replace("T", talk.topic)).close()
    assert everything() == before


def test_no_get_of_an_administrator_changes_anything_but_the_audit_log(
    as_dana, talk, request_for, everything
):
    as_dana.post("/admin/chats/1/open", OPENING)
    before = everything()
    for route in ROUTES.values():
        if "GET" in route.methods:
            as_dana.get(route.path.replace("T", talk.topic)).close()
    after = everything()
    # A page of a conversation, and a report.
    assert len(after.pop("audit_entries")) == len(before.pop("audit_entries")) + 2
    assert after == before


def test_no_get_does_what_only_a_post_may(who, request_for, everything):
    for rule, _method in UNSAFE:
        path, form = request_for(rule)
        before = everything()
        for query in (form, form | {"_method": "POST"}):
            who(rule).get(path, query_string=query, headers={"X-HTTP-Method-Override": "POST"})
        assert everything() == before


def test_a_token_is_not_learnt_from_an_address_that_does_not_exist(as_alice, talk, everything):
    before = everything()
    form = {"body": "hello", "key": new_key(), "csrf_token": "made up"}
    for path in ("/nowhere", talk.messages_url, talk.messages_url):
        assert as_alice.post(path, form, csrf=False).status_code in (400, 404)
    assert everything() == before


def test_a_good_token_is_not_good_with_another_cookie(as_alice, as_bob, talk, everything):
    form = lambda: {"body": "hello", "key": new_key(), "csrf_token": as_alice.csrf}  # noqa: E731
    assert as_alice.post(talk.messages_url, form(), csrf=False).status_code == 303
    before = everything()
    assert as_bob.post(talk.messages_url, form(), csrf=False).status_code == 400
    assert everything() == before
