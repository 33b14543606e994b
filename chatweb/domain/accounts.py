"""Accounts: who exists, and by what they are told apart."""

from collections.abc import Collection
from typing import NamedTuple, cast

from sqlalchemy import Table, and_, bindparam, case, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from chatweb.domain import mails, texts
from chatweb.domain.refusals import Invalid, NotFound
from chatweb.models import CAN_SIGN_IN, Chat, Member, User, utc_now


class Identity(NamedTuple):
    """What signing in compares with."""

    user_id: int
    password_hash: str
    can_sign_in: bool


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
    """Add an account, whose address is known to be theirs.

    Raises Invalid when the name or the address is taken, also by somebody just now.
    """
    user = _user(username, password_hash, email=email.lower(), display_name=display_name, role=role)
    taken = _taken(session, user)
    if taken:
        raise Invalid(**taken)
    return _added(session, user)


class AddressTaken(Exception):
    """The address became somebody's a moment ago; ask again."""


def register(session: Session, *, username: str, email: str, password_hash: str, is_mailing: bool) -> int:
    """Add an account of somebody unknown; its id. Raises Invalid when the name is taken.

    Whether there is an account with the address already is not told. It counts when its owner has opened the
    link that was mailed there; where no mail can be sent, at once, if it is nobody's. Raises AddressTaken.
    """
    user = _user(username, password_hash)
    others = _taken(session, user, email=email.lower())
    if "username" in others:
        raise Invalid(username="username_taken")
    if is_mailing or "email" in others:
        user.pending_email = email.lower()
    else:
        user.email = email.lower()
    try:
        user_id = _added(session, user).id
    except Invalid as clash:
        raise (AddressTaken if "email" in clash.problems else clash) from None
    if is_mailing:
        mails.put(session, "confirm", email.lower(), user_id=user_id)
    return user_id


def identify(session: Session, identity: str) -> Identity | None:
    """The account that a typed name or e-mail address means, if there is one."""
    wanted = identity.strip()
    if not texts.is_storable(wanted):
        return None
    by = User.email == wanted.lower() if "@" in wanted else User.username_key == texts.username_key(wanted)
    row = session.execute(select(User.id, User.password_hash, CAN_SIGN_IN).where(by)).one_or_none()
    return Identity(*row) if row else None


def keep_unchanged(session: Session, identity: Identity) -> None:
    """Let nobody change an account until the transaction is over; Invalid if somebody just did."""
    same = select(User.id).where(
        User.id == identity.user_id, User.password_hash == identity.password_hash, CAN_SIGN_IN
    )
    if session.scalar(same.with_for_update()) is None:
        raise Invalid(form="wrong_sign_in")


def id_of(session: Session, username: str) -> int:
    """The id of the account with this name; NotFound when there is none. One SELECT."""
    found = session.scalar(select(User.id).where(User.username_key == texts.username_key(username)))
    if found is None:
        raise NotFound("no_such_user")
    return found


_OWN = select(
    User.id,
    User.username,
    User.display_name,
    User.email,
    User.pending_email,
    User.password_hash,
    User.time_zone,
).where(User.id == bindparam("user_id"))


class Own(NamedTuple):
    """What only the person themselves may know of their account."""

    id: int
    username: str
    display_name: str
    email: str | None
    pending_email: str | None
    password_hash: str
    time_zone: str


def own(session: Session, user_id: int) -> Own:
    """Somebody's own account. One SELECT."""
    return Own._make(session.execute(_OWN, {"user_id": user_id}).one())


def addressee(session: Session, user_id: int) -> Own | None:
    """Whom a mail is for; None when the account is gone meanwhile. One SELECT."""
    row = session.execute(_OWN, {"user_id": user_id}).one_or_none()
    return Own._make(row) if row else None


def set_profile(session: Session, user_id: int, *, display_name: str, time_zone: str) -> None:
    """Show somebody under another name from now on, and times to them as they are in a zone."""
    session.execute(
        update(User)
        .where(User.id == user_id)
        .values(display_name=display_name, time_zone=time_zone, updated_at=utc_now())
    )


