"""The composer on the stage: what is typed, what waits, and what the server answers."""

from playwright.sync_api import Locator

from tests.browser.logs import Log
from tests.browser.pieces import SIDE, message
from tests.browser.stage import Answer, Stage

SEND = "/chats/T/messages"
KEY = "{key}"


def field(log: Log) -> Locator:
    return log.page.get_by_role("textbox")


def say(log: Log, text: str) -> None:
    field(log).fill(text)
    field(log).press("Enter")


def waiting(log: Log) -> Locator:
    return log.page.locator(".message--pending")


def failed(log: Log) -> Locator:
    return log.page.locator(".message--failed")


def stored(order: int, body: str) -> Answer:
    """The fragment that answers a post, whatever its key."""
    return Answer(message(order, body=body, key=KEY, side=SIDE))


def sent_bodies(stage: Stage) -> list[str]:
    return [asked.form["body"] for asked in stage.asked if (asked.verb, asked.path) == ("POST", SEND)]
