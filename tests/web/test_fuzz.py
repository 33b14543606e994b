"""Odd input at every address: never a failure of the server, and on both engines the same answer."""

import pytest

from tests.second_step import first_step, set_up
from tests.web.route_table import HANDSHAKE, ROUTES
from tests.web.talking import new_key

# Numbers out of range, NUL, surrogates, quotes and wildcards: what one database takes and another does not.
DATABASES_DIFFER = [
    "9" * 40,
    "9" * 5_000,
    "2147483648",
    "-9223372036854775809",
    "9223372036854775808-9223372036854775808",
    "\x00",
    "a\x00b",
    "\ufffd\ufeff\u202e",
    "\U0010ffff",
    "e" + "\u0301" * 300,
    "_%\\",
    "' OR '1'='1",
    "\\' UNION SELECT 1 --",
    "$$;",
    ":body",
    "%(body)s",
    "x" * 3_000,
]
DATABASES_DIFFER_RAW = [b"%ED%A0%80", b"\xff\xfe", b"%00"]
ODD = [
    *DATABASES_DIFFER,
    "",
    " ",
    "0",
    "-1",
    "1e309",
    "NaN",
    "null",
    "true",
    "[]",
    "1-99999999999999999999",
    "99999999999999-1",
    "٣",
    "１２",
    "1_0",
    "²",
    "\r\nX-Injected: yes",
    "\x7f\x80\x9f",
    "ß\u0130\u0131ﬃ",
    "%",
    "%%00",
    "%ud800",
    "'",
    '"',
    "'; DROP TABLE users; --",
    "?",
    "{{7*7}}",
    "{0.__class__}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "..\\..\\",
    "//evil.example",
    "javascript:alert(1)",
    "[::1",
    "🎉" * 300,
    "a@b@c",
    "@",
]
RAW = [*DATABASES_DIFFER_RAW, b"%", b"%zz", b"%FF%FE", b"%C0%80", b"a=%E2%82", b"&&==&", b";"]
UNREAD = "x"
"""A name that nothing reads, where an address reads nothing: all that is odd comes at once."""
OPENING = {"kind": "report", "reason": "to see whether it fails"}
CHANGING = {"POST", "PATCH"}
FORM = "application/x-www-form-urlencoded"
FIELDS = {
    "/chats": ("username",),
    "/chats/<topic>/messages": ("body", "key"),
    "/chats/<topic>/arrange": ("act",),
    "/chats/<topic>/draft": ("body",),
    "/chats/<topic>/read": ("id",),
    "/chats/<topic>/unread": ("id",),
    "/chats/<topic>/clear": ("x",),
    "/chats/<topic>/block": ("x",),
    "/chats/<topic>/unblock": ("x",),
    "/chats/<topic>/accept": ("x",),
    "/chats/<topic>/report": ("key", "kind", "words", "message", "block"),
    "/admin/chats/<id:chat_id>/open": ("kind", "reference", "reason", "password"),
    "/admin/chats/<id:chat_id>/close": ("x",),
    "/admin/chats/<id:chat_id>/export": ("from", "to"),
    "/admin/people/<id:person_id>/export": ("kind", "reference", "reason", "password", "from", "to"),
    "/admin/people/<id:person_id>/<act>": ("kind", "reference", "reason", "password", "role"),
    "/admin/holds/chats/<id:chat_id>": ("act", "kind", "reference", "reason", "password"),
    "/admin/reports/<id:report_id>/open": ("password",),
    "/admin/reports/<id:report_id>/decide": ("decision", "reason", "password"),
    "/admin/search": ("words", "person", "kind", "reference", "reason", "password", "from", "to"),
    "/admin/audit/export": ("format", "actor", "person", "action", "from", "to"),
    "/settings": ("shows_reading", "shows_typing", "shows_presence", "asks_first"),
    "/settings/profile": ("display_name", "time_zone"),
    "/settings/profile/picture": ("picture", "remove"),
    "/settings/account/password": ("present", "password"),
    "/settings/data/export": ("present", "format"),
    "/settings/data/pause": ("present",),
    "/settings/data/delete": ("present", "messages"),
    "/forgotten": ("identity",),
    "/reset": ("token", "password"),
    "/confirm": ("token",),
    "/settings/account/email": ("email", "present"),
    "/settings/account/second-step/app": ("password",),
    "/settings/account/second-step/app/code": ("code",),
    "/settings/account/second-step/app/off": ("password",),
    "/settings/account/second-step/codes": ("password",),
    "/settings/account/second-step/passkey": ("password",),
    "/settings/account/second-step/passkey/new": ("credential", "display_name"),
    "/settings/account/second-step/passkeys/<id:passkey_id>/remove": ("password",),
    "/login/passkey": ("credential", "next"),
    "/login/passkey/begin": ("next", "alone", "remember"),
    "/settings/account/sign-ins/end": ("x",),
    "/settings/account/sign-ins/<id:session_id>/end": ("x",),
    "/chats/<topic>/messages/<id:message_id>": ("body",),
    "/chats/<topic>/messages/<id:message_id>/restore": ("x",),
}
QUERIES = {
    "/": ("x",),
    "/login": ("next", "told"),
    "/register": ("next",),
    "/chats": ("archived", "requests", "before", "q"),
    "/people": ("q",),
    "/people/<id:person_id>/avatar/<name>": ("x",),
    "/chats/<topic>": ("before", "around", "newest", "on"),
    "/chats/<topic>/@<id:message_id>": ("x",),
    "/chats/<topic>/report": ("message",),
    "/chats/<topic>/messages/<id:message_id>/versions": ("x",),
    "/chats/<topic>/messages": ("before", "newer", "around", "after"),
    "/ws/topics/<topic>": ("after",),
    "/ws/admin/chats/<id:chat_id>": ("from", "after"),
    "/ws/inbox": ("after",),
    "/settings": ("saved",),
    "/search": ("q", "before"),
    "/chats/<topic>/search": ("q", "before"),
    "/settings/notifications": ("x",),
    "/settings/profile": ("saved",),
    "/settings/account": ("done",),
    "/settings/account/password": ("x",),
    "/settings/account/second-step": ("done",),
    "/settings/account/second-step/app": ("x",),
    "/settings/account/second-step/app/code": ("x",),
    "/settings/account/second-step/app/off": ("x",),
    "/settings/account/second-step/codes": ("x",),
    "/settings/account/second-step/passkey": ("x",),
    "/settings/account/second-step/passkey/new": ("x",),
    "/settings/account/second-step/passkeys/<id:passkey_id>/remove": ("x",),
    "/login/code": ("next", "recovery"),
    "/login/passkey": ("next",),
    "/settings/data": ("x",),
    "/settings/data/pause": ("present",),
    "/settings/data/delete": ("x",),
    "/admin": ("x",),
    "/admin/audit": ("actor", "person", "action", "from", "to", "before"),
    "/admin/operation": ("x",),
    "/admin/holds": ("before",),
    "/admin/holds/chats/<id:chat_id>": ("x",),
    "/admin/reports": ("state", "beyond"),
    "/admin/reports/<id:report_id>": ("x",),
    "/admin/reports/<id:report_id>/open": ("x",),
    "/admin/people": ("q", "after"),
    "/admin/people/<id:person_id>": ("x",),
    "/admin/people/<id:person_id>/<act>": ("x",),
    "/admin/chats": ("person", "other", "from", "to", "before"),
    "/settings/account/email": ("x",),
    "/forgotten": ("sent",),
    "/reset": ("token",),
    "/confirm": ("token",),
    "/admin/chats/<id:chat_id>": ("before", "after"),
    "/admin/chats/<id:chat_id>/open": ("x",),
    "/admin/people/<id:person_id>/export": ("x",),
    "/admin/search": ("x",),
    "/healthz": ("x",),
    "/readyz": ("x",),
    "/metrics": ("x",),
    "/static/<version>/<path:path>": ("x",),
}


