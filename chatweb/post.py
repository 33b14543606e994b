"""Sends what is in the outbox, in a thread of its own: no request ever waits for a mail server."""

import logging
import threading
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from functools import partial
from typing import NamedTuple

from flask import Flask, current_app
from sqlalchemy.orm import Session

from chatweb import fragments, letters
from chatweb.config import Settings
from chatweb.domain import mails
from chatweb.domain.mails import Due
from chatweb.domain.outgoing import outgoing
from chatweb.extensions import db
from chatweb.letters import Letter
from chatweb.mail import Send, Undeliverable, way_out
from chatweb.models import utc_now
from chatweb.store import store

log = logging.getLogger(__name__)

# Mails that another process left behind are found that late.
LONGEST_PAUSE_SECONDS = 60.0


def wake() -> None:
    """Something was put into the outbox."""
    post: Post = current_app.extensions["post"]
    post.wake()


class _Written(NamedTuple):
    """A letter, and the address on its envelope."""

    to: str
    letter: Letter


class Post:
    """The thread that empties the outbox. One per app; it starts with the first mail, after any fork."""

    def __init__(self, app: Flask, send: Send | None = None) -> None:
        self._app = app
        self._settings: Settings = app.config["SETTINGS"]
        self._send = send or way_out(self._settings)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wanted = threading.Event()
        self._stopped = False
        self._is_failing = False

    def wake(self) -> None:
        """Look into the outbox now."""
        with self._starting:
            if self._thread is None and not self._stopped:
                self._thread = threading.Thread(target=self._run, name="post", daemon=True)
                self._thread.start()
        self._wanted.set()

    def stop(self) -> None:
        """End the thread for good."""
        self._stopped = True
        self._wanted.set()
        if self._thread is not None:
            self._thread.join()

    def deliver(self) -> float:
        """Send all that is due; answers with the seconds until it is time to look again."""
        while not self._stopped:
            with self._app.app_context():
                mail = store(mails.take)
                if mail is None:
                    return _seconds_until_next(db.session())
                written = store(partial(_write, site=self._settings.address, mail=mail))
            # No connection to the database is held while a mail server makes up its mind.
            is_over = written is None or self._is_out(mail, written)
            with self._app.app_context():
                if is_over:
                    store(partial(mails.done, mail=mail))
                elif not store(partial(mails.put_off, mail=mail)):
                    log.error("mail %s (%s) is given up", mail.id, mail.kind)
        return 0

    def _run(self) -> None:
        while not self._stopped:
            self._wanted.clear()
            self._wanted.wait(self._try_to_deliver())

    def _try_to_deliver(self) -> float:
        """As `deliver`; that the database is away is said once."""
        try:
            pause = self.deliver()
        except Exception:
            if not self._is_failing:
                log.exception("mails wait until the outbox can be read")
            self._is_failing = True
            return LONGEST_PAUSE_SECONDS
        self._is_failing = False
        return pause

    def _is_out(self, mail: Due, written: _Written) -> bool:
        try:
            self._send(self._message(written))
        except Undeliverable:
            log.warning("mail %s (%s) is undeliverable", mail.id, mail.kind)
        except Exception as problem:  # noqa: BLE001 - one mail must not be in the way of all others
            # The text of the problem may quote the address.
            code = getattr(problem, "smtp_code", "")
            log.warning("mail %s (%s) has to wait: %s %s", mail.id, mail.kind, type(problem).__name__, code)
            return False
        return True

    def _message(self, written: _Written) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._settings.mail_from or f"chatweb@{self._settings.host_name}"
        message["To"] = written.to
        message["Subject"] = written.letter.subject
        message["Date"] = localtime()
        message["Message-ID"] = make_msgid(domain=self._settings.host_name)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(written.letter.text)
        return message


def _write(session: Session, site: str, mail: Due) -> _Written | None:
    """What the mail says, and to whom; None when there is nobody any more to say it to."""
    out = outgoing(session, mail)
    if out is None:
        return None
    letter = letters.write(
        out.kind,
        username=out.own.username,
        display_name=out.own.display_name,
        email=out.own.email,
        token=out.token,
        site=site,
        when=fragments.in_zone(mail.inserted_at, out.own.time_zone),
    )
    return _Written(out.to, letter)


def _seconds_until_next(session: Session) -> float:
    due_at = mails.next_due_at(session)
    if due_at is None:
        return LONGEST_PAUSE_SECONDS
    return min(max(0.0, (due_at - utc_now()).total_seconds()), LONGEST_PAUSE_SECONDS)
