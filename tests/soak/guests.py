"""Somebody with a browser, reduced to what crosses the wire: cookies, forms, fragments and a socket."""

import http.client
from collections.abc import Mapping
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.live import client
from tests.people import Person, csrf_in
from tests.web import reading
from tests.web.talking import new_key

PATIENCE = 30


class Guest:
    """A person at their own browser. Everything goes through HTTP and the topic's socket."""

    def __init__(self, port: int, person: Person) -> None:
        self.person = person
        self._port = port
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self._cookies = SimpleCookie()
        self._csrf = ""
        self._topic = ""
        self._socket: client.WebSocket | None = None
        self.position = 0

    def sign_in(self) -> None:
        """Fill in the sign-in form."""
        self._csrf = csrf_in(self._page("/login"))
        form = {"identity": self.person.username, "password": self.person.password}
        status, _, answer = self._ask("POST", "/login", form)
        assert status == 303, answer
        self._csrf = csrf_in(self._page("/chats"))

    def start_chat(self, other: Person) -> str:
        """Start the conversation with somebody; returns its topic."""
        status, headers, answer = self._ask("POST", "/chats", {"username": other.username})
        assert status == 303, answer
        return headers["Location"].rpartition("/")[2]

    def open(self, topic: str) -> list[str]:
        """Open a conversation, its page and its socket; returns all its texts, older pages included."""
        self.leave()
        self._topic = topic
        page = self._page(f"/chats/{topic}?newest")
        self._csrf = csrf_in(page)
        self.position = int(reading.by_id(page, "messages").attributes["data-position"] or "")
        texts = self._history(page)
        path = f"/ws/topics/{topic}?after={self.position}"
        self._socket = client.connect(self._port, path, self._cookie(), timeout=PATIENCE)
        caught_up = reading.elements(self._socket.receive_text())
        up_to = [one.attributes.get("value") for one in caught_up if "upto" in one.classes]
        assert up_to == [str(self.position)], caught_up
        assert not any("message" in one.classes for one in caught_up), caught_up
        return texts

    def say(self, text: str) -> None:
        """Write a message and send it; the answer must show the same text."""
        form = {"key": new_key(), "body": text}
        status, _, answer = self._ask("POST", f"/chats/{self._topic}/messages", form, {"HX-Request": "true"})
        assert status == 200, answer
        assert reading.bodies(answer) == [text]

    def hear(self) -> str:
        """The text of the next message that the socket shows; it must be the one after the last."""
        assert self._socket is not None
        frame = self._socket.receive_text()
        (message,) = reading.messages(frame)
        self.position += 1
        assert message.attributes["data-revision"] == str(self.position), f"a hole: {frame}"
        (text,) = reading.bodies(frame)
        return text

    def leave(self) -> None:
        """Close the page of the conversation."""
        if self._socket is not None:
            self._socket.sock.close()
            self._socket = None

    def close(self) -> None:
        """Close the browser."""
        self.leave()
        self._http.close()

    def _history(self, newest: str) -> list[str]:
        pages = [newest]
        while above := reading.messages(pages[0]):
            oldest = above[0].attributes["data-order"]
            status, _, older = self._ask("GET", f"/chats/{self._topic}/messages?before={oldest}")
            if status == 204:
                break
            assert status == 200, older
            pages.insert(0, older)
        return [text for page in pages for text in reading.bodies(page)]

    def _page(self, path: str) -> str:
        status, _, html = self._ask("GET", path)
        assert status == 200, html
        return html

    def _ask(
        self,
        method: str,
        path: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, http.client.HTTPMessage, str]:
        site = f"http://127.0.0.1:{self._port}"
        sent = self._cookie() | {"Referer": site, **(headers or {})}
        if form is not None:
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self._csrf}
        self._http.request(method, path, urlencode(form or {}) or None, sent)
        answer = self._http.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self._cookies.load(cookie)
        return answer.status, answer.headers, answer.read().decode()

    def _cookie(self) -> dict[str, str]:
        pairs = [f"{name}={morsel.value}" for name, morsel in self._cookies.items()]
        return {"Cookie": "; ".join(pairs)} if pairs else {}
