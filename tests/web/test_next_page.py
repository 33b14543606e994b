"""`?next=` never leads to another site."""

import pytest

from tests.people import Visitor
from tests.web.reading import hidden

HOSTILE = [
    "//evil.example",
    "///evil.example",
    "////evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "/\r\nLocation: //evil.example",
    "/chats\r\nSet-Cookie: chatweb=stolen",
    "/chats\x00",
    "/\x00/evil.example",
    " //evil.example",
    "http://evil.example",
    "https://evil.example/chats",
    "http:evil.example",
    "http:/evil.example",
    "HTTP://evil.example",
    "//user@evil.example",
    "http://localhost@evil.example/",
    "http://localhost:80@evil.example/",
    "//localhost.evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "\x01javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "chats",
    "?q=x",
    "#x",
    "",
    "@evil.example",
    ".evil.example",
    ":80",
    "[",
    "//[",
    "http://[::1",
    "/\\\\evil.example",
    "/ /evil.example",
    "/chats\\..\\..\\evil",
]
# Odd, but paths of this site for every browser.
OWN = [
    "/chats",
    "/chats?q=bob&before=1-2",
    "/%09/evil.example",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/.",
]


def test_a_foreign_target_leads_to_the_inbox_when_signed_in(as_bob):
    ends = {one: as_bob.get("/login", query_string={"next": one}).location for one in HOSTILE}
    assert ends == dict.fromkeys(HOSTILE, "/chats")


def test_a_foreign_target_leads_to_the_inbox_after_signing_in(app, alice):
    ends = {one: Visitor(app).sign_in(alice, next=one).location for one in HOSTILE}
    assert ends == dict.fromkeys(HOSTILE, "/chats")


@pytest.mark.parametrize("target", OWN)
def test_a_page_of_this_site_is_where_one_ends(visitor, alice, target):
    page = visitor.get("/login", query_string={"next": target})
    assert hidden(page.text, "next") == target
    assert visitor.sign_in(alice, next=target).location == target


def test_the_target_survives_a_wrong_password(visitor, alice):
    form = {"identity": "alice", "password": "wrong", "next": '/chats?q="<b>'}
    assert hidden(visitor.post("/login", form).text, "next") == '/chats?q="<b>'
