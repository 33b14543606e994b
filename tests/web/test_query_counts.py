"""How many SQL statements a request costs. All numbers stand here; a change of one wants a reason."""

import pytest

from chatweb import announce
from chatweb.domain import access, chats, inboxes, messages
from chatweb.extensions import db, live
from chatweb.live.presence import News, State
from chatweb.models import utc_now
from tests.people import PASSWORD, add_person
from tests.web.talking import new_key, send

# Under the address of a conversation this statement also reads the chat and the membership.
WHO_IS_ASKING = 1
# Under /admin: also whether there is a second step.
WHO_MAY_COME_IN = WHO_IS_ASKING + 1
INBOX_ROWS = 1
# Only where the rows shown are not all: what is unread in the other chats.
UNREAD_BEYOND = 1
A_PAGE_OF_MESSAGES = 1

STATEMENTS = {
    "the inbox": WHO_IS_ASKING + INBOX_ROWS,
    "an inbox of more than a page": WHO_IS_ASKING + INBOX_ROWS + UNREAD_BEYOND,
    "an older page of the inbox": WHO_IS_ASKING + INBOX_ROWS + UNREAD_BEYOND,
    "the archive": WHO_IS_ASKING + INBOX_ROWS + UNREAD_BEYOND,
    "finding people": WHO_IS_ASKING + 1,
    # the ids of one's own messages, the texts of 1,000 of them, what is shown of those found
    "finding messages": WHO_IS_ASKING + 3 + INBOX_ROWS,
    # whether it is there, the other one; the chat and its topic, two members, opened
    "starting a chat": WHO_IS_ASKING + 1 + 5,
    # what is new is looked for only where something is
    "a conversation": WHO_IS_ASKING + A_PAGE_OF_MESSAGES + 1 + INBOX_ROWS,
    "a conversation with much unread": WHO_IS_ASKING + A_PAGE_OF_MESSAGES + 1 + 2 + INBOX_ROWS,
    "a conversation with nothing in it": WHO_IS_ASKING + A_PAGE_OF_MESSAGES + INBOX_ROWS,
    "an older page": WHO_IS_ASKING + A_PAGE_OF_MESSAGES,
    "around a message": WHO_IS_ASKING + 2 * A_PAGE_OF_MESSAGES,
    "jumping to a day": WHO_IS_ASKING + 1,
    "catching up": WHO_IS_ASKING + 1,
    "catching up with nothing new": WHO_IS_ASKING,
    # the lock, unless the key was used, and the message; afterwards the rows of both inboxes
    "sending": WHO_IS_ASKING + 2 + 1,
    # no lock, and what the key stands for
    "sending the same again": WHO_IS_ASKING + 2,
    # what the id stands for, the pointer; afterwards the own row
    "reading": WHO_IS_ASKING + 2 + 1,
    "reading nothing new": WHO_IS_ASKING + 1,
    # the pointers; afterwards the own row
    "clearing": WHO_IS_ASKING + 1 + 1,
    # how they were; how they are, and whose pages that concerns
    "setting the switches": WHO_IS_ASKING + 1 + 2,
    # the name, and who sees it
    "changing the name": WHO_IS_ASKING + 1 + 1,
    # the account; its password once more, the new one, older links, a mail, the other sessions, those on the
    # way in, the new token
    "changing the password": WHO_IS_ASKING + 1 + 8,
    # the account, its second step, the browsers
    "the browsers where somebody is signed in": WHO_IS_ASKING + 3 + INBOX_ROWS,
    "asking for a new password": 1,
    "telling who came and who went": 1,
    "a stranger's try": WHO_IS_ASKING,
    # the account; that it is unchanged, takes a second step or is closed, the old sessions, the new one, and
    # who it is
    "signing in": 2 + 5,
    "the list of conversations": WHO_MAY_COME_IN + 1,
    "the audit log": WHO_MAY_COME_IN + 1,
    # the conversation; the last entry, and this one
    "opening a conversation with a reason": WHO_MAY_COME_IN + 1 + 2,
    # the conversation, whether it is open; messages, what is beyond; the last entry, and this one
    "reading a conversation": WHO_MAY_COME_IN + 2 + 2 + 2,
    "a file": 0,
    "a page for somebody unknown": 0,
}


