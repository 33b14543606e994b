"""Signed-in browsers, each with a session of its own."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import ColumnElement, Update, and_, bindparam, delete, select, update
from sqlalchemy.orm import Session

from chatweb.domain import roles
from chatweb.domain.queries import Query
from chatweb.domain.refusals import NotFound
from chatweb.models import HalfSignIn, SignIn, User, utc_now

REMEMBERED = timedelta(days=30)
UNREMEMBERED = timedelta(days=1)
SEEN_EVERY = timedelta(minutes=1)
LISTED = 100
FRESH = timedelta(minutes=15)

SIGNED_IN = (
    select(
        User.id,
        User.username,
        User.display_name,
        User.role,
        User.asks_first,
        User.time_zone,
        User.avatar,
        SignIn.id.label("session_id"),
        SignIn.seen_at,
        SignIn.confirmed_at,
        SignIn.expires_at,
    )
    .join(SignIn, SignIn.user_id == User.id)
    .where(SignIn.token_hash == bindparam("token_hash"), SignIn.revoked_at.is_(None), User.is_active)
)
"""Who holds the token with the hash `token_hash`; of no use without `person`, which looks at the expiry."""
SIGNED_IN_COLUMNS = len(SIGNED_IN.selected_columns)
_SIGNED_IN: Query[tuple[Any, ...]] = Query(SIGNED_IN, tuple)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in, as every request needs them; `session_id` names the browser."""

    id: int
    username: str
    display_name: str
    role: str
    asks_first: bool
    time_zone: str
    avatar: str
    session_id: int
    seen_at: datetime
    confirmed_at: datetime
    token: str

    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    @property
    def is_long_unseen(self) -> bool:
        """Whether it is time to note again that the browser is in use."""
        return utc_now() - self.seen_at > SEEN_EVERY

    @property
    def areas(self) -> Sequence[str]:
        """The areas of the administration that they see."""
        return roles.areas(self.role)

    @property
    def is_fresh(self) -> bool:
        """Whether they signed in here, or typed the password again, within 15 minutes."""
        return utc_now() - self.confirmed_at <= FRESH

    def get_id(self) -> str:
        """What the cookie carries: the token of the browser, not the id of the person."""
        return self.token


def start(session: Session, user_id: int, *, remember: bool, address: str, agent: str) -> str:
    """Sign a browser in and return its token: 256 random bits, of which only the SHA-256 is kept."""
    token = secrets.token_urlsafe(32)
    now = utc_now()
    session.execute(delete(SignIn).where(SignIn.user_id == user_id, SignIn.expires_at < now))
    session.add(
        SignIn(
            token_hash=digest(token),
            user_id=user_id,
            inserted_at=now,
            seen_at=now,
            confirmed_at=now,
            expires_at=now + (REMEMBERED if remember else UNREMEMBERED),
            revoked_at=None,
            address=address,
            agent=agent[:200],
        )
    )
    session.flush()
    return token


def renew(session: Session, person: Person) -> Person:
    """Note that the password was confirmed; from now on the browser has another token, and the old one none.

    Raises NotFound when the token was good for nothing any more, as after another renewal a moment ago.
    """
    token, now = secrets.token_urlsafe(32), utc_now()
    renewed = (
        update(SignIn)
        .where(SignIn.token_hash == digest(person.token), SignIn.revoked_at.is_(None))
        .values(token_hash=digest(token), confirmed_at=now)
        .returning(SignIn.id)
    )
    if session.scalar(renewed) is None:
        raise NotFound("no_such_sign_in")
    return replace(person, token=token, confirmed_at=now)


def signed_in(session: Session, token: str) -> Person | None:
    """Who holds this token now: its session neither revoked nor expired, its account active. One SELECT."""
    row = _SIGNED_IN.first(session, token_hash=digest(token))
    return person(row, token) if row else None


def person(row: Sequence[Any], token: str) -> Person | None:
    """Who a row of SIGNED_IN speaks of, unless it has expired."""
    *known, expires_at = row
    return Person(*[*known, token]) if expires_at > utc_now() else None


def saw(session: Session, person: Person) -> None:
    """Note that the browser is in use."""
    session.execute(update(SignIn).where(SignIn.id == person.session_id).values(seen_at=utc_now()))


def ended(session: Session, session_ids: Collection[int]) -> set[int]:
    """Which of these browsers are no longer signed in: signed out, expired, account closed. One SELECT."""
    still = (
        select(SignIn.id)
        .join(User, User.id == SignIn.user_id)
        .where(
            SignIn.id.in_(session_ids),
            SignIn.revoked_at.is_(None),
            SignIn.expires_at > utc_now(),
            User.is_active,
        )
    )
    return set(session_ids) - set(session.scalars(still))


class Browser(NamedTuple):
    """A signed-in browser, as its owner sees it in a list."""

    id: int
    address: str
    agent: str
    inserted_at: datetime
    seen_at: datetime


def browsers(session: Session, user_id: int) -> list[Browser]:
    """The browsers where somebody is signed in, the one used last first; at most 100. One SELECT."""
    columns = SignIn.id, SignIn.address, SignIn.agent, SignIn.inserted_at, SignIn.seen_at
    found = (
        select(*columns)
        .where(SignIn.user_id == user_id, SignIn.revoked_at.is_(None), SignIn.expires_at > utc_now())
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
        .limit(LISTED)
    )
    return [Browser._make(row) for row in session.execute(found)]


def end(session: Session, session_id: int) -> None:
    """Sign one browser out for good."""
    session.execute(_ending(SignIn.id == session_id))


def end_other(session: Session, person: Person, session_id: int) -> None:
    """Sign another browser of the same person out for good; NotFound for anybody else's and for their own."""
    theirs = select(SignIn.id).where(SignIn.id == session_id, SignIn.user_id == person.id)
    if session_id == person.session_id or session.scalar(theirs) is None:
        raise NotFound("no_such_sign_in")
    end(session, session_id)


def end_all(session: Session, user_id: int, *, but: int | None = None) -> list[int]:
    """Sign somebody out of every browser, or of every one but this; the ids of the sessions that ended.

    Whoever is on the way in, with the password only, has to begin again.
    """
    session.execute(delete(HalfSignIn).where(HalfSignIn.user_id == user_id))
    others = and_(SignIn.user_id == user_id, SignIn.id != but) if but else SignIn.user_id == user_id
    return list(session.scalars(_ending(others).returning(SignIn.id)))


def _ending(which: ColumnElement[bool]) -> Update:
    return update(SignIn).where(which, SignIn.revoked_at.is_(None)).values(revoked_at=utc_now())


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
