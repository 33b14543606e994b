"""Administrators search all conversations: for words as they stand there, with a reason, and on record."""

import pytest
from sqlalchemy import update

from chatweb.domain import changes, searches
from chatweb.models import Entry, Message, SignIn, User
from chatweb.models.base import EPOCH
from chatweb.web.admin import search
from tests.people import PASSWORD
from tests.web.overseeing import HOSTILE, WHY, entries
from tests.web.reading import by_class, elements, problems

pytestmark = pytest.mark.both_engines
PATH = "/admin/search"


@pytest.fixture
def find(as_dana):
    """`find("words", person="bob")` is the page with what was found."""
    return lambda words, **fields: as_dana.post(PATH, WHY | {"words": words} | fields)


def found(page):
    assert page.status_code == 200
    return [one.text for one in by_class(page.text, "hits__text")]


def test_it_finds_words_in_all_chats_the_newest_first(find, as_dana, talk, alice, bob, chat, db_session):
    first, _, last = talk.says(alice, "the red door", "the blue door", "red again")
    page = find("red")
    assert found(page) == ["red again", "the red door"]
    assert [one.text for one in elements(page.text) if one.tag == "mark"] == ["red", "red"]
    assert "2 messages found" in page.text
    assert f'href="/admin/chats/{chat.id}/open"' in page.text
    assert as_dana.get(f"/admin/chats/{chat.id}").location == f"/admin/chats/{chat.id}/open"
    entry, of_chat = entries(db_session)
    assert (entry.action, entry.actor_name, entry.kind, entry.reason) == (
        "searched",
        "dana",
        "report",
        WHY["reason"],
    )
    assert entry.detail == "words: red"
    assert (of_chat.action, of_chat.chat_id) == ("chat_found", chat.id)
    for one in (entry, of_chat):
        assert (one.first_id, one.last_id, one.count) == (first.id, last.id, 2)
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("words", "hit"),
    [
        ("100%", "100% sure"),
        ("a_b", "a_b"),
        ("c:\\d", "c:\\d/e"),
        ("\\d/e", "c:\\d/e"),
        ("HELLO", "Hello you"),
        ("  hello ", "Hello you"),
        ("病院", "昨日病院に行った"),
        ("<b>", "so <b>bold</b>"),
        ("' OR 1", "' OR 1=1 --"),
    ],
)
def test_every_sign_stands_for_itself(find, talk, alice, words, hit):
    talk.says(
        alice,
        *("100% sure", "100 percent", "a_b", "axb", "c:\\d/e", "Hello you"),
        *("昨日病院に行った", "so <b>bold</b>", "' OR 1=1 --"),
    )
    assert found(find(words)) == [hit]


def test_what_was_deleted_or_said_before_is_not_found(find, talk, alice, chat, stored):
    edited, gone = talk.says(alice, "a first secret", "another secret")
    stored(lambda session: changes.edit(session, chat, edited.id, "nothing"))
    stored(lambda session: changes.remove(session, chat, gone.id))
    assert found(find("secret")) == []
    assert found(find("nothing")) == ["nothing"]


def test_person_and_days_narrow_it(find, talk, alice, stored, db_session):
    talk.says(alice, "words of old")
    stored(lambda session: session.execute(update(Message).values(inserted_at=EPOCH)))
    talk.says(alice, "words of today")
    assert found(find("words", to="2000-01-01")) == ["words of old"]
    assert found(find("words", **{"from": "2000-01-01"})) == ["words of today"]
    assert len(found(find("words", person="bob"))) == 2
    assert found(find("words", person="carol")) == []
    assert entries(db_session)[-1].detail == "words: words, person: carol"
    assert find("words", to="yesterday").status_code == 404


def test_long_messages_are_cut_around_the_words(find, talk, alice):
    talk.says(alice, "x" * 300 + " needle " + "y" * 300, "the needle")
    short, cut = found(find("needle"))
    assert short == "the needle"
    assert cut.startswith("…x")
    assert cut.endswith("y…")
    assert " needle " in cut
    assert len(cut) < 200


def test_no_more_than_two_hundred_are_shown(find, talk, alice, monkeypatch, db_session):
    monkeypatch.setattr(searches, "STEP", 60)
    talk.says(alice, *(f"number {number}" for number in range(205)))
    page = find("number")
    assert found(page) == [f"number {number}" for number in range(204, 4, -1)]
    assert "The newest 200 messages, there are more" in page.text
    assert entries(db_session)[-1].count == 200


def test_it_does_not_take_for_ever_and_says_so(find, talk, alice, monkeypatch):
    monkeypatch.setattr(search, "PATIENCE", -1.0)
    talk.says(alice, "number one")
    page = find("number")
    assert found(page) == []
    assert "Not all messages were looked through" in page.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"words": "x"}, "Between 2 and 100 characters"),
        ({"words": "x" * 101}, "Between 2 and 100 characters"),
        ({"words": "a\x00b"}, "cannot be kept"),
        ({"person": "a\x00b"}, "cannot be kept"),
        ({"kind": ""}, "Choose what kind of reason it is."),
        ({"reason": "because"}, "At least 10 characters"),
    ],
)
def test_without_words_and_a_reason_nothing_is_looked_for(find, talk, alice, count, fields, words):
    talk.says(alice, "a secret")
    answer = find(**{"words": "secret"} | fields)
    assert answer.status_code == 422
    assert words in problems(answer.text)[0]
    assert "a secret" not in answer.text
    assert count(Entry) == 0


def test_it_takes_a_password_typed_lately(find, talk, alice, stored, count):
    stored(lambda session: session.execute(update(SignIn).values(confirmed_at=EPOCH)))
    answer = find("secret")
    assert (answer.status_code, problems(answer.text)) == (422, ["Type your password to go on."])
    assert count(Entry) == 0
    assert find("secret", password=PASSWORD).status_code == 200


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_words_are_only_words(find, talk, alice, stored, payload):
    talk.says(alice, f"here {payload} there")
    stored(lambda session: session.execute(update(User).values(display_name=payload)))
    for page in (find(payload), find(payload, reason="short", reference=payload, person=payload)):
        tags = elements(page.text)
        assert not [one for one in tags if one.tag in ("script", "img") or "onerror" in one.attributes]
        assert "54439" not in page.text
    assert found(find(payload)) == [f"here {payload} there"]
