"""Whether the process runs, and whether it can serve."""

import dataclasses

import pytest

from tests.web.reading import problems


def test_it_runs_and_can_serve(client):
    for path, words in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
        answer = client.get(path)
        assert (answer.status_code, answer.text, answer.mimetype) == (200, words, "text/plain")
        assert "Set-Cookie" not in answer.headers


@pytest.mark.postgresql
def test_it_can_serve_on_postgresql(client):
    assert client.get("/readyz").text == "ready\n"


class TestWithoutItsDatabase:
    @pytest.fixture
    def settings(self, settings):
        return dataclasses.replace(settings, database_url="sqlite:////nowhere/at/all/chatweb.db")

    def test_it_runs_but_cannot_serve(self, client):
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
        assert (answer.status_code, answer.text) == (503, "database unavailable\n")

    @pytest.mark.parametrize("path", ["/login", "/register", "/chats", "/no/such/page"])
    def test_pages_that_need_no_database_are_shown(self, visitor, path):
        assert visitor.get(path).status_code in (200, 303, 404)

    def test_signing_in_says_so(self, visitor):
        form = {"identity": "alice", "password": "x"}
        assert visitor.post("/login", form).status_code == 503
        answer = visitor.post("/login", form, htmx=True)
        assert answer.status_code == 503
        assert problems(answer.text)[0].startswith("The server cannot reach its database just now.")
        assert "nowhere" not in answer.text
