"""Time zones, by their names in the IANA database."""

from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from chatweb.domain.refusals import Invalid

_REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@cache
def by_region() -> Mapping[str, Sequence[str]]:
    """The names one can choose from, of each part of the world."""
    names = sorted(available_timezones())
    return {region: [name for name in names if name.startswith(f"{region}/")] for region in _REGIONS}


def check(name: str) -> None:
    """Raise Invalid for what is neither a name to choose from nor empty."""
    if name and name not in by_region().get(name.partition("/")[0], ()):
        raise Invalid(time_zone="no_such_zone")


@cache
def zone(name: str) -> tzinfo:
    """The zone of this name; UTC without one, or where the database does not know it any more."""
    try:
        return ZoneInfo(name) if name else UTC
    except ZoneInfoNotFoundError:
        return UTC
