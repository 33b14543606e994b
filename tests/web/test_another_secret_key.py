"""Another secret key: with the one before as a fallback nobody notices."""

import dataclasses

import pytest

from chatweb.app import create_app
from chatweb.domain import authenticators
from chatweb.extensions import vault
from chatweb.store import store
from tests.fixtures.databases import close
from tests.people import Visitor
from tests.second_step import first_step, set_up, shown
from tests.web.talking import same_browser


@pytest.fixture
def restarted(settings):
    """`restarted(secret_key=...)` is the same instance with other settings."""
    apps = []

    def run(**values):
        apps.append(create_app(dataclasses.replace(settings, **values)))
        apps[-1].testing = True
        apps[-1].extensions["post"].stop()
        return apps[-1]

    yield run
    for app in apps:
        close(app)


@pytest.fixture
def keys(settings):
    """The settings of a server that has another key, with and without the one before."""
    new = {"secret_key": "another key for tests " * 2}
    return {"secret_key_fallback": settings.secret_key, **new}, new


def second_step(app, person, code):
    visitor = Visitor(app)
    first_step(visitor, person)
    return visitor.post("/login/code", {"code": code}).status_code


def test_sign_ins_and_apps_go_on_with_the_fallback(app, restarted, as_alice, alice, keys):
    secret = set_up(app, alice)
    with_fallback, without = keys
    new = restarted(**with_fallback)
    assert same_browser(new, as_alice).get("/chats").status_code == 200
    assert second_step(new, alice, shown(secret)) == 303
    alone = restarted(**without)
    assert same_browser(alone, as_alice).get("/chats").status_code == 303
    assert second_step(alone, alice, shown(secret, 1)) == 422


def test_what_is_sealed_anew_needs_the_fallback_no_more(app, restarted, alice, keys):
    secret = set_up(app, alice)
    with_fallback, without = keys
    with restarted(**with_fallback).app_context():
        key = vault()
        store(lambda session: authenticators.seal_anew(session, key))
    assert second_step(restarted(**without), alice, shown(secret)) == 303
