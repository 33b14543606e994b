"""Servers without the second and a half that loading takes: forked from a process that has loaded chatweb."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from tests.servers import CHECKOUT, Server, start


class Parent:
    """The process that has loaded chatweb."""

    def __init__(self, log: Path) -> None:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._process = start([sys.executable, "-m", "tests.loaded"], log, cwd=CHECKOUT, **pipes)

    def fork(
        self, variables: Mapping[str, str], folder: Path, log: Path, arguments: Sequence[str] = ()
    ) -> "Grandchild":
        """Start a server with these variables in this folder; its output goes to `log`.

        With arguments it is an echo server (`tests.live.echo_server`).
        """
        wanted = [dict(variables), str(folder), str(log), arguments]
        print(json.dumps(wanted), file=self._process.stdin, flush=True)
        return Grandchild(int(self._process.stdout.readline()))

    def close(self) -> None:
        """End it."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class Grandchild(psutil.Process):
    """A process that is another's child, to be treated as one of `subprocess`."""

    def poll(self) -> int | None:
        return None if self.is_running() else 0

    def wait(self, timeout: float | None = None) -> int | None:
        try:
            return super().wait(timeout)
        except psutil.TimeoutExpired as expired:
            raise subprocess.TimeoutExpired("chatweb", expired.seconds) from None


class ForkedServer(Server):
    """chatweb under gunicorn, forked instead of started."""

    def __init__(self, parent: Parent, *settings_and_log: object) -> None:
        super().__init__(*settings_and_log)
        self._parent = parent

    def _launch(self, variables: Mapping[str, str]) -> Grandchild:
        return self._parent.fork(variables, self.folder, self.log_file)
