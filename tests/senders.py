"""People who send to a server in another process without a pause, and what became of it."""

import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from typing import Self

from tests.people import Visitor

_RETRY_SECONDS = 0.05
_GIVE_UP_SECONDS = 60


class Senders:
    """Threads that send one message after another, each until it is acknowledged, as pages do.

    `people` are browsers of tests, or the headers with which one sends. `acknowledged` are keys, in the order
    of the answers. `refused` is what else came: statuses, and the names of errors where there was no answer.
    `slowest` is how many seconds a message took at most.
    """

    def __init__(
        self,
        url: str,
        people: Sequence[Visitor | Mapping[str, str]],
        topic: str,
        threads: int = 8,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.acknowledged: list[str] = []
        self.refused: list[int | str] = []
        self.slowest = 0.0
        self._url = f"{url}/chats/{topic}/messages"
        self._tls = tls
        self._enough = threading.Event()
        self._failures: list[str] = []
        headers = [_headers(one) if isinstance(one, Visitor) else one for one in people]
        self._threads = [
            threading.Thread(target=self._send, args=(headers[number % len(headers)],))
            for number in range(threads)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join()
        assert not self._failures, f"never acknowledged: {self._failures}; refused: {self.refused[-20:]}"

    def _send(self, headers: Mapping[str, str]) -> None:
        while not self._enough.is_set():
            key, begin = str(uuid.uuid4()), time.monotonic()
            while (status := self._post(headers, key)) != 200:
                self.refused.append(status)
                if time.monotonic() - begin > _GIVE_UP_SECONDS:
                    self._failures.append(key)
                    return
                time.sleep(_RETRY_SECONDS)
            self.acknowledged.append(key)
            self.slowest = max(self.slowest, time.monotonic() - begin)

    def _post(self, headers: Mapping[str, str], key: str) -> int | str:
        form = urllib.parse.urlencode({"key": key, "body": f"text {key}"}).encode()
        try:
            with urllib.request.urlopen(
                urllib.request.Request(self._url, form, dict(headers)), timeout=20, context=self._tls
            ) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return refusal.code
        except (HTTPException, OSError) as problem:
            return type(getattr(problem, "reason", problem)).__name__


def _headers(person: Visitor) -> dict[str, str]:
    token = person.csrf
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in person.client._cookies.values())
    return {"Cookie": cookies, "X-CSRFToken": token, "HX-Request": "true"}
