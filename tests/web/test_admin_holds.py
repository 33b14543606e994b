"""Holds under the administration: put there and released with a reason, and nobody concerned is told."""

import pytest

from chatweb.domain import holding
from chatweb.models import Entry, Hold, User
from tests.people import PASSWORD
from tests.web.overseeing import WHY, entries
from tests.web.reading import by_class, elements, problems
from tests.web.talking import at_once

pytestmark = pytest.mark.both_engines
NEUTRAL = "Your account cannot be deleted at the moment. Please ask the people who run this server."


@pytest.fixture
def url(chat):
    return f"/admin/holds/chats/{chat.id}"


def links(page, words):
    found = [one for one in elements(page.text) if one.tag == "a" and one.text.strip() == words]
    return [one.attributes["href"] for one in found]


def test_a_chat_is_put_on_hold_and_released_with_a_reason(as_dana, dana, chat, url, db_session, count):
    page = as_dana.get(f"/admin/chats/{chat.id}/open")
    assert links(page, "Put it on hold, or release it") == [url]
    assert "Put this chat on hold?" in as_dana.get(url).text
    assert as_dana.post(url, WHY).location == "/admin/holds?done=chat-held"
    page = as_dana.get("/admin/holds")
    assert links(page, "Release…") == [url]
    assert WHY["reason"] in page.text
    assert "On hold" in [one.text for one in by_class(as_dana.get("/admin/chats").text, "tag")]
    assert "Release this chat?" in as_dana.get(url).text
    assert as_dana.post(url, WHY | {"act": "release"}).status_code == 303
    assert "Nothing is on hold." in as_dana.get("/admin/holds").text
    found = [(entry.actor_id, entry.action, entry.chat_id, entry.reason) for entry in entries(db_session)]
    assert found == [
        (dana.id, "chat_held", chat.id, WHY["reason"]),
        (dana.id, "chat_released", chat.id, WHY["reason"]),
    ]


def test_a_chat_of_somebody_on_hold_can_be_held_for_itself(as_dana, bob, url, count):
    as_dana.post(f"/admin/people/{bob.id}/hold", WHY)
    assert "On hold" in [one.text for one in by_class(as_dana.get("/admin/chats").text, "tag")]
    assert "Put this chat on hold?" in as_dana.get(url).text
    assert as_dana.post(url, WHY).status_code == 303
    assert count(Hold) == 2


def test_a_person_is_put_on_hold_and_released_with_a_reason(as_dana, bob, db_session):
    path = f"/admin/people/{bob.id}"
    assert as_dana.post(f"{path}/hold", WHY).location == f"{path}?done=hold"
    assert "on hold" in by_class(as_dana.get(path).text, "viewer-head__facts")[0].text
    assert links(as_dana.get("/admin/holds"), "Release…") == [f"{path}/release"]
    assert as_dana.post(f"{path}/release", WHY).status_code == 303
    assert [entry.action for entry in entries(db_session)] == ["person_held", "person_released"]


@pytest.mark.parametrize("whom", ["alice", "bob", "the chat"])
def test_who_is_held_is_not_told_and_stays(as_dana, as_alice, talk, alice, bob, url, whom, heard, db_session):
    talk.says(alice, "hello")
    paths = (talk.messages_url, "/settings/data/delete")
    heard.clear()
    before = [
        by_class(as_alice.get(path).text, "message__body" if path == paths[0] else "page") for path in paths
    ]
    ids = {"alice": alice.id, "bob": bob.id}
    as_dana.post(url if whom == "the chat" else f"/admin/people/{ids[whom]}/hold", WHY)
    after = [
        by_class(as_alice.get(path).text, "message__body" if path == paths[0] else "page") for path in paths
    ]
    assert ([one.text for page in after for one in page], list(heard)) == (
        [one.text for page in before for one in page],
        [],
    )
    answer = as_alice.post("/settings/data/delete", {"present": PASSWORD, "messages": "on"})
    assert answer.status_code == 409
    assert problems(answer.text) == [NEUTRAL]
    assert "hold" not in by_class(answer.text, "page")[0].text
    assert db_session.get(User, alice.id).left_at is None


def test_two_who_hold_at_once_hold_once(as_dana, url, sign_in, dana, count):
    browsers = [as_dana, sign_in(dana)]
    assert all(browser.csrf for browser in browsers)
    answers = at_once([lambda browser=browser: browser.post(url, WHY) for browser in browsers])
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    late = next(answer for answer in answers if answer.status_code == 409)
    assert problems(late.text) == ["This is on hold already."]
    assert (count(Hold), count(Entry)) == (1, 1)


@pytest.mark.parametrize("fields", [{"kind": ""}, {"reason": "because"}])
def test_without_a_good_reason_nothing_is_held(as_dana, url, count, fields):
    for act in ("hold", "release"):
        assert as_dana.post(url, WHY | {"act": act} | fields).status_code == 422
    assert (count(Hold), count(Entry)) == (0, 0)


def test_the_list_pages_back(as_dana, chat, url, alice, bob, monkeypatch):
    monkeypatch.setattr(holding, "LIST_PAGE", 2)
    as_dana.post(url, WHY)
    for person in (alice, bob):
        as_dana.post(f"/admin/people/{person.id}/hold", WHY)
    page = as_dana.get("/admin/holds")
    assert links(page, "Release…") == [f"/admin/people/{one.id}/release" for one in (bob, alice)]
    (older,) = links(page, "Older")
    assert links(as_dana.get(older), "Release…") == [url]


def test_there_is_nothing_else(as_dana):
    nothing = as_dana.get("/no/such/page")
    for path in ("/admin/holds/chats/99", "/admin/holds?before=x"):
        assert as_dana.get(path).data == nothing.data
    assert as_dana.post("/admin/holds/chats/99", WHY).status_code == 404


@pytest.mark.parametrize("payload", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_hostile_words_are_only_words(as_dana, url, payload):
    form = as_dana.post(url, WHY | {"kind": "", "reason": payload, "reference": payload})
    as_dana.post(url, WHY | {"reason": f"{payload} is the reason", "reference": payload})
    for page in (form, as_dana.get("/admin/holds"), as_dana.get(url)):
        assert not [one for one in elements(page.text) if one.tag in ("script", "img")]
    assert payload in by_class(as_dana.get("/admin/holds").text, "table__words")[0].text
