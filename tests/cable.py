"""A cable between a server and its pages: to cut without a word, to snap, or to close lines with a code."""

import ctypes
import socket
import struct
import threading
from contextlib import suppress
from typing import Self

from chatweb.live import frames

_SO_ATTACH_FILTER = 26
_DROP_ALL = ctypes.create_string_buffer(struct.pack("@HBBI", 0x06, 0, 0, 0))  # BPF: return 0


def cut_off(end: socket.socket) -> None:
    """Let no packet reach this end of a TCP connection: what its peer sends is never acknowledged.

    Linux lets anybody do this. What this end sends still arrives.
    """
    filter_ = struct.pack("@HP", 1, ctypes.addressof(_DROP_ALL))
    end.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, filter_)


def _end(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()


class Connection:
    """One TCP connection through the cable."""

    def __init__(self, here: socket.socket, there: socket.socket) -> None:
        self.here = here
        self.there = there
        self.first = b""
        self.heard: set[socket.socket] = {here, there}
        self._skipped: bytes | None = None
        for ends in ((here, there), (there, here)):
            threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def cut(self) -> None:
        """Let nothing through any more, and tell nobody."""
        self.heard.clear()
        with suppress(OSError):
            cut_off(self.here)
            cut_off(self.there)

    def skip(self, what: bytes) -> None:
        """Let the next thing that the server says with this in it get lost, small frames as a whole."""
        self._skipped = what

    def snap(self) -> None:
        """Break it, so that both sides hear of it."""
        self.heard.clear()
        _end(self.here)
        _end(self.there)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if source not in self.heard:
                    return
                if source is self.here:
                    self.first = self.first or data
                elif self._skipped and self._skipped in data:
                    self._skipped = None
                    continue
                target.sendall(data)
        if source in self.heard:  # it has ended, or was reset
            with suppress(OSError):
                target.shutdown(socket.SHUT_WR)


class Cable:
    """Passes on, both ways, what a server and those who connect to `url` say."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[Connection] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        _end(self._listener)
        self._accepting.join()  # or one more comes in behind our back
        for connection in self._connections:
            _end(connection.here)
            _end(connection.there)

    @property
    def url(self) -> str:
        """The server's address at this end of the cable, without a slash at the end."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        """Cut all connections there are; new ones go through."""
        for connection in self._connections:
            connection.cut()

    def snap(self) -> None:
        """Break all connections there are; new ones go through."""
        for connection in self._connections:
            connection.snap()

    def lines(self, path: str) -> list[Connection]:
        """The WebSockets that were opened under a path like `/ws/inbox`, first to last, closed ones too."""
        return [each for each in self._connections if each.first.startswith(f"GET {path}".encode())]

    def close_line(self, path: str, code: int) -> None:
        """Close the last WebSocket under a path as the server would."""
        line = self.lines(path)[-1]
        line.heard.discard(line.there)
        line.here.sendall(frames.close(code))
        line.here.shutdown(socket.SHUT_WR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self._connect(self._listener.accept()[0])

    def _connect(self, here: socket.socket) -> None:
        try:
            there = socket.create_connection(("127.0.0.1", self._port))
        except OSError:
            here.close()
        else:
            self._connections.append(Connection(here, there))
