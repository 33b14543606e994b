"""Administrators take conversations out: whole, in three formats, with sums, and on record."""

import csv
import hashlib
import io
import json
import tracemalloc
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, update

from chatweb.domain import access, changes, extracts, messages
from chatweb.models import Chat, Entry, Message, SignIn, User
from chatweb.models.base import EPOCH
from tests.people import PASSWORD
from tests.web.overseeing import HOSTILE, WHY, entries, unpacked
from tests.web.reading import by_class, elements, problems
from tests.web.talking import new_key

pytestmark = pytest.mark.both_engines
NAMES = ["messages.json", "messages.csv", "messages.html", "manifest.json"]
FORMULAS = ["=1+1", "+1", "-1", "@x", "\t=1", "\n=1", "＝1", "'=1", "'"]


@pytest.fixture
def url(chat):
    return f"/admin/chats/{chat.id}"


@pytest.fixture
def history(talk, alice, bob, stored, chat):
    """One message edited twice, one removed, and one that stays as it is."""
    edited, gone = talk.says(alice, "first words", "a secret")
    for words in ("second words", "third words"):
        stored(lambda session, words=words: changes.edit(session, chat, edited.id, words))
    stored(lambda session: changes.remove(session, chat, gone.id))
    return [edited, gone, *talk.says(bob, "two\nlines 早安")]


def rows(files):
    return list(csv.DictReader(io.StringIO(files["messages.csv"], newline="")))


def said(files):
    (chat,) = json.loads(files["messages.json"])["chats"]
    return [one.get("body") for one in chat["messages"]]


def test_the_archive_holds_what_the_transcript_shows_in_three_formats(opened, url, history):
    answer = opened.post(f"{url}/export")
    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"] == "attachment; filename=chatweb-2.zip"
    assert answer.headers["Cache-Control"] == "no-store"
    files = unpacked(answer)
    assert list(files) == NAMES
    edited, gone, kept = history
    (chat,) = json.loads(files["messages.json"])["chats"]
    assert {one["username"] for one in chat["people"]} == {"alice", "bob"}
    one, two, three = chat["messages"]
    assert (one["id"], one["from"], one["body"]) == (edited.id, "alice", "third words")
    assert [version["body"] for version in one["earlier"]] == ["first words", "second words"]
    assert (two["id"], two["deleted"], "body" in two) == (gone.id, True, False)
    assert (three["id"], three["from"], three["body"]) == (kept.id, "bob", "two\nlines 早安")
    assert [(row["message"], row["version"], row["from"], row["body"]) for row in rows(files)] == [
        (str(edited.id), "1", "alice", "first words"),
        (str(edited.id), "2", "alice", "second words"),
        (str(edited.id), "3", "alice", "third words"),
        (str(gone.id), "1", "alice", ""),
        (str(kept.id), "1", "bob", "two\nlines 早安"),
    ]
    assert [bool(row["deleted_at"]) for row in rows(files)] == [False, False, False, True, False]
    page = files["messages.html"]
    assert [one.text for one in by_class(page, "transcript__body")] == ["third words", "two\nlines 早安"]
    assert [one.text for one in by_class(page, "versions__body")] == ["first words", "second words"]
    assert len(by_class(page, "transcript__removed")) == 1
    assert "a secret" not in "".join(files.values())


def test_the_manifest_says_who_what_why_and_its_sums_are_right(opened, url, history, chat):
    files = unpacked(opened.post(f"{url}/export", {"from": "2020-01-01", "to": "2998-12-31"}))
    manifest = json.loads(files.pop("manifest.json"))
    assert manifest["files"] == [
        {
            "name": name,
            "bytes": len(text.encode()),
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
        }
        for name, text in files.items()
    ]
    assert (manifest["exported_by"], manifest["entry"], manifest["messages"]) == ("dana", 2, 3)
    assert manifest["reason"] == {
        "entry": 1,
        "kind": "report",
        "reference": "REP-118",
        "text": WHY["reason"],
    }
    assert (manifest["since"], manifest["until"]) == ("2020-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z")
    (first, _, last) = history
    span = {"first_id": first.id, "last_id": last.id, "messages": 3}
    assert manifest["chats"] == [{"id": chat.id, **span}]


