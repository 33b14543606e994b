"""The reports: who sees which, what is shown of a conversation, and what is decided."""

import pytest
from sqlalchemy import delete, update

from chatweb.domain import report_queue
from chatweb.models import Message, Report, SignIn, User
from chatweb.models.base import EPOCH
from tests.people import PASSWORD, with_second_step
from tests.web.overseeing import NOTE, entries, offered, report
from tests.web.reading import by_class, elements, typed

pytestmark = pytest.mark.both_engines
HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7777 }}", "</textarea>"]


def shown(page):
    return [one.text for one in by_class(page.text, "transcript__body")]


def reads(page):
    found = [one.attributes["href"] for one in elements(page.text) if one.tag == "a" and one.text == "Read"]
    return [int(path.rpartition("/")[2]) for path in found]


def link(page, words):
    found = [one for one in elements(page.text) if one.tag == "a" and one.text.strip() == words]
    return found[0].attributes["href"] if found else None


def test_the_queue_has_the_open_ones_oldest_first_and_no_word(as_frank, told, decide):
    for number in (1, 3, 5):
        told(number, words="number 3 is a threat")
    decide("/admin/reports/2", "dismissed")
    page = as_frank.get("/admin/reports")
    assert reads(page) == [1, 3]
    assert "number 3" not in page.text
    page = as_frank.get("/admin/reports?state=decided")
    assert reads(page) == [2]
    for words in ("Dismissed", "frank"):
        assert words in page.text


def test_pages_of_the_queue_follow_each_other(as_frank, told, stored, monkeypatch):
    monkeypatch.setattr(report_queue, "LIST_PAGE", 2)
    for _ in range(5):
        told(1)
    for state, ids in (("", [1, 2, 3, 4, 5]), ("?state=decided", [5, 4, 3, 2, 1])):
        if state:
            as_frank.get("/admin/reports/1")
            stored(lambda session: session.execute(update(Report).values(decision="dismissed", entry_id=1)))
        seen, path = [], f"/admin/reports{state}"
        while path:
            page = as_frank.get(path)
            seen += reads(page)
            path = link(page, "More")
        assert seen == ids


def test_a_report_shows_what_was_reported_with_five_on_either_side(
    as_frank, frank, told, said, db_session, chat
):
    page = as_frank.get(told(11, 13, 31, words="He did it again"))
    first, last = range(6, 19), range(26, 37)
    assert shown(page) == ["He did it again", *(f"number {n}" for n in (*first, *last))]
    marked = [one.text for one in by_class(page.text, "transcript__line--reported")]
    assert all(f"number {n}" in text for n, text in zip((11, 13, 31), marked, strict=True))
    assert len(by_class(page.text, "transcript__gap")) == 1
    (entry,) = entries(db_session)
    assert (entry.actor_id, entry.action, entry.chat_id) == (frank.id, "report_read", chat.id)
    assert (entry.person_1_name, entry.person_2_name, entry.detail) == ("bob", "alice", "report 1")
    assert (entry.first_id, entry.last_id, entry.count) == (said[6].id, said[36].id, 24)


def test_neighbours_that_touch_have_nothing_between_them(as_frank, told):
    page = as_frank.get(told(11, 23))
    assert shown(page) == [f"number {n}" for n in (*range(6, 17), *range(18, 29))]
    assert len(by_class(page.text, "transcript__gap")) == 1
    assert not by_class(as_frank.get(told(11, 21)).text, "transcript__gap")


def test_what_was_reported_reads_as_it_did_then(as_frank, as_bob, talk, said, told):
    url = f"{talk.messages_url}/{said[11].id}"
    as_bob.patch(url, {"body": "a better threat"})
    path = told(11, 13)
    as_bob.patch(url, {"body": "harmless words"})
    page = as_frank.get(path)
    assert "a better threat" in shown(page)
    assert [one.text for one in by_class(page.text, "versions__body")] == ["number 11"]
    assert "harmless" not in page.text
    assert "edited since" in by_class(page.text, "transcript__now")[0].text
    as_bob.delete(url)
    page = as_frank.get(path)
    assert "a better threat" in shown(page)
    assert "deleted since" in by_class(page.text, "transcript__now")[0].text


def test_what_was_deleted_around_it_is_not_shown(as_frank, as_bob, talk, said, told):
    path = told(11)
    as_bob.delete(f"{talk.messages_url}/{said[13].id}")
    page = as_frank.get(path)
    assert "number 13" not in shown(page)
    assert [one.text for one in by_class(page.text, "transcript__removed")] == ["Message deleted"]


def test_what_is_gone_altogether_can_be_read_in_the_report(as_frank, told, said, stored):
    path = told(11)
    stored(lambda session: session.execute(delete(Message).where(Message.id == said[11].id)))
    page = as_frank.get(path)
    assert shown(page) == [f"number {n}" for n in range(6, 17)]
    assert "no longer there" in by_class(page.text, "transcript__now")[0].text


