"""PostgreSQL gone for a moment, under load: who sends is told so, and nothing acknowledged is lost."""

import signal
from urllib.error import HTTPError

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from chatweb.models import Message
from tests.forked import ForkedServer
from tests.live.browser import Browser
from tests.senders import Senders
from tests.servers import wait_until

pytestmark = pytest.mark.postgresql

PATIENCE_SECONDS = 5


@pytest.fixture
def server(settings, app, tmp_path, parent_of_servers):
    """As everywhere, but what PostgreSQL does to it may be written down as a traceback."""
    server = ForkedServer(parent_of_servers, settings, tmp_path / "server.log")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def cut_all(postgres, database_url):
    name = make_url(database_url).database
    return lambda: postgres.cut_all(name)


@pytest.fixture
def every_message_is_there_once(app, db_session):
    def check(senders):
        stored = db_session.execute(select(Message.key, Message.revision).order_by(Message.id)).all()
        assert sorted(key for key, _ in stored) == sorted(senders.acknowledged)
        assert [revision for _, revision in stored] == list(range(1, len(stored) + 1))

    return check


def test_the_next_request_works_when_all_connections_were_cut(server, as_alice, as_bob, chat, cut_all):
    browser = Browser(server.url, as_alice)
    with Senders(server.url, (as_alice, as_bob), chat.topic) as senders:
        wait_until(lambda: len(senders.acknowledged) > 20, 20, "connections to be opened")
    assert senders.refused == []
    for path in ("/chats", f"/chats/{chat.topic}", "/readyz"):
        assert cut_all()
        assert browser.get(path)
    assert cut_all()
    assert browser.say(chat.topic, "right away")


def test_connections_cut_under_load_cost_a_moment_and_no_message(
    server, as_alice, as_bob, chat, cut_all, every_message_is_there_once
):
    with Senders(server.url, (as_alice, as_bob), chat.topic) as senders:
        for _ in range(5):
            sent = len(senders.acknowledged)
            wait_until(lambda sent=sent: len(senders.acknowledged) > sent + 20, 20, "messages to be sent")
            cut_all()
    assert set(senders.refused) <= {503}
    assert senders.slowest < PATIENCE_SECONDS
    every_message_is_there_once(senders)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_a_restart_under_load_costs_a_moment_and_no_message(
    server, as_alice, as_bob, chat, postgres, every_message_is_there_once, how
):
    browser = Browser(server.url, as_alice)
    with Senders(server.url, (as_alice, as_bob), chat.topic) as senders:
        wait_until(lambda: len(senders.acknowledged) > 50, 20, "messages to be sent")
        postgres.end(how)
        wait_until(lambda: len(senders.refused) > 5, 10, "somebody to be told")
        assert browser.get("/healthz") == "ok\n"
        with pytest.raises(HTTPError) as unready:
            browser.get("/readyz")
        with unready.value as answer:
            assert (answer.code, answer.read()) == (503, b"database unavailable\n")
        postgres.start()
        sent = len(senders.acknowledged)
        wait_until(lambda: len(senders.acknowledged) > sent + 50, PATIENCE_SECONDS, "messages to be sent")
        told = len(senders.refused)
        wait_until(lambda: len(senders.acknowledged) > sent + 100, 20, "more to be sent")
        assert len(senders.refused) == told, "once it is back nothing fails any more"
    assert set(senders.refused) == {503}
    every_message_is_there_once(senders)
