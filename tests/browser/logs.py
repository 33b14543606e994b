"""The log of a page, as a test speaks to it and looks at it."""

from datetime import datetime, timedelta

from playwright.sync_api import Page


def stop_clock(page: Page, at: str = "2026-03-04T12:00:00Z") -> None:
    """Let time pass in a page only by `page.clock.run_for(milliseconds)`."""
    moment = datetime.fromisoformat(at)
    page.clock.install(time=moment)
    page.clock.pause_at(moment + timedelta(seconds=1))


class Log:
    """The log of a page on the stage, as a test speaks to it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.element = page.locator("#messages")

    def line_says(self, html: str) -> None:
        """A frame comes over the line."""
        self._swap(html, "log swapEmpty:false")

    def answered(self, html: str) -> None:
        """A post is answered."""
        self._swap(html, "log source:answer")

    def caught_up(self, html: str) -> None:
        """A catch-up by HTTP is answered."""
        self._swap(html, "log source:catchup")

    def older_page(self, html: str, before: int) -> None:
        """The page before a message is answered."""
        self._swap(html, f"log source:older edge:{before}")

    def newest_page(self, html: str) -> None:
        """The newest page is answered."""
        self._swap(html, "log source:newest")

    def children(self) -> list[str]:
        """What stands in the log: orders of messages, `new`, `day`, and keys of those that wait."""
        return self.element.evaluate(
            """log => [...log.children].map(node => node.matches(".unread") ? "new"
                : node.matches(".day") ? "day" : node.dataset.order ?? node.id.replace("message-", ""))"""
        )

    def orders(self) -> list[str]:
        """As `children`, without the day lines."""
        return [child for child in self.children() if child != "day"]

    def text(self, order: int) -> str:
        """What a message says."""
        return self.page.locator(f'[data-order="{order}"] .message__body').inner_text()

    @property
    def position(self) -> int:
        """The log's position."""
        return int(self.element.get_attribute("data-position") or "")

    def _swap(self, html: str, swap: str) -> None:
        self.element.evaluate(
            "(log, [text, swap]) => htmx.swap({ sourceElement: log, target: log, swap, text })", [html, swap]
        )


def swap(page: Page, html: str) -> None:
    """A frame comes to the rows of a page on the stage."""
    page.locator("#rows").evaluate(
        "(rows, text) => htmx.swap({ sourceElement: rows, target: rows, swap: 'rows', text })", html
    )
