"""Finding people to talk to."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chatweb.domain import texts
from chatweb.models import User

QUERY_LENGTHS = range(2, 101)  # of a very long pattern SQLite says that it is too complex
MOST_PEOPLE = 10


class Found(NamedTuple):
    """Somebody one may start a conversation with."""

    id: int
    username: str
    display_name: str


def find(session: Session, person_id: int, query: str) -> Sequence[Found]:
    """At most 10 active people, not oneself, whose username begins with, or whose name contains, it.

    Nobody below 2 and above 100 characters. One SELECT.
    """
    typed = query.strip()
    if len(typed) not in QUERY_LENGTHS or not texts.is_storable(typed):
        return []
    key = texts.username_key(typed)
    alike = or_(
        User.username_key.startswith(key, autoescape=True),
        User.display_name.icontains(typed, autoescape=True),
    )
    found = (
        select(User.id, User.username, User.display_name)
        .where(alike, User.is_active, User.id != person_id)
        .order_by(User.username_key)
        .limit(MOST_PEOPLE)
    )
    return [Found(*row) for row in session.execute(found)]
