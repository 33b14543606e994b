"""`flask demo`: people and conversations to look at."""

import pytest

from chatweb import demo
from chatweb.models import Message, User
from tests.web.reading import bodies, messages, rows


@pytest.fixture
def flask(app):
    return app.test_cli_runner()


def test_it_says_how_to_sign_in_and_everybody_can(flask, visitor, app):
    result = flask.invoke(args=["demo"])
    assert result.exit_code == 0
    assert demo.PASSWORD in result.output
    for person in demo.PEOPLE:
        assert person.username in result.output
        form = {"identity": person.username, "password": demo.PASSWORD}
        assert visitor.post("/login", form).status_code == 303
        visitor.sign_out()


def test_a_newcomer_sees_conversations_with_something_unread(flask, visitor):
    flask.invoke(args=["demo"])
    visitor.post("/login", {"identity": demo.PEOPLE[0].username, "password": demo.PASSWORD})
    page = visitor.get("/chats").text
    assert len(rows(page)) >= 3
    assert any(row.attributes["data-unread"] != "0" for row in rows(page))
    for row in rows(page):
        conversation = visitor.get(f"/chats/{row.attributes['id'].removeprefix('chat-')}").text
        assert len(messages(conversation)) >= 2
        assert all(text.strip() for text in bodies(conversation))


@pytest.mark.both_engines
def test_it_fills_an_empty_database(flask, count):
    assert flask.invoke(args=["demo"]).exit_code == 0
    assert count(User) == len(demo.PEOPLE)
    assert count(Message) == sum(len(talk.lines) for talk in demo.TALKS)


def test_a_database_with_people_is_left_alone(flask, alice, count):
    result = flask.invoke(args=["demo"])
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line == "Error: There are people here already; the demo only fills an empty database."
    assert (count(User), count(Message)) == (1, 0)


def test_a_second_time_is_refused(flask, count):
    flask.invoke(args=["demo"])
    said = count(Message)
    assert flask.invoke(args=["demo"]).exit_code == 1
    assert count(Message) == said
