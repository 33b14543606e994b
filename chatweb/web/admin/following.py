"""What one administrator is shown of a conversation while it goes on."""

from collections.abc import Sequence
from contextlib import suppress

from flask import Flask

from chatweb import announce, fragments
from chatweb.domain import followings
from chatweb.domain.audit import Actor
from chatweb.domain.followings import Place
from chatweb.domain.oversight import Overview
from chatweb.domain.refusals import NotFound
from chatweb.domain.transcripts import NotOpen
from chatweb.live.feeds import Over
from chatweb.store import read, store


class Following:
    """Fills the line of one page. Whether it may is asked again each time, together with what is new."""

    def __init__(self, app: Flask, actor: Actor, chat_id: int, place: Place) -> None:
        self._app = app
        self._actor = actor
        self._chat_id = chat_id
        self._place = place
        self._chat: Overview | None = None
        self._shown: set[int] = set()

    def begin(self) -> Sequence[str]:
        """Put it on record; nothing is shown yet."""
        # Whose access has just ended hears that with the first step.
        with suppress(NotFound, NotOpen):
            self._chat = store(lambda session: followings.begin(session, self._actor, self._chat_id))
        return []

    def step(self) -> Sequence[str]:
        """The lines that are new or changed, as one frame. See `Feed`."""
        with self._app.app_context():
            try:
                found = read(
                    lambda session: followings.news(session, self._actor, self._chat_id, self._place)
                )
            except NotFound:
                raise Over(announce.SIGNED_OUT) from None
            except NotOpen:
                raise Over(announce.GONE) from None
        if not found:
            return []
        self._place = self._place._replace(revision=max(line.revision for line in found))
        self._shown.update(line.id for line in found)
        return [fragments.transcript(found)]

    def ended(self) -> None:
        """Put on record what was shown. See `Feed`."""
        chat = self._chat
        if chat is not None:
            with self._app.app_context():
                store(lambda session: followings.end(session, self._actor, chat, self._shown))
