"""Whether the process runs, and whether it can serve."""

import dataclasses
import socket
import time

import pytest

from tests.servers import wait_until
from tests.web.reading import problems


def test_it_runs_and_can_serve(client):
    for path, words in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
        answer = client.get(path)
        assert (answer.status_code, answer.text, answer.mimetype) == (200, words, "text/plain")
        assert "Set-Cookie" not in answer.headers


@pytest.mark.postgresql
def test_it_can_serve_on_postgresql(client):
    assert client.get("/readyz").text == "ready\n"


@pytest.fixture
def silence():
    """A server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


class TestWithADatabaseThatHangs:
    @pytest.fixture
    def settings(self, settings, silence):
        port = silence.getsockname()[1]
        return dataclasses.replace(settings, database_url=f"postgresql+psycopg://x@127.0.0.1:{port}/x")

    def test_it_says_so_within_a_second_each_time(self, client, silence):
        for _ in range(2):
            begin = time.monotonic()
            answer = client.get("/readyz")
            assert (answer.status_code, answer.text) == (503, "database unavailable\n")
            assert time.monotonic() - begin < 1
        silence.accept()[0].close()


class TestWithRedis:
    @pytest.fixture
    def redis(self, start_redis):
        return start_redis("--requirepass", "hush")

    @pytest.fixture
    def settings(self, settings, redis):
        return dataclasses.replace(settings, redis_url=f"redis://:hush@127.0.0.1:{redis.port}")

    def test_it_says_whether_redis_is_there(self, app, client, redis):
        app.extensions["live"].start()
        ready = lambda: client.get("/readyz").status_code == 200  # noqa: E731
        wait_until(ready, 5, "it to join")
        redis.stop()
        wait_until(lambda: not ready(), 5, "it to notice")
        assert client.get("/readyz").text == "redis unavailable\n"
        assert client.get("/healthz").status_code == 200
        redis.start()
        wait_until(ready, 5, "it to join again")


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
