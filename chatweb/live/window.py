"""How much the kernel still holds for a peer."""

import fcntl
import struct
import sys
import termios

_UNSENT = 0x894B  # SIOCOUTQNSD


def queued(descriptor: int) -> tuple[int, int]:
    """Bytes the peer has not acknowledged, and bytes not even sent; (0, 0) where the kernel does not tell.

    Equal and above zero means: all that was sent arrived, but the peer's window is shut: nobody reads
    there. A peer that is out of reach looks different: what was sent to it stays unacknowledged.
    """
    if sys.platform != "linux":
        return 0, 0
    try:
        return _ask(descriptor, termios.TIOCOUTQ), _ask(descriptor, _UNSENT)
    except OSError:
        return 0, 0


def _ask(descriptor: int, question: int) -> int:
    return int(struct.unpack("i", fcntl.ioctl(descriptor, question, b"\0\0\0\0"))[0])
