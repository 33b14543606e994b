"""Taking one's conversations along, and deleting the account, through the doors that browsers use."""

import json
import re

import pytest

from chatweb.announce import chat_topic, person_topic, session_topic
from chatweb.domain import access, changes, exports
from chatweb.models import User
from tests.people import PASSWORD
from tests.web.reading import by_class
from tests.web.talking import send

pytestmark = pytest.mark.both_engines
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def export(visitor, kind="json", password=PASSWORD):
    return visitor.post("/settings/data/export", {"present": password, "format": kind})


@pytest.fixture
def history(talk, alice, bob, stored):
    """What the two have said: one message edited, one deleted."""
    first, edited, gone = talk.says(alice, "hello", "helo agian", "a secret")
    talk.says(bob, 'line one\n<script>alert("x")</script> 早安 🌧')

    def work(session):
        hers = access.chat_for(session, alice.id, talk.topic)
        changes.edit(session, hers, edited.id, "hello again")
        changes.remove(session, hers, gone.id)

    stored(work)
    return first


def test_the_file_holds_every_message_as_the_person_sees_it(as_alice, history):
    answer = export(as_alice)
    assert answer.status_code == 200
    assert re.fullmatch(r"attachment; filename=chatweb-[\d-]+\.json", answer.headers["Content-Disposition"])
    told = json.loads(answer.text)
    person = {"username": "alice", "display_name": "alice", "email": "alice@example.org"}
    assert told["person"].items() >= person.items()
    (chat,) = told["chats"]
    assert chat["with"] == {"username": "bob", "display_name": "bob"}
    said = chat["messages"]
    assert [(one["from"], one.get("body"), one.get("deleted")) for one in said] == [
        ("alice", "hello", None),
        ("alice", "hello again", None),
        ("alice", None, True),
        ("bob", 'line one\n<script>alert("x")</script> 早安 🌧', None),
    ]
    assert [version["body"] for version in said[1]["earlier"]] == ["helo agian"]
    times = [said[1]["edited_at"], told["exported_at"], chat["started_at"], *(one["sent_at"] for one in said)]
    assert all(MOMENT.fullmatch(time) for time in times)
    assert "a secret" not in answer.text


def test_the_page_reads_the_same_and_runs_nothing(as_bob, history):
    answer = export(as_bob, "html")
    assert answer.mimetype == "text/html"
    assert "attachment" in answer.headers["Content-Disposition"]
    texts = re.findall(r"<pre[^>]*>(.*?)</pre>", answer.text, re.DOTALL)
    assert texts[:4] == ["hello", "helo agian", "hello again", "Message deleted"]
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in texts[4]


def test_a_long_history_is_whole_and_in_order(as_alice, talk, alice, bob, monkeypatch):
    monkeypatch.setattr(exports, "PAGE", 7)
    for number in range(10):
        talk.says((alice, bob)[number % 2], *[f"{number}.{part}" for part in range(3)])
    (chat,) = json.loads(export(as_alice).text)["chats"]
    assert [one["body"] for one in chat["messages"]] == [
        f"{n}.{part}" for n in range(10) for part in range(3)
    ]


def test_what_was_cleared_is_not_taken_along_by_the_one_who_cleared_it(as_alice, as_bob, talk, bob):
    talk.says(bob, "before")
    as_alice.post(f"{talk.url}/clear")
    send(as_bob, talk, "after")
    for visitor, bodies in ((as_alice, ["after"]), (as_bob, ["before", "after"])):
        (chat,) = json.loads(export(visitor).text)["chats"]
        assert [one["body"] for one in chat["messages"]] == bodies


def test_nobody_takes_along_what_others_said_to_others(as_carol, history):
    assert json.loads(export(as_carol).text)["chats"] == []


@pytest.mark.parametrize("kind", ["json", "html"])
def test_without_the_password_there_is_no_file(as_alice, history, kind):
    answer = export(as_alice, kind, password="wrong")
    assert answer.status_code == 422
    assert "This is not your password." in answer.text
    assert "hello again" not in " ".join(answer.text.split('class="page"')[1:])


def test_an_unknown_kind_of_file_is_refused(as_alice):
    assert export(as_alice, "exe").status_code == 422


def leave(visitor, password=PASSWORD, **form):
    return visitor.post("/settings/data/delete", {"present": password, **form})


def test_the_page_says_what_goes_and_what_stays(as_alice, history):
    page = as_alice.get("/settings/data/delete").text
    assert "1 chat stays with the other person" in page
    assert "2 messages, for both." in page


def test_who_deletes_the_account_is_signed_out_everywhere_and_cannot_come_back(
    app, as_alice, visitor, sign_in, alice, heard
):
    elsewhere = sign_in(alice)
    answer = leave(as_alice)
    assert (answer.status_code, answer.location) == (303, "/login")
    for browser in (as_alice, elsewhere):
        assert browser.get("/chats").location.startswith("/login")
    ended = [topic for topic, code in heard.closed if code == 4401]
    assert len([topic for topic in ended if topic.startswith(session_topic(""))]) == 2
    assert visitor.post("/login", {"identity": "alice", "password": PASSWORD}).status_code == 422


def test_the_other_one_reads_on_under_another_name(as_alice, as_bob, talk, history, heard, bob):
    leave(as_alice)
    assert (chat_topic(talk.topic), 1012) in heard.closed
    assert ", account closed" in "".join(heard.on(person_topic(bob.id)))
    page = as_bob.get(talk.url).text
    assert by_class(page, "head__name")[0].text == "Deleted account"
    assert "hello again" in page
    assert "alice" not in page


def test_what_was_written_goes_along_if_wanted(as_alice, as_bob, talk, history):
    leave(as_alice, messages="on")
    said = [one.text for one in by_class(as_bob.get(talk.url).text, "message__body")]
    assert said[-4:-1] == ["Message deleted"] * 3
    assert said[-1].startswith("line one")


def test_nothing_is_deleted_without_the_password(as_alice, db_session, alice):
    answer = leave(as_alice, password="wrong", messages="on")
    assert answer.status_code == 422
    assert "checked" in answer.text
    assert db_session.get(User, alice.id).left_at is None


def test_the_only_administrator_is_told_why_not(as_alice, alice, stored):
    stored(lambda session: setattr(session.get(User, alice.id), "role", "admin"))
    answer = leave(as_alice)
    assert answer.status_code == 409
    assert "This is the last administrator" in answer.text
