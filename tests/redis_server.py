"""A real Redis for the tests."""

import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from redis import Redis
from redis.exceptions import AuthenticationError, RedisError

from tests.servers import (
    IS_ROOT,
    START_SECONDS,
    STOP_SECONDS,
    CannotStartError,
    free_port,
    start,
    wait_until,
)


class RedisServer:
    """A Redis of its own on a free port of 127.0.0.1 that keeps nothing on disk."""

    def __init__(self, program: str, *options: str) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="chatweb-redis-", dir="/tmp"))
        self.user = "nobody" if IS_ROOT else None
        if self.user:
            shutil.chown(self.home, self.user)
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = Redis.from_url(self.url, socket_timeout=5, retry=None)
        own = {"port": self.port, "bind": "127.0.0.1", "dir": self.home, "appendonly": "no"}
        settings = [word for name, value in own.items() for word in (f"--{name}", str(value))]
        self._command = [program, *settings, "--save", "", *options]
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, or start it again on the same port, and wait until it answers."""
        self._process = start(self._command, self.home / "log", self.user, cwd=self.home)
        wait_until(self._answers, START_SECONDS, f"Redis, see {self.home / 'log'}")

    def stop(self) -> None:
        """End it, as a machine that goes down would: nobody is told anything."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(STOP_SECONDS)
            self._process = None

    def close(self) -> None:
        """End it and remove its folder."""
        self.client.close()
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _answers(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise CannotStartError((self.home / "log").read_text())
        try:
            return bool(self.client.ping())
        except AuthenticationError:
            return True
        except RedisError:
            return False
