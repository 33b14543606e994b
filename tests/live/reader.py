"""An open conversation page without a browser: what its scripts do about its position and its socket."""

import json
import random
import re
import threading
import time
from contextlib import suppress
from typing import Self
from urllib.error import HTTPError

from tests.live.browser import Browser
from tests.live.client import CLOSE, Refused, WebSocket, is_heartbeat
from tests.servers import wait_until

HOLE_PATIENCE = 1.0
FIRST_RETRY = 2.0
_MESSAGE = re.compile(
    r'<article class="message[^"]*" id="message-[^"]+" data-order="(\d+)" data-revision="(\d+)"'
    r'.*?<div class="message__body"[^>]*>([^<]*)<',
    re.DOTALL,
)
_UP_TO = re.compile(r'<data class="upto" value="(\d+)"')
_PRESENCE = re.compile(r'<data class="presence" data-person="(\d+)" data-state="(\w+)"')


class Reader:
    """Reads a conversation in a thread: catches up where a page would, and connects again when it would.

    `texts` are what it shows, by their order; `states` how much people are here, as it was told last.
    """

    def __init__(self, browser: Browser, topic: str) -> None:
        self.states: dict[int, str] = {}
        self.connected = 0
        self._browser = browser
        self._topic = topic
        self._shown: dict[int, str] = {}
        self._position = 0
        self._ahead: set[int] = set()
        self._known = 0
        self._ask_at: float | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        wait_until(lambda: self.connected, 10, "a page to connect")
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def texts(self) -> list[str]:
        """What it shows."""
        return [self._shown[order] for order in sorted(self._shown)]

    def _run(self) -> None:
        while not self._ended.is_set():
            with suppress(Refused, OSError, AssertionError):
                path = f"/ws/topics/{self._topic}?after={self._position}"
                with self._browser.open(path) as line:
                    line.sock.settimeout(0.1)
                    self.connected += 1
                    self._read(line)
            again_at = time.monotonic() + random.uniform(0, FIRST_RETRY)
            while time.monotonic() < again_at and not self._ended.wait(0.05):
                self._mind_the_hole()

    def _read(self, line: WebSocket) -> None:
        while not self._ended.is_set():
            with suppress(TimeoutError):
                frame = line.receive()
                if frame is None or frame.opcode == CLOSE:
                    return
                self._hear(frame.text)
            self._mind_the_hole()

    def _hear(self, text: str) -> None:
        if is_heartbeat(text):
            self._known = max(self._known, json.loads(text).get("revision", 0))
            return
        self.states.update((int(person), state) for person, state in _PRESENCE.findall(text))
        self._place(text, live=True)

    def _place(self, text: str, *, live: bool) -> None:
        up_to = _UP_TO.search(text)
        for order, revision, body in _MESSAGE.findall(text):
            self._shown[int(order)] = body
            if live and not up_to:
                self._ahead.add(int(revision))
                self._known = max(self._known, int(revision))
        if up_to:
            self._position = max(self._position, int(up_to[1]))
        while self._position + 1 in self._ahead:
            self._position += 1
        self._ahead = {revision for revision in self._ahead if revision > self._position}

    def _mind_the_hole(self) -> None:
        now = time.monotonic()
        if self._position >= self._known:
            self._ask_at = None
        elif self._ask_at is None:
            self._ask_at = now + HOLE_PATIENCE
        elif now >= self._ask_at:
            self._ask_at = now + HOLE_PATIENCE
            with suppress(HTTPError, OSError):
                path = f"/chats/{self._topic}/messages?after={self._position}"
                self._place(self._browser.get(path), live=False)
