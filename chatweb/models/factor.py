"""What somebody has besides their password, and sign-ins that still wait for it."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from chatweb.models.base import Base, UtcMillis


class Authenticator(Base):
    """Somebody's authenticator app: what it makes its codes of (RFC 6238), sealed.

    It counts once a code of it was typed (`confirmed_at`). `last_step` is the number of the newest 30 seconds
    whose code was used; no code up to that one is good any more.
    """

    __tablename__ = "authenticators"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcMillis)
    last_step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Base):
    """The SHA-256 of a code that stands in for an app or a passkey. The row is gone once it was used."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


class HalfSignIn(Base):
    """A browser where the password was right and the second step is missing: it may do nothing else.

    Its cookie holds a random token, this table the SHA-256 of it.
    """

    __tablename__ = "half_sign_ins"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    remember: Mapped[bool]
    expires_at: Mapped[datetime] = mapped_column(UtcMillis)


class Passkey(Base):
    """A passkey: what it answers is checked with `public_key` (COSE, RFC 9052).

    `sign_count` is how often it was used as it counts itself; many always say 0.
    """

    __tablename__ = "passkeys"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    inserted_at: Mapped[datetime] = mapped_column(UtcMillis)
    used_at: Mapped[datetime | None] = mapped_column(UtcMillis)


class Challenge(Base):
    """The SHA-256 of what a passkey was asked to sign, by somebody or by anybody. It is gone once used."""

    __tablename__ = "challenges"

    challenge_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcMillis)
