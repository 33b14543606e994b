"""What is decided about reports: who may, what follows, and that it is done once."""

from functools import partial

import pytest
from sqlalchemy import select, update

from chatweb.announce import chat_topic, person_topic, session_topic
from chatweb.domain import changes
from chatweb.models import Evidence, Message, Report, SignIn, User, Version
from chatweb.models.base import EPOCH
from tests.people import PASSWORD
from tests.web.overseeing import NOTE, entries, offered
from tests.web.reading import bodies, by_class, problems, typed
from tests.web.talking import at_once

pytestmark = pytest.mark.both_engines


def test_dismissing_changes_nothing_in_the_chat(as_alice, told, decide, talk, heard, frank, db_session):
    before = as_alice.get(f"{talk.messages_url}?after=0").text
    path = told(11)
    heard.clear()
    answer = decide(path, "dismissed")
    assert (answer.status_code, answer.location) == (303, "/admin/reports?done=dismissed")
    assert as_alice.get(f"{talk.messages_url}?after=0").text == before
    assert (heard, heard.closed) == ([], [])
    (entry,) = entries(db_session)
    assert (entry.actor_name, entry.action, entry.kind, entry.reason) == (
        "frank",
        "report_dismissed",
        "report",
        NOTE,
    )
    row = db_session.get(Report, 1)
    assert (row.decision, row.entry_id) == ("dismissed", entry.id)


def test_removing_says_so_everywhere_to_both(as_alice, as_bob, talk, said, told, decide, heard, alice, bob):
    path = told(37, 39)
    heard.clear()
    assert decide(path, "removed").status_code == 303
    position = 40
    for visitor in (as_alice, as_bob):
        assert bodies(visitor.get(talk.url).text)[-3:] == [
            "Removed by a moderator",
            "number 38",
            "Removed by a moderator",
        ]
        missed = visitor.get(f"{talk.messages_url}?after={position}")
        assert bodies(missed.text) == ["Removed by a moderator"] * 2
        assert by_class(visitor.get("/chats").text, "row__preview")[0].text == "Removed by a moderator"
        assert (
            "number 39"
            not in visitor.post("/settings/data/export", {"present": PASSWORD, "format": "json"}).text
        )
    frames = heard.on(chat_topic(talk.topic))
    assert [bodies(frame) for frame in frames] == [["Removed by a moderator"]] * 2
    assert all(frame in missed.text for frame in frames)
    assert [by_class(frame, "message")[0].attributes["data-revision"] for frame in frames] == ["41", "42"]
    for person in (alice, bob):
        assert "Removed by a moderator" in "".join(heard.on(person_topic(person.id)))


def test_what_was_removed_is_wiped_and_nobody_brings_it_back(as_bob, talk, said, told, decide, db_session):
    url = f"{talk.messages_url}/{said[11].id}"
    as_bob.patch(url, {"body": "a better threat"})
    path = told(11)
    decide(path, "removed")
    row = db_session.get(Message, said[11].id)
    assert (row.body, row.by_moderator) == ("", True)
    assert db_session.scalars(select(Version.body)).all() == []
    assert db_session.scalars(select(Evidence.body)).all() == ["number 11", "a better threat"]
    for answer, status in (
        (as_bob.post(f"{url}/restore"), 409),
        (as_bob.patch(url, {"body": "what I said"}), 409),
        (as_bob.delete(url, htmx=True), 200),
        (as_bob.get(f"{url}/versions"), 404),
    ):
        assert answer.status_code == status
    assert "Removed by a moderator" in bodies(as_bob.get(talk.url).text)
    assert "Message deleted" not in bodies(as_bob.get(talk.url).text)


def test_a_deletion_that_could_be_undone_is_made_for_good(as_bob, talk, said, told, decide, db_session):
    path, url = told(11), f"{talk.messages_url}/{said[11].id}"
    as_bob.delete(url)
    decide(path, "removed")
    assert as_bob.post(f"{url}/restore").status_code == 409
    assert db_session.get(Message, said[11].id).body == ""


def test_what_its_sender_deleted_for_good_stays_deleted(as_bob, talk, said, told, decide, stored, heard):
    path = told(39)
    as_bob.delete(f"{talk.messages_url}/{said[39].id}")
    stored(
        lambda session: session.execute(
            update(Message).where(Message.id == said[39].id).values(deleted_at=EPOCH)
        )
    )
    stored(changes.wipe)
    heard.clear()
    assert decide(path, "removed").status_code == 303
    assert heard.on(chat_topic(talk.topic)) == []
    assert bodies(as_bob.get(talk.url).text)[-1] == "Message deleted"


