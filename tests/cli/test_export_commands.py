"""`flask chat export` and `flask user export`: archives from the command line, on record like everywhere."""

import json
import stat
from zipfile import ZipFile

import pytest

from chatweb.models import Entry
from tests.cli.test_chat_commands import WHY, flask, says

__all__ = ["flask", "says"]
DAYS = ["--since", "2020-01-01", "--until", "2998-12-31"]


def manifest(path):
    with ZipFile(path) as archive:
        return json.loads(archive.read("manifest.json"))


@pytest.mark.parametrize("name", ["id", "topic"])
def test_a_chat_becomes_a_file_for_its_owner_only(flask, alice, says, chat, tmp_path, db_session, name):
    says(alice, "hello")
    path = tmp_path / "chat.zip"
    result = flask("chat export", str(getattr(chat, name)), "--to", str(path), *DAYS, *WHY)
    assert (result.exit_code, result.output) == (0, f"{path}: 1 messages of 1 chats; entry 2.\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    told = manifest(path)
    assert (told["messages"], told["reason"]["entry"]) == (1, 1)
    assert (told["since"], told["until"]) == ("2020-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z")
    found = db_session.query(Entry).order_by(Entry.id).all()
    assert [entry.action for entry in found] == ["chat_opened", "chat_exported"]
    assert found[1].actor_name.startswith("command line: ")


def test_all_chats_of_somebody_become_a_file(flask, alice, says, tmp_path, count):
    says(alice, "hello")
    result = flask("user export alice", "--to", str(tmp_path / "alice.zip"), *WHY)
    assert result.exit_code == 0
    assert manifest(tmp_path / "alice.zip")["person"] == "alice"
    assert count(Entry) == 2


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("chat export 99", "There is no such chat."),
        ("chat export none", "There is no such chat."),
        ("user export nobody", "There is nobody here with this name."),
    ],
)
def test_of_what_is_not_there_no_file_stays(flask, chat, tmp_path, count, command, words):
    path = tmp_path / "file.zip"
    result = flask(command, "--to", str(path), *WHY)
    assert (result.exit_code, words in result.stderr) == (1, True)
    assert (count(Entry), path.exists()) == (0, False)


def test_no_file_is_written_over(flask, chat, tmp_path, count):
    path = tmp_path / "file.zip"
    path.write_text("precious")
    result = flask("chat export 1", "--to", str(path), *WHY)
    assert (result.exit_code, "File exists" in result.stderr) == (1, True)
    assert (count(Entry), path.read_text()) == (0, "precious")
