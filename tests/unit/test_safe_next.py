"""After signing in people land on this site, whatever `?next=` says."""

from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatweb.web.next_page import safe_next

HOME = "/chats"
GOOD = (
    "/",
    "/chats",
    "/chats/7c9e6679",
    "/chats/abc?before=12",
    "/chats/abc#message-1",
    "/a@b",
    "/chats?q=%2F%2Fevil.example",
    "/chats?next=https://evil.example",
    "/chats/ünïcode",
    "/a//b",
    "/javascript:alert(1)",
    "/%0d%0aSet-Cookie:x",
    "/%2F/evil.example",
    "/./",
)
BAD = (
    "",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "/ /evil.example",
    "/chats\r\nSet-Cookie: a=b",
    "/chats\\..\\evil",
    "/chats\x7f",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "HTTPS://evil.example",
    "http://localhost/chats",
    "http://localhost@evil.example/",
    "http://user:word@evil.example/",
    "@evil.example",
    "user@evil.example",
    "evil.example",
    "chats",
    "?next=1",
    "#a",
    "./chats",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "javascript://localhost/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "mailto:bob@example.org",
    "%2F%2Fevil.example",
    "%09//evil.example",
    "／／evil.example",
)


@pytest.mark.parametrize("target", GOOD, ids=ascii)
def test_a_page_of_this_site_is_gone_to(target):
    assert safe_next(target, HOME) == target


@pytest.mark.parametrize("target", [*BAD, None], ids=ascii)
def test_anything_else_leads_home(target):
    assert safe_next(target, HOME) == HOME


@pytest.mark.parametrize("target", [*GOOD, *BAD], ids=ascii)
def test_what_was_encoded_in_the_address_bar_is_judged_as_it_arrives(target):
    landing = safe_next(unquote(target), HOME)
    assert landing.startswith("/")
    assert not landing.startswith(("//", "/\\"))


def as_a_browser_reads_it(target):
    """Where a browser goes: it drops tabs and line ends, and takes backslashes for slashes."""
    plain = target.strip("".join(map(chr, range(33)))).translate({9: None, 10: None, 13: None})
    return urljoin("https://chat.example/login", plain.replace("\\", "/"))


@given(st.one_of(st.text(), st.text("/\\:@.?#%\t\r\n ae"), st.text("/\\ \t").map("{}evil.example".format)))
def test_nothing_made_up_leaves_the_site(target):
    landing = safe_next(target, HOME)
    assert urlsplit(as_a_browser_reads_it(landing))[:2] == ("https", "chat.example")
    assert landing.isprintable() or not set(landing) & set("\r\n\t\0")
