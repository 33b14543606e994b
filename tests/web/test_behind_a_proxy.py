"""The server itself behind a proxy that ends TLS: one sign-in, one message, one socket."""

import dataclasses
import http.client
import os
import sys
from contextlib import closing
from urllib.parse import urlencode

import pytest

from tests.live import client
from tests.people import csrf_in
from tests.servers import CHECKOUT, START_SECONDS, environment, free_port, start, wait_until
from tests.web.talking import new_key

PUBLIC = "https://chat.example.org"
FORWARDED = {
    "Host": "127.0.0.1:8000",
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "chat.example.org",
}


@pytest.fixture
def settings(settings):
    return dataclasses.replace(settings, public_url=PUBLIC, trusted_proxies=1)


@pytest.fixture
def port(app, settings, tmp_path):
    port, log = free_port(), tmp_path / "server.log"
    own = {name: value for name, value in os.environ.items() if not name.startswith("CHATWEB_")}
    variables = own | environment(settings, port)
    process = start([sys.executable, "-m", "chatweb.server"], log, cwd=CHECKOUT, env=variables)
    wait_until(lambda: f"ready at {PUBLIC}" in log.read_text(), START_SECONDS, "the server")
    yield port
    process.terminate()
    process.wait(10)
    assert "Traceback" not in log.read_text(), log.read_text()


class Browser:
    """A browser on the public address, as the proxy passes its requests on."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.cookie = ""

    def ask(self, method: str, path: str, **form: str) -> tuple[int, str]:
        headers = FORWARDED | {
            "Cookie": self.cookie,
            "Referer": f"{PUBLIC}/",
            "HX-Request": form.pop("htmx", ""),
        }
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)) as connection:
            connection.request(method, path, urlencode(form), headers)
            answer = connection.getresponse()
            self.cookie = (answer.headers["Set-Cookie"] or self.cookie).partition(";")[0]
            return answer.status, answer.read().decode()

    def listen(self, path: str, origin: str = PUBLIC) -> client.WebSocket:
        return client.connect(self._port, path, FORWARDED | {"Origin": origin, "Cookie": self.cookie})


@pytest.fixture
def browser(port, alice):
    browser = Browser(port)
    token = csrf_in(browser.ask("GET", "/login")[1])
    form = {"identity": alice.username, "password": alice.password, "csrf_token": token}
    assert browser.ask("POST", "/login", **form)[0] == 303
    return browser


def test_a_message_sent_is_heard_on_the_socket(browser, chat):
    assert browser.cookie.startswith("__Host-chatweb=")
    token = csrf_in(browser.ask("GET", f"/chats/{chat.topic}")[1])
    with browser.listen(f"/ws/topics/{chat.topic}?after=0") as line:
        assert line.receive_text().endswith('<data class="upto" value="0"></data>')
        form = {"body": "through the proxy", "key": new_key(), "csrf_token": token, "htmx": "true"}
        status, fragment = browser.ask("POST", f"/chats/{chat.topic}/messages", **form)
        assert (status, line.receive_text()) == (200, fragment)


def test_pages_of_other_addresses_open_no_socket(browser):
    own = PUBLIC.removeprefix("https://")
    for origin in (
        f"http://{own}",
        f"{PUBLIC}:444",
        f"{PUBLIC}.evil.example",
        "http://127.0.0.1:8000",
        "null",
    ):
        with pytest.raises(client.Refused) as refused:
            browser.listen("/ws/inbox", origin)
        assert refused.value.status == 403, origin