def test_removing_lowers_the_unread_count_and_moves_nothing_else(as_alice, talk, told, decide):
    assert [one.text.split()[0] for one in by_class(as_alice.get("/chats").text, "badge")] == ["20"]
    decide(told(37, 39), "removed")
    assert [one.text.split()[0] for one in by_class(as_alice.get("/chats").text, "badge")] == ["18"]


def test_it_is_removed_even_where_somebody_has_cleared_the_chat(as_bob, as_alice, talk, told, decide):
    path = told(39)
    as_bob.post(f"{talk.url}/clear")
    decide(path, "removed")
    assert bodies(as_alice.get(talk.url).text)[-1] == "Removed by a moderator"


def test_deactivating_signs_out_and_is_on_record_twice(
    as_bob, alice, bob, told, decide, heard, db_session, visitor
):
    (session_id,) = db_session.scalars(select(SignIn.id).where(SignIn.user_id == bob.id))
    db_session.rollback()
    assert decide(told(11), "deactivated").status_code == 303
    assert (session_topic(session_id), 4401) in heard.closed
    assert ", account closed" in heard.on(person_topic(alice.id))[-1]
    assert as_bob.get("/chats").status_code == 303
    assert visitor.sign_in(bob).status_code == 422
    found = [(entry.action, entry.reference, entry.reason) for entry in entries(db_session)]
    assert found == [("report_deactivated", "", NOTE), ("person_deactivated", "report 1", NOTE)]


@pytest.mark.parametrize(
    ("role", "by_moderator", "by_admin"),
    [
        ("user", True, True),
        ("moderator", False, True),
        ("auditor", False, True),
        ("admin", False, True),
    ],
)
def test_moderators_deactivate_nobody_of_the_administration(
    as_frank, as_dana, bob, told, decide, stored, role, by_moderator, by_admin
):
    stored(lambda session: session.execute(update(User).where(User.id == bob.id).values(role=role)))
    path = told(11)
    for visitor, may in ((as_frank, by_moderator), (as_dana, by_admin)):
        assert ("deactivated" in offered(visitor.get(path))) is may
    assert decide(path, "deactivated").status_code == (303 if by_moderator else 422)
    if not by_moderator:
        assert decide(path, "deactivated", as_dana).status_code == 303


def test_two_who_decide_at_once_do_it_once(as_frank, as_dana, told, decide, db_session, talk, as_alice):
    path = told(39)
    assert all((as_frank.csrf, as_dana.csrf))
    answers = at_once(
        [
            partial(decide, path, "removed"),
            partial(decide, path, "dismissed", as_dana),
            partial(decide, path, "deactivated", as_dana),
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409]
    late = next(answer for answer in answers if answer.status_code == 409)
    assert problems(late.text) == ["Somebody else has decided this report meanwhile. Nothing more was done."]
    assert not offered(late)
    decided = [
        entry.action
        for entry in entries(db_session)
        if entry.action in ("report_removed", "report_dismissed", "report_deactivated")
    ]
    (row,) = db_session.scalars(select(Report)).all()
    assert decided == [f"report_{row.decision}"]
    assert (bodies(as_alice.get(talk.url).text)[-1] == "Removed by a moderator") is (
        row.decision == "removed"
    )


def test_a_report_that_is_decided_says_how_by_whom_and_why(as_dana, told, decide):
    path = told(11)
    decide(path, "dismissed")
    page = as_dana.get(path)
    facts = " ".join(by_class(page.text, "facts")[0].text.split())
    assert "DecisionDismissed Decided byfrank, " in facts
    assert facts.endswith(f"Note{NOTE}")
    assert offered(page) == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": "because"}, "At least 10 characters"),
        ({"reason": "x" * 1_001}, "At most 1,000 characters"),
        ({"decision": "pardon"}, "Choose what is to be done."),
        ({"decision": ""}, "Choose what is to be done."),
    ],
)
def test_without_a_good_note_nothing_is_decided(told, decide, db_session, fields, words):
    answer = decide(told(11), **{"decision": "removed"} | fields)
    assert answer.status_code == 422
    assert words in problems(answer.text)[0]
    assert [entry.action for entry in entries(db_session)] == ["report_read"]
    assert db_session.get(Report, 1).decision is None
    if "reason" in fields:
        assert typed(answer.text, "reason") == fields["reason"]
