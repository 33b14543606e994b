"""What cannot be a message is refused before anything is written."""

from functools import partial

import pytest
from sqlalchemy import select

from chatweb.domain import changes
from chatweb.domain.refusals import Invalid, NotFound
from chatweb.models import Chat, Message

A_UUID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
NO_KEYS = (
    "x",
    "not-a-uuid",
    A_UUID.upper(),
    A_UUID + "0",
    A_UUID + "\n",
    A_UUID.replace("4", "４"),
    "\x00" * 36,
)
NO_TEXTS = ("", " \n\t", "x" * 10_001, "a\x00b", "a\ud800b")
TEXTS = ("x" * 10_000, "👩‍👩‍👧" * 2_000, " leads and trails \n", "שלום \u202e abc", "%s ' \\ ; --", "e\u0301")


@pytest.mark.parametrize("key", NO_KEYS, ids=ascii)
def test_a_key_is_a_uuid_in_small_letters(send, db_session, key):
    with pytest.raises(Invalid) as refusal:
        send("hello", key=key)
    assert refusal.value.problems == {"key": "key_form"}
    assert db_session.scalars(select(Chat.revision)).all() == [0]


@pytest.mark.parametrize("body", NO_TEXTS, ids=lambda body: ascii(body[:5]))
def test_a_text_that_cannot_be_kept_changes_nothing(send, db_session, body):
    with pytest.raises(Invalid) as refusal:
        send(body)
    assert list(refusal.value.problems) == ["body"]
    assert db_session.scalars(select(Chat.revision)).all() == [0]


@pytest.mark.both_engines
def test_every_other_text_is_kept_as_it_is(send, db_session):
    assert [send(body).message.body for body in TEXTS] == list(TEXTS)
    assert db_session.scalars(select(Message.body).order_by(Message.id)).all() == list(TEXTS)


@pytest.mark.both_engines
def test_a_chat_that_is_gone_takes_no_message(send, stored, chat, db_session):
    stored(lambda session: session.delete(session.get(Chat, chat.id)))
    with pytest.raises(NotFound):
        send("hello")
    assert db_session.scalars(select(Message.id)).all() == []


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "change",
    [partial(changes.edit, body="bye"), changes.remove, changes.restore],
    ids=["edit", "remove", "restore"],
)
def test_in_a_chat_that_is_gone_nothing_is_changed(send, stored, chat, change):
    said = send("hello").message
    stored(lambda session: session.delete(session.get(Chat, chat.id)))
    with pytest.raises(NotFound) as refusal:
        stored(lambda session: change(session, chat, said.id))
    assert refusal.value.code == "no_such_chat"
