"""A server for tests on the product's own worker, parking and switchboard, without accounts or a database.

`/echo`, also `/`, sends back what it gets. `/hear/<topic>` listens as the product's pages do; its parameters
say what the catch-up is. `POST /say/<topic>?times=N` publishes the body, `POST /hang-up/<topic>?code=N`
closes, `GET /count` tells what is open, `POST /slow?until=PATH` is answered when there is such a file.

Started as `python -m tests.live.echo_server PORT [LIMITS AS JSON]`. What is not among them is the product's,
and nothing is echoed without `message_bytes`. `patience_seconds` is how long a request may take to come.
"""

from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
from pathlib import Path  # noqa: E402

import gevent  # noqa: E402
from flask import Blueprint, Flask, current_app, request  # noqa: E402
from flask_sock import Sock  # noqa: E402
from gunicorn.app.base import BaseApplication  # noqa: E402

from chatweb.live import frames, worker  # noqa: E402
from chatweb.live.bus import LocalBus  # noqa: E402
from chatweb.live.limits import Limits  # noqa: E402
from chatweb.live.switchboard import Switchboard  # noqa: E402
from chatweb.web import parking  # noqa: E402
from tests.servers import wait_until  # noqa: E402

bp = Blueprint("test", __name__)
sock = Sock()
slow_ones = []


def echo(line, message):
    if line.topics[0] != "echo":
        raise RuntimeError("poison")
    line.send(frames.text(message) if isinstance(message, str) else frames._frame(0x82, message))


def create_app(limits):
    app = Flask(__name__)
    app.config["SOCK_SERVER_OPTIONS"] = parking.SERVER_OPTIONS
    bus = LocalBus()
    app.extensions["live"] = Switchboard(
        bus, on_message=echo if "message_bytes" in limits else None, limits=Limits(**limits)
    )
    app.register_blueprint(bp)
    return app


def live():
    return current_app.extensions["live"]


@bp.before_request
def prepare():
    parking.prepare(request.environ)


def echo_line(ws):
    parking.park(ws, live(), ("echo",), catch_up=list)


for path in ("/", "/echo"):
    sock.route(path, bp=bp, endpoint=f"echo{path}")(echo_line)


@sock.route("/hear/<topic>", bp=bp)
def hear(ws, topic):
    def catch_up():
        if request.args.get("say"):  # somebody is faster than the catch-up
            live().bus.publish(topic, request.args["say"])
        if request.args.get("fail"):
            raise RuntimeError("no catch-up")
        return (
            ["x" * int(request.args["size"])] if request.args.get("size") else request.args.getlist("first")
        )

    parking.park(ws, live(), (topic,), catch_up=catch_up, heartbeat=request.args.get("heartbeat"))


@bp.post("/say/<topic>")
def say(topic):
    text = request.get_data().decode("utf-8", "surrogatepass")
    for number in range(int(request.args.get("times", 1))):
        live().bus.publish(topic, text.replace("#", str(number)))
    return "", 204


@bp.post("/hang-up/<topic>")
def hang_up(topic):
    live().bus.close(topic, int(request.args["code"]))
    return "", 204


@bp.get("/count")
def count():
    gc.collect()
    return {
        "lines": len(live()),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "threads": threading.active_count(),
        "greenlets": sum(isinstance(thing, gevent.Greenlet) and not thing.dead for thing in gc.get_objects()),
        "rss": int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"),
        "pid": os.getpid(),
        "slow": len(slow_ones),
    }


@bp.post("/slow")
def slow():
    slow_ones.append(request.path)
    wait_until(Path(request.args["until"]).exists, 10, "the request to be let go")
    return "done"


class Server(BaseApplication):
    def load_config(self):
        for name, value in {
            "bind": f"127.0.0.1:{sys.argv[1]}",
            "worker_class": "chatweb.live.worker.Worker",
            "graceful_timeout": 4,
            "loglevel": "warning",
            "control_socket_disable": True,
        }.items():
            self.cfg.set(name, value)

    def load(self):
        limits = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
        worker._PATIENCE_SECONDS = limits.pop("patience_seconds", worker._PATIENCE_SECONDS)
        return create_app(limits)


if __name__ == "__main__":
    Server().run()
