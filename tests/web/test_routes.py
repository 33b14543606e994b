"""Every route, every person, every method: the table in `route_table.py`."""

import pytest

from tests.web.route_table import HANDSHAKE, METHODS, ROUTES

ORIGIN = {"Origin": "http://localhost"}
PEOPLE = ("anonymous", "stranger", "member")
NOT_ALLOWED = (405, 405, 405)


def ask(visitor, method, path, headers):
    with visitor._send(method, path, headers=headers) as answer:
        return answer.status_code


@pytest.fixture
def people(visitor, as_carol, as_alice):
    return dict(zip(PEOPLE, (visitor, as_carol, as_alice), strict=True))


def test_every_route_stands_in_the_table(app):
    known = {
        (rule, method) for rule, route in ROUTES.items() for method in (*route.methods, "HEAD", "OPTIONS")
    }
    real = {(rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods}
    assert real <= known
    assert set(ROUTES) == {rule for rule, _ in real}


@pytest.mark.parametrize("rule", ROUTES)
def test_everybody_gets_what_the_table_says(people, chat, rule):
    route = ROUTES[rule]
    path = route.path.replace("T", chat.topic)
    got = {
        method: tuple(ask(visitor, method, path, route.headers) for visitor in people.values())
        for method in METHODS
    }
    assert got == {method: route.methods.get(method, NOT_ALLOWED) for method in METHODS}


def test_head_is_answered_like_get(people, chat):
    for rule, route in ROUTES.items():
        if "GET" in route.methods:
            path = route.path.replace("T", chat.topic)
            got = tuple(ask(visitor, "HEAD", path, route.headers) for visitor in people.values())
            assert got == route.methods["GET"], rule


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/chats/T"),
        ("GET", "/chats/T?before=5"),
        ("GET", "/chats/T/messages"),
        ("GET", "/chats/T/messages?after=0"),
        ("GET", "/chats/T/messages?before=garbage"),
        ("GET", "/ws/topics/T?after=0"),
        ("POST", "/chats/T/messages"),
        ("POST", "/chats/T/read"),
    ],
)
def test_a_stranger_cannot_tell_a_chat_from_none(as_carol, chat, method, path, htmx):
    headers = HANDSHAKE | ORIGIN if path.startswith("/ws") else {}
    answers = [
        as_carol._send(method, path.replace("T", topic), headers=headers, htmx=htmx)
        for topic in (chat.topic, "nobodys-topic")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data
    assert answers[0].headers == answers[1].headers


def test_the_stranger_of_these_tests_is_one_and_the_members_are_not(as_alice, as_bob, as_carol, chat):
    got = [visitor.get(f"/chats/{chat.topic}").status_code for visitor in (as_alice, as_bob, as_carol)]
    assert got == [200, 200, 404]


def test_a_stranger_is_shown_nothing_of_the_chat(as_carol, talk, alice):
    (said,) = talk.says(alice, "between the two of us")
    for path in ("/chats", "/chats?q=alice", talk.url, talk.messages_url, f"{talk.messages_url}?after=0"):
        page = as_carol.get(path).text
        assert "between the two of us" not in page
        assert said.key not in page


def test_a_signed_out_visitor_is_not_told_whether_a_chat_exists(visitor, chat):
    answers = [
        visitor.post(f"/chats/{topic}/messages", {"body": "hello"}).data
        for topic in (chat.topic, "nobodys-topic")
    ]
    assert answers[0].replace(chat.topic.encode(), b"nobodys-topic") == answers[1]
