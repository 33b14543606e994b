"""`python -m tests.pictures [folder]`: take the README's picture of a conversation from the demo."""

import sys
import tempfile
from pathlib import Path

from flask_migrate import upgrade
from playwright.sync_api import Page, expect, sync_playwright

from chatweb import config, demo, paths
from chatweb.app import create_app
from chatweb.store import store
from tests.browsing import Tabs, launch
from tests.people import Person
from tests.servers import Server

HERE = Path(__file__).parent


def main(folder: Path) -> None:
    """Start the demo, open a conversation, and keep what it looks like."""
    with tempfile.TemporaryDirectory() as data:
        settings = config.load({"CHATWEB_DATA_DIR": data, "CHATWEB_RATE_LIMITS": "off"})
        with create_app(settings).app_context():
            upgrade(directory=str(paths.MIGRATIONS))
            store(demo.fill)
        server = Server(settings, Path(data) / "server.log")
        server.start()
        try:
            with sync_playwright() as playwright:
                tabs = Tabs(launch(playwright), server.url)
                amara = Person(1, "amara", "amara@example.org", demo.PASSWORD)
                page = tabs(amara, viewport={"width": 1280, "height": 800}, timezone_id="Europe/Stockholm")
                take(page, folder)
                tabs.close()
        finally:
            server.stop()


def take(page: Page, folder: Path) -> None:
    """Open the newest conversation and take its picture."""
    page.get_by_role("link", name="Jonas").click()
    expect(page.locator("#messages")).to_have_attribute("data-line", "open")
    page.screenshot(path=folder / "conversation.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
