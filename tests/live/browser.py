"""A signed-in person's browser at a server in another process."""

import urllib.request
import uuid
from urllib.parse import urlencode

import pytest

from tests.live import client
from tests.live.client import Refused, WebSocket
from tests.people import Visitor


class Browser:
    """A signed-in person's browser at a real server: its cookie came from the same database and key."""

    def __init__(self, url: str, visitor: Visitor) -> None:
        self._url = url
        self._csrf = visitor.csrf
        cookie = visitor.client.get_cookie("chatweb")
        self.cookie = f"chatweb={cookie.value}" if cookie else ""

    def open(self, path: str, **headers: str) -> WebSocket:
        """A socket, with headers other than a browser's where named; `_` stands for `-`."""
        wanted = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.connect(int(self._url.rpartition(":")[2]), path, {"Cookie": self.cookie} | wanted)

    def refusal(self, path: str, **headers: str) -> int:
        """The status with which a socket is refused."""
        with pytest.raises(Refused) as refused:
            self.open(path, **headers)
        assert b"Sec-WebSocket-Accept" not in refused.value.answer
        return refused.value.status

    def get(self, path: str) -> str:
        """A page, or a part of one as htmx asks for it; an HTTPError when it is refused."""
        request = urllib.request.Request(
            self._url + path, headers={"Cookie": self.cookie, "HX-Request": "true"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read().decode()

    def post(self, path: str, **fields: str) -> str:
        """A form, as htmx sends it; returns the answer. An HTTPError when it is refused."""
        headers = {"Cookie": self.cookie, "X-CSRFToken": self._csrf, "HX-Request": "true"}
        body = urlencode(fields).encode()
        request = urllib.request.Request(self._url + path, body, headers, method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.read().decode()

    def say(self, topic: str, body: str) -> str:
        """Send a message; returns its fragment."""
        return self.post(f"/chats/{topic}/messages", body=body, key=str(uuid.uuid4()))