class Switches(NamedTuple):
    """What somebody shows to others, and sees of them in return; and whether chats of others wait."""

    shows_reading: bool
    shows_typing: bool
    shows_presence: bool
    asks_first: bool


def switches(session: Session, user_id: int) -> Switches:
    """How somebody has set the switches. One SELECT."""
    found = select(User.shows_reading, User.shows_typing, User.shows_presence, User.asks_first)
    found = found.where(User.id == user_id)
    return Switches._make(session.execute(found).one())


class Switched(NamedTuple):
    """What may look different now: conversations by their topics, and who begins or ends to see them here.

    `accepted` are the ids of conversations that waited until now.
    """

    topics: list[str]
    contact_ids: list[int]
    accepted: list[int]


def set_switches(session: Session, user_id: int, wanted: Switches) -> Switched:
    """Set the switches; answers with what may look different now."""
    before = switches(session, user_id)
    hides_or_shows = before.shows_presence != wanted.shows_presence
    session.execute(update(User).where(User.id == user_id).values(**wanted._asdict()))
    accepted: list[int] = []
    if before.asks_first != wanted.asks_first:
        accepted = _ask_first(session, user_id, asks_first=wanted.asks_first)
    other = aliased(Member)
    contact_id = case((Chat.user_1_id == user_id, Chat.user_2_id), else_=Chat.user_1_id)
    theirs = (
        select(
            Chat.topic,
            User.id,
            and_(
                User.shows_presence,
                Member.blocked.is_(False),
                other.blocked.is_(False),
                Member.waits.is_(False),
                other.waits.is_(False),
            ),
        )
        .select_from(Member)
        .join(Chat, Chat.id == Member.chat_id)
        .join(User, User.id == contact_id)
        .join(other, and_(other.chat_id == Chat.id, other.user_id == User.id))
        .where(Member.user_id == user_id)
    )
    found = session.execute(theirs).all()
    return Switched(
        [topic for topic, _, _ in found],
        [id_ for _, id_, shows in found if shows and hides_or_shows],
        accepted,
    )


def _ask_first(session: Session, user_id: int, *, asks_first: bool) -> list[int]:
    """Let wait in which nobody has said anything yet, or accept all; the ids of what was accepted."""
    theirs = update(cast("Table", Member.__table__)).where(Member.user_id == user_id)
    if asks_first:
        silent = select(Chat.id).where(Chat.id == Member.chat_id, Chat.revision == 0).exists()
        session.execute(theirs.where(Member.opened.is_(False), silent).values(waits=True))
        return []
    accepted = theirs.where(Member.waits).values(waits=False).returning(Member.chat_id)
    return list(session.scalars(accepted))


def were_here(session: Session, user_ids: Collection[int]) -> None:
    """Note that these people have, or had until now, a page in view."""
    session.execute(update(User).where(User.id.in_(user_ids)).values(seen_at=utc_now()))


def everybody(session: Session) -> list[User]:
    """All accounts, in the order they were made."""
    return list(session.scalars(select(User).order_by(User.id)))


def _user(
    username: str,
    password_hash: str,
    *,
    email: str | None = None,
    display_name: str = "",
    role: str = "user",
) -> User:
    now = utc_now()
    return User(
        username=username,
        username_key=texts.username_key(username),
        email=email,
        display_name=display_name or username,
        password_hash=password_hash,
        role=role,
        is_active=True,
        inserted_at=now,
        updated_at=now,
    )


def _added(session: Session, user: User) -> User:
    session.add(user)
    try:
        session.flush()
    except IntegrityError as clash:
        # The first line names the constraint; in the second one PostgreSQL repeats what was typed.
        field = "email" if "email" in str(clash.orig).partition("\n")[0] else "username"
        raise Invalid(**{field: f"{field}_taken"}) from None
    return user


def _taken(session: Session, user: User, email: str | None = None) -> dict[str, str]:
    wanted = email or user.email
    same = or_(User.username_key == user.username_key, User.email == wanted)
    problems: dict[str, str] = {}
    for key, address in session.execute(select(User.username_key, User.email).where(same)):
        if key == user.username_key:
            problems["username"] = "username_taken"
        if address == wanted:
            problems["email"] = "email_taken"
    return problems
