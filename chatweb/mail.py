"""The way out of a finished mail: a mail server, or a folder where none is set."""

import logging
import os
import secrets
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from smtplib import SMTP, SMTP_SSL, SMTPException, SMTPRecipientsRefused
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

from chatweb.config import LOOPBACK_HOSTS, Settings

log = logging.getLogger(__name__)

Send: TypeAlias = Callable[[EmailMessage], None]
PATIENCE_SECONDS = 30
_PORTS = {"smtp": 587, "smtps": 465}
_FOR_EVER = 500


class Undeliverable(Exception):
    """The mail server will never take this mail, however often it is tried."""


def way_out(settings: Settings) -> Send:
    """What sends a mail; it waits until the mail is taken, and raises whatever goes wrong."""
    if settings.mail_url is None:
        return _Folder(settings.data_dir / "mails")
    return _Server(settings.mail_url, settings.host_name)


class _Server:
    """A mail server. Passwords go to it only in secret, or if it is this computer itself."""

    def __init__(self, url: str, own_name: str) -> None:
        parts = urlsplit(url)
        self._is_tls = parts.scheme == "smtps"
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._own_name = own_name

    def __call__(self, message: EmailMessage) -> None:
        with self._connect() as server:
            if not self._is_tls and self._host not in LOOPBACK_HOSTS:
                self._hide(server)
            if self._user:
                server.login(self._user, self._password)
            try:
                server.send_message(message)
            except SMTPRecipientsRefused as refusal:
                codes = [code for code, _ in refusal.recipients.values()]
                if min(codes) >= _FOR_EVER:
                    raise Undeliverable from None
                raise

    def _connect(self) -> SMTP:
        if self._is_tls:
            secret = ssl.create_default_context()
            return SMTP_SSL(self._host, self._port, self._own_name, timeout=PATIENCE_SECONDS, context=secret)
        return SMTP(self._host, self._port, self._own_name, timeout=PATIENCE_SECONDS)

    def _hide(self, server: SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        elif self._user:
            raise SMTPException("no password is sent in the clear: the server does not offer STARTTLS")


class _Folder:
    """Where mails go on a computer without a mail server, for its owner to read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, message: EmailMessage) -> None:
        with suppress(FileExistsError):
            self._folder.mkdir(mode=0o700)
        path = self._folder / f"{message['Date'].datetime:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}.eml"
        part = path.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(message.as_bytes())
        part.rename(path)
        log.warning("no mail server is set (CHATWEB_MAIL_URL); a mail waits in %s", path)
