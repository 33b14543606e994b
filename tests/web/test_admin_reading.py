"""An administrator reads an opened conversation: page by page, on record, and without a trace in it."""

import pytest
from sqlalchemy import select, text, update

from chatweb.domain import changes
from chatweb.models import Base, Entry, User
from tests.web.overseeing import HOSTILE, UNWRITABLE, WHY, entries, open_chat
from tests.web.reading import by_class, elements

pytestmark = pytest.mark.both_engines


@pytest.fixture
def url(chat):
    return f"/admin/chats/{chat.id}"


def said(page):
    return [one.text for one in by_class(page.text, "transcript__body")]


def link(page, words):
    found = [one for one in elements(page.text) if one.tag == "a" and one.text.strip() == words]
    return found[0].attributes["href"] if found else None


def test_each_page_shown_is_an_entry_with_its_range(opened, dana, url, talk, alice, db_session):
    first, *_, last = talk.says(alice, *(f"number {number}" for number in range(70)))
    page = opened.get(url)
    entry = entries(db_session)[-1]
    assert (entry.actor_name, entry.action, entry.kind, entry.reason) == ("dana", "chat_read", "", "")
    assert (entry.first_id, entry.last_id, entry.count) == (last.id - 49, last.id, 50)
    assert said(page) == [f"number {number}" for number in range(20, 70)]
    assert link(page, "Later messages") is None
    page = opened.get(link(page, "Earlier messages"))
    entry = entries(db_session)[-1]
    assert (entry.first_id, entry.last_id, entry.count) == (first.id, first.id + 19, 20)
    assert said(page) == [f"number {number}" for number in range(20)]
    assert link(page, "Earlier messages") is None
    page = opened.get(link(page, "Later messages"))
    assert said(page) == [f"number {number}" for number in range(20, 70)]
    assert [entry.action for entry in entries(db_session)] == ["chat_opened", *["chat_read"] * 3]


def test_an_empty_page_is_an_entry_too(opened, url, db_session):
    page = opened.get(url)
    assert "There is no message here." in page.text
    entry = entries(db_session)[-1]
    assert (entry.action, entry.first_id, entry.last_id, entry.count) == ("chat_read", None, None, 0)


def test_the_page_says_that_it_is_on_record(opened, url):
    page = opened.get(url)
    notice = " ".join(by_class(page.text, "audit-notice")[0].text.split())
    assert "You are reading other people’s messages. This is on record." in notice
    assert "Reason: Report by a user, REP-118" in notice
    assert "Entry 1, " in notice
    assert "Access ends " in notice
    assert WHY["reason"] in notice


def test_who_said_what_and_when_to_the_millisecond(opened, url, talk, alice, bob):
    one, two = [*talk.says(alice, "hello"), *talk.says(bob, "two\nlines")]
    page = opened.get(url).text
    assert [one.text for one in by_class(page, "transcript__sender")] == ["alice", "bob"]
    times = [one.text for one in by_class(page, "transcript__time")]
    assert times == [
        f"{at.inserted_at:%H:%M:%S}.{at.inserted_at.microsecond // 1000:03}" for at in (one, two)
    ]
    assert [one.text for one in by_class(page, "transcript__body")] == ["hello", "two\nlines"]


def test_edited_messages_show_what_they_said_before(opened, url, talk, alice, chat, stored):
    (one,) = talk.says(alice, "first words")
    for words in ("second words", "third words"):
        stored(lambda session, words=words: changes.edit(session, chat, one.id, words))
    page = opened.get(url)
    assert said(page) == ["third words"]
    assert [one.text for one in by_class(page.text, "versions__body")] == ["first words", "second words"]


def test_of_removed_messages_only_that_they_were_there_is_shown(opened, url, talk, alice, chat, stored):
    one, two = talk.says(alice, "a secret", "another secret")
    stored(lambda session: changes.edit(session, chat, one.id, "a changed secret"))
    stored(lambda session: changes.remove(session, chat, one.id))
    stored(lambda session: changes.remove(session, chat, two.id))
    page = opened.get(url)
    assert [one.text.split(",")[0] for one in by_class(page.text, "transcript__removed")] == [
        "Message deleted"
    ] * 2
    assert "secret" not in page.text


