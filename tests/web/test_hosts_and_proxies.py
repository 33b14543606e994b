"""Which host names count, and whose word about the address is believed."""

import dataclasses

import pytest
from flask import Flask

from chatweb.app import create_app
from chatweb.config import load
from chatweb.models import SignIn
from tests.fixtures.databases import close
from tests.people import PASSWORD, csrf_in
from tests.web.reading import bodies, hidden
from tests.web.talking import new_key

PUBLIC = "https://chat.example.org"
PROXY = "http://127.0.0.1:8000"
FORWARDED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "chat.example.org",
}


@pytest.mark.parametrize("path", ["/login", "/chats", "/healthz/more", "/no/such/page"])
def test_another_host_is_answered_400(visitor, path):
    for host in (
        "evil.example",
        "localhost.evil.example",
        "evil.example:80",
        "127.0.0.1.evil.example",
        "10.0.0.1",
    ):
        for htmx in (False, True):
            answer = visitor.get(path, base_url=f"http://{host}", htmx=htmx)
            assert (host, answer.status_code) == (host, 400)
            assert "evil" not in answer.text


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/metrics", 401)])
@pytest.mark.parametrize("public_url", [None, PUBLIC])
def test_whoever_watches_the_server_may_ask_for_it_by_any_name(settings, public_url, path, status):
    token = "m" * 32
    settings = dataclasses.replace(settings, public_url=public_url, trusted_proxies=1, metrics_token=token)
    app = create_app(settings)
    client = app.test_client()
    for host in ("127.0.0.1:8000", "10.0.0.1", "chatweb-1", "not a host"):
        for named in ({"Host": host}, {"X-Forwarded-Host": host}):
            assert (host, client.get(path, headers=named).status_code) == (host, status)
    close(app)


def test_this_computer_may_be_called_by_its_names(visitor):
    for host in ("localhost", "localhost:8123", "127.0.0.1:8000"):
        assert visitor.get("/login", base_url=f"http://{host}").status_code == 200


def test_nobody_is_believed_without_a_trusted_proxy(as_alice, alice, app):
    answer = as_alice.get("/chats", headers=FORWARDED | {"X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 200
    assert "evil.example" not in answer.text
    assert "Strict-Transport-Security" not in answer.headers


class TestRateLimitsWithoutAProxy:
    @pytest.fixture
    def settings(self, settings):
        return dataclasses.replace(settings, rate_limits=True)

    def test_a_made_up_address_does_not_escape_the_limit(self, visitor):
        got = [
            visitor.post(
                "/login",
                {"identity": "alice", "password": "wrong"},
                headers={"X-Forwarded-For": f"203.0.113.{number}", "Forwarded": f"for=203.0.113.{number}"},
            ).status_code
            for number in range(11)
        ]
        assert got == [422] * 10 + [429]


class TestBehindAProxy:
    """The proxy ends TLS and speaks plain HTTP with us."""

    @pytest.fixture
    def settings(self, settings):
        return dataclasses.replace(settings, public_url=PUBLIC, trusted_proxies=1, rate_limits=True)

    @pytest.fixture
    def browser(self, app: Flask):
        """Requests as the proxy passes them on; cookies as a browser on the public address keeps them."""
        client = app.test_client()

        def ask(method, path, data=None, **headers):
            environ = {"HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in jar.items())}
            answer = client.open(
                path,
                method=method,
                base_url=PROXY,
                data=data,
                headers=FORWARDED | headers,
                environ_overrides=environ,
            )
            for line in answer.headers.getlist("Set-Cookie"):
                lines.append(line)
                name, _, value = line.partition(";")[0].partition("=")
                jar[name] = value
            return answer

        jar: dict[str, str] = {}
        lines: list[str] = []
        ask.set_cookies = lines
        return ask

    @pytest.fixture
    def signed_in(self, browser, alice):
        token = csrf_in(browser("GET", "/login").text)
        form = {"identity": alice.username, "password": PASSWORD, "csrf_token": token}
        answer = browser("POST", "/login", form, Referer=f"{PUBLIC}/login")
        assert (answer.status_code, answer.location) == (303, "/chats")
        return browser

    def test_people_sign_in_and_send(self, signed_in, talk):
        page = signed_in("GET", talk.url)
        form = {"body": "through the proxy", "key": new_key(), "csrf_token": hidden(page.text, "csrf_token")}
        answer = signed_in("POST", talk.messages_url, form, Referer=f"{PUBLIC}{talk.url}")
        assert answer.status_code == 303
        assert bodies(signed_in("GET", talk.url).text) == ["through the proxy"]

    def test_the_cookie_is_bound_to_the_host_and_to_tls(self, signed_in):
        for line, start in zip(
            signed_in.set_cookies[-2:], ("__Host-chatweb=", "__Host-chatweb-device="), strict=True
        ):
            name, *attributes = line.split("; ")
            assert name.startswith(start)
            assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes)
            assert not any(one.startswith("Domain") for one in attributes)
        assert all(len(line) < 4096 for line in signed_in.set_cookies)

    @pytest.mark.parametrize("referer", ["https://evil.example/", "http://chat.example.org/", ""])
    def test_a_form_of_another_site_is_refused(self, signed_in, talk, referer):
        token = hidden(signed_in("GET", talk.url).text, "csrf_token")
        own, forged = (
            {"body": body, "key": new_key(), "csrf_token": token} for body in ("their own", "forged")
        )
        assert signed_in("POST", talk.messages_url, own, Referer=f"{PUBLIC}{talk.url}").status_code == 303
        assert signed_in("POST", talk.messages_url, forged, Referer=referer).status_code == 400
        assert bodies(signed_in("GET", talk.url).text) == ["their own"]

    @pytest.mark.usefixtures("signed_in")
    def test_the_address_is_the_one_that_the_proxy_saw(self, db_session):
        assert db_session.query(SignIn).one().address == "203.0.113.9"

    def test_only_the_last_hop_is_believed(self, browser):
        chain = {
            "X-Forwarded-For": "1.2.3.4, 203.0.113.9",
            "X-Forwarded-Host": "evil.example, chat.example.org",
        }
        assert browser("GET", "/login", **chain).status_code == 200

    def test_another_host_behind_the_proxy_is_answered_400(self, browser):
        assert browser("GET", "/login", **{"X-Forwarded-Host": "evil.example"}).status_code == 400

    def test_two_addresses_behind_one_proxy_are_counted_apart(self, browser):
        token = csrf_in(browser("GET", "/login").text)
        form = {"csrf_token": token}
        got = [
            browser(
                "POST",
                "/forgotten",
                form | {"identity": f"name{number}"},
                Referer=f"{PUBLIC}/",
                **{"X-Forwarded-For": address},
            ).status_code
            for number, address in enumerate(["203.0.113.1"] * 21 + ["203.0.113.2"])
        ]
        assert got == [303] * 20 + [429, 303]


def test_the_settings_name_every_host_that_counts(tmp_path):
    environ = {"CHATWEB_DATA_DIR": str(tmp_path), "CHATWEB_PUBLIC_URL": "https://Chat.Example.org/"}
    assert load(environ).trusted_hosts == ["chat.example.org"]
