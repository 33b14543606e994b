"""What one parked line may cost, in bytes, frames and seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of every line of a switchboard. Tests make their own; the product uses the defaults."""

    message_bytes: int = 64
    """Largest message a browser may send, over all its fragments. More is answered with 1009."""
    frames: int = 100
    """Most frames a browser may send within `frames_seconds`. More is answered with 1008."""
    frames_seconds: float = 10.0
    outbox_bytes: int = 512 * 1024
    """Most that waits for a reader after its catch-up. More is answered with 1013."""
    stall_seconds: float = 10.0
    """How long a reader may take nothing at all while something waits for it."""
    closing_seconds: float = 0.8
    """How long the other side has for the closing handshake."""
    heartbeat_seconds: float = 25.0
    feed_seconds: float = 0.5
    """How long until a feed is asked again what its line is to be sent."""
    presence_seconds: float = 5.0
    """How long somebody has no page in view before they are gone: going from page to page takes a moment."""
    unacknowledged_seconds: float = 30.0
    """How long TCP waits for an acknowledgement; with the heartbeat it finds a peer cut without FIN."""
