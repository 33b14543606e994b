"""`python -m tests.pictures.recording folder`: play the main mishaps in two browsers, keep what is seen."""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Error, Page, Playwright, sync_playwright

from chatweb import config, demo, paths
from chatweb.app import create_app
from chatweb.store import store
from tests.browser.home import Home
from tests.browser.talking import expect_lines
from tests.browsing import Tabs, launch
from tests.cable import Cable
from tests.people import Person
from tests.pictures.mishaps import MISHAPS
from tests.pictures.scene import SIZE, Scene
from tests.servers import CHECKOUT, Server

PEOPLE = [Person(1, "amara", "", demo.PASSWORD), Person(2, "jonas", "", demo.PASSWORD)]


def main() -> None:
    """Refuse a folder of the repository; otherwise play everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures.recording", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures and videos go; not in the repository")
    folder = parser.parse_args().folder.resolve()
    if folder.is_relative_to(CHECKOUT):
        parser.error(f"{folder} is in the repository: name a folder elsewhere")
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as data, ExitStack() as stack:
        video = {"record_video_dir": folder, "record_video_size": SIZE} if can_film(playwright) else {}
        app, server = stack.enter_context(running(Path(data)))
        homes = [
            stack.enter_context(window(playwright, server, person, number, video))
            for number, person in enumerate(PEOPLE)
        ]
        scene = Scene(app, server, homes, folder)
        for mishap in MISHAPS:
            print(scene.begin(mishap), flush=True)
            mishap(scene)
    print(f"pictures{' and videos' if video else ''} are in {folder}")


@contextmanager
def running(data: Path) -> Iterator[tuple[Flask, Server]]:
    """The demo, and a server for it."""
    settings = config.load({"CHATWEB_DATA_DIR": str(data), "CHATWEB_RATE_LIMITS": "off"})
    app = create_app(settings)
    with app.app_context():
        upgrade(directory=str(paths.MIGRATIONS))
        store(demo.fill)
    server = Server(settings, data / "server.log")
    server.start()
    try:
        yield app, server
    finally:
        server.stop()


@contextmanager
def window(
    playwright: Playwright, server: Server, person: Person, number: int, video: dict
) -> Iterator[Home]:
    """A browser with somebody's conversation, beside the other one if there is a display."""
    width, height = SIZE["width"], SIZE["height"]
    place = (f"--window-position={number * width},0", f"--window-size={width},{height + 90}")
    browser = launch(playwright, *place, headless="DISPLAY" not in os.environ)
    with Cable(server.port) as cable:
        tabs = Tabs(browser, cable.url)
        page = tabs(person, viewport=SIZE, timezone_id="Europe/Stockholm", **video)
        page.get_by_role("link", name=["Jonas", "Amara"][number]).click()
        expect_lines(page)
        yield Home(person, address(page), cable, [page])
        tabs.close()
        browser.close()


def address(page: Page) -> str:
    """The path of what is open."""
    return "/chats/" + page.url.rpartition("/")[2]


def can_film(playwright: Playwright) -> bool:
    """Playwright films with a program of its own, which may be missing."""
    browser = launch(playwright)
    try:
        with tempfile.TemporaryDirectory() as folder:
            browser.new_context(record_video_dir=folder).new_page()
    except Error:
        print("!!! There will be no videos: 'playwright install ffmpeg' is needed for them")
        return False
    finally:
        browser.close()
    return True


if __name__ == "__main__":
    main()
