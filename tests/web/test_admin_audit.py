"""The audit log as administrators and auditors see it, and as a file."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from chatweb.domain import audit, entries
from chatweb.domain.audit import Actor, Reason
from chatweb.models import Entry, SignIn
from chatweb.models.base import EPOCH
from tests.people import PASSWORD
from tests.web import overseeing
from tests.web.reading import by_class, elements, problems

pytestmark = pytest.mark.both_engines
DAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
WHY = Reason("legal", "=1+1", "<script>alert(1)</script> says the court")


@pytest.fixture
def log(stored, monkeypatch):
    """Entries of the 20th, 21st and 22nd: dana opens and reads the chat of alice and bob, root another."""

    def work(session):
        pair = {"chat_id": 4, "topic": "t", "person_1_name": "alice", "person_2_name": "bob"}
        for number, (actor, action, about, reason) in enumerate(
            (
                (Actor(7, "dana", 3, "192.0.2.1", "one"), "chat_opened", pair, WHY),
                (Actor(7, "dana"), "chat_read", pair | {"first_id": 5, "last_id": 9, "count": 4}, None),
                (Actor(8, "root"), "chat_opened", {"person_1_name": "bob", "person_2_name": "carol"}, WHY),
            )
        ):
            monkeypatch.setattr(audit, "utc_now", lambda number=number: DAY + timedelta(days=number))
            audit.record(session, actor, action, about, reason)
        monkeypatch.undo()

    stored(work)


def numbers(page):
    """The entries of a page, in its order."""
    return [one.attributes["id"].removeprefix("entry-") for one in by_class(page.text, "table__time")]


def link(page, words):
    found = [one for one in elements(page.text) if one.tag == "a" and one.text.strip() == words]
    return found[0].attributes["href"] if found else None


def test_it_says_who_did_what_about_whom_and_why(as_erin, log):
    page = as_erin.get("/admin/audit")
    assert numbers(page) == ["3", "2", "1"]
    rows = [" ".join(one.text.split()) for one in elements(page.text) if one.tag == "tr"]
    for words in ("1 20 Nov 2026, 12:00:00.000", "dana", "Opened a chat", "alice and bob, chat 4"):
        assert words in rows[3]
    for words in ("Legal request, =1+1", "<script>alert(1)</script> says the court", "192.0.2.1"):
        assert words in rows[3]
    assert "Read a chat" in rows[2]
    assert "4 messages, 5 to 9" in rows[2]
    assert not [one for one in elements(page.text) if one.tag == "script"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("actor=dana", "21"),
        ("actor=DAN", "21"),
        ("person=carol", "3"),
        ("person=bob", "321"),
        ("person=%25", ""),
        ("action=chat_read", "2"),
        ("action=nothing", ""),
        ("from=2026-11-21", "32"),
        ("to=2026-11-21", "21"),
        ("from=2026-11-21&to=2026-11-21&actor=dana", "2"),
        ("before=3", "21"),
        ("actor=a%00b", ""),
        ("action=a%00b", ""),
    ],
)
def test_it_is_narrowed(as_erin, log, query, found):
    assert numbers(as_erin.get(f"/admin/audit?{query}")) == list(found)


@pytest.mark.parametrize("query", ["before=x", "before=-1", "from=x", "to=9999-12-31"])
def test_what_no_form_sends_is_not_there(as_erin, query):
    assert as_erin.get(f"/admin/audit?{query}").status_code == 404


def test_pages_follow_each_other(as_erin, stored):
    def work(session):
        for _ in range(107):
            audit.record(session, Actor(7, "dana"), "chat_read", {})

    stored(work)
    seen, path = [], "/admin/audit?actor=dana"
    while path:
        page = as_erin.get(path)
        seen.append(numbers(page))
        path = link(page, "Older")
    assert [len(page) for page in seen] == [50, 50, 7]
    assert [int(number) for page in seen for number in page] == list(range(107, 0, -1))
    assert link(page, "Newest") == "/admin/audit?actor=dana"


def test_looking_at_it_is_no_entry(as_erin, log, count):
    as_erin.get("/admin/audit")
    assert count(Entry) == 3


def test_an_auditor_sees_the_log_and_nothing_else(as_erin, chat):
    assert as_erin.get("/admin").location == "/admin/audit"
    tabs = [one.text for one in by_class(as_erin.get("/admin/audit").text, "admin-bar__tab")]
    assert tabs == ["Audit log"]
    for path in ("/admin/chats", f"/admin/chats/{chat.id}", f"/admin/chats/{chat.id}/open"):
        assert as_erin.get(path).status_code == 404
    assert overseeing.open_chat(as_erin, chat.id).status_code == 404


def test_the_csv_is_the_whole_log_and_says_who_took_it(as_erin, log):
    answer = as_erin.post("/admin/audit/export", {"format": "csv"})
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == "attachment; filename=audit-4.csv"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert list(rows[0]) == list(entries.COLUMNS)
    assert [row["id"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[0]["inserted_at"] == "2026-11-20T12:00:00.000Z"
    assert rows[0]["reason"] == WHY.reason
    assert rows[0]["reference"] == "'=1+1", "no formula for a spreadsheet"
    taken = rows[3]
    assert (taken["actor_name"], taken["action"], taken["detail"]) == ("erin", "log_exported", "format: csv")


def test_the_json_is_exact_enough_to_follow_the_chain(as_erin, log):
    answer = as_erin.post("/admin/audit/export", {"format": "json"})
    assert answer.mimetype == "application/json"
    rows = json.loads(answer.text)
    assert [row["id"] for row in rows] == [1, 2, 3, 4]
    assert rows[0]["reference"] == "=1+1"
    for row, before in zip(rows[1:], rows, strict=False):
        assert row["previous"] == before["hash"]
    for row in rows:
        at = datetime.fromisoformat(row["inserted_at"])
        assert audit.seal(row | {"inserted_at": at}).hex() == row["hash"]


def test_a_filter_narrows_the_file_and_stands_in_the_entry(as_erin, log):
    form = {"format": "json", "actor": "dana", "from": "2026-11-21", "action": "chat_read"}
    rows = json.loads(as_erin.post("/admin/audit/export", form).text)
    assert [row["id"] for row in rows] == [2]
    form = {"format": "json", "actor": "erin"}
    rows = json.loads(as_erin.post("/admin/audit/export", form).text)
    details = ["format: json, actor: dana, action: chat_read, from: 2026-11-21", "format: json, actor: erin"]
    assert [row["detail"] for row in rows] == details


def test_a_long_log_is_written_batch_by_batch(as_erin, stored, monkeypatch):
    monkeypatch.setattr(entries, "BATCH", 3)

    def work(session):
        for _ in range(7):
            audit.record(session, Actor(7, "dana"), "chat_read", {})

    stored(work)
    rows = json.loads(as_erin.post("/admin/audit/export", {"format": "json"}).text)
    assert [row["id"] for row in rows] == list(range(1, 9))
    rows = list(csv.reader(io.StringIO(as_erin.post("/admin/audit/export", {"format": "csv"}).text)))
    assert [row[0] for row in rows] == ["id", *map(str, range(1, 10))]


def test_a_file_of_nothing_is_well_formed(as_erin, log):
    form = {"actor": "nobody"}
    assert json.loads(as_erin.post("/admin/audit/export", form | {"format": "json"}).text) == []
    names = as_erin.post("/admin/audit/export", form | {"format": "csv"}).text
    assert names == ",".join(entries.COLUMNS) + "\r\n"


def test_a_file_takes_the_password_when_it_was_typed_long_ago(as_erin, log, stored, count):
    stored(lambda session: session.execute(update(SignIn).values(confirmed_at=EPOCH)))
    answer = as_erin.post("/admin/audit/export", {"format": "csv", "actor": "dana"})
    assert answer.status_code == 422
    assert problems(answer.text) == ["Type your password to go on."]
    assert numbers(answer) == ["2", "1"], "the filter stays"
    assert count(Entry) == 3
    answer = as_erin.post("/admin/audit/export", {"format": "csv", "password": PASSWORD})
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")


@pytest.mark.parametrize(
    "form", [{}, {"format": "exe"}, {"format": "csv", "actor": "a\x00"}, {"format": "csv", "from": "x"}]
)
def test_there_are_no_other_files(as_erin, count, form):
    assert as_erin.post("/admin/audit/export", form).status_code == 404
    assert count(Entry) == 0


def test_no_word_of_a_message_is_in_it(as_dana, chat, talk, alice):
    talk.says(alice, "between the two of us")
    overseeing.open_chat(as_dana, chat.id)
    assert "between the two of us" in as_dana.get(f"/admin/chats/{chat.id}").text
    assert "between the two of us" not in as_dana.get("/admin/audit").text
    assert "between the two of us" not in as_dana.post("/admin/audit/export", {"format": "json"}).text
