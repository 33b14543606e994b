"""Editing a message, taking it back, and bringing it back."""

from functools import partial

import pytest
from sqlalchemy import func, select, update

from chatweb import announce
from chatweb.domain import changes, chats
from chatweb.models import Chat, Message, Version, utc_now
from chatweb.web.changes import wipe
from tests.web.reading import bodies, by_class, elements, problems
from tests.web.talking import at_once


@pytest.fixture
def said(talk, alice):
    (message,) = talk.says(alice, "first words")
    return message


@pytest.fixture
def url(talk, said):
    return f"{talk.messages_url}/{said.id}"


@pytest.fixture
def row(db_session, said):
    """`row(column)` is what is stored of the message now."""

    def read(*columns):
        db_session.rollback()
        found = db_session.execute(select(*columns).where(Message.id == said.id)).one()
        return found[0] if len(columns) == 1 else tuple(found)

    return read


def revision(db_session):
    db_session.rollback()
    return db_session.scalar(select(Chat.revision))


def too_late(stored):
    long_ago = utc_now() - changes.UNDO
    stored(lambda session: session.execute(update(Message).values(deleted_at=long_ago)))


def test_an_edit_is_shown_to_both_and_says_so(as_alice, as_bob, talk, url, heard):
    answer = as_alice.patch(url, {"body": "better words"}, htmx=True)
    assert (answer.status_code, bodies(answer.text)) == (200, ["better words"])
    assert [one.text for one in by_class(answer.text, "message__edited")] == ["edited"]
    assert heard.on(announce.chat_topic(talk.topic)) == [answer.text]
    assert bodies(as_bob.get(talk.url).text) == ["better words"]
    assert bodies(as_bob.get(f"{talk.messages_url}?after=1").text) == ["better words"]


def test_an_edit_takes_a_revision_and_leaves_the_place_in_the_inbox(as_alice, url, row, db_session):
    before = db_session.scalar(select(Chat.updated_at))
    as_alice.patch(url, {"body": "better words"})
    assert row(Message.revision) == revision(db_session) == 2
    assert row(Message.updated_at) is not None
    assert db_session.scalar(select(Chat.updated_at)) == before


def test_saving_the_same_text_changes_nothing(as_alice, url, heard, row, db_session):
    answer = as_alice.patch(url, {"body": "first words"}, htmx=True)
    assert (answer.status_code, bodies(answer.text)) == (200, ["first words"])
    assert (row(Message.updated_at), revision(db_session), heard) == (None, 1, [])


@pytest.mark.parametrize(("body", "status"), [("", 422), ("  \n", 422), ("x" * 10_001, 422), ("\0", 422)])
def test_a_text_that_cannot_be_sent_cannot_be_saved(as_alice, url, row, body, status):
    answer = as_alice.patch(url, {"body": body}, htmx=True)
    assert answer.status_code == status
    assert problems(answer.text)
    assert row(Message.body) == "first words"


@pytest.mark.parametrize("method", ["patch", "delete", "restore"])
def test_only_the_author_can_change_a_message(as_bob, as_carol, url, row, db_session, method):
    for visitor in (as_bob, as_carol):
        calls = {
            "patch": lambda visitor=visitor: visitor.patch(url, {"body": "not mine"}),
            "delete": lambda visitor=visitor: visitor.delete(url),
            "restore": lambda visitor=visitor: visitor.post(f"{url}/restore"),
        }
        assert calls[method]().status_code == 404
    assert (row(Message.body), row(Message.deleted_at), revision(db_session)) == ("first words", None, 1)


def test_a_message_of_another_chat_is_not_found(as_carol, said, alice, carol, stored):
    topic = stored(lambda session: chats.start(session, carol.id, alice.username))
    for ask in (as_carol.patch, as_carol.delete):
        assert ask(f"/chats/{topic}/messages/{said.id}").status_code in (404, 422)
    assert as_carol.get(f"/chats/{topic}/messages/{said.id}/versions").status_code == 404


def test_earlier_texts_are_there_for_both(as_alice, as_bob, url):
    as_alice.patch(url, {"body": "<b>second</b> words"})
    as_alice.patch(url, {"body": "third words"})
    for visitor in (as_alice, as_bob):
        answer = visitor.get(f"{url}/versions", htmx=True)
        assert [one.text for one in by_class(answer.text, "versions__body")] == [
            "first words",
            "<b>second</b> words",
        ]
        assert [one.attributes["datetime"][-1] for one in elements(answer.text) if one.tag == "time"] == [
            "Z",
            "Z",
        ]