def test_it_is_on_record_before_the_first_byte(opened, url, history, db_session):
    answer = opened.post(f"{url}/export", {"from": "2020-01-01"})
    entry = entries(db_session)[-1]
    assert (entry.action, entry.actor_name, entry.detail) == (
        "chat_exported",
        "dana",
        "from: 2020-01-01 00:00 UTC",
    )
    assert (entry.first_id, entry.last_id, entry.count) == (history[0].id, history[2].id, 3)
    assert json.loads(unpacked(answer)["manifest.json"])["entry"] == entry.id
    assert "messages, " in opened.get("/admin/audit").text


def test_days_narrow_it(opened, url, talk, alice, stored):
    for day, one in zip((20, 21, 22), talk.says(alice, "one", "two", "three"), strict=True):
        at = datetime(2026, 11, day, 23, 59, 59, 999_000, UTC)
        stored(
            lambda session, one=one, at=at: session.execute(
                update(Message).where(Message.id == one.id).values(inserted_at=at)
            )
        )
    for form, found in (
        ({"from": "2026-11-21"}, ["two", "three"]),
        ({"to": "2026-11-21"}, ["one", "two"]),
        ({"from": "2026-11-21", "to": "2026-11-21"}, ["two"]),
    ):
        assert said(unpacked(opened.post(f"{url}/export", form))) == found
    files = unpacked(opened.post(f"{url}/export", {"to": "2020-01-01"}))
    assert json.loads(files["messages.json"]) == {"chats": []}
    assert json.loads(files["manifest.json"])["messages"] == 0
    assert opened.post(f"{url}/export", {"from": "yesterday"}).status_code == 404


def test_what_is_not_open_is_not_exported(as_dana, url, history, count):
    answer = as_dana.post(f"{url}/export")
    assert (answer.status_code, answer.location) == (303, f"{url}/open")
    assert count(Entry) == 0
    assert as_dana.post("/admin/chats/99/export").status_code == 404


def test_what_is_said_meanwhile_is_in_none_of_the_files(opened, url, talk, alice, bob, monkeypatch):
    monkeypatch.setattr(extracts, "PAGE", 2)
    talk.says(alice, *"abcde")
    answer = opened.post(f"{url}/export")
    stream = answer.iter_encoded()
    data = next(stream)
    talk.says(bob, "meanwhile")
    data += b"".join(stream)
    answer.set_data(data)
    files = unpacked(answer)
    assert said(files) == list("abcde")
    assert "meanwhile" not in "".join(files.values())


def test_who_stops_it_in_the_middle_leaves_nothing_open(opened, url, talk, alice, monkeypatch):
    monkeypatch.setattr(extracts, "PAGE", 2)
    talk.says(alice, *"abcde")
    answer = opened.post(f"{url}/export")
    next(answer.iter_encoded())
    answer.close()
    assert said(unpacked(opened.post(f"{url}/export"))) == list("abcde")


