"""A page without chatweb behind it: the real scripts, under the real content policy, on made-up answers."""

import mimetypes
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from chatweb.paths import STATIC
from chatweb.web.headers import CONTENT_POLICY
from chatweb.web.joining import join
from chatweb.web.static_files import JOINED
from tests.browser.pieces import STYLE

ICON = '<svg xmlns="http://www.w3.org/2000/svg"/>'


class Answer(NamedTuple):
    """What the stage answers to a request."""

    body: str = ""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    gate: threading.Event | None = None


class Held:
    """Makes answers that wait until they are let go."""

    def __init__(self) -> None:
        self._gate = threading.Event()

    def __call__(self, answer: Answer) -> Answer:
        """The same answer, held back."""
        return answer._replace(gate=self._gate)

    def let_go(self) -> None:
        """Let all held answers out."""
        self._gate.set()


class Asked(NamedTuple):
    """A request that came."""

    verb: str
    path: str
    form: dict[str, str]
    csrf: str | None


class Stage:
    """Serves one page and whatever answers a test lays out; `asked` lists the requests for anything else."""

    def __init__(self) -> None:
        # Whatever is typed is kept on the server too.
        self.answers: dict[str, list[Answer]] = {
            f"/chats/{topic}/draft": [Answer(status=204)] for topic in ("T", "U")
        }
        self.asked: list[Asked] = []
        self._kept: dict[str, Answer] = {}
        self.page = ""
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, *answers: Answer) -> None:
        """Answer requests for this path and query one after another; the last one again and again."""
        self.answers[path] = list(answers)

    def respond(self, asked: Asked) -> Answer:
        """Note a request, find its answer. A key that was answered gets the same again, as in chatweb."""
        self.asked.append(asked)
        key = asked.form.get("key", "")
        if key in self._kept:
            return self._kept[key]
        laid_out = self.answers.get(asked.path, [])
        if not laid_out:
            return Answer(status=404)
        answer = laid_out.pop(0) if len(laid_out) > 1 else laid_out[0]
        if key and answer.status == 200:
            self._kept[key] = answer
        return answer

    def paths(self, verb: str = "GET") -> list[str]:
        """Which paths were asked for."""
        return [asked.path for asked in self.asked if asked.verb == verb]


class _Server(ThreadingHTTPServer):
    def __init__(self, stage: Stage) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.stage = stage


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        fixed = {"/": (self.server.stage.page, "text/html"), "/stage.css": (STYLE, "text/css")}
        fixed["/icon.svg"] = (ICON, "image/svg+xml")
        if path in fixed:
            self._send(*fixed[path])
        elif path.startswith("/static/"):
            name = path.removeprefix("/static/")
            file = STATIC / name
            text = join(file) if name in JOINED else file.read_text("utf-8")
            self._send(text, mimetypes.guess_type(file.name)[0] or "text/plain")
        else:
            self._answer({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer({name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()})

    def do_PATCH(self) -> None:
        self.do_POST()

    def _answer(self, form: dict[str, str]) -> None:
        answer = self.server.stage.respond(Asked(self.command, self.path, form, self.headers["X-CSRFToken"]))
        if answer.gate:
            answer.gate.wait()
        # "{key}" stands for the key that was posted: the answer to a message is the message.
        self._send(
            answer.body.replace("{key}", form.get("key", "")), "text/html", answer.status, answer.headers
        )

    def _send(self, text: str, kind: str, status: int = 200, headers: tuple = ()) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Security-Policy", CONTENT_POLICY)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        # A page that is closed or loaded anew does not wait for its answers.
        with suppress(ConnectionError):
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, *_arguments: object) -> None:
        pass
