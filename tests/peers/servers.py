"""The peers, each on one core: what is started, and how people get in."""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from tests.benchmarks import wire
from tests.benchmarks.instance import LOAD_CORE, SERVER_CORE, Browser, Instance
from tests.benchmarks.talk import Pair, Run, Talk
from tests.benchmarks.wire import Connection
from tests.peers.lines import JsonLine, SocketIoLine, XmppLine
from tests.peers.load import Line, Load
from tests.redis_server import RedisServer
from tests.servers import free_port, start, wait_until

APPS = Path(__file__).parent / "apps"
PATIENCE, PEOPLE = 30, 2_000
VERSIONS = """
import importlib.metadata, sys
print(*(f"{name} {importlib.metadata.version(name)}" for name in sys.argv[1:]), sep=", ")
"""


class Peer(ABC):
    """A chat server in a folder of its own; `programs` is where its libraries have theirs."""

    name: str

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self.programs = programs
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        self._processes: list[subprocess.Popen[bytes]] = []

    @abstractmethod
    def start(self) -> float:
        """Start it; the seconds until it answers."""

    @abstractmethod
    def talk(self, pairs: int) -> "Talking":
        """Let so many pairs of people open their chat."""

    @abstractmethod
    def idle(self, people: int) -> list[Connection]:
        """Let so many more people open a chat and keep quiet."""

    @abstractmethod
    def version(self) -> str:
        """What it is made of, with versions."""

    def processes(self) -> list[psutil.Process]:
        """All its processes."""
        own = [psutil.Process(process.pid) for process in self._processes]
        return [*own, *(child for one in own for child in one.children(recursive=True))]

    def cpu_seconds(self) -> float:
        """The CPU time they have used so far."""
        return sum(sum(process.cpu_times()[:2]) for process in self.processes())

    def memory(self) -> int:
        """The memory that is theirs alone, in bytes."""
        return sum(process.memory_full_info().uss for process in self.processes())

    def stop(self) -> None:
        """End it."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()

    def _run(self, command: Sequence[str], user: str | None = None, **variables: str) -> float:
        begin = time.perf_counter()
        pinned = ["taskset", "--cpu-list", str(SERVER_CORE), *command]
        self._processes.append(start(pinned, self.folder / "log", user, cwd=APPS, env=os.environ | variables))
        wait_until(self._answers, PATIENCE, f"{self.name}, see {self.folder / 'log'}")
        return time.perf_counter() - begin

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://{self.host}/")
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True


class Talking(ABC):
    """People with their chats open."""

    @abstractmethod
    def run(self, count: int, senders: int) -> Run:
        """Send `count` messages, `senders` at a time."""

    @abstractmethod
    def close(self) -> None:
        """Hang up."""


class PeerOfOurs(Peer):
    """A peer that is an app of this folder, with the libraries of an environment of its own."""

    libraries: Sequence[str]

    @abstractmethod
    def _line(self, name: str, chat: int) -> Line: ...

    def talk(self, pairs: int) -> Load:
        """See Peer."""
        chats = range(1, pairs + 1)
        return Load([(self._line(f"a{chat}", chat), self._line(f"b{chat}", chat)) for chat in chats])

    def idle(self, people: int) -> list[Line]:
        """See Peer."""
        return [self._line(f"idle{number}", 100_000 + number // 2) for number in range(people)]

    def version(self) -> str:
        """See Peer."""
        return _said_by(self._program("python"), "-c", VERSIONS, *self.libraries)

    def _program(self, name: str) -> str:
        return str(self.programs / name)


class Channels(PeerOfOurs):
    """Django Channels behind uvicorn, with Redis between its consumers, as its tutorial says."""

    name = "Django Channels"
    libraries = ("django", "channels", "channels-redis", "uvicorn")

    def start(self) -> float:
        """See Peer."""
        self._redis = RedisServer(shutil.which("redis-server") or "redis-server")
        psutil.Process(self._redis.pid).cpu_affinity([SERVER_CORE])
        command = [self._program("uvicorn"), "django_channels:application", "--port", str(self.port)]
        # People who do not answer its pings are hung up, and the load answers none.
        options = ["--log-level", "warning", "--no-access-log", "--ws-ping-interval", "600"]
        database = str(self.folder / "db.sqlite3")
        return self._run([*command, *options], PEER_DATABASE=database, PEER_REDIS=self._redis.url)

    def processes(self) -> list[psutil.Process]:
        """Redis is needed, too."""
        return [*super().processes(), psutil.Process(self._redis.pid)]

    def stop(self) -> None:
        """See Peer."""
        super().stop()
        self._redis.close()

    def _line(self, name: str, chat: int) -> JsonLine:
        return JsonLine(self.host, name, f"/chats/{chat}")


class _UnderGunicorn(PeerOfOurs):
    app: str

    def start(self) -> float:
        """See Peer."""
        command = [self._program("gunicorn"), "--worker-class", "gevent", "--worker-connections", "10000"]
        command += ["--bind", self.host, "--log-level", "warning", self.app]
        return self._run(command, PEER_DATABASE=str(self.folder / "db.sqlite3"))


class FlaskSocketIo(_UnderGunicorn):
    """Flask-SocketIO with gevent, under gunicorn, as its documentation says."""

    name = "Flask-SocketIO"
    libraries = ("flask-socketio", "python-socketio", "flask-sqlalchemy", "gunicorn", "gevent")
    app = "flask_socketio_chat:app"

    def _line(self, name: str, chat: int) -> SocketIoLine:
        return SocketIoLine(self.host, name, chat)


class PlainFlaskSock(_UnderGunicorn):
    """flask-sock with gevent, under gunicorn, as its documentation says."""

    name = "flask-sock"
    libraries = ("flask-sock", "simple-websocket", "flask-sqlalchemy", "gunicorn", "gevent")
    app = "plain_flask_sock:app"

    def _line(self, name: str, chat: int) -> JsonLine:
        return JsonLine(self.host, name, f"/chats/{chat}")


class Prosody(Peer):
    """Prosody of Debian with its archive on, and each message acknowledged to who sent it."""

    name = "Prosody"
    domain = "chat.example"
    password = "for measurements only"

    def start(self) -> float:
        """See Peer."""
        user = "prosody" if os.geteuid() == 0 else None
        config = self.folder / "prosody.cfg.lua"
        config.write_text(CONFIG.format(folder=self.folder, port=self.port, domain=self.domain))
        accounts = self.folder / self.domain.replace(".", "%2e").replace("-", "%2d") / "accounts"
        accounts.mkdir(parents=True)
        for name in (f"{side}{chat}" for chat in range(PEOPLE // 2) for side in "ab"):
            (accounts / f"{name}.dat").write_text(f'return {{ ["password"] = "{self.password}"; }};\n')
        if user:
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, user)
        return self._run(["prosody", "--config", str(config), "-F"], user)

    def talk(self, pairs: int) -> Load:
        """See Peer."""
        return Load([(self._line(f"a{n}", f"b{n}"), self._line(f"b{n}", f"a{n}")) for n in range(pairs)])

    def idle(self, people: int) -> list[Line]:
        """See Peer."""
        return [self._line(f"{'ab'[n % 2]}{PEOPLE // 2 - 1 - n // 2}", f"b{n}") for n in range(people)]

    def version(self) -> str:
        """See Peer."""
        return f"prosody {_said_by('dpkg-query', '--show', '--showformat=${Version}', 'prosody')}"

    def _line(self, name: str, other: str) -> XmppLine:
        return XmppLine(self.port, self.domain, name, self.password, other)

    def _answers(self) -> bool:
        try:
            self._line("a0", "b0").socket.close()
        except OSError:
            return False
        return True


CONFIG = """
data_path = "{folder}"
pidfile = "{folder}/prosody.pid"
log = {{ warn = "{folder}/prosody.log" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}
s2s_ports = {{ }}
http_ports = {{ }}
https_ports = {{ }}
modules_enabled = {{ "roster", "saslauth", "disco", "mam", "smacks" }}
modules_disabled = {{ "s2s", "tls", "limits" }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "internal_plain"
storage = "internal"
default_archive_policy = true
VirtualHost "{domain}"
"""


class Ours(Peer):
    """chatweb as it is served: two sockets for each open conversation, one of them the inbox's."""

    name = "chatweb"

    def start(self) -> float:
        """See Peer."""
        self._site = Instance(self.folder, rate_limits="off")
        os.sched_setaffinity(0, {SERVER_CORE})
        begin = time.perf_counter()
        self._site.server.start()
        taken = time.perf_counter() - begin
        os.sched_setaffinity(0, {LOAD_CORE})
        return taken

    def talk(self, pairs: int) -> Talk:
        """See Peer."""
        couples = self._couples(pairs)
        topics = self._site.add_chats(couples)
        return Talk(self._site.host, [Pair(*pair) for pair in zip(topics, couples, strict=True)])

    def idle(self, people: int) -> list[Connection]:
        """See Peer."""
        couples = self._couples(people // 2)
        found = []
        for topic, couple in zip(self._site.add_chats(couples), couples, strict=True):
            for person in couple:
                connection = Connection(self._site.host)
                connection.upgrade(wire.handshake(self._site.host, person, f"/ws/topics/{topic}?after=0"))
                found.append(connection)
        return found

    def version(self) -> str:
        """See Peer."""
        return f"Python {sys.version.split()[0]}"

    def processes(self) -> list[psutil.Process]:
        """See Peer."""
        server = psutil.Process(self._site.server.pid)
        return [server, *server.children(recursive=True)]

    def stop(self) -> None:
        """See Peer."""
        self._site.server.stop()

    def _couples(self, count: int) -> list[tuple[Browser, Browser]]:
        people = self._site.add_people(2 * count)
        return list(zip(people[::2], people[1::2], strict=True))


def _said_by(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
