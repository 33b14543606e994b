"""Whether the time of an answer tells which accounts exist."""

import http.client
import statistics
import time
import urllib.parse
from collections.abc import Iterator

from sqlalchemy.orm import Session

from chatweb.domain import accounts, passwords
from chatweb.extensions import db
from chatweb.store import store
from tests.benchmarks.figures import Figure, within
from tests.benchmarks.instance import Instance, instance
from tests.people import PASSWORD, csrf_in

TIMES = 200
PAUSE = 0.02
ALIKE = within(0.95, 1.05)


def measure() -> Iterator[Figure]:
    """A wrong password and a forgotten one, for names that exist and names that do not, by turns."""
    with instance() as site:
        known, unknown = ([f"{name}{number:03}" for number in range(TIMES)] for name in ("anna", "otto"))
        _add_people(site, known)
        asker = _Asker(site)
        for path, form in (("/login", {"password": PASSWORD + "!"}), ("/forgotten", {})):
            for name in known[:20]:
                asker.seconds(path, {**form, "identity": name})
            waits: dict[bool, list[float]] = {True: [], False: []}
            for number, pair in enumerate(zip(known, unknown, strict=True)):
                # Each is the first of the two in turn: what one leaves behind meets both.
                for exists, name in sorted(zip((True, False), pair, strict=True), reverse=number % 2 == 0):
                    waits[exists].append(asker.seconds(path, {**form, "identity": name}))
            medians = [statistics.median(waits[exists]) * 1000 for exists in (True, False)]
            yield Figure(f"POST {path} for a name that exists, median of {TIMES}", medians[0], "ms")
            yield Figure("  against one for a name that does not", medians[0] / medians[1], "", ALIKE)
        asker.close()


def _add_people(site: Instance, names: list[str]) -> None:
    hashed = passwords.make_hash(PASSWORD)

    def add(writing: Session) -> None:
        for name in names:
            email = f"{name}@example.org"
            accounts.create_user(writing, username=name, email=email, password_hash=hashed)

    with site.app.app_context():
        store(add)
        db.session.remove()


class _Asker:
    """A browser that is not signed in, on a connection that stays open; all answers must be alike."""

    def __init__(self, site: Instance) -> None:
        self._connection = http.client.HTTPConnection(site.host, timeout=30)
        self._connection.request("GET", "/login")
        page = self._connection.getresponse()
        self._csrf = csrf_in(page.read().decode())
        self._cookie = page.headers["Set-Cookie"].partition(";")[0]
        self._answers: dict[str, tuple[int, int]] = {}

    def seconds(self, path: str, form: dict[str, str]) -> float:
        body = urllib.parse.urlencode({**form, "csrf_token": self._csrf})
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        # What follows from the request before is over by then.
        time.sleep(PAUSE)
        begin = time.perf_counter()
        self._connection.request("POST", path, body, headers)
        answer = self._connection.getresponse()
        looks = answer.status, len(answer.read())
        taken = time.perf_counter() - begin
        if self._answers.setdefault(path, looks) != looks:
            raise RuntimeError(f"{path} answered {looks}, and {self._answers[path]} before")
        return taken

    def close(self) -> None:
        self._connection.close()
