"""Jumping to the first message of a day."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from chatweb.models import Message
from tests.web.reading import bodies, by_class

FIRST_DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTHING_LATER = "Nothing was said on that day or later."


@pytest.fixture
def days(talk, alice, bob, stored):
    """One message a day at noon, from the first to the hundredth day; the third day was quiet."""
    said = [
        one for pair in range(50) for one in (*talk.says(alice, "from alice"), *talk.says(bob, "from bob"))
    ]

    def date(session):
        for number, one in enumerate(said):
            later = timedelta(days=number + (number >= 2))
            session.execute(update(Message).where(Message.id == one.id).values(inserted_at=FIRST_DAY + later))

    stored(date)
    return said


@pytest.fixture
def jump(talk):
    def ask(visitor, on):
        return visitor.get(talk.url, query_string={"on": on})

    return ask


def address(talk, said):
    return f"{talk.url}?around={said.id}#message-{said.key}"


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("on", "number"),
    [
        ("2026-03-01", 0),
        ("1999-12-31", 0),
        ("0001-01-01", 0),
        ("2026-03-02", 1),
        ("2026-03-03", 2),
        ("2026-03-02T12:00:00.000Z", 1),
        ("2026-03-02T12:00:00.001Z", 2),
        ("2026-04-20T10:00:00.000Z", 49),
        ("2026-06-09", 99),
    ],
)
def test_it_leads_to_the_first_message_of_that_moment_or_later(as_alice, talk, days, jump, on, number):
    answer = jump(as_alice, on)
    assert (answer.status_code, answer.location) == (302, address(talk, days[number]))


def test_there_the_message_stands_with_what_is_around_it(as_alice, days, jump):
    page = as_alice.get(jump(as_alice, "2026-04-20").location.partition("#")[0]).text
    assert days[49].key in page
    assert len(bodies(page)) == 80


@pytest.mark.parametrize("on", ["2026-06-10", "2026-06-09T12:00:00.001Z", "9999-12-31"])
def test_after_the_last_message_the_newest_page_says_so(as_alice, days, jump, on):
    answer = jump(as_alice, on)
    assert answer.status_code == 200
    assert [one.text for one in by_class(answer.text, "toast")] == [NOTHING_LATER]
    assert len(bodies(answer.text)) == 40
    assert days[99].key in answer.text


def test_in_an_empty_conversation_nothing_is_later(as_alice, talk, jump):
    assert NOTHING_LATER in jump(as_alice, "2026-03-01").text
    assert not by_class(as_alice.get(talk.url).text, "toast")


def test_what_was_cleared_is_not_found(as_alice, as_bob, talk, days, bob, jump):
    as_alice.post(f"{talk.url}/clear")
    assert NOTHING_LATER in jump(as_alice, "2026-03-01").text
    (later,) = talk.says(bob, "later")
    assert jump(as_alice, "2026-03-01").location == address(talk, later)
    assert jump(as_bob, "2026-03-01").location == address(talk, days[0])


def test_what_is_no_day_is_not_found(as_alice, days, jump):
    values = [
        "",
        "x",
        "2026-02-30",
        "2026-13-01",
        "20260",
        "99999-01-01",
        "-1",
        "\x00",
        "2026-03-01T25:00",
        "now",
    ]
    assert {value: jump(as_alice, value).status_code for value in values} == dict.fromkeys(values, 404)


@pytest.mark.both_engines
def test_the_ends_of_the_calendar_are_days_too(as_alice, days, jump):
    for on in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-23:59"):
        assert jump(as_alice, on).status_code in (200, 302)


def test_the_stranger_is_led_nowhere(visitor, as_carol, days, jump):
    assert jump(visitor, "2026-03-01").status_code == 303
    assert jump(as_carol, "2026-03-01").status_code == 404
