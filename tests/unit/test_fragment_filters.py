"""Small things that every page shows: times, initials, colours."""

from datetime import UTC, datetime, timedelta

import pytest

from chatweb.fragments import clock, hue, initials, iso, millis

MOMENT = datetime(2026, 11, 22, 9, 2, 11, 204_999, tzinfo=UTC)


def test_a_time_is_written_in_utc_with_milliseconds():
    assert iso(MOMENT) == "2026-11-22T09:02:11.204Z"
    assert iso(MOMENT.replace(microsecond=0)) == "2026-11-22T09:02:11.000Z"
    assert iso(MOMENT.replace(microsecond=7_000)) == "2026-11-22T09:02:11.007Z"


def test_a_time_without_a_script_says_that_it_is_utc():
    assert clock(MOMENT) == "09:02 UTC"
    assert clock(MOMENT.replace(hour=23, minute=59, second=59)) == "23:59 UTC"


def test_milliseconds_are_exact_for_every_millisecond():
    start = datetime(2026, 11, 22, tzinfo=UTC)
    first = millis(start)
    assert first == 1_795_305_600_000
    assert [millis(start + timedelta(milliseconds=n)) - first for n in range(2_000)] == list(range(2_000))


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("alice", "AL"),
        ("Amara Okafor", "AO"),
        ("  jonas   erik lindqvist ", "JL"),
        ("b", "B"),
        ("élodie", "ÉL"),
        ("Ольга Петрова", "ОП"),
        ("عمر الحسن", "عا"),
        ("田中 さくら", "田中"),
        ("김철수", "김철"),
        ("a.b", "A."),
        ("'quoted' name", "NA"),
        ("007", "00"),
        ("🦉", "🦉"),
        ("", "?"),
        ("   ", "?"),
    ],
)
def test_initials_are_one_or_two_characters(name, letters):
    assert initials(name) == letters


def test_there_are_eight_colours_and_everybody_keeps_theirs():
    assert [hue(user_id) for user_id in range(1, 18)] == [*range(1, 9), *range(1, 9), 1]
