"""Whether an open log is what the server would render now."""

from playwright.sync_api import Page

from tests.people import Visitor

# What scripts put on a message is taken off (static/js/patch.js names it). Times are in the reader's zone,
# attributes may stand in any order.
PLAIN = """
  const OURS = ["data-gap", "tabindex", "aria-current", "aria-live", "data-htmx-powered", "title"];
  const plain = (article) => {
    const copy = article.cloneNode(true);
    copy.classList.remove("message--current", "message--flash");
    for (const time of copy.querySelectorAll("time")) time.textContent = "";
    for (const part of [copy, ...copy.querySelectorAll("*")]) {
      const all = [...part.attributes].map(({ name, value }) => [name, value]).sort();
      for (const [name] of all) part.removeAttribute(name);
      for (const [name, value] of all) if (!OURS.includes(name)) part.setAttribute(name, value);
    }
    return copy.outerHTML;
  };
"""
SHOWN = f"(log) => {{ {PLAIN} return [...log.querySelectorAll(':scope > .message')].map(plain); }}"
RENDERED = f"""(html) => {{ {PLAIN}
  const page = new DOMParser().parseFromString(html, "text/html");
  const messages = [...page.querySelectorAll(".message[data-order]")];
  return messages.sort((one, other) => one.dataset.order - other.dataset.order).map(plain);
}}"""
FEW = 40


def shown(page: Page) -> list[str]:
    """The messages of an open page in the order shown, without what scripts put on."""
    return page.locator("#messages").evaluate(SHOWN)


def rendered(page: Page, visitor: Visitor, path: str) -> list[str]:
    """The messages of a conversation as the server renders them, oldest first; a fresh page ends alike."""
    answers = [visitor.get(f"{path}{query}") for query in ("/messages?after=0", "?newest")]
    everything, newest = (page.evaluate(RENDERED, answer.text) for answer in answers)
    assert newest == everything[-FEW:]
    return everything


def assert_same(page: Page, everything: list[str]) -> None:
    """The page shows a part of everything without a hole, and reaches as far as it says that it does."""
    log, here = page.locator("#messages"), shown(page)
    start = everything.index(here[0]) if here[:1] and here[0] in everything else 0
    if log.get_attribute("data-oldest") == "yes":
        start = 0
    end = len(everything) if log.get_attribute("data-newest") == "yes" else start + len(here)
    assert here == everything[start:end]
