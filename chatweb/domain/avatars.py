"""The pictures of accounts: setting one, and who sees it."""

import hashlib

from sqlalchemy import ColumnElement, and_, delete, false, insert, or_, select, update
from sqlalchemy.orm import Session

from chatweb.domain import people, roles
from chatweb.domain.refusals import NotFound
from chatweb.domain.sign_ins import Person
from chatweb.models import Avatar, Report, User


def put(session: Session, user_id: int, picture: bytes | None) -> str:
    """Show this picture of somebody from now on, or none; the name it has.

    NotFound for who has left meanwhile.
    """
    name = hashlib.sha256(picture).hexdigest()[:32] if picture else ""
    # First of all, so that two who do so at once take turns.
    theirs = update(User).where(User.id == user_id, User.left_at.is_(None))
    if session.scalar(theirs.values(avatar=name).returning(User.id)) is None:
        raise NotFound("no_such_user")
    session.execute(delete(Avatar).where(Avatar.user_id == user_id))
    if picture:
        session.execute(insert(Avatar).values(user_id=user_id, data=picture))
    return name


def picture(session: Session, asking: Person, user_id: int, name: str) -> bytes:
    """The picture of this name of somebody, for who could find them by their name. One SELECT.

    NotFound for who could not, and for a name from before. Who sees accounts sees the picture of each, and
    who sees reports that of whom others have reported.
    """
    found = select(Avatar.data).join(User, User.id == Avatar.user_id).where(User.id == user_id)
    if user_id != asking.id and roles.PEOPLE not in asking.areas:
        is_reported = _is_reported_to(asking.id) if roles.REPORTS in asking.areas else false()
        found = found.where(or_(_is_seen_by(asking.id), is_reported))
    data = session.scalar(found.where(User.avatar == name))
    if data is None:
        raise NotFound("no_such_picture")
    return data


def seen_by(session: Session, person_id: int, user_id: int) -> str:
    """The name of somebody's picture as a person sees it, empty without one. One SELECT."""
    return session.scalar(select(User.avatar).where(User.id == user_id, _is_seen_by(person_id))) or ""


def _is_reported_to(person_id: int) -> ColumnElement[bool]:
    others = Report.reported_id == User.id, User.id != person_id, Report.reporter_id != person_id
    return select(Report.id).where(*others).correlate(User).exists()


def _is_seen_by(person_id: int) -> ColumnElement[bool]:
    return and_(User.is_active, ~people.has_blocked(person_id))
