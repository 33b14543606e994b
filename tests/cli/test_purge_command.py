"""`flask chat purge`: what is older goes, on record, and a dry run only counts it."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from chatweb.announce import person_topic
from chatweb.domain import retention
from chatweb.models import Message, utc_now
from tests.web.overseeing import entries
from tests.web.reading import bodies, rows

WHY = ["--yes", "--kind", "legal", "--reference", "AZ-7", "--reason", "Nothing is kept for more than a year."]


@pytest.fixture
def flask(app):
    return lambda command, why=WHY: app.test_cli_runner().invoke(args=[*command.split(), *why])


@pytest.fixture
def said(talk, alice, bob, stored):
    """Ten messages, the first seven more than a year old."""
    said = [talk.says((alice, bob)[number % 2], f"number {number}")[0] for number in range(10)]
    at = utc_now() - timedelta(days=366)
    stored(
        lambda session: session.execute(
            update(Message).where(Message.id <= said[6].id).values(inserted_at=at)
        )
    )
    return said


def test_a_dry_run_counts_and_changes_nothing(flask, said, count, db_session, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 3)
    result = flask("chat purge --older-than 365d --dry-run")
    assert result.output == "Would delete 7 messages of 1 chats and 0 reports.\n"
    assert (count(Message), entries(db_session)) == (10, [])


def test_it_asks_before_it_deletes(flask, said, count, db_session):
    result = flask("chat purge --older-than 365d", WHY[1:])
    assert "Delete everything older than " in result.output
    assert result.exit_code == 1
    assert (count(Message), entries(db_session)) == (10, [])


def test_what_is_older_goes_and_is_on_record(
    flask, said, talk, as_alice, as_bob, heard, alice, bob, db_session, monkeypatch
):
    monkeypatch.setattr(retention, "BATCH", 3)
    heard.clear()
    result = flask("chat purge --older-than 365d")
    assert result.output == "Deleted 7 messages of 1 chats and 0 reports.\n"
    begun, ended = entries(db_session)
    assert (begun.action, begun.kind, begun.reference, begun.reason) == ("purge_begun", *WHY[2::2])
    assert begun.detail.startswith("older than 2")
    assert (ended.action, ended.reason) == ("purged", WHY[-1])
    assert ended.detail == f"{begun.detail}: 7 messages, 1 chats, 0 reports"
    for visitor, person in ((as_alice, alice), (as_bob, bob)):
        assert bodies(visitor.get(talk.url).text) == ["number 7", "number 8", "number 9"]
        missed = visitor.get(f"{talk.messages_url}?after=10").text
        assert f'data-cleared="{said[6].id}"' in missed
        (row,) = rows("".join(heard.on(person_topic(person.id))))
        assert row.attributes["data-cleared"] == str(said[6].id)
        gone, nothing = (visitor.get(f"{talk.url}/@{id_}") for id_ in (said[0].id, 999_999))
        assert (gone.status_code, gone.data) == (404, nothing.data)


def test_what_is_on_hold_is_left_alone_and_counted(flask, said, bob, count):
    flask("user hold bob", WHY[1:])
    output = flask("chat purge --older-than 1d").output
    assert output == (
        "Deleted 0 messages of 0 chats and 0 reports.\nLeft 1 chats alone, which are on hold.\n"
    )
    assert count(Message) == 10


@pytest.mark.parametrize("age", ["365", "0d", "-1d", "1y", "d", "999999d", "٣d", ""])
def test_an_age_is_a_number_of_days(flask, said, count, age):
    result = flask(f"chat purge --older-than={age}")
    assert result.exit_code == 2
    assert "must be a number of days" in result.stderr
    assert count(Message) == 10


def test_without_a_good_reason_nothing_goes(flask, said, count, db_session):
    result = flask("chat purge --older-than 365d", [*WHY[:-1], "because"])
    assert (result.exit_code, count(Message), entries(db_session)) == (1, 10, [])
