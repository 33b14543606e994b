"""What operators watch of this process: how many, how long, how often in vain. Nothing about anybody.

Names and units follow Prometheus' conventions: seconds, and `_total` for what only grows.
"""

from datetime import UTC, datetime
from itertools import pairwise

from prometheus_client import Counter, Gauge, Histogram

STARTED_AT = datetime.now(UTC)

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

SOCKETS = Gauge("chatweb_sockets", "Open sockets")
DELIVERED = Histogram(
    "chatweb_delivery_seconds",
    "From a message's arrival until every open page has been sent it",
    buckets=_SECONDS,
)
CATCH_UPS = Counter("chatweb_catch_ups", "Pages that asked what they had missed", ["way"])
OVER_SOCKET, OVER_HTTP = CATCH_UPS.labels("socket"), CATCH_UPS.labels("http")
LOST = Counter("chatweb_lost_frames", "Frames that could not be published; the heartbeat heals them")
TOO_SLOW = Counter("chatweb_slow_lines", "Sockets closed because their reader was too slow")
WAITED = Histogram(
    "chatweb_database_wait_seconds", "How long a write waited until its transaction began", buckets=_SECONDS
)
WRITTEN = Histogram(
    "chatweb_database_write_seconds", "How long a write took, the wait and the commit in it", buckets=_SECONDS
)


def total(counter: Counter) -> int:
    """How far a counter has come, over all its labels."""
    return int(sum(value for _labels, value in _samples(counter, "_total")))


def count(histogram: Histogram) -> int:
    """How many times were measured."""
    return int(_buckets(histogram)[-1][1])


def quantile(histogram: Histogram, share: float) -> float | None:
    """Seconds within which this share of all times lay, evenly spread within a bucket; None without any.

    The same estimate as `histogram_quantile` of Prometheus: what is beyond the last bucket counts as its end.
    """
    buckets = _buckets(histogram)
    wanted = share * buckets[-1][1]
    for (low, before), (high, upto) in pairwise([(0.0, 0.0), *buckets]):
        if upto >= wanted and upto > before:
            return low if high == float("inf") else low + (high - low) * (wanted - before) / (upto - before)
    return None


def _buckets(histogram: Histogram) -> list[tuple[float, float]]:
    return [(float(labels["le"]), value) for labels, value in _samples(histogram, "_bucket")]


def _samples(metric: Counter | Histogram, ending: str) -> list[tuple[dict[str, str], float]]:
    return [
        (sample.labels, sample.value)
        for family in metric.collect()
        for sample in family.samples
        if sample.name.endswith(ending)
    ]