def assert_never_fails(answer, what):
    assert answer.status_code < 500, what
    assert "X-Injected" not in answer.headers
    answer.close()


def test_every_rule_is_tried():
    apart = {"/login", "/login/code", "/register", "/logout"}
    assert {rule for rule, route in ROUTES.items() if "GET" in route.methods} == set(QUERIES)
    assert {rule for rule, route in ROUTES.items() if set(route.methods) & CHANGING} == set(FIELDS) | apart


@pytest.fixture
def odd_ones(engine_name):
    """The texts and the raw bytes to try: on PostgreSQL those that the databases may see differently."""
    return (ODD, RAW) if engine_name == "sqlite" else (DATABASES_DIFFER, DATABASES_DIFFER_RAW)


@pytest.fixture
def path_of(talk, alice, reported):
    (said,) = talk.says(alice, "hello")

    def path(rule):
        address = ROUTES[rule].path.partition("?")[0]
        # What is tried on accounts leaves alice's own alone.
        address = address.replace("/people/1/deactivate", "/people/2/sign-out")
        return address.replace("T", talk.topic).replace("999999999", str(said.id))

    return path


@pytest.mark.both_engines
def test_no_query_makes_it_fail(as_alice, as_dana, path_of, odd_ones):
    texts, raws = odd_ones
    as_dana.post("/admin/chats/1/open", OPENING)
    for rule, names in QUERIES.items():
        path, headers = path_of(rule), ROUTES[rule].headers
        visitor = as_dana if rule.startswith("/admin") else as_alice
        for name in names:
            for odd in [texts] if name == UNREAD else texts:
                answer = visitor.get(path, query_string={name: odd}, headers=headers)
                assert_never_fails(answer, (path, name, odd))
            for raw in [b"&x=".join(raws)] if name == UNREAD else raws:
                query = {"QUERY_STRING": f"{name}={raw.decode('latin-1')}"}
                answer = visitor.get(path, environ_overrides=query, headers=headers)
                assert_never_fails(answer, (path, query))


