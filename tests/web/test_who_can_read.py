"""Everybody is told that administrators can read; when they did only where the server is set up for that."""

import pytest

from tests.web.overseeing import open_chat
from tests.web.reading import by_id

SENTENCE = (
    "Administrators of this server can read chats, but only with a written reason that is kept on record."
)


@pytest.mark.parametrize("path", ["/login", "/register"])
def test_who_comes_in_is_told(visitor, path):
    assert SENTENCE in " ".join(visitor.get(path).text.split())


def test_the_settings_say_so_and_every_chat_leads_there(as_alice, talk):
    assert 'href="/settings#readers"' in as_alice.get(talk.url).text
    assert SENTENCE in " ".join(by_id(as_alice.get("/settings").text, "readers").text.split())


def test_nobody_is_told_of_a_reading(as_alice, as_dana, chat, talk, alice):
    before = by_id(as_alice.get("/settings").text, "readers").text
    talk.says(alice, "hello")
    open_chat(as_dana, chat.id)
    assert "hello" in as_dana.get(f"/admin/chats/{chat.id}").text
    assert by_id(as_alice.get("/settings").text, "readers").text == before
    assert "Neither of them is told." in as_dana.get(f"/admin/chats/{chat.id}/open").text
