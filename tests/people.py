"""Alice, bob and carol, and how a person uses the site over HTTP."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, NamedTuple

from argon2 import PasswordHasher
from flask import Flask, Response
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from chatweb.domain import accounts
from chatweb.domain.half_sign_ins import Half
from chatweb.domain.roles import areas
from chatweb.extensions import db
from chatweb.store import store
from chatweb.web import signing_in
from tests.second_step import set_up, spare_code

PASSWORD = "correct horse battery staple"
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_hashes: dict[str, str] = {}


class Person(NamedTuple):
    """An account of a test: what its owner knows about it, `codes` for the second step where it takes one."""

    id: int
    username: str
    email: str
    password: str = PASSWORD
    codes: Iterator[str] = iter(())


def add_person(app: Flask, username: str, role: str = "user", password: str = PASSWORD) -> Person:
    """Register somebody without a browser; a hash is made once per run, and is quick to verify."""
    if password not in _hashes:
        _hashes[password] = _quick.hash(password)
    email = f"{username}@example.org"

    def add(session):
        return accounts.create_user(
            session, username=username, email=email, password_hash=_hashes[password], role=role
        ).id

    with app.app_context():
        user_id = store(add)
        db.session.remove()
    person = Person(user_id, username, email, password)
    return with_second_step(app, person) if areas(role) else person


def with_second_step(app: Flask, person: Person) -> Person:
    """The same person, who has an app and recovery codes now: no administration opens without."""
    set_up(app, person)
    return person._replace(codes=(spare_code(app, person.id) for _ in range(5)))


def csrf_in(html: str) -> str:
    """The CSRF token of a page's first form."""
    found = _CSRF.search(html)
    assert found, f"no csrf_token in {html[:500]}"
    return unescape(found[1])


class Visitor:
    """One browser without scripts: keeps cookies, and sends the CSRF token of a page it has seen."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self._csrf: str | None = None

    @property
    def csrf(self) -> str:
        """A CSRF token that is good for this browser's session."""
        if self._csrf is None:
            page = self.client.get("/login", follow_redirects=True)
            self._csrf = csrf_in(page.text)
        return self._csrf

    def get(self, path: str, **options: Any) -> TestResponse:
        """A page, as typing its address gets it."""
        return self._send("GET", path, **options)

    def post(self, path: str, data: Any = None, **options: Any) -> TestResponse:
        """A form, with the CSRF token in its header."""
        return self._send("POST", path, data=data or {}, **options)

    def patch(self, path: str, data: Any = None, **options: Any) -> TestResponse:
        """As post."""
        return self._send("PATCH", path, data=data or {}, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        """As post."""
        return self._send("DELETE", path, **options)

    def sign_in(self, person: Person, **fields: str) -> TestResponse:
        """Fill in the sign-in form, and the second one if it comes; the answer, 303 when all was right."""
        answer = self.post("/login", {"identity": person.username, "password": person.password, **fields})
        self._csrf = None
        if (answer.location or "").startswith("/login/code"):
            answer = self.post(answer.location, {"code": next(person.codes)})
            self._csrf = None
        return answer

    @property
    def cookies(self) -> dict[str, str]:
        """What this browser has been given to keep."""
        session = self.client.application.config["SESSION_COOKIE_NAME"]
        found = {name: self.client.get_cookie(name) for name in (session, f"{session}-device")}
        return {name: cookie.value for name, cookie in found.items() if cookie}

    def let_in(self, person: Person, agent: str = "") -> None:
        """Sign in as after the last form, without the forms; `agent` is what the browser says that it is."""
        about = {"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": agent}
        with self.client.application.test_request_context(environ_overrides=about):
            signing_in.complete(lambda _: Half(person.id, remember=False))
            self._csrf = generate_csrf()
            answer = self.client.application.process_response(Response())
        for cookie in answer.headers.getlist("Set-Cookie"):
            name, value = cookie.partition(";")[0].split("=", 1)
            self.client.set_cookie(name, value)

    def sign_out(self) -> TestResponse:
        """Press the sign-out button."""
        answer = self.post("/logout")
        self._csrf = None
        return answer

    def _send(
        self, method: str, path: str, *, htmx: bool = False, csrf: bool = True, **options: Any
    ) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if htmx:
            headers["HX-Request"] = "true"
        if csrf and method != "GET":
            headers["X-CSRFToken"] = self.csrf
        return self.client.open(path, method=method, headers=headers, **options)
