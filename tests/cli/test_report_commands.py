"""`flask report`: reports from the command line, on record like everywhere else."""

import pytest

from chatweb.models import Message, Report, User
from tests.web.overseeing import entries, report

pytestmark = pytest.mark.both_engines
WHY = ["--kind", "safety", "--reference", "AZ-7", "--reason", "They are threats indeed."]


@pytest.fixture
def flask(app):
    """`flask("report show 1", *WHY)` is the result of the command."""
    return lambda command, *more: app.test_cli_runner().invoke(args=[*command.split(), *more])


@pytest.fixture
def told(talk, alice, bob, stored, chat):
    """A report about the second of three messages."""
    said = [*talk.says(alice, "hello"), *talk.says(bob, "I know where\nyou live", "\x1b[2J sorry")]
    report(stored, chat, said[1].id, words="He did it again")
    return said[1].id


def test_list_says_who_about_whom_and_no_word(flask, told):
    result = flask("report list")
    assert result.output.split()[0] == "1"
    assert result.output.split()[3:] == ["threat", "1", "alice", "about", "bob"]
    assert flask("report list --decided").output == ""
    flask("report decide 1 dismissed", *WHY)
    assert flask("report list").output == ""
    assert flask("report list --decided").output.split()[-1] == "dismissed"


def test_show_prints_it_on_record(flask, told, db_session):
    result = flask("report show 1", *WHY)
    lines = result.output.splitlines()
    assert lines[:2] == ["alice about bob: threat", "He did it again"]
    assert [line[:2] + line[23:] for line in lines[2:]] == [
        "  alice: hello",
        "* bob: I know where",
        "  ",
        "  bob: \ufffd[2J sorry",
    ]
    assert lines[4] == "    you live"
    (entry,) = entries(db_session)
    assert (entry.action, entry.kind, entry.reference, entry.reason) == ("report_read", *WHY[1::2])
    assert entry.actor_name.startswith("command line: ")


def test_decide_does_it_once(flask, told, db_session):
    assert flask("report decide 1 removed", *WHY).output == "Report 1 is decided: removed.\n"
    assert db_session.get(Message, told).body == ""
    late = flask("report decide 1 deactivated", *WHY)
    assert late.exit_code == 1
    assert "Somebody else has decided this report" in late.stderr
    assert [entry.action for entry in entries(db_session)] == ["report_removed"]


def test_the_last_administrator_is_not_deactivated(flask, told, bob, stored, db_session):
    stored(lambda session: setattr(session.get(User, bob.id), "role", "admin"))
    result = flask("report decide 1 deactivated", *WHY)
    assert "This is the last administrator" in result.stderr
    assert db_session.get(Report, 1).decision is None
    assert entries(db_session) == []


@pytest.mark.parametrize(
    ("command", "why", "words"),
    [
        ("report show 99", WHY, "There is no such report."),
        ("report decide 99 removed", WHY, "There is no such report."),
        ("report show 1", [*WHY[:-1], "because"], "At least 10 characters"),
        ("report decide 1 removed", [*WHY[:-1], "because"], "At least 10 characters"),
    ],
)
def test_what_is_not_done_is_one_line(flask, told, db_session, command, why, words):
    result = flask(command, *why)
    assert result.exit_code == 1
    assert words in result.stderr
    assert entries(db_session) == []
