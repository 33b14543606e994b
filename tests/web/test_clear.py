"""Clearing a conversation for oneself."""

import pytest

from chatweb.announce import chat_topic, person_topic
from chatweb.domain import reads
from chatweb.models import Member
from tests.web.reading import bodies, by_class, messages, rows
from tests.web.talking import new_key, send

PREVIEW = "No messages yet"


@pytest.fixture
def said(talk, alice, bob):
    return [*talk.says(alice, "one"), *talk.says(bob, "two", "three")]


@pytest.fixture
def clear(talk):
    return lambda visitor, **options: visitor.post(f"{talk.url}/clear", **{"htmx": True, **options})


def preview(visitor):
    (row,) = rows(visitor.get("/chats").text)
    (line,) = by_class(visitor.get("/chats").text, "row__preview")
    return line.text, row.attributes["data-unread"]


def test_everything_is_gone_for_this_person(as_alice, talk, said, clear):
    assert clear(as_alice).status_code == 200
    assert bodies(as_alice.get(talk.url).text) == []
    for query in ("", "?after=0", "?newer=0", f"?before={said[-1].id + 1}", f"?around={said[0].id}"):
        assert bodies(as_alice.get(talk.messages_url + query, htmx=True).text) == [], query
    for query in ("?before=999999999", f"?around={said[0].id}", "?newest"):
        assert bodies(as_alice.get(talk.url + query).text) == [], query


def test_the_other_one_sees_no_difference(as_alice, as_bob, talk, said, clear, heard):
    paths = (f"{talk.messages_url}?after=0", talk.messages_url, "/chats")
    before = [rows(page) + messages(page) for page in (as_bob.get(path).text for path in paths)]
    clear(as_alice)
    assert [rows(page) + messages(page) for page in (as_bob.get(path).text for path in paths)] == before
    assert heard.on(chat_topic(talk.topic)) == []


def test_the_row_stays_where_it_is_with_nothing_in_it(as_alice, as_bob, talk, said, clear):
    assert preview(as_alice) == ("three", "2")
    order = rows(as_alice.get("/chats").text)[0].attributes["data-order"]
    clear(as_alice)
    assert preview(as_alice) == (PREVIEW, "0")
    assert rows(as_alice.get("/chats").text)[0].attributes["data-order"] == order
    send(as_bob, talk, "four")
    assert preview(as_alice) == ("four", "1")
    assert bodies(as_alice.get(talk.url).text) == ["four"]


def test_every_page_of_this_person_hears_how_far(as_alice, talk, said, alice, clear, heard):
    answer = clear(as_alice).text
    assert heard == [(person_topic(alice.id), answer)]
    assert rows(answer)[0].attributes["data-cleared"] == str(said[-1].id)
    caught_up = as_alice.get(f"{talk.messages_url}?after=3").text
    assert by_class(caught_up, "upto")[0].attributes["data-cleared"] == str(said[-1].id)
    assert f'data-cleared="{said[-1].id}"' in as_alice.get(talk.url).text


def test_what_is_gone_can_neither_be_linked_nor_changed(as_alice, talk, said, clear):
    mine, theirs = said[0].id, said[1].id
    assert as_alice.get(f"{talk.url}/@{mine}").status_code == 302
    clear(as_alice)
    assert as_alice.get(f"{talk.url}/@{mine}").status_code == 404
    assert as_alice.get(f"{talk.url}/@{theirs}").status_code == 404
    assert as_alice.patch(f"{talk.messages_url}/{mine}", {"body": "new"}).status_code == 404
    assert as_alice.delete(f"{talk.messages_url}/{mine}").status_code == 404
    assert as_alice.post(f"{talk.messages_url}/{mine}/restore").status_code == 404
    assert as_alice.get(f"{talk.messages_url}/{mine}/versions").status_code == 404
    assert as_alice.post(f"{talk.url}/unread", {"id": mine}).status_code == 404


def test_an_edit_of_what_is_gone_does_not_bring_it_back(as_alice, as_bob, talk, said, clear):
    clear(as_alice)
    as_bob.patch(f"{talk.messages_url}/{said[1].id}", {"body": "changed"})
    answer = as_alice.get(f"{talk.messages_url}?after=3").text
    assert bodies(answer) == []
    assert by_class(answer, "upto")[0].attributes["value"] == "4"
    assert bodies(as_bob.get(f"{talk.messages_url}?after=3").text) == ["changed"]
    assert preview(as_alice) == (PREVIEW, "0")


def test_pages_end_where_it_was_cleared(as_alice, talk, alice, said, clear):
    clear(as_alice)
    later = talk.says(alice, *[f"later {number}" for number in range(50)])
    texts = [one.body for one in later]
    page = as_alice.get(talk.url).text
    assert bodies(page) == texts[10:]
    assert bodies(as_alice.get(f"{talk.messages_url}?before={later[10].id}").text) == texts[:10]
    assert as_alice.get(f"{talk.messages_url}?before={later[0].id}").status_code == 204
    assert bodies(as_alice.get(f"{talk.messages_url}?newer=0").text) == texts[:40]
    assert "Older messages" not in as_alice.get(f"{talk.url}?before={later[10].id}").text


def test_clearing_again_takes_what_came_since(as_alice, as_bob, talk, said, clear):
    clear(as_alice)
    assert clear(as_alice).status_code == 200
    send(as_bob, talk, "four")
    clear(as_alice)
    assert bodies(as_alice.get(talk.url).text) == []


def test_what_the_other_sees_as_read_stays(as_alice, talk, said, alice, clear, db_session):
    as_alice.post(f"{talk.url}/read", {"id": said[1].id})
    clear(as_alice)
    pointers = db_session.query(Member.read_id, Member.seen_id, Member.cleared).filter_by(user_id=alice.id)
    assert tuple(pointers.one()) == (said[2].id, said[1].id, said[2].id)


def test_clearing_nothing_is_no_mistake(as_alice, talk, clear):
    assert clear(as_alice).status_code == 200
    assert preview(as_alice) == (PREVIEW, "0")


def test_without_a_script_it_leads_back_to_the_page(as_alice, talk, said, clear):
    answer = clear(as_alice, htmx=False)
    assert (answer.status_code, answer.location) == (303, talk.url)


def test_the_stranger_and_whoever_is_signed_out_clear_nothing(
    visitor, as_alice, as_bob, as_carol, talk, said, clear
):
    assert clear(visitor).status_code == 401
    assert clear(as_carol).status_code == 404
    assert clear(as_alice, csrf=False).status_code == 400
    for member in (as_alice, as_bob):
        assert bodies(member.get(talk.url).text) == ["one", "two", "three"]


def test_a_message_of_another_chat_clears_nothing_here(as_alice, as_carol, talk, said, clear):
    address = as_carol.post("/chats", {"username": "alice"}).location
    as_carol.post(f"{address}/messages", {"body": "elsewhere", "key": new_key()})
    clear(as_alice)
    assert bodies(as_alice.get(address).text) == ["elsewhere"]


@pytest.mark.both_engines
def test_what_is_marked_unread_at_the_same_moment_stays_cleared(as_alice, chat, said, clear, stored):
    held_before = chat
    clear(as_alice)
    assert not stored(lambda session: reads.unread_from(session, held_before, said[1].id))
    assert preview(as_alice) == (PREVIEW, "0")
