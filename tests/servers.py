"""Real programs for the tests: how they are started, and chatweb itself under gunicorn."""

import contextlib
import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import psutil
import pytest

from chatweb.config import Settings

CHECKOUT = Path(__file__).resolve().parent.parent
START_SECONDS = 30
STOP_SECONDS = 10
IN_CI = os.environ.get("CI") == "true"
MISSING = "MISSING: "
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def missing(what: str, cure: str) -> NoReturn:
    """Skip the test, loudly; in CI fail it: there nothing may be skipped."""
    (pytest.fail if IN_CI else pytest.skip)(f"{MISSING}{what}: {cure}")


class CannotStartError(RuntimeError):
    """A program did not come up; the text holds the end of its log."""


def wait_until(is_so: Callable[[], bool], seconds: float, what: str) -> None:
    """Ask again and again until the answer is yes. Raises TimeoutError naming what was waited for."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.02)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at this moment.

    It is below those that Linux gives to outgoing connections, of which the tests make thousands.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def start(
    command: list[str], log: Path, user: str | None = None, **options: object
) -> subprocess.Popen[bytes]:
    """Start a program that ends when this process does, also by a kill; its output goes to `log`."""
    leash = ["setpriv", "--pdeathsig", "TERM"] if sys.platform == "linux" and shutil.which("setpriv") else []
    as_user = {"user": user, "extra_groups": []} if user else {}
    with log.open("ab") as output:
        pipes = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
        return subprocess.Popen([*leash, *command], **pipes | as_user | options)


def environment(settings: Settings, port: int) -> dict[str, str]:
    """The CHATWEB_* variables that make another process run with these settings, on this port."""
    chosen = {
        "DATABASE_URL": settings.database_url,
        "DATA_DIR": str(settings.data_dir),
        "SECRET_KEY": settings.secret_key,
        "HOST": settings.host,
        "PORT": str(port),
        "WORKERS": str(settings.workers),
        "PUBLIC_URL": settings.public_url or "",
        "REDIS_URL": settings.redis_url or "",
        "TRUSTED_PROXIES": str(settings.trusted_proxies),
        "REGISTRATION": settings.registration,
        "MAIL_URL": settings.mail_url or "",
        "MAIL_FROM": settings.mail_from or "",
        "METRICS_TOKEN": settings.metrics_token or "",
        "READING_NOTICE_DAYS": str(settings.reading_notice_days or ""),
        "RATE_LIMITS": "on" if settings.rate_limits else "off",
    }
    return {f"CHATWEB_{name}": value for name, value in chosen.items()}


class Server:
    """chatweb itself, as people run it: gunicorn in another process, on a free port of 127.0.0.1."""

    command: Sequence[str] = (sys.executable, "-m", "chatweb.server")
    folder = CHECKOUT

    def __init__(self, settings: Settings, log: Path, extra: Mapping[str, str] | None = None) -> None:
        self.settings = settings
        self.port = free_port()
        self.log_file = log
        self._extra = dict(extra or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process id of gunicorn's master."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it answers; returns at once when it runs already."""
        if self._process is not None:
            return
        own = {name: value for name, value in os.environ.items() if not name.startswith("CHATWEB_")}
        variables = own | environment(self.settings, self.port) | {"PYTHONUNBUFFERED": "1"} | self._extra
        self._process = self._launch(variables)
        try:
            wait_until(self._answers, START_SECONDS, self.url)
        except TimeoutError:
            self._end(signal.SIGKILL)
            raise CannotStartError(self.log()) from None

    def stop(self) -> None:
        """End it as an operator would; fails when that takes too long."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would, and wait until nothing of it is left."""
        workers = psutil.Process(self.pid).children(recursive=True)
        self._end(signal.SIGKILL)  # the master first, or it puts new workers in place of those that are gone
        for worker in workers:
            with contextlib.suppress(psutil.NoSuchProcess):
                worker.kill()
        psutil.wait_procs(workers, STOP_SECONDS)

    def restart(self) -> None:
        """Stop it and start it again on the same port."""
        self.stop()
        self.start()

    def log(self) -> str:
        """Everything it has written so far."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def _launch(self, variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
        return start([*self.command], self.log_file, env=variables, cwd=self.folder)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)
            raise

    def _answers(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            self._process = None
            raise CannotStartError(self.log())
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        return False
