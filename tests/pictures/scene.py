"""Two people at their browsers, side by side, and somebody who takes pictures of both at once."""

import base64
from collections.abc import Callable, Sequence
from pathlib import Path

from flask import Flask
from playwright.sync_api import Page, ViewportSize

from chatweb.extensions import db
from chatweb.store import store
from tests.browser.home import Home
from tests.servers import Server

SIZE: ViewportSize = {"width": 900, "height": 700}
LOOK = 2_500
SIDE_BY_SIDE = """<body style="margin:0;display:flex;gap:8px;background:#888">{}</body>"""
PICTURE = '<img style="display:block;inline-size:900px" src="data:image/png;base64,{}">'


class Scene:
    """What a mishap needs: `amara` and `jonas` with a page each, the server, and `show` for a picture."""

    def __init__(self, app: Flask, server: Server, homes: Sequence[Home], folder: Path) -> None:
        self.app = app
        self.server = server
        self.amara, self.jonas = homes
        self._folder = folder
        self._title = ""
        self._number = 0

    @property
    def pages(self) -> tuple[Page, Page]:
        """Amara's page and jonas's."""
        return self.amara.pages[0], self.jonas.pages[0]

    def begin(self, mishap: Callable) -> str:
        """Name the pictures after a mishap; returns what it is about."""
        self._title = mishap.__name__.replace("_", "-")
        return mishap.__doc__ or ""

    def show(self, what: str, *pages: Page) -> None:
        """Take a picture of two pages side by side, and give those who watch time to look."""
        self._number += 1
        shots = [base64.b64encode(page.screenshot()).decode() for page in pages or self.pages]
        album = self.amara.context.browser.new_page(viewport={"width": 1808, "height": SIZE["height"]})
        album.set_content(SIDE_BY_SIDE.format("".join(map(PICTURE.format, shots))))
        album.screenshot(path=self._folder / f"{self._number:02}-{self._title}-{what}.png")
        album.close()
        self.pages[0].wait_for_timeout(LOOK)

    def store(self, work: Callable) -> None:
        """Change the database past the server, as an operator would."""
        with self.app.app_context():
            store(work)
            db.session.remove()
