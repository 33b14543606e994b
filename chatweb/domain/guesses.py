"""Guessing a password from many places: after nine in a row it takes longer and longer, after 100 it is over.

The waits and the hundred are those of NIST SP 800-63B, section 5.2.2. A device where the account has been
signed in counts for itself, so that strangers do not keep its owner out.
"""

import math
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from chatweb.domain.refusals import Refusal
from chatweb.domain.sign_ins import digest
from chatweb.models import Guess, utc_now

FREE = 9
MOST = 100
SHORTEST, LONGEST = timedelta(seconds=30), timedelta(hours=1)
_FORGOTTEN_AFTER = timedelta(days=1)


class Wait(Refusal):
    """Not now: in so many seconds, or with None not at all before there is another password."""

    def __init__(self, seconds: int | None) -> None:
        super().__init__("slow_down" if seconds else "locked")
        self.seconds = seconds


def whom(user_id: int | None, typed: str, device: str) -> bytes:
    """Who is guessed at: an account, or a name that nobody has, on a device that is known or on any other."""
    return digest(f"{user_id if user_id is not None else typed}\n{device}")


def count(session: Session, whom: bytes, user_id: int | None) -> None:
    """Count a guess, before it is judged. Raises Wait, and counts nothing, for one too many."""
    now = utc_now()
    of_nobody = Guess.user_id.is_(None), Guess.next_at < now - _FORGOTTEN_AFTER
    session.execute(delete(Guess).where(*of_nobody))
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    first = insert(Guess).values(whom=whom, user_id=user_id, tries=0, next_at=now)
    session.execute(first.on_conflict_do_nothing())
    own = Guess.whom == whom
    tries, next_at = session.execute(select(Guess.tries, Guess.next_at).where(own).with_for_update()).one()
    if tries >= MOST:
        raise Wait(None)
    # Who waited for another one's turn may have a later moment before them than their own.
    if tries > FREE and next_at > now:
        raise Wait(math.ceil((next_at - now).total_seconds()))
    values = {"tries": tries + 1, "next_at": now + _pause(tries + 1)}
    session.execute(update(Guess).where(own).values(values))


def forgive(session: Session, whom: bytes) -> None:
    """The password was right."""
    session.execute(delete(Guess).where(Guess.whom == whom))


def forget(session: Session, user_id: int) -> None:
    """There is another password: what was guessed before says nothing about it."""
    session.execute(delete(Guess).where(Guess.user_id == user_id))


def _pause(tries: int) -> timedelta:
    doubled = min(tries - FREE - 1, 10)
    return min(SHORTEST * 2**doubled, LONGEST) if doubled >= 0 else timedelta()
