"""What keeps people out of a page, as far as axe knows."""

from itertools import product

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

SIZES = ({"width": 1280, "height": 800}, {"width": 390, "height": 844})
THEMES = ("light", "dark")
# A change of theme is over when the transitions are that it began.
SETTLED = """
new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))).then(() =>
  Promise.all(document.getAnimations()
    .filter((one) => one instanceof CSSTransition)
    .map((one) => one.finished.catch(() => {}))))
  .then(() => true)
"""


def barriers(page: Page) -> list[str]:
    """The rules that the page breaks as it stands now."""
    page.evaluate(AXE_SCRIPT)
    return _broken(page)


def barriers_in_every_look(page: Page) -> list[str]:
    """The rules that the page breaks on a desktop and on a phone, light and dark."""
    page.evaluate(AXE_SCRIPT)
    found = []
    for size, theme in product(SIZES, THEMES):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)
        page.evaluate(SETTLED)
        found += [f"{size['width']} {theme}: {one}" for one in _broken(page)]
    return found


def _broken(page: Page) -> list[str]:
    found = page.evaluate("axe.run().then(({ violations }) => violations)")
    return [
        f"{one['id']}: {one['help']} {[node['html'][:120] for node in one['nodes'][:3]]}" for one in found
    ]