def test_a_report_without_its_conversation_can_still_be_decided(as_frank, as_alice, as_bob, told, decide):
    path = told(11)
    for visitor in (as_alice, as_bob):
        visitor.post("/settings/data/delete", {"present": PASSWORD, "messages": "on"})
    page = as_frank.get(path)
    assert (shown(page), offered(page)) == (["number 11"], ["dismissed"])
    assert decide(path, "removed").status_code == 422
    assert decide(path, "dismissed").status_code == 303


def test_words_alone_can_be_read_and_decided(as_frank, told, decide):
    path = told(words="This picture is mine")
    page = as_frank.get(path)
    assert (shown(page), offered(page)) == (["This picture is mine"], ["dismissed", "deactivated"])
    assert decide(path, "removed").status_code == 422


def test_it_takes_the_password_when_it_was_typed_long_ago(as_frank, told, decide, stored, db_session):
    path = told(11, words="He did it again")
    stored(lambda session: session.execute(update(SignIn).values(confirmed_at=EPOCH)))
    answer = as_frank.get(path)
    assert (answer.status_code, answer.location) == (303, f"{path}/open")
    assert as_frank.post(f"{path}/open").status_code == 422
    answer = decide(path, "removed")
    assert answer.status_code == 422
    assert "He did it again" not in answer.text
    assert "number" not in answer.text
    assert (entries(db_session), typed(as_frank.get(f"{path}/open").text, "password")) == ([], "")
    kept = {
        one.attributes["name"]: one.attributes["value"] for one in elements(answer.text) if one.tag == "input"
    }
    assert (kept["decision"], kept["reason"]) == ("removed", NOTE)
    assert as_frank.post(f"{path}/open", {"password": PASSWORD}).location == path
    assert as_frank.get(path).status_code == 200


def test_what_was_typed_survives_the_question_for_the_password(as_frank, told, decide, stored, talk):
    path = told(11)
    stored(lambda session: session.execute(update(SignIn).values(confirmed_at=EPOCH)))
    assert decide(path, "removed").status_code == 422
    assert decide(path, "removed", password=PASSWORD).status_code == 303


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_nobody_sees_a_report_about_themselves_or_of_their_own(
    app, as_alice, as_bob, alice, bob, told, decide, stored, who
):
    person, visitor = {"alice": (alice, as_alice), "bob": (bob, as_bob)}[who]
    with_second_step(app, person)
    stored(lambda session: session.execute(update(User).where(User.username == who).values(role="moderator")))
    path = told(11)
    nothing = visitor.get("/admin/reports/99")
    assert reads(visitor.get("/admin/reports")) == []
    for answer in (
        visitor.get(path),
        visitor.get(f"{path}/open"),
        visitor.post(f"{path}/open"),
        decide(path, "dismissed", visitor),
    ):
        assert (answer.status_code, answer.data) == (404, nothing.data)


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_words_are_only_words(as_frank, as_bob, talk, bob, stored, chat, decide, payload):
    _, one = talk.says(bob, payload, f"{payload} too")
    as_bob.patch(f"{talk.messages_url}/{one.id}", {"body": f"{payload}!"})
    stored(lambda session: session.execute(update(User).values(display_name=payload)))
    path = f"/admin/reports/{report(stored, chat, one.id, words=payload)}"
    pages = [
        as_frank.get("/admin/reports"),
        as_frank.get(path),
        as_frank.get(f"{path}/open"),
        decide(path, "", reason=payload),
    ]
    decide(path, "dismissed", reason=f"{payload} is the note")
    pages += [as_frank.get(path), as_frank.get("/admin/reports?state=decided")]
    for page in pages:
        found = elements(page.text)
        assert not [one for one in found if one.tag in ("script", "img") or "onerror" in one.attributes]
        assert "54439" not in page.text
    assert shown(pages[1]) == [payload, payload, f"{payload}!"]
    assert f"{payload} is the note" in [one.text for one in by_class(pages[4].text, "table__words")]


def test_reading_leaves_no_trace_in_the_chat(as_frank, as_alice, talk, told, heard):
    path = told(11)
    before = as_alice.get(f"{talk.messages_url}?after=0").text
    heard.clear()
    as_frank.get(path)
    assert (heard, heard.closed) == ([], [])
    assert as_alice.get(f"{talk.messages_url}?after=0").text == before


@pytest.mark.parametrize("query", ["beyond=x", "beyond=-1", "beyond=99999999999"])
def test_there_is_no_other_page(as_frank, query):
    assert as_frank.get(f"/admin/reports?{query}").status_code == 404


def test_a_moderator_sees_nothing_else(as_frank, told):
    told(11)
    tabs = [one.text.strip() for one in by_class(as_frank.get("/admin/reports").text, "admin-bar__tab")]
    assert tabs == ["Reports"]
    assert as_frank.get("/admin").location == "/admin/reports"