@pytest.fixture
def cost(statements):
    """`cost(ask)` is the number of statements that a call takes."""

    def measure(ask):
        statements.clear()
        with ask() as answer:
            assert answer.status_code in (200, 204, 302, 303, 404), answer.text
        return len(statements)

    return measure


@pytest.fixture
def fill(app, alice, stored):
    """`fill(n)` makes n conversations of alice with one unread message each."""

    def run(count):
        people = [add_person(app, f"person{number:02}") for number in range(count)]

        def work(session):
            for person in people:
                chat = access.chat_for(session, person.id, chats.start(session, person.id, "alice"))
                messages.send(session, chat, new_key(), "hello")

        stored(work)

    return run


@pytest.mark.parametrize("count", [0, 1, 50, 60])
def test_the_inbox_costs_the_same_for_any_number_of_rows(as_alice, fill, cost, count):
    fill(count)
    inbox = "the inbox" if count <= inboxes.INBOX_PAGE else "an inbox of more than a page"
    assert cost(lambda: as_alice.get("/chats")) == STATEMENTS[inbox]
    assert cost(lambda: as_alice.get("/chats?archived")) == STATEMENTS["the archive"]
    assert cost(lambda: as_alice.get("/chats?before=0-1-1")) == STATEMENTS["an older page of the inbox"]


CONVERSATIONS = {
    0: "a conversation with nothing in it",
    1: "a conversation",
    100: "a conversation with much unread",
}


