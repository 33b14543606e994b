"""gunicorn's gevent worker, taught that a parked line is worth a goodbye."""

import gc
import resource
import time
from contextlib import suppress
from functools import partial
from io import BytesIO
from typing import Any

from gevent import GreenletExit, Timeout
from gevent.event import Event
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn.workers.ggevent import GeventWorker

from chatweb.live.worker_marks import PARKS

_NOTIFY_SECONDS = 1.0
_GOODBYE_SECONDS = 1.0
_PATIENCE_SECONDS = 15.0
_LARGEST_BODY = 1 << 20
_COLLECT_AFTER = 20_000
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def _receive(environ: dict[str, Any], largest: int) -> None:
    """Read the body before anything works on it; whoever sends it too slowly is let go."""
    length = int(environ.get("CONTENT_LENGTH") or "0")
    if "HTTP_TRANSFER_ENCODING" in environ:
        # Chunks do not say how many will come. One byte more than is allowed lets the app refuse them.
        length, largest = largest + 1, largest + 1
    if 0 < length <= largest:
        with Timeout(_PATIENCE_SECONDS):
            environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(length))


class _Address:
    """What a request asks its listener for, which may be closed by then."""

    def __init__(self, listener: Any) -> None:
        self._name = listener.getsockname()

    def getsockname(self) -> Any:
        return self._name


def _take_in(server: StreamServer) -> None:
    """Accept whoever is connected already: closing the listener would cut them off."""
    with suppress(OSError):
        while (waiting := server.do_read()) is not None:
            server.do_handle(*waiting)


class Worker(GeventWorker):
    """Serves requests, and on SIGTERM stops listening, closes all lines with 1012, finishes requests, ends.

    gunicorn's own loop sees no greenlet for a parked line and would leave pages to a broken connection.
    """

    wsgi: Any

    def init_process(self) -> None:
        """Allow as many descriptors as the system does, then run."""
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self._ending = Event()
        super().init_process()

    def load_wsgi(self) -> None:
        """Load the app; its requests come whole, and say that this server lets lines park."""
        super().load_wsgi()
        self._calm_collector()
        app = self.wsgi
        self._switchboard = app.extensions["live"]

        def parking(environ: dict[str, Any], start_response: Any) -> Any:
            environ[PARKS] = True
            try:
                _receive(environ, _LARGEST_BODY)
            except Timeout:
                environ["gunicorn.socket"].sendall(_TOO_SLOW)
                # gunicorn's way to end a connection: what is left of the body must not pass for a request.
                raise StopIteration from None
            return app(environ, start_response)

        self.wsgi = parking

    def run(self) -> None:
        """Serve until told to end."""
        servers = [self._serve(listener) for listener in self.sockets]
        while self.alive:
            self.notify()
            self._ending.wait(_NOTIFY_SECONDS)
        for server in servers:
            server.stop_accepting()
            _take_in(server)
            server.close()
        self._switchboard.drain(seconds=_GOODBYE_SECONDS)
        self._finish(servers)
        self._switchboard.stop()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM: end gracefully, and begin at once."""
        super().handle_exit(sig, frame)
        self._ending.set()

    def handle_quit(self, sig: int, frame: Any) -> None:
        """SIGINT and SIGQUIT, as from Ctrl-C: end like on SIGTERM; people are no less connected."""
        self.handle_exit(sig, frame)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """As gunicorn does, but a connection that waits for a request when the server ends is no error."""
        if not isinstance(exc, GreenletExit):
            super().handle_error(req, client, addr, exc)

    def _calm_collector(self) -> None:
        """Let the garbage collector leave alone what stays for ever, and look at the rest less often.

        With the interpreter's own thresholds it looks through the loaded app again and again: 4 % of the CPU
        time of a server that sends messages.
        """
        gc.collect()
        gc.freeze()
        gc.set_threshold(_COLLECT_AFTER, 20, 20)

    def _serve(self, listener: Any) -> StreamServer:
        listener.setblocking(1)
        handle = partial(self.handle, _Address(listener))
        server = StreamServer(listener, handle=handle, spawn=Pool(self.worker_connections))
        server.start()
        return server

    def _finish(self, servers: list[StreamServer]) -> None:
        """Let running requests finish; cut what is left when gunicorn's patience ends."""
        deadline = time.monotonic() + self.cfg.graceful_timeout - _GOODBYE_SECONDS
        for server in servers:
            server.pool.join(timeout=max(0.0, deadline - time.monotonic()))
            server.stop(timeout=0)
