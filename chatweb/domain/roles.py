"""Which areas of the administration each role sees. Who sees none is not told that there is one."""

from collections.abc import Sequence

CHATS, AUDIT = "chats", "audit"

_AREAS = {"auditor": (AUDIT,), "admin": (CHATS, AUDIT)}


def areas(role: str) -> Sequence[str]:
    """The areas that somebody of this role sees, the first one first."""
    return _AREAS.get(role, ())
