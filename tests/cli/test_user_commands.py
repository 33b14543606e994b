"""`flask user`: accounts made, listed and given a password by the operator."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import update

from chatweb.announce import chat_topic, person_topic, session_topic
from chatweb.models import Entry, SignIn, User
from tests.people import PASSWORD, with_second_step
from tests.second_step import first_step
from tests.servers import CHECKOUT, environment, free_port

NEW = "an entirely new one"


@pytest.fixture
def flask(app):
    """`flask("user list", "typed in")` is the result of the command."""
    runner = app.test_cli_runner()

    def run(command, typed=""):
        return runner.invoke(args=command.split(), input=typed)

    return run


def assert_one_line(result, *words):
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: ")
    for word in words:
        assert word in line


def test_create_makes_somebody_who_can_sign_in(flask, visitor, db_session):
    result = flask("user create Dave --email Dave@example.org --password-stdin", f"{PASSWORD}\n")
    assert (result.exit_code, result.output) == (0, "Dave can sign in now.\n")
    user = db_session.query(User).one()
    assert (user.username, user.email, user.role) == ("Dave", "dave@example.org", "user")
    assert visitor.post("/login", {"identity": "dave", "password": PASSWORD}).status_code == 303


def test_create_makes_an_administrator(flask, db_session):
    assert (
        flask("user create root --email root@example.org --admin --password-stdin", PASSWORD).exit_code == 0
    )
    assert db_session.query(User).one().role == "admin"
    entry = db_session.query(Entry).one()
    assert (entry.action, entry.person_1_name, entry.detail) == ("person_created", "root", "admin")
    assert entry.actor_name.startswith("command line: ")


def test_create_asks_twice_for_a_password_and_does_not_show_it(flask, visitor):
    result = flask("user create dave --email d@example.org", f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0
    assert PASSWORD not in result.output
    assert visitor.post("/login", {"identity": "dave", "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize("password", [f" {PASSWORD} ", "pässwörd 🔑", "x" * 256])
def test_a_password_from_standard_input_is_taken_whole(flask, visitor, password):
    flask("user create dave --email d@example.org --password-stdin", f"{password}\r\nsecond line\n")
    assert visitor.post("/login", {"identity": "dave", "password": password}).status_code == 303


@pytest.mark.parametrize(
    ("command", "password", "words"),
    [
        ("user create ALICE --email d@example.org", PASSWORD, ["username: This name is taken."]),
        ("user create dave --email Alice@Example.org", PASSWORD, ["email: There is already an account"]),
        ("user create alice --email alice@example.org", PASSWORD, ["username: This name", "email: There is"]),
        ("user create d --email d@example.org", PASSWORD, ["username: Between 2 and 32"]),
        ("user create d@ve --email d@example.org", PASSWORD, ["username: Letters, digits"]),
        ("user create dave --email nowhere", PASSWORD, ["email: That does not look like"]),
        ("user create dave --email d@example.org", "short", ["password: At least 8 characters"]),
        ("user create dave --email d@example.org", "", ["password: At least 8 characters"]),
        ("user create long.name --email d@example.org", "long.name", ["password: Your own name"]),
        ("user password alice", "short", ["password: At least 8 characters"]),
        ("user password alice", "x" * 257, ["password: At most 256"]),
        ("user password nobody", PASSWORD, ["name: There is nobody here with this name."]),
    ],
)
def test_what_cannot_be_done_is_one_line(flask, alice, count, command, password, words):
    assert_one_line(flask(f"{command} --password-stdin", f"{password}\n"), *words)
    assert count(User) == 1


def test_a_missing_address_is_told(flask):
    result = flask("user create dave")
    assert result.exit_code == 2
    assert "--email" in result.stderr


def test_password_sets_a_new_one_and_signs_out_everywhere(flask, sign_in, visitor, alice, heard, db_session):
    browsers = [sign_in(alice), sign_in(alice)]
    result = flask("user password ALICE --password-stdin", f"{NEW}\n")
    assert result.exit_code == 0
    assert result.output == "ALICE has a new password and was signed out of 2 browsers.\n"
    assert [browser.get("/chats").status_code for browser in browsers] == [303, 303]
    entry = db_session.query(Entry).one()
    assert (entry.action, entry.person_1_name) == ("person_password", "alice")
    db_session.rollback()
    assert visitor.sign_in(alice).status_code == 422
    assert visitor.sign_in(alice, password=NEW).status_code == 303
    ended = [id_ for (id_,) in db_session.query(SignIn.id).filter(SignIn.revoked_at.is_not(None))]
    assert sorted(heard.closed) == [(session_topic(id_), 4401) for id_ in sorted(ended)]


def test_list_shows_everybody_in_the_order_of_joining(flask, alice, bob, stored):
    stored(lambda session: session.execute(update(User).where(User.id == bob.id).values(is_active=False)))
    result = flask("user list")
    assert result.exit_code == 0
    first, second = result.output.splitlines()
    assert first.split() == [str(alice.id), "alice", "alice@example.org", "user"]
    assert second.split() == [str(bob.id), "bob", "bob@example.org", "user", "(inactive)"]


def test_list_of_nobody_is_empty(flask):
    assert (flask("user list").exit_code, flask("user list").output) == (0, "")


def test_the_command_works_in_a_shell(app, settings, visitor):
    own = {name: value for name, value in os.environ.items() if not name.startswith(("CHATWEB_", "FLASK_"))}
    command = "user create dave --email d@example.org --password-stdin"
    result = subprocess.run(
        [sys.executable, "-m", "flask", *command.split()],
        input=f"{PASSWORD}\n",
        capture_output=True,
        text=True,
        check=False,
        cwd=CHECKOUT,
        env=own | environment(settings, free_port()),
    )
    assert (result.returncode, result.stdout) == (0, "dave can sign in now.\n"), result.stderr
    assert visitor.post("/login", {"identity": "dave", "password": PASSWORD}).status_code == 303


WHY = ["--kind", "safety", "--reason", "He writes threats to others."]


@pytest.fixture
def flask_with_reason(app):
    """`flask_with_reason("user deactivate bob")` gives a reason, too."""
    return lambda command, why=WHY: app.test_cli_runner().invoke(args=[*command.split(), *why])


def test_deactivate_and_reactivate_are_on_record(flask_with_reason, sign_in, visitor, bob, heard, db_session):
    browser = sign_in(bob)
    assert flask_with_reason("user deactivate BOB").output == "BOB cannot sign in any more.\n"
    assert browser.get("/chats").status_code == 303
    assert len(heard.closed) == 1
    assert visitor.sign_in(bob).status_code == 422
    assert flask_with_reason("user reactivate bob").output == "bob can sign in again.\n"
    assert visitor.sign_in(bob).status_code == 303
    one, two = db_session.query(Entry).order_by(Entry.id)
    assert (one.action, two.action) == ("person_deactivated", "person_reactivated")
    assert (one.actor_id, one.person_1_name, one.kind, one.reason) == (None, "bob", "safety", WHY[-1])
    assert one.actor_name.startswith("command line: ")


def test_reset_factor_lets_in_with_the_password_alone(app, flask_with_reason, visitor, bob, db_session):
    first_step(visitor, with_second_step(app, bob))
    words = "bob can sign in with the password alone.\n"
    assert flask_with_reason("user reset-factor BOB").output.lower() == words
    assert visitor.sign_in(bob).location == "/chats"
    assert db_session.query(Entry).one().action == "person_factor_reset"


def test_role_gives_another_one(app, flask_with_reason, as_bob, bob, db_session):
    with_second_step(app, bob)
    assert flask_with_reason("user role bob auditor").output == "bob is now: auditor.\n"
    assert as_bob.get("/admin/audit").status_code == 200
    assert db_session.query(Entry).one().detail == "user → auditor"


@pytest.mark.parametrize(
    ("command", "why", "words"),
    [
        ("user deactivate nobody", WHY, ["name: There is nobody here with this name."]),
        ("user deactivate dana", WHY, ["name: This is the last administrator"]),
        ("user reset-factor bob", WHY, ["name: This account has no second step."]),
        ("user role dana user", WHY, ["name: This is the last administrator"]),
        ("user delete dana --yes", WHY, ["name: This is the last administrator"]),
        ("user delete nobody --yes", WHY, ["name: There is nobody here with this name."]),
        ("user deactivate bob", [*WHY[:-1], "because"], ["reason: At least 10 characters"]),
    ],
)
def test_what_cannot_be_done_to_an_account_is_one_line(
    flask_with_reason, dana, bob, count, command, why, words
):
    assert_one_line(flask_with_reason(command, why), *words)
    assert count(Entry) == 0


@pytest.mark.parametrize("act", ["deactivate", "reactivate", "reset-factor", "role", "delete"])
def test_a_missing_reason_is_told(flask, bob, act):
    result = flask(f"user {act} bob{' admin' if act == 'role' else ''}")
    assert result.exit_code == 2
    assert "Missing option" in result.stderr


def test_delete_says_what_goes_and_asks(app, talk, alice, bob, db_session):
    talk.says(bob, "one", "two")
    run = lambda answer: app.test_cli_runner().invoke(  # noqa: E731
        args=["user", "delete", "bob", "--messages", *WHY], input=answer
    )
    asked = run("n\n")
    assert asked.exit_code == 1
    assert "bob: 1 chats; 2 messages, deleted. Delete? [y/N]" in asked.output
    assert db_session.get(User, bob.id).is_active
    db_session.rollback()
    assert "bob is deleted." in run("y\n").output
    assert db_session.get(User, bob.id).left_at is not None
    entry = db_session.query(Entry).one()
    assert (entry.action, entry.person_1_name, entry.reason) == ("person_deleted", "bob", WHY[-1])


def test_delete_tells_pages_that_are_open(flask, flask_with_reason, as_bob, talk, heard, alice, bob):
    talk.says(bob, "hello")
    assert flask_with_reason("user delete BOB --yes").exit_code == 0
    assert (chat_topic(talk.topic), 1012) in heard.closed
    assert [code for topic, code in heard.closed if topic.startswith(session_topic(""))] == [4401]
    assert "account closed" in "".join(heard.on(person_topic(alice.id)))
    assert as_bob.get("/chats").status_code == 303
    assert "(deleted)" in flask("user list").output
