"""Commands as a person types them in the checkout."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import CHECKOUT, START_SECONDS, environment, free_port, start, wait_until

FLASK = str(Path(sys.executable).with_name("flask"))


@pytest.fixture
def shell(settings):
    """The environment of a shell in the checkout; nothing tells `flask` where the application is."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("CHATWEB_", "FLASK_"))}
    return {"cwd": CHECKOUT, "env": own | environment(settings, free_port())}


def typed(shell, *words):
    return subprocess.run([FLASK, *words], capture_output=True, text=True, check=False, **shell)


def test_flask_db_upgrade_makes_every_table(shell, tmp_path):
    (tmp_path / "chatweb.db").unlink()
    upgraded = typed(shell, "db", "upgrade")
    assert upgraded.returncode == 0, upgraded.stderr
    current = typed(shell, "db", "current")
    assert re.search(r"^\w+ \(head\)$", current.stdout, flags=re.MULTILINE), current.stdout + current.stderr


def test_flask_run_debug_serves(shell, tmp_path):
    port, log = free_port(), tmp_path / "log"
    process = start([FLASK, "run", "--debug", "--port", str(port)], log, start_new_session=True, **shell)
    try:
        wait_until(lambda: f"http://127.0.0.1:{port}" in log.read_text(), START_SECONDS, "flask run")
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # the reloader and the server that it started
        process.wait(10)
    assert "Traceback" not in log.read_text()


def test_a_wrong_setting_is_one_line(shell):
    shell["env"]["CHATWEB_PORT"] = "eighty"
    command = [Path(FLASK).with_name("chatweb"), "serve"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, **shell)
    assert result.returncode
    assert result.stderr.startswith("chatweb: CHATWEB_PORT: ")
    assert len(result.stderr.splitlines()) == 1


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as line:
        line.sendall(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        return line.recv(12).endswith(b"200")
    return False


@pytest.mark.parametrize("when", ["it starts", "it serves"])
def test_ctrl_c_ends_the_server_quietly(shell, tmp_path, when):
    log, port = tmp_path / "log", int(shell["env"]["CHATWEB_PORT"])
    process = start([str(Path(FLASK).with_name("chatweb")), "serve"], log, start_new_session=True, **shell)
    try:
        wait_until(lambda: f"http://127.0.0.1:{port}" in log.read_text(), START_SECONDS, "chatweb serve")
        wait_until(lambda: when == "it starts" or answers(port), START_SECONDS, "an answer")
    finally:
        os.killpg(process.pid, signal.SIGINT)  # a terminal tells every process of the command
        process.wait(10)
    assert "Traceback" not in log.read_text(), log.read_text()
    assert process.returncode == 0


def test_a_taken_port_is_one_line(shell, server):
    shell["env"]["CHATWEB_PORT"] = str(server.port)
    second = subprocess.run(
        [sys.executable, "-m", "chatweb.server"], capture_output=True, text=True, check=False, **shell
    )
    assert second.returncode == 1
    (line,) = [line for line in second.stderr.splitlines() if "RATE_LIMITS" not in line]
    assert f"port {server.port}" in line
