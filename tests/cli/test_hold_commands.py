"""`flask chat hold`, `flask user hold` and their `release`, on record like everywhere else."""

import pytest

from chatweb.models import Hold
from tests.web.overseeing import entries

WHY = ["--kind", "legal", "--reference", "AZ-7", "--reason", "A court order says so."]


@pytest.fixture
def flask(app):
    return lambda command, why=WHY: app.test_cli_runner().invoke(args=[*command.split(), *why])


def test_a_chat_and_a_person_are_held_and_released(flask, chat, bob, count, db_session):
    assert flask(f"chat hold {chat.id}").output == f"Chat {chat.id} is on hold.\n"
    assert flask("user hold bob").output == "bob is on hold.\n"
    assert count(Hold) == 2
    result = flask("user delete bob --yes")
    assert (result.exit_code, "This is on hold, or a chat of it is" in result.stderr) == (1, True)
    assert flask(f"chat release {chat.id}").output == f"Chat {chat.id} is released.\n"
    assert flask("user release bob").output == "bob is released.\n"
    assert count(Hold) == 0
    actions = [entry.action for entry in entries(db_session)]
    assert actions == ["chat_held", "person_held", "chat_released", "person_released"]
    assert flask("user delete bob --yes").exit_code == 0


@pytest.mark.parametrize(
    ("command", "why", "words"),
    [
        ("chat hold 99", WHY, "There is no such chat."),
        ("chat release 1", WHY, "This is not on hold any more."),
        ("user hold nobody", WHY, "There is nobody here with this name."),
        ("chat hold 1", [*WHY[:-1], "because"], "At least 10 characters"),
    ],
)
def test_what_is_not_done_is_one_line(flask, chat, count, command, why, words):
    result = flask(command, why)
    assert (result.exit_code, words in result.stderr, count(Hold)) == (1, True, 0)
