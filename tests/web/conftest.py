"""What the tests of the HTTP side share."""

import socket
from collections.abc import Callable, Iterator

import pytest

from chatweb.domain import access, chats, messages
from chatweb.extensions import db
from chatweb.live.limits import Limits
from tests.authenticator import Passkey, add_passkey
from tests.people import PASSWORD, Person, Visitor, add_person
from tests.statements import Statement, recorded
from tests.web.overseeing import NOTE, open_chat, report
from tests.web.talking import Talk, new_key


@pytest.fixture(autouse=True)
def no_password_is_in_any_log(caplog):
    yield
    for phase in ("setup", "call"):
        assert not [one for one in caplog.get_records(phase) if PASSWORD in one.getMessage()]


@pytest.fixture
def talk(app, chat, alice, bob) -> Talk:
    """Puts messages into the chat of alice and bob without the detour over HTTP."""
    return Talk(app, chat)


class Heard(list):
    """What went over the bus: (topic, frame). `closed` holds (topic, code)."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: list[tuple[str, int]] = []

    def on(self, topic: str) -> list[str]:
        return [frame for heard, frame in self if heard == topic]


@pytest.fixture
def heard(app) -> Heard:
    """Listens to the bus of the application, in the place of its switchboard."""
    heard = Heard()
    app.extensions["live"].bus.attach(
        lambda topic, frame: heard.append((topic, frame)),
        lambda topic, code: heard.closed.append((topic, code)),
    )
    return heard


@pytest.fixture
def present(app, monkeypatch) -> Iterator[Callable]:
    """`present(bob)`: he has a page in view, or one that is not (`in_view=False`). No heartbeat tells it."""
    live, ends = app.extensions["live"], []
    monkeypatch.setattr(live, "_limits", Limits(heartbeat_seconds=3600))

    def run(person: Person, *, in_view: bool = True) -> None:
        here, there = socket.socketpair()
        ends.append(there)
        with here:
            live.open(here, ("a page",), owner=person.id, present=in_view)

    yield run
    live.stop()
    for end in ends:
        end.close()


@pytest.fixture
def statements(app) -> Iterator[list[Statement]]:
    """Every SQL statement that reaches the database, without the ones that begin a transaction."""
    with app.app_context():
        engine = db.engine
    with recorded(engine) as seen:
        yield seen


@pytest.fixture
def failures_are_answered(app) -> None:
    """An exception becomes an error page, as for people, instead of failing the test."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.testing = False


@pytest.fixture
def count(db_session) -> Callable:
    """`count(Message)` is the number of its rows now."""

    def run(table: type) -> int:
        db_session.rollback()
        return db_session.query(table).count()

    return run


@pytest.fixture
def reported(talk, chat, bob, stored) -> int:
    """A report of alice's about a message of bob's; its id, which is 1."""
    (said,) = talk.says(bob, "I know where you live")
    return report(stored, chat, said.id)


@pytest.fixture
def many_chats(app, alice, stored):
    """55 people, and a conversation of alice with each of them; person 54 wrote last."""
    people = [add_person(app, f"person{number:02}") for number in range(55)]

    def work(session):
        for person in people:
            topic = chats.start(session, person.id, alice.username)
            chat = access.chat_for(session, person.id, topic)
            messages.send(session, chat, new_key(), f"hello from {person.username}")

    stored(work)
    return people


@pytest.fixture
def opened(as_dana, chat) -> Visitor:
    """Dana, who has given a reason to read the chat of alice and bob."""
    assert open_chat(as_dana, chat.id).location == f"/admin/chats/{chat.id}"
    return as_dana


@pytest.fixture
def said(talk, alice, bob):
    """Alice and bob by turns, 40 messages; bob's are those with an odd number."""
    return [talk.says((alice, bob)[number % 2], f"number {number}")[0] for number in range(40)]


@pytest.fixture
def told(stored, chat, said):
    """`told(3, 5)` reports these messages, as alice; the address of the report."""

    def run(*numbers, **fields):
        number = report(stored, chat, *(said[number].id for number in numbers), **fields)
        return f"/admin/reports/{number}"

    return run


@pytest.fixture
def decide(as_frank):
    """`decide(url, "removed")` fills in the form, as frank; the answer."""

    def run(url, decision, visitor=as_frank, **fields):
        return visitor.post(f"{url}/decide", {"decision": decision, "reason": NOTE} | fields)

    return run


@pytest.fixture
def passkey(as_alice) -> Passkey:
    """A passkey of alice's."""
    return add_passkey(as_alice)
