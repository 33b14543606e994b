"""Which areas of the administration each role sees. Who sees none is not told that there is one."""

from collections.abc import Sequence

CHATS = "chats"

_AREAS = {"admin": (CHATS,)}


def areas(role: str) -> Sequence[str]:
    """The areas that somebody of this role sees, the first one first."""
    return _AREAS.get(role, ())
