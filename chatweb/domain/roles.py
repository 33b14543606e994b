"""Which areas of the administration each role sees. Who sees none is not told that there is one."""

from collections.abc import Sequence

CHATS, REPORTS, PEOPLE, AUDIT, OPERATION = "chats", "reports", "people", "audit", "operation"
ADMIN = "admin"
ROLES = ("user", "moderator", "auditor", ADMIN)

_AREAS = {
    "moderator": (REPORTS,),
    "auditor": (AUDIT,),
    ADMIN: (CHATS, REPORTS, PEOPLE, AUDIT, OPERATION),
}


def areas(role: str) -> Sequence[str]:
    """The areas that somebody of this role sees, the first one first."""
    return _AREAS.get(role, ())
