"""Which pages may open a socket, by the Origin their browser names."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask, request

from chatweb.app import create_app
from chatweb.web import origin
from tests.fixtures.databases import close


@pytest.fixture
def is_allowed(settings) -> Iterator[Callable[..., bool]]:
    """`is_allowed(origin, public_url, base_url)` as a request of that origin would be answered."""
    apps: dict[str | None, Flask] = {}

    def ask(
        named: str | None, public_url: str | None = None, base_url: str = "http://localhost:8000"
    ) -> bool:
        if public_url not in apps:
            apps[public_url] = create_app(replace(settings, public_url=public_url))
        headers = {} if named is None else {"Origin": named}
        with apps[public_url].test_request_context("/ws/inbox", base_url=base_url, headers=headers):
            return origin.allowed(request)

    yield ask
    for app in apps.values():
        close(app)


def test_with_a_public_address_only_its_own_pages_may(is_allowed):
    site = "https://chat.example.org"
    assert is_allowed("https://chat.example.org", site, site)
    for other in [
        None,
        "",
        "null",
        "http://chat.example.org",
        "https://chat.example.org:444",
        "https://chat.example.org:443",
        "https://example.org",
        "https://chat.example.org.evil.example",
        "https://evilchat.example.org",
        "https://www.chat.example.org",
        "https://chat.example.org@evil.example",
        "https://chat.example.org/",
        "https://CHAT.example.org",
        "http://localhost:8000",
    ]:
        assert not is_allowed(other, site, site), other


@pytest.mark.parametrize(
    ("public_url", "own"),
    [
        ("https://chat.example.org:443", "https://chat.example.org"),
        ("http://chat.example.org:80/", "http://chat.example.org"),
        ("http://chat.example.org:8080", "http://chat.example.org:8080"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_a_public_address_is_compared_as_browsers_write_it(is_allowed, public_url, own):
    assert is_allowed(own, public_url, own)


def test_without_a_public_address_this_computers_own_pages_may(is_allowed):
    for host in ["localhost:8000", "127.0.0.1:8000", "127.0.0.2", "[::1]:8000"]:
        assert origin._is_loopback(host), host
    for host in [
        "vocalhost:8000",
        "128.0.0.1",
        "[::2]:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
    ]:
        assert not origin._is_loopback(host), host


def test_the_page_must_come_from_the_host_that_it_asks(is_allowed):
    assert is_allowed("http://localhost:8000")
    assert is_allowed("http://127.0.0.1:8000", base_url="http://127.0.0.1:8000")
    assert not is_allowed("http://127.0.0.1:8000")
    assert not is_allowed("http://localhost")
