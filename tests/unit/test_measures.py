"""Quantiles of what was measured, as Prometheus estimates them."""

import pytest
from prometheus_client import CollectorRegistry, Counter, Histogram

from chatweb import measures


@pytest.fixture
def times():
    return Histogram("times", "of a test", registry=CollectorRegistry(), buckets=(1, 2, 4))


def test_of_nothing_there_is_no_quantile(times):
    assert measures.quantile(times, 0.5) is None
    assert measures.count(times) == 0


@pytest.mark.parametrize(
    ("share", "seconds"),
    [(0.125, 0.5), (0.25, 1.0), (0.5, 1.5), (0.75, 2.0), (0.875, 4.0), (1.0, 4.0)],
)
def test_times_are_spread_evenly_within_a_bucket_and_end_with_the_last_one(times, share, seconds):
    for second in (0.1, 0.9, 1.1, 1.2, 1.3, 1.4, 100, 100):
        times.observe(second)
    assert measures.quantile(times, share) == pytest.approx(seconds)
    assert measures.count(times) == 8


def test_a_total_is_that_of_all_labels():
    counter = Counter("counted", "of a test", ["way"], registry=CollectorRegistry())
    assert measures.total(counter) == 0
    counter.labels("one").inc()
    counter.labels("other").inc(2)
    assert measures.total(counter) == 3
