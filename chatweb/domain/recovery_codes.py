"""Recovery codes: for whoever has lost their app or passkey. 120 random bits each, good once.

Only their SHA-256 is kept, which is enough from 112 bits on (ASVS 5.0, 6.5.2).
"""

import secrets

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from chatweb.domain.sign_ins import digest
from chatweb.models import RecoveryCode

COUNT = 10

# Without i, l, o and u, which are taken for others (Crockford's base32).
_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
_MISREAD = str.maketrans("ilo", "110", "- ")
_LENGTH = 24
_GROUP = 4


def make(session: Session, user_id: int) -> list[str]:
    """Ten new codes in the place of all before; nobody can tell them again."""
    drop(session, user_id)
    plain = ["".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(COUNT)]
    rows = [{"code_hash": digest(code), "user_id": user_id} for code in plain]
    session.execute(insert(RecoveryCode), rows)
    return ["-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP)) for code in plain]


def use(session: Session, user_id: int, typed: str) -> bool:
    """Whether it is one of this person's; of several who bring it at once, one has it."""
    code = typed.strip().lower().translate(_MISREAD)
    gone = delete(RecoveryCode).where(RecoveryCode.code_hash == digest(code), RecoveryCode.user_id == user_id)
    return session.scalar(gone.returning(RecoveryCode.user_id)) is not None


def drop(session: Session, user_id: int) -> None:
    """No code of this person is good any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
