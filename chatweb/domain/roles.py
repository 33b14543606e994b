"""Which areas of the administration each role sees. Who sees none is not told that there is one."""

from collections.abc import Sequence

CHATS, SEARCH, REPORTS = "chats", "search", "reports"
PEOPLE, HOLDS, AUDIT, OPERATION = "people", "holds", "audit", "operation"
ADMIN = "admin"
ROLES = ("user", "moderator", "auditor", ADMIN)

_AREAS = {
    "moderator": (REPORTS,),
    "auditor": (AUDIT,),
    ADMIN: (CHATS, SEARCH, REPORTS, PEOPLE, HOLDS, AUDIT, OPERATION),
}


def areas(role: str) -> Sequence[str]:
    """The areas that somebody of this role sees, the first one first."""
    return _AREAS.get(role, ())
