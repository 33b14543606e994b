"""What has to be read again but must not lie open in the database, under keys made of the secret key."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"chatweb: what authenticator apps are given"


class Vault:
    """Seals with the first of these secret keys, and opens with any of them."""

    def __init__(self, secret_keys: Iterable[str]) -> None:
        self._keys = MultiFernet([Fernet(_made_of(key)) for key in secret_keys])

    def seal(self, text: str) -> bytes:
        """The text as it may be stored."""
        return self._keys.encrypt(text.encode())

    def open(self, sealed: bytes) -> str | None:
        """What was sealed; None when that was under none of these keys."""
        try:
            return self._keys.decrypt(sealed).decode()
        except InvalidToken:
            return None

    def seal_anew(self, sealed: bytes) -> bytes | None:
        """The same under the first key; None when it was under none of these keys."""
        try:
            return self._keys.rotate(sealed)
        except InvalidToken:
            return None


def _made_of(secret_key: str) -> bytes:
    made = HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret_key.encode())
    return urlsafe_b64encode(made)
