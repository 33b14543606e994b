"""Password hashes: Argon2id with OWASP's second setting (19 MiB, two passes, one lane)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# Checked when nobody has the given name, so that both cases take the same time.
_NOBODY = _hasher.hash("nobody has this password")


def make_hash(password: str) -> str:
    """A salted hash of the password. Takes some 20 ms of CPU: keep it off an event loop."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; None (nobody of that name) takes as long and is False."""
    try:
        _hasher.verify(_NOBODY if password_hash is None else password_hash, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return password_hash is not None