def test_no_cell_is_a_formula_and_every_text_can_be_had_back(opened, url, talk, alice):
    talk.says(alice, *FORMULAS, "plain", "a'b")
    cells = [row["body"] for row in rows(unpacked(opened.post(f"{url}/export")))]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\n", "＝"))]
    assert [cell.removeprefix("'") for cell in cells] == [*FORMULAS, "plain", "a'b"]


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_words_run_nothing_in_the_page(opened, url, talk, alice, chat, stored, payload):
    (one,) = talk.says(alice, payload)
    stored(lambda session: changes.edit(session, chat, one.id, f"{payload}!"))
    stored(lambda session: session.execute(update(User).values(display_name=payload)))
    page = unpacked(opened.post(f"{url}/export"))["messages.html"]
    assert not [
        one for one in elements(page) if one.tag in ("script", "img", "a") or "onerror" in one.attributes
    ]
    assert by_class(page, "transcript__body")[0].text == f"{payload}!"
    assert "54439" not in page
    (policy,) = [
        one.attributes["content"]
        for one in elements(page)
        if one.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'")


@pytest.fixture
def elsewhere(as_bob, bob, stored):
    """Bob talks with carol, too."""

    def run(carol, *bodies):
        as_bob.post("/chats", {"username": "carol"})

        def work(session):
            topic = session.query(Chat).order_by(Chat.id.desc()).first().topic
            held = access.chat_for(session, bob.id, topic)
            return [messages.send(session, held, new_key(), body).message.id for body in bodies]

        return stored(work)

    return run


def test_all_chats_of_somebody_are_one_archive_and_each_is_an_entry(
    as_dana, bob, carol, history, elsewhere, db_session
):
    (other,) = elsewhere(carol, "hello carol")
    answer = as_dana.post(f"/admin/people/{bob.id}/export", WHY)
    found = entries(db_session)
    assert [entry.action for entry in found] == ["person_exported", "chat_exported", "chat_exported"]
    assert (found[0].person_1_name, found[0].kind, found[0].reason) == ("bob", "report", WHY["reason"])
    assert (found[0].first_id, found[0].last_id, found[0].count) == (history[0].id, other, 4)
    assert [({one.person_1_name, one.person_2_name}, one.count) for one in found[1:]] == [
        ({"alice", "bob"}, 3),
        ({"bob", "carol"}, 1),
    ]
    files = unpacked(answer)
    chats = json.loads(files["messages.json"])["chats"]
    assert [len(chat["messages"]) for chat in chats] == [3, 1]
    assert len(rows(files)) == 6
    manifest = json.loads(files["manifest.json"])
    assert (manifest["person"], manifest["reason"]["entry"]) == ("bob", found[0].id)
    assert [chat["messages"] for chat in manifest["chats"]] == [3, 1]
    answer = as_dana.post(f"/admin/people/{carol.id}/export", WHY)
    assert said(unpacked(answer)) == ["hello carol"]


def test_it_takes_a_reason_and_a_password_typed_lately(as_dana, bob, history, stored, count):
    path = f"/admin/people/{bob.id}/export"
    assert "Record and export" in as_dana.get(path).text
    answer = as_dana.post(path, WHY | {"reason": "because", "from": "2026-11-20"})
    assert (answer.status_code, problems(answer.text)[0][:21]) == (422, "At least 10 character")
    assert 'value="2026-11-20"' in answer.text
    stored(lambda session: session.execute(update(SignIn).values(confirmed_at=EPOCH)))
    answer = as_dana.post(path, WHY)
    assert (answer.status_code, problems(answer.text)) == (422, ["Type your password to go on."])
    assert count(Entry) == 0
    assert as_dana.post(path, WHY | {"password": PASSWORD}).mimetype == "application/zip"
    assert as_dana.post("/admin/people/99/export", WHY).status_code == 404


def test_who_has_said_nothing_is_exported_too(as_dana, carol, db_session):
    files = unpacked(as_dana.post(f"/admin/people/{carol.id}/export", WHY))
    assert json.loads(files["messages.json"]) == {"chats": []}
    (entry,) = entries(db_session)
    assert (entry.count, entry.first_id) == (0, None)


def test_memory_does_not_grow_with_the_conversation(app, opened, url, chat, alice, stored):
    def fill(session):
        rows = [
            {
                "chat_id": chat.id,
                "sender_id": alice.id,
                "key": str(number),
                "revision": number,
                "body": f"{number} " + "x" * 400,
                "inserted_at": EPOCH,
            }
            for number in range(20_000)
        ]
        session.execute(insert(Message), rows)

    stored(fill)
    answer = opened.post(f"{url}/export")
    tracemalloc.start()
    size = sum(len(piece) for piece in answer.iter_encoded())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 100_000
    assert peak < 6_000_000, "of 8 MB of text, three times"
