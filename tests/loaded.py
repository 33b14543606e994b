"""A process that has loaded chatweb and forks a server for each line of its input.

A line is a list in JSON: variables, folder, log, and the arguments of an echo server where it is to be one.
The answer is a process id.
"""

# First, as in production: it patches what the others import.
from chatweb import server  # isort: split

import ctypes
import gc
import json
import os
import signal
import sys

from flask import Flask
from gevent import monkey

import chatweb.live.worker  # noqa: F401 - with the app, what every server would load
from chatweb import fragments
from chatweb.app import PARTS
from chatweb.paths import TEMPLATES
from chatweb.web import addresses, admin
from tests.compiled import compile_once
from tests.live import echo_server

_SET_PARENT_DEATH_SIGNAL = 1  # prctl(2)
# gevent's own would start a loop here, which the servers would share.
_fork = monkey.get_original("os", "fork")


def main() -> None:
    """Fork until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _compile()
    gc.freeze()  # or each server would look through all that is loaded, once more before it ends
    for line in sys.stdin:
        variables, folder, log, arguments = json.loads(line)
        if pid := _fork():
            print(pid, flush=True)
            continue
        _become(variables, folder, log)
        if arguments:
            sys.argv[1:] = arguments
            echo_server.Server().run()
        else:
            server.main()
        return


def _compile() -> None:
    # No whole app: it starts threads, which a fork would lose.
    compile_once()
    parts = Flask(__name__, template_folder=str(TEMPLATES))
    addresses.prepare(parts)
    for blueprint in (*[part.bp for part in PARTS], *admin.BLUEPRINTS):
        parts.register_blueprint(blueprint)
    fragments.prepare(parts.jinja_env)
    for environment in (parts.jinja_env, fragments._env):
        for name in environment.list_templates():
            environment.get_template(name)


def _become(variables: dict[str, str], folder: str, log: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(folder)
    nothing, output = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for descriptor, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(descriptor, target)


if __name__ == "__main__":
    main()
