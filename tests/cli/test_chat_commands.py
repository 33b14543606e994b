"""`flask chat`: conversations from the command line, on record like everywhere else."""

import pytest

from chatweb.domain import access, changes, messages, oversight, transcripts
from chatweb.models import Entry
from tests.web.talking import new_key

pytestmark = pytest.mark.both_engines
WHY = ["--kind", "legal", "--reference", "AZ-7", "--reason", "A court order says so."]


@pytest.fixture
def flask(app):
    """`flask("chat show 1", *WHY)` is the result of the command."""
    return lambda command, *more: app.test_cli_runner().invoke(args=[*command.split(), *more])


@pytest.fixture
def says(chat, stored):
    """`says(alice, "hello")` stores a message; its id."""

    def run(person, body):
        def work(session):
            held = access.chat_for(session, person.id, chat.topic)
            return messages.send(session, held, new_key(), body).message.id

        return stored(work)

    return run


def test_list_says_who_and_how_much_and_no_word(flask, alice, bob, says, chat, monkeypatch):
    says(alice, "a secret")
    monkeypatch.setattr(oversight, "LIST_PAGE", 1)
    result = flask("chat list")
    assert result.exit_code == 0
    assert result.output.split() == [str(chat.id), *result.output.split()[1:3], "1", "alice,", "bob"]
    assert "secret" not in result.output
    for fits in ("--person ali --other bob", "--since 2020-01-01 --until 2998-12-31"):
        assert flask(f"chat list {fits}").output == result.output
    for fits_not in ("--person carol", "--person ali --other carol", "--until 2020-01-01"):
        assert flask(f"chat list {fits_not}").output == ""


def test_show_prints_it_page_by_page_and_each_is_an_entry(
    flask, alice, bob, says, chat, stored, db_session, monkeypatch
):
    monkeypatch.setattr(transcripts, "PAGE", 2)
    ids = [says(alice, "one"), says(bob, "two\nlines"), says(alice, "three")]
    stored(lambda session: changes.remove(session, chat, ids[0]))
    result = flask(f"chat show {chat.id}", *WHY)
    assert result.exit_code == 0
    said = [line.partition("  ")[2] for line in result.output.splitlines()]
    assert said == ["alice: (deleted)", "bob: two", "  lines", "alice: three"]
    found = db_session.query(Entry).order_by(Entry.id).all()
    assert [entry.action for entry in found] == ["chat_opened", "chat_read", "chat_read"]
    assert (found[0].kind, found[0].reference, found[0].reason) == tuple(WHY[1::2])
    assert [(entry.first_id, entry.last_id) for entry in found[1:]] == [tuple(ids[:2]), (ids[2], ids[2])]
    assert found[0].actor_name.startswith("command line: ")


def test_what_people_wrote_does_not_steer_the_terminal(flask, alice, bob, says, chat):
    says(alice, "\x1b[2J\x07 gone\r\n2026-01-01 00:00:00  bob: I did it \u202etxt")
    (one, two) = flask(f"chat show {chat.id}", *WHY).output.splitlines()
    assert one.endswith("alice: \ufffd[2J\ufffd gone")
    assert two == "    2026-01-01 00:00:00  bob: I did it \ufffdtxt"


def test_an_empty_chat_is_an_entry_too(flask, chat, count):
    assert (flask(f"chat show {chat.id}", *WHY).output, count(Entry)) == ("", 2)


@pytest.mark.parametrize(
    ("command", "why", "words"),
    [
        ("chat show 99", WHY, "There is no such chat."),
        ("chat show 1", [*WHY[:-1], "because"], "At least 10 characters"),
    ],
)
def test_what_is_not_shown_is_one_line(flask, chat, count, command, why, words):
    result = flask(command, *why)
    assert result.exit_code == 1
    assert words in result.stderr
    assert count(Entry) == 0


def test_a_missing_reason_is_told(flask, chat, count):
    result = flask("chat show 1")
    assert (result.exit_code, count(Entry)) == (2, 0)
    assert "Missing option" in result.stderr
