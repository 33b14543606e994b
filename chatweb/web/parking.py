"""From a finished WebSocket handshake to a parked line."""

import logging
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from chatweb.live.feeds import Feed
from chatweb.live.switchboard import Switchboard
from chatweb.live.worker_marks import PARKS

log = logging.getLogger(__name__)

TRY_AGAIN = 1013


class _Unread:
    """Stands where simple-websocket wants a thread: nobody may read the socket before it is parked."""

    name = ""

    def __init__(self, **_options: Any) -> None:
        pass

    def start(self) -> None:
        """Start nothing."""


SERVER_OPTIONS = {"thread_class": _Unread}
"""What SOCK_SERVER_OPTIONS must be."""


def prepare(environ: dict[str, Any]) -> None:
    """To be called before the handshake. Declines compression (100 kB a socket) and subprotocols."""
    environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
    environ.pop("HTTP_SEC_WEBSOCKET_PROTOCOL", None)


def park(  # noqa: PLR0913 - what a line is, each by its name
    ws: Any,
    switchboard: Switchboard,
    topics: tuple[str, ...],
    *,
    catch_up: Callable[[], Sequence[str]],
    heartbeat: str | None = None,
    owner: Hashable = None,
    voice: object = None,
    present: bool | None = None,
    feed: Feed | None = None,
) -> None:
    """Hand a flask-sock connection over: subscribe it, let it catch up, let it stream, or its feed fill it.

    `catch_up` is called when the line hears its topics already and must leave nothing open. If it fails, the
    page is told to come again. Returns at once where the server lets the connection go on by itself, and when
    the line is dead where it does not.
    """
    line = switchboard.open(ws.sock, topics, heartbeat, owner, voice, present=present)
    # The handshake is answered: an error page would land in the middle of the frames.
    try:
        switchboard.bus.confirm()
        line.start(catch_up())
        if feed:
            switchboard.feed(line, feed)
    except Exception:
        log.exception("a line could not catch up")
        line.close(TRY_AGAIN)
    if not ws.environ.get(PARKS):
        line.wait()
    ws.connected = False
