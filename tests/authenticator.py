"""A passkey in software: makes what a browser would send, good or bad (Web Authentication, Level 3)."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask
from sqlalchemy import insert

from chatweb import models
from chatweb.models import utc_now
from chatweb.store import store
from tests.second_step import SECOND_STEP
from tests.web.reading import by_class, elements

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40
ORIGIN = "http://localhost"
ADD, NEW = f"{SECOND_STEP}/passkey", f"{SECOND_STEP}/passkey/new"
SIGN_IN = "/login/passkey"


def asked(page: str) -> dict[str, Any]:
    """What the page asks a browser for."""
    (form,) = [one for one in elements(page) if "data-passkey" in one.attributes]
    return json.loads(form.attributes["data-options"])


class Passkey:
    """A key pair with an id of its own; `count` goes up with each use unless it is None."""

    def __init__(self, count: int | None = 0) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        numbers = self._key.public_key().public_numbers()
        point = {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        self.public_key = cbor2.dumps({1: 2, 3: -7, -1: 1, **point})
        self.id = secrets.token_bytes(32)
        self.handle = b""
        self.count = count

    def made(self, options: dict[str, Any], **wrong: Any) -> str:
        """The answer to `navigator.credentials.create`."""
        self.handle = _bytes(options["user"]["id"])
        key = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + self.public_key
        data = self._data(options["rp"]["id"], wrong, HAS_KEY) + key
        attestation = {"fmt": "none", "attStmt": {}, "authData": data}
        return self._answer(
            {
                "clientDataJSON": _text(_client_data("webauthn.create", options, wrong)),
                "attestationObject": _text(cbor2.dumps(attestation)),
            }
        )

    def signed(self, options: dict[str, Any], **wrong: Any) -> str:
        """The answer to `navigator.credentials.get`; `wrong` says what of it is not as it should be."""
        if self.count is not None:
            self.count += 1
        data = self._data(wrong.get("site", options["rpId"]), wrong)
        client_data = _client_data("webauthn.get", options, wrong)
        signature = self._key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        handle = wrong.get("handle", self.handle)
        return self._answer(
            {
                "clientDataJSON": _text(client_data),
                "authenticatorData": _text(data),
                "signature": _text(signature),
                "userHandle": None if handle is None else _text(handle),
            }
        )

    def _data(self, site: str, wrong: dict[str, Any], flags: int = 0) -> bytes:
        flags |= wrong.get("flags", PRESENT | VERIFIED)
        count = (self.count or 0).to_bytes(4, "big")
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + count

    def _answer(self, response: dict[str, Any]) -> str:
        id_ = _text(self.id)
        return json.dumps({"id": id_, "rawId": id_, "type": "public-key", "response": response})


def begin_passkey(visitor: Any) -> dict[str, Any]:
    """Begin to add a passkey; what the browser is asked for."""
    assert visitor.post(ADD).status_code == 303
    return asked(visitor.get(NEW).text)


def add_passkey(visitor: Any, name: str = "Phone", **options: Any) -> Passkey:
    """A passkey of somebody who is signed in, added in the settings."""
    passkey = Passkey(**options)
    form = {"credential": passkey.made(begin_passkey(visitor)), "display_name": name}
    answer = visitor.post(NEW, form)
    assert answer.status_code in (200, 303), answer.text
    return passkey


def give_passkey(app: Flask, person: Any) -> tuple[int, Passkey]:
    """A passkey of somebody's, added past the settings, and its id there."""
    passkey = Passkey()
    passkey.handle = str(person.id).encode()
    row = {"user_id": person.id, "credential_id": passkey.id, "public_key": passkey.public_key}
    rest = {"sign_count": 0, "name": "Phone", "inserted_at": utc_now()}
    added = insert(models.Passkey).values(row | rest).returning(models.Passkey.id)
    with app.app_context():
        return store(lambda session: session.scalar(added)), passkey


def begin_sign_in(visitor: Any, **fields: str) -> dict[str, Any]:
    """Begin to sign in with a passkey; what the browser is asked for."""
    answer = visitor.post(f"{SIGN_IN}/begin", fields)
    assert answer.location.startswith(SIGN_IN), answer.location
    return asked(visitor.get(answer.location).text)


def step(visitor: Any, credential: str, **fields: str) -> Any:
    """Bring what a passkey has signed."""
    answer = visitor.post(SIGN_IN, {"credential": credential, **fields})
    visitor._csrf = None
    return answer


def listed(visitor: Any) -> list[str]:
    """The passkeys that somebody sees under their settings."""
    return [" ".join(one.text.split()) for one in by_class(visitor.get(SECOND_STEP).text, "device")]


def is_in(visitor: Any) -> bool:
    """Whether somebody is signed in."""
    return visitor.get("/chats").status_code == 200


def _client_data(kind: str, options: dict[str, Any], wrong: dict[str, Any]) -> bytes:
    challenge = wrong.get("challenge", options["challenge"])
    origin = wrong.get("origin", ORIGIN)
    return json.dumps({"type": wrong.get("kind", kind), "challenge": challenge, "origin": origin}).encode()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
