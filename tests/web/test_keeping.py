"""Pinning, archiving and muting a conversation, and drafts, through the doors that browsers use."""

import pytest
from sqlalchemy import select, update

from chatweb import announce
from chatweb.announce import person_topic
from chatweb.extensions import db
from chatweb.models import Member, User
from tests.web.reading import by_class, elements, rows
from tests.web.talking import send

ACTS = ("pin", "unpin", "archive", "unarchive", "mute", "mute-1", "mute-8", "unmute")


def arrange(visitor, talk, act, **options):
    return visitor.post(f"{talk.url}/arrange", {"act": act}, **options)


def draft(visitor, talk, body):
    return visitor.post(f"{talk.url}/draft", {"body": body}, htmx=True)


def field(visitor, talk):
    """What stands in the message field of a page opened now."""
    (found,) = [one for one in elements(visitor.get(talk.url).text) if one.tag == "textarea"]
    return found.text.removeprefix("\n")


@pytest.mark.parametrize("act", ACTS)
def test_a_plain_form_leads_back_to_the_conversation(as_alice, talk, act):
    answer = arrange(as_alice, talk, act)
    assert (answer.status_code, answer.location) == (303, talk.url)


@pytest.mark.parametrize(
    ("act", "mark"), [("pin", "data-pinned"), ("archive", "data-archived"), ("mute-8", "data-muted")]
)
def test_the_pages_of_the_person_hear_it_and_nobody_else(as_alice, talk, heard, alice, act, mark):
    assert arrange(as_alice, talk, act, htmx=True).status_code == 200
    ((topic, row),) = heard
    assert topic == person_topic(alice.id)
    assert f" {mark}" in row.partition(">")[0]


def test_what_was_archived_is_listed_apart(as_alice, as_bob, talk, bob):
    talk.says(bob, "hello")
    arrange(as_alice, talk, "archive")
    assert rows(as_alice.get("/chats").text) == []
    assert len(rows(as_alice.get("/chats?archived").text)) == 1
    assert len(rows(as_bob.get("/chats").text)) == 1


def test_a_new_message_brings_it_back_in_the_open_pages_too(as_alice, as_bob, talk, heard, alice):
    arrange(as_alice, talk, "archive")
    heard.clear()
    assert send(as_bob, talk, "are you there?").status_code == 200
    (row,) = [html for topic, html in heard if topic == person_topic(alice.id)]
    assert "data-archived" not in row


def test_an_act_that_is_none_is_refused(as_alice, talk, db_session):
    before = db_session.execute(select(Member.__table__)).all()
    assert arrange(as_alice, talk, "explode").status_code == 422
    db_session.rollback()
    assert db_session.execute(select(Member.__table__)).all() == before


def test_a_draft_stands_in_the_field_on_another_device_of_the_person_only(as_alice, as_bob, talk):
    assert draft(as_alice, talk, "half a\r\nthought").status_code == 204
    assert field(as_alice, talk) == "half a\nthought"
    assert field(as_bob, talk) == ""
    draft(as_alice, talk, "")
    assert field(as_alice, talk) == ""


def test_the_inbox_shows_a_draft_instead_of_the_newest_message(as_alice, as_bob, talk):
    draft(as_alice, talk, "half a thought")
    (label,) = by_class(as_alice.get("/chats").text, "row__label")
    assert label.text == "Draft:"
    assert by_class(as_bob.get("/chats").text, "row__label") == []


def test_a_draft_that_did_not_change_tells_nobody(as_alice, talk, heard):
    draft(as_alice, talk, "half a thought")
    heard.clear()
    assert draft(as_alice, talk, "half a thought").status_code == 204
    assert heard == []


@pytest.mark.parametrize("body", ["x" * 10_001, "\x00"])
def test_a_draft_that_cannot_be_kept_is_refused_and_the_last_one_stays(as_alice, talk, body):
    draft(as_alice, talk, "kept")
    assert draft(as_alice, talk, body).status_code == 422
    assert field(as_alice, talk) == "kept"


def test_without_a_script_sending_uses_the_draft_up(as_alice, talk):
    draft(as_alice, talk, "half a thought")
    send(as_alice, talk, "a whole thought", htmx=False)
    assert field(as_alice, talk) == ""


def test_a_message_sent_by_the_script_leaves_the_next_draft_alone(as_alice, talk):
    draft(as_alice, talk, "the next one")
    send(as_alice, talk, "the one before")
    assert field(as_alice, talk) == "the next one"


def test_the_page_of_a_closed_account_can_be_read_and_says_why_nothing_can_be_sent(
    as_alice, talk, alice, bob, stored
):
    talk.says(bob, "farewell")
    stored(lambda session: session.execute(update(User).where(User.id == bob.id).values(is_active=False)))
    page = as_alice.get(talk.url).text
    assert by_class(page, "message__body")[0].text == "farewell"
    assert len(by_class(page, "dock__closed")) == 1
    assert by_class(page, "composer__input") == []
    refused = send(as_alice, talk, "wait!")
    assert refused.status_code == 409
    assert "This account is closed" in refused.text
    assert as_alice.post(f"{talk.url}/read", {"id": "999999"}, htmx=True).status_code == 204


def test_a_draft_is_told_whole_to_the_pages_of_the_person_only(as_alice, talk, alice, heard):
    text = "a <b>long</b> thought,\n" * 20
    draft(as_alice, talk, text)
    assert {topic for topic, _ in heard} == {person_topic(alice.id)}
    (told,) = [one for frame in heard.on(person_topic(alice.id)) for one in by_class(frame, "draft")]
    assert told.attributes == {"class": "draft", "data-topic": talk.topic, "value": text}


def test_sending_without_a_script_tells_that_the_draft_is_used_up(as_alice, talk, alice, heard):
    draft(as_alice, talk, "half a thought")
    heard.clear()
    send(as_alice, talk, "a whole thought", htmx=False)
    (told,) = [one for frame in heard.on(person_topic(alice.id)) for one in by_class(frame, "draft")]
    assert (told.attributes["data-topic"], told.attributes["value"]) == (talk.topic, "")


def test_the_first_frame_of_the_inbox_has_every_draft_whole(app, as_alice, talk, alice, bob):
    draft(as_alice, talk, "half a thought" * 20)
    with app.app_context():
        ((hers,), (his,)) = (announce.inbox(db.session(), person.id) for person in (alice, bob))
    (told,) = by_class(hers, "draft")
    assert (told.attributes["data-topic"], told.attributes["value"]) == (talk.topic, "half a thought" * 20)
    assert by_class(his, "draft") == []
