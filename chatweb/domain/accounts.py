"""Accounts and signed-in browsers."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, NamedTuple

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chatweb.domain import texts
from chatweb.domain.columns import fetch
from chatweb.domain.refusals import Invalid, NotFound
from chatweb.models import SignIn, User, utc_now

REMEMBERED = timedelta(days=30)
UNREMEMBERED = timedelta(days=1)
SEEN_EVERY = timedelta(minutes=1)

_SIGNED_IN = (
    select(
        User.id,
        User.username,
        User.display_name,
        User.role,
        SignIn.id.label("session_id"),
        SignIn.seen_at,
        SignIn.expires_at,
    )
    .join(SignIn, SignIn.user_id == User.id)
    .where(SignIn.token_hash == bindparam("token_hash"), SignIn.revoked_at.is_(None), User.is_active)
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in, as every request needs them; `session_id` names the browser."""

    id: int
    username: str
    display_name: str
    role: str
    session_id: int
    seen_at: datetime
    token: str

    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    @property
    def is_long_unseen(self) -> bool:
        """Whether it is time to note again that the browser is in use."""
        return utc_now() - self.seen_at > SEEN_EVERY

    def get_id(self) -> str:
        """What the cookie carries: the token of the browser, not the id of the person."""
        return self.token


class Identity(NamedTuple):
    """What signing in compares with."""

    user_id: int
    password_hash: str
    is_active: bool


def check_new_account(username: str, email: str, password: str) -> None:
    """Raise Invalid, with every field that is wrong, for what cannot become an account."""
    found = {
        "username": texts.username_problem(username),
        "email": texts.email_problem(email),
        "password": texts.password_problem(password, username=username, email=email),
    }
    problems = {field: problem for field, problem in found.items() if problem}
    if problems:
        raise Invalid(**problems)


def create_user(
    session: Session,
    *,
    username: str,
    email: str,
    password_hash: str,
    role: str = "user",
    display_name: str = "",
) -> User:
    """Add an account. Raises Invalid when the name or the address is taken, also by somebody just now."""
    now = utc_now()
    user = User(
        username=username,
        username_key=texts.username_key(username),
        email=email.lower(),
        display_name=display_name or username,
        password_hash=password_hash,
        role=role,
        is_active=True,
        inserted_at=now,
        updated_at=now,
    )
    taken = _taken(session, user)
    if taken:
        raise Invalid(**taken)
    session.add(user)
    try:
        session.flush()
    except IntegrityError as clash:
        # The first line names the constraint; in the second one PostgreSQL repeats what was typed.
        field = "email" if "email" in str(clash.orig).partition("\n")[0] else "username"
        raise Invalid(**{field: f"{field}_taken"}) from None
    return user


def identify(session: Session, identity: str) -> Identity | None:
    """The account that a typed name or e-mail address means, if there is one."""
    wanted = identity.strip()
    if not texts.is_storable(wanted):
        return None
    by = User.email == wanted.lower() if "@" in wanted else User.username_key == texts.username_key(wanted)
    row = session.execute(select(User.id, User.password_hash, User.is_active).where(by)).one_or_none()
    return Identity(*row) if row else None


def start_session(session: Session, user_id: int, *, remember: bool, address: str, agent: str) -> str:
    """Sign a browser in and return its token: 256 random bits, of which only the SHA-256 is kept."""
    token = secrets.token_urlsafe(32)
    now = utc_now()
    session.execute(delete(SignIn).where(SignIn.user_id == user_id, SignIn.expires_at < now))
    session.add(
        SignIn(
            token_hash=_digest(token),
            user_id=user_id,
            inserted_at=now,
            seen_at=now,
            expires_at=now + (REMEMBERED if remember else UNREMEMBERED),
            revoked_at=None,
            address=address,
            agent=agent[:200],
        )
    )
    session.flush()
    return token


def signed_in(session: Session, token: str) -> Person | None:
    """Who holds this token now: its session neither revoked nor expired, its account active. One SELECT."""
    row = fetch(session, _SIGNED_IN, {"token_hash": _digest(token)}).one_or_none()
    if row is None or row.expires_at <= utc_now():
        return None
    return Person(row.id, row.username, row.display_name, row.role, row.session_id, row.seen_at, token)


def saw_session(session: Session, person: Person) -> None:
    """Note that the browser is in use."""
    session.execute(update(SignIn).where(SignIn.id == person.session_id).values(seen_at=utc_now()))


def ended_sessions(session: Session, session_ids: Collection[int]) -> set[int]:
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


def end_session(session: Session, session_id: int) -> None:
    """Sign one browser out for good."""
    session.execute(
        update(SignIn)
        .where(SignIn.id == session_id, SignIn.revoked_at.is_(None))
        .values(revoked_at=utc_now())
    )


def set_password(session: Session, username: str, password_hash: str) -> list[int]:
    """Change a password and sign the person out everywhere; returns the ids of the sessions that ended."""
    user = session.scalar(select(User).where(User.username_key == texts.username_key(username)))
    if user is None:
        raise NotFound("no_such_user")
    user.password_hash = password_hash
    user.updated_at = utc_now()
    ended = update(SignIn).where(SignIn.user_id == user.id, SignIn.revoked_at.is_(None))
    return list(session.scalars(ended.values(revoked_at=utc_now()).returning(SignIn.id)))


def everybody(session: Session) -> list[User]:
    """All accounts, in the order they were made."""
    return list(session.scalars(select(User).order_by(User.id)))


def _taken(session: Session, user: User) -> dict[str, str]:
    same = or_(User.username_key == user.username_key, User.email == user.email)
    problems: dict[str, str] = {}
    for key, email in session.execute(select(User.username_key, User.email).where(same)):
        if key == user.username_key:
            problems["username"] = "username_taken"
        if email == user.email:
            problems["email"] = "email_taken"
    return problems


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