def test_what_one_of_them_cleared_is_still_there(opened, url, talk, as_alice, alice):
    talk.says(alice, "hello")
    as_alice.post(f"{talk.url}/clear")
    assert said(opened.get(url)) == ["hello"]


@pytest.mark.parametrize("way", ["", "/open", "?before=5"])
def test_there_is_no_other_chat(as_dana, way):
    nothing = as_dana.get("/no/such/page")
    for chat_id in ("99", "0", "99999999999", "x"):
        answer = as_dana.get(f"/admin/chats/{chat_id}{way}")
        assert (answer.status_code, answer.data) == (404, nothing.data)


@pytest.mark.parametrize("query", ["before=x", "before=-1", "after=99999999999", "before=%C2%B2", "after="])
def test_there_is_no_other_page(opened, url, query, count):
    assert opened.get(f"{url}?{query}").status_code == 404
    assert count(Entry) == 1


def test_it_leaves_no_trace_in_the_chat(opened, url, talk, alice, bob, as_alice, heard, db_session):
    talk.says(bob, "hello")
    heard.clear()

    def dump():
        db_session.rollback()
        return {
            table.name: list(map(tuple, db_session.execute(select(table).order_by(*table.primary_key))))
            for table in Base.metadata.sorted_tables
            if table.name != "audit_entries"
        }

    before, page = dump(), as_alice.get(talk.messages_url).data
    for path in (url, f"{url}?before=99", f"{url}?after=0", "/admin/chats", f"{url}/open"):
        assert opened.get(path).status_code == 200
    opened.post(f"{url}/close")
    assert dump() == before
    assert as_alice.get(talk.messages_url).data == page
    assert not heard


def test_there_is_nothing_to_write_with(opened, url, talk, alice):
    talk.says(alice, "hello")
    page = opened.get(url).text
    forms = [one.attributes["action"] for one in elements(page) if one.tag == "form"]
    assert forms == [f"{url}/close", f"{url}/export"]
    assert not [one for one in elements(page) if one.tag == "textarea"]
    scripts = [one.attributes["src"].rpartition("/")[2] for one in elements(page) if one.tag == "script"]
    assert scripts == ["trusted-types.js", "follow.js"]
    assert "hx-" not in page.replace("htmx-config", "")


def test_what_cannot_be_recorded_is_not_shown(opened, chat, url, talk, alice, stored, engine_name, caplog):
    talk.says(alice, "a secret")
    stored(lambda session: session.execute(text(UNWRITABLE[engine_name])))
    answer = opened.get(url)
    assert answer.status_code == 503
    assert "secret" not in answer.text
    assert "secret" not in caplog.text
    assert open_chat(opened, chat.id).status_code == 503


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_words_are_only_words(as_dana, as_alice, chat, url, talk, alice, stored, payload):
    (one,) = talk.says(alice, payload)
    stored(lambda session: changes.edit(session, chat, one.id, f"{payload}!"))
    stored(lambda session: session.execute(update(User).values(display_name=payload)))
    form = as_dana.post(f"{url}/open", WHY | {"reason": payload, "kind": "", "reference": payload})
    open_chat(as_dana, chat.id, reason=f"{payload} is the reason", reference=payload)
    pages = [
        form,
        as_dana.get(url),
        as_dana.get("/admin/chats"),
        as_dana.get(f"/admin/chats?person={payload}"),
    ]
    for page in pages:
        found = elements(page.text)
        assert not [one for one in found if one.tag == "img" or "onerror" in one.attributes]
        assert not [one for one in found if one.tag == "script" and "src" not in one.attributes]
        assert "54439" not in page.text
    assert said(pages[1]) == [f"{payload}!"]
    assert [one.text for one in by_class(pages[1].text, "versions__body")] == [payload]
