"""Every time of the tables is of one kind, and nothing moves it by itself."""

from datetime import UTC, datetime, timedelta

from chatweb.models import Base, UtcMillis, utc_now


def test_every_time_in_the_tables_is_of_this_kind():
    timed = [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_at") or column.name == "muted"
    ]
    assert len(timed) >= 16
    assert all(isinstance(column.type, UtcMillis) for column in timed)
    assert not any(column.onupdate or column.server_onupdate for column in timed)


def test_now_is_cut_to_milliseconds():
    now = utc_now()
    assert now.microsecond % 1000 == 0
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)