@pytest.mark.parametrize("count", CONVERSATIONS)
def test_a_conversation_costs_the_same_for_any_number_of_messages(as_alice, talk, bob, fill, cost, count):
    fill(10)
    said = talk.says(bob, *["hello"] * count)
    middle = said[count // 2].id if said else 1
    costs = {
        CONVERSATIONS[count]: cost(lambda: as_alice.get(talk.url)),
        "an older page": cost(lambda: as_alice.get(f"{talk.messages_url}?before={middle}")),
        "around a message": cost(lambda: as_alice.get(f"{talk.messages_url}?around={middle}")),
        "catching up with nothing new": cost(lambda: as_alice.get(f"{talk.messages_url}?after={count}")),
    }
    assert costs == {name: STATEMENTS[name] for name in costs}


def test_jumping_to_a_day_is_one_look(as_alice, talk, bob, cost):
    talk.says(bob, *["hello"] * 100)
    assert cost(lambda: as_alice.get(f"{talk.url}?on=2020-01-01")) == STATEMENTS["jumping to a day"]


def test_catching_up_is_one_scan(as_alice, talk, bob, cost):
    talk.says(bob, *["hello"] * 100)
    assert cost(lambda: as_alice.get(f"{talk.messages_url}?after=0")) == STATEMENTS["catching up"]


def test_sending_costs_the_same_in_a_long_conversation(as_alice, talk, bob, cost):
    key = new_key()
    assert as_alice.csrf
    for _ in range(2):
        assert cost(lambda: send(as_alice, talk, "hello")) == STATEMENTS["sending"]
        talk.says(bob, *["hello"] * 100)
    send(as_alice, talk, "hello", key)
    assert cost(lambda: send(as_alice, talk, "hello", key)) == STATEMENTS["sending the same again"]


def test_reading_costs_little(as_alice, talk, bob, cost):
    (said,) = talk.says(bob, "hello")
    assert as_alice.csrf
    assert cost(lambda: as_alice.post(f"{talk.url}/read", {"id": said.id})) == STATEMENTS["reading"]
    assert (
        cost(lambda: as_alice.post(f"{talk.url}/read", {"id": said.id})) == STATEMENTS["reading nothing new"]
    )


def test_clearing_costs_the_same_in_a_long_conversation(as_alice, talk, bob, cost):
    assert as_alice.csrf
    for _ in range(2):
        talk.says(bob, *["hello"] * 100)
        assert cost(lambda: as_alice.post(f"{talk.url}/clear")) == STATEMENTS["clearing"]


def test_finding_and_starting_cost_little(as_alice, bob, cost):
    assert as_alice.csrf
    assert cost(lambda: as_alice.get("/people?q=bob")) == STATEMENTS["finding people"]
    for _ in range(2):
        assert cost(lambda: as_alice.post("/chats", {"username": "bob"})) == STATEMENTS["starting a chat"]


@pytest.mark.parametrize("path", ["/search", "/chats/T/search"])
def test_finding_messages_costs_the_same_in_one_chat_and_in_all(as_alice, bob, talk, cost, path):
    talk.says(bob, "the apple", "the pear")
    asked = f"{path.replace('T', talk.topic)}?q=apple"
    assert cost(lambda: as_alice.get(asked)) == STATEMENTS["finding messages"]


@pytest.mark.parametrize("count", [1, 60])
def test_signs_of_life_cost_the_same_for_any_number_of_contacts(
    app, as_alice, alice, fill, cost, statements, count
):
    fill(count)
    assert as_alice.csrf
    assert cost(lambda: as_alice.post("/settings", {})) == STATEMENTS["setting the switches"]
    statements.clear()
    with app.app_context():
        news = News({alice.id: State.ONLINE}, frozenset())
        announce.came_and_went(db.session(), live().bus, news, utc_now())
    assert len(statements) == STATEMENTS["telling who came and who went"]


@pytest.mark.parametrize("count", [0, 1, 60])
def test_the_list_of_conversations_costs_the_same_for_any_number_of_rows(as_dana, fill, alice, cost, count):
    fill(count)
    for query in ("", "?person=alice&other=person&from=2020-01-01", "?before=99999999999999-1"):
        spent = cost(lambda query=query: as_dana.get(f"/admin/chats{query}"))
        assert spent == STATEMENTS["the list of conversations"]


@pytest.mark.parametrize("count", [1, 200])
def test_reading_somebody_elses_chat_costs_the_same_for_any_number_of_messages(
    as_dana, talk, bob, cost, count
):
    talk.says(bob, *["hello"] * count)
    form = {"kind": "report", "reason": "to count statements"}
    assert as_dana.csrf
    opening = cost(lambda: as_dana.post("/admin/chats/1/open", form))
    assert opening == STATEMENTS["opening a conversation with a reason"]
    assert cost(lambda: as_dana.get("/admin/audit")) == STATEMENTS["the audit log"]
    for query in ("", "?before=100", "?after=0"):
        spent = cost(lambda query=query: as_dana.get(f"/admin/chats/1{query}"))
        assert spent == STATEMENTS["reading a conversation"]


def test_a_stranger_costs_little(as_carol, talk, cost):
    assert cost(lambda: as_carol.get(talk.url)) == STATEMENTS["a stranger's try"]


def test_signing_in_costs_little(visitor, alice, cost):
    assert visitor.csrf
    assert cost(lambda: visitor.sign_in(alice)) == STATEMENTS["signing in"]


@pytest.mark.parametrize("count", [1, 60])
def test_changing_the_name_costs_the_same_for_any_number_of_chats(as_alice, fill, cost, count):
    fill(count)
    assert as_alice.csrf
    form = {"display_name": "Alice Adams"}
    assert cost(lambda: as_alice.post("/settings/profile", form)) == STATEMENTS["changing the name"]


def test_changing_the_password_costs_little(as_alice, cost):
    assert as_alice.csrf
    form = {"present": PASSWORD, "password": "a long enough one"}
    assert (
        cost(lambda: as_alice.post("/settings/account/password", form)) == STATEMENTS["changing the password"]
    )


def test_a_forgotten_password_costs_the_same_for_every_name(visitor, alice, cost):
    assert visitor.csrf
    for identity in ("alice", "alice@example.org", "nobody"):
        costs = cost(lambda identity=identity: visitor.post("/forgotten", {"identity": identity}))
        assert costs == STATEMENTS["asking for a new password"]


@pytest.mark.parametrize("count", [1, 20])
def test_the_browsers_cost_the_same_for_any_number(as_alice, sign_in, alice, cost, count):
    for _ in range(count):
        sign_in(alice)
    name = "the browsers where somebody is signed in"
    assert cost(lambda: as_alice.get("/settings/account")) == STATEMENTS[name]


def test_what_needs_no_database_asks_none(visitor, as_alice, cost):
    for path in ("/login", "/chats", "/no/such/page", "/healthz"):
        statements = cost(lambda path=path: visitor.get(path))
        assert statements == STATEMENTS["a page for somebody unknown"]
    assert cost(lambda: as_alice.get("/static/now/img/mark.svg")) == STATEMENTS["a file"]
