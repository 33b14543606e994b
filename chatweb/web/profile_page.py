"""The page of what others see of a person, and how times are shown to them."""

from chatweb.domain import zones
from chatweb.web import answers
from chatweb.web.settings_page import settings_page


def profile_page(
    name: str | None = None,
    time_zone: str | None = None,
    *,
    problems: dict[str, str] | None = None,
    saved: bool = False,
) -> str:
    """With what was typed instead of what is stored, if it was refused."""
    person = answers.person()
    return settings_page(
        "profile",
        display_name=person.display_name if name is None else name,
        time_zone=person.time_zone if time_zone is None else time_zone,
        regions=zones.by_region(),
        problems=problems or {},
        saved=saved,
    )