def test_a_removed_message_says_nothing_anywhere(as_alice, as_bob, talk, url, heard):
    as_alice.patch(url, {"body": "better words"})
    heard.clear()
    answer = as_alice.delete(url, htmx=True)
    assert (answer.status_code, bodies(answer.text)) == (200, ["Message deleted"])
    assert heard.on(announce.chat_topic(talk.topic)) == [answer.text]
    for path in (talk.url, talk.messages_url, f"{talk.messages_url}?after=0", "/chats"):
        page = as_bob.get(path).text
        assert "first words" not in page
        assert "better words" not in page
        assert "Message deleted" in page
    assert as_bob.get(f"{url}/versions").status_code == 404
    assert all(" words" not in frame for _, frame in heard)


def test_removing_lowers_the_unread_count(as_alice, as_bob, url):
    assert [one.text.split()[0] for one in by_class(as_bob.get("/chats").text, "badge")] == ["1"]
    as_alice.delete(url)
    assert by_class(as_bob.get("/chats").text, "badge") == []


def test_removing_twice_is_removing_once(as_alice, url, db_session, row):
    first = as_alice.delete(url, htmx=True)
    again = as_alice.delete(url, htmx=True)
    assert (again.status_code, again.data, revision(db_session)) == (200, first.data, 2)


def test_bringing_back_within_ten_seconds(as_alice, as_bob, talk, url, heard, db_session):
    as_alice.delete(url)
    heard.clear()
    answer = as_alice.post(f"{url}/restore", htmx=True)
    assert (answer.status_code, bodies(answer.text)) == (200, ["first words"])
    assert heard.on(announce.chat_topic(talk.topic)) == [answer.text]
    assert bodies(as_bob.get(talk.url).text) == ["first words"]
    assert revision(db_session) == 3


def test_bringing_back_what_was_not_removed_changes_nothing(as_alice, url, db_session):
    assert as_alice.post(f"{url}/restore").status_code == 200
    assert revision(db_session) == 1


def test_after_ten_seconds_it_is_too_late(as_alice, url, stored, db_session):
    as_alice.delete(url)
    too_late(stored)
    answer = as_alice.post(f"{url}/restore", htmx=True)
    assert answer.status_code == 409
    assert "too late" in problems(answer.text)[0]
    assert revision(db_session) == 2


def test_an_edit_behind_a_removal_is_refused(as_alice, url, row):
    as_alice.delete(url)
    answer = as_alice.patch(url, {"body": "too late"}, htmx=True)
    assert (answer.status_code, problems(answer.text)) == (409, ["This message was deleted meanwhile."])
    assert row(Message.body) == "first words"


def test_what_was_removed_is_wiped_with_its_versions(app, as_alice, url, stored, row, db_session):
    as_alice.patch(url, {"body": "better words"})
    as_alice.delete(url)
    wipe(app)
    assert row(Message.body) == "better words", "ten seconds are not over"
    too_late(stored)
    wipe(app)
    assert row(Message.body) == ""
    assert db_session.scalar(select(func.count()).select_from(Version)) == 0


def test_what_was_not_removed_is_never_wiped(app, as_alice, url, row, db_session):
    as_alice.patch(url, {"body": "better words"})
    wipe(app)
    assert row(Message.body) == "better words"
    assert db_session.scalar(select(Version.body)) == "first words"


def test_many_edits_at_once_leave_every_text_once(sign_in, alice, url, db_session):
    browsers = [sign_in(alice) for _ in range(8)]
    assert all(browser.csrf for browser in browsers)
    texts = [f"text {number}" for number in range(8)]
    edits = [
        partial(browser.patch, url, {"body": text}) for browser, text in zip(browsers, texts, strict=True)
    ]
    assert [answer.status_code for answer in at_once(edits)] == [200] * 8
    kept = list(db_session.scalars(select(Version.body).order_by(Version.id)))
    assert kept[0] == "first words"
    assert sorted([*kept[1:], db_session.scalar(select(Message.body))]) == texts
    assert revision(db_session) == 9
