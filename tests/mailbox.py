"""A mail server on this machine, and what it was given."""

import email
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers import free_port


class Mailbox:
    """A mail server of a test. `messages` are what it took; whom it `refuses` it answers 550."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuses: set[str] = set()
        self.port = free_port()
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._controller = Controller(self, "127.0.0.1", self.port, ready_timeout=20)
        self._controller.start()

    def stop(self) -> None:
        if self._controller:
            self._controller.stop()
        self._controller = None

    @property
    def told(self) -> list[tuple[str, str]]:
        """To whom, and the subject, of each mail."""
        return [(message["To"], message["Subject"]) for message in self.messages]

    async def handle_RCPT(  # noqa: N802 - named by the library
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuses:
            return "550 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        self.messages.append(email.message_from_bytes(envelope.original_content, policy=default))
        return "250 OK"
