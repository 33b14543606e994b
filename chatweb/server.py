"""The web server: chatweb under gunicorn, with gevent. `chatweb serve` runs this module."""

from gevent import monkey

monkey.patch_all()

# What follows must be loaded after the patch.
import errno  # noqa: E402
import os  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

from gunicorn import systemd  # noqa: E402
from gunicorn.app.base import BaseApplication  # noqa: E402

from chatweb import config  # noqa: E402

_GRACE_SECONDS = 4
_BACKLOG = 2048


class Server(BaseApplication):
    """gunicorn, told everything here: it reads no file, no variable and no command line of its own."""

    def __init__(self, settings: config.Settings, listener: socket.socket) -> None:
        self._settings = settings
        self._listener = listener
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the app, in the worker."""
        from chatweb.app import create_app  # noqa: PLC0415

        app = create_app(self._settings)
        app.extensions["post"].wake()
        if self._settings.redis_url:
            app.extensions["live"].start()
        return app

    def _options(self) -> dict[str, Any]:
        return {
            "bind": f"fd://{self._listener.fileno()}",
            "workers": self._settings.workers,
            "worker_class": "chatweb.live.worker.Worker",
            "worker_connections": 5000,
            "backlog": _BACKLOG,
            "max_requests": 0,
            "keepalive": 20,
            "timeout": 60,
            "graceful_timeout": _GRACE_SECONDS,
            "http_parser": "auto",
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,
            # Only the app's own ProxyFix believes a proxy, as many hops as the operator says.
            "forwarded_allow_ips": "",
            "proxy_allow_ips": "",
            "secure_scheme_headers": {},
            "when_ready": self._say_where,
        }

    def _say_where(self, _arbiter: Any) -> None:
        host, port = self._listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        where = self._settings.public_url or f"http://{shown}:{port}"
        print(f"chatweb: ready at {where} (Ctrl-C ends it)", flush=True)  # noqa: T201


def main() -> None:
    """Serve until a signal ends it. A wrong setting or a taken port is told in one line, with status 1."""
    try:
        settings = config.load()
        _check_redis(settings.redis_url)
        listener = _passed_on() or _listen(settings.host, settings.port)
    except config.ConfigError as problem:
        sys.exit(f"chatweb: {problem}")
    if not settings.rate_limits:
        sys.stderr.write("chatweb: CHATWEB_RATE_LIMITS=off: nobody is slowed down. For load tests only.\n")
    Server(settings, listener).run()


def _check_redis(redis_url: str | None) -> None:
    if redis_url is None:
        return
    from chatweb.live.redis_link import refusal  # noqa: PLC0415 - only who uses Redis loads its library

    if problem := refusal(redis_url):
        raise config.ConfigError(f"CHATWEB_REDIS_URL: {problem}")


def _passed_on() -> socket.socket | None:
    """The listening socket that systemd keeps, if it does: who comes during a restart waits there."""
    count = systemd.listen_fds()
    listener = socket.socket(fileno=systemd.SD_LISTEN_FDS_START) if count else None
    if listener and (count > 1 or listener.family not in (socket.AF_INET, socket.AF_INET6)):
        raise config.ConfigError("the socket unit must have one ListenStream, a TCP address")
    return listener


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket of our own, so that a taken port is known before anything starts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as problem:
        raise config.ConfigError(_why(problem, host, port)) from None


def _why(problem: OSError, host: str, port: int) -> str:
    if problem.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is already in use: is another chatweb running? "
            "Choose another with CHATWEB_PORT."
        )
    if problem.errno == errno.EACCES:
        return f"not allowed to listen on port {port} of {host}. Choose one above 1023 with CHATWEB_PORT."
    return f"cannot listen on {host}: {os.strerror(problem.errno or 0)}. Choose another with CHATWEB_HOST."


if __name__ == "__main__":
    main()