@pytest.mark.both_engines
def test_no_form_makes_it_fail(as_alice, as_dana, path_of, odd_ones):
    texts, raws = odd_ones
    for rule, names in FIELDS.items():
        (method,) = set(ROUTES[rule].methods) & CHANGING
        visitor = as_dana if rule.startswith("/admin") else as_alice
        for name in names:
            for odd in [texts] if name == UNREAD else texts:
                form = {
                    "body": "hello",
                    "key": new_key(),
                    "id": "1",
                    "format": "csv",
                    "words": "hello",
                    **OPENING,
                    name: odd,
                }
                assert_never_fails(visitor._send(method, path_of(rule), data=form, htmx=True), (rule, form))
            for raw in [b"&x=".join(raws)] if name == UNREAD else raws:
                form = name.encode() + b"=" + raw
                answer = visitor._send(method, path_of(rule), data=form, content_type=FORM, htmx=True)
                assert_never_fails(answer, (rule, form))


@pytest.mark.both_engines
def test_no_form_of_the_signed_out_makes_it_fail(visitor, alice, odd_ones):
    texts, _raws = odd_ones
    for field in ("identity", "next"):
        for odd in texts:
            form = {"identity": "alice", "password": "x", field: odd}
            assert_never_fails(visitor.post("/login", form), form)
    for field in ("username", "email", "password"):
        for odd in texts:
            form = {"username": "dave", "email": "dave@example.org", "password": "7 chars", field: odd}
            assert_never_fails(visitor.post("/register", form), form)
            visitor.client.delete_cookie("chatweb")
            visitor._csrf = None


@pytest.mark.both_engines
def test_no_second_step_makes_it_fail(app, visitor, alice, odd_ones):
    texts, _raws = odd_ones
    set_up(app, alice)
    first_step(visitor, alice)
    for field in ("code", "next", "recovery"):
        for odd in texts:
            answer = visitor.post("/login/code", {field: odd})
            assert answer.status_code == 422
            assert_never_fails(answer, (field, odd))


@pytest.mark.both_engines
def test_no_address_makes_it_fail(as_alice, talk, odd_ones):
    texts, _raws = odd_ones
    for rule in ("/chats/<topic>", "/chats/<topic>/messages", "/chats/<topic>/read", "/ws/topics/<topic>"):
        for odd in texts:
            path = rule.replace("<topic>", odd.replace("?", "%3f").replace("#", "%23"))
            for method in ROUTES[rule].methods:
                answer = as_alice._send(method, f"{path}?after=0", headers=ROUTES[rule].headers, htmx=True)
                assert_never_fails(answer, path)
    for rule in [rule for rule in ROUTES if "<id:" in rule]:
        for odd in texts:
            path = ROUTES[rule].path.replace("T", talk.topic)
            path = path.replace("999999999", odd.replace("?", "%3f").replace("#", "%23"))
            for method in ROUTES[rule].methods:
                assert_never_fails(as_alice._send(method, path, htmx=True), path)
    for odd in texts:
        assert_never_fails(as_alice.get(f"/static/{odd}/{odd}"), odd)


@pytest.mark.parametrize(
    "name",
    ["Cookie", "X-CSRFToken", "HX-Request", "Origin", "Referer", "User-Agent", "Content-Type", "Range"],
)
def test_no_header_makes_it_fail(app, as_alice, path_of, name):
    for odd in ODD:
        if "\r" in odd or "\x00" in odd:
            continue  # no server lets these through
        value = odd.encode()[:500].decode("latin-1")
        for rule, method in (("/chats", "GET"), ("/chats/<topic>/messages", "POST"), ("/ws/inbox", "GET")):
            headers = (HANDSHAKE if rule.startswith("/ws") else {}) | {name: value}
            client = as_alice.client if name != "Cookie" else app.test_client(use_cookies=False)
            assert_never_fails(client.open(path_of(rule), method=method, headers=headers), (name, value))
