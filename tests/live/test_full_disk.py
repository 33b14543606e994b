"""A disk without room: who sends is told so, reading goes on, and with room again everything does."""

import shutil
import sqlite3
import subprocess
from contextlib import closing, suppress
from datetime import timedelta
from urllib.error import HTTPError

import pytest
from sqlalchemy import update

from chatweb.models import SignIn, utc_now
from tests.fixtures.databases import settings_for
from tests.live.browser import Browser
from tests.senders import Senders
from tests.servers import missing, wait_until
from tests.web.reading import problems

FULL = "The server has no room left. Your text is kept; try again later."


@pytest.fixture
def disk(tmp_path):
    """A folder of 16 megabytes, of which the log of SQLite takes up to four."""
    path = tmp_path / "disk"
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", path]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        missing("the right to mount a small disk", "run the tests as root")
    yield path
    subprocess.run(["umount", "--lazy", path], check=True)


@pytest.fixture
def settings(disk, sqlite_template):
    shutil.copy(sqlite_template, disk / "chatweb.db")
    return settings_for(disk, f"sqlite:///{disk / 'chatweb.db'}")


@pytest.fixture
def ballast(disk):
    """What fills the disk when `ballast()` is called."""
    path = disk / "ballast"

    def fill():
        with path.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"x" * 4096)

    fill.path = path
    return fill


def test_messages_are_refused_until_there_is_room_again_and_pages_are_shown(
    server, disk, as_alice, as_bob, as_carol, stored, chat, ballast
):
    browser, after_an_hour = Browser(server.url, as_alice), Browser(server.url, as_carol)
    stored(lambda session: session.execute(update(SignIn).values(seen_at=utc_now() - timedelta(hours=1))))
    with browser.open(f"/ws/topics/{chat.topic}?after=0") as line:
        line.receive_text()
        with Senders(server.url, (as_alice, as_bob), chat.topic, threads=4) as senders:
            wait_until(lambda: len(senders.acknowledged) > 20, 20, "messages to be sent")
            ballast()
            wait_until(lambda: len(senders.refused) > 20, 20, "messages to be refused")
            stored = len(senders.acknowledged)
            with pytest.raises(HTTPError) as refused:
                browser.say(chat.topic, "no room")
            with refused.value as answer:
                assert (answer.code, problems(answer.read().decode())) == (507, [FULL])
            for path in (
                "/chats",
                f"/chats/{chat.topic}",
                "/readyz",
                f"/chats/{chat.topic}/messages?after=0",
            ):
                assert browser.get(path)
            assert after_an_hour.get("/chats")
            assert len(senders.acknowledged) == stored
            ballast.path.unlink()
            wait_until(lambda: len(senders.acknowledged) > stored + 20, 20, "messages to be sent again")
        assert set(senders.refused) == {507}
    server.stop()
    with closing(sqlite3.connect(disk / "chatweb.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = [key for (key,) in connection.execute("SELECT key FROM chat_messages")]
    assert sorted(kept) == sorted(senders.acknowledged)
