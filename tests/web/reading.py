"""Reading pages as a browser would: elements by class, id or name, and their text."""

from html.parser import HTMLParser
from typing import NamedTuple

VOID = frozenset(
    ("area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)


class Element(NamedTuple):
    """An element of a page; `text` is all text inside it, unescaped."""

    tag: str
    attributes: dict[str, str | None]
    text: str

    @property
    def classes(self) -> set[str]:
        return set((self.attributes.get("class") or "").split())


class _Reader(HTMLParser):
    """Collects elements, except what lies inside a `<template>`: a browser does not show it either."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Element] = []
        self._open: list[tuple[str, int | None, list[str]]] = []

    def handle_starttag(self, tag, attrs):
        index = None if self._is_inert() else len(self.found)
        if index is not None:
            self.found.append(Element(tag, dict(attrs), ""))
        if tag not in VOID:
            self._open.append((tag, index, []))

    def handle_endtag(self, tag):
        assert [tag] == [open_tag for open_tag, _, _ in self._open[-1:]], f"</{tag}> closes something else"
        _, index, parts = self._open.pop()
        if index is not None:
            self.found[index] = self.found[index]._replace(text="".join(parts))

    def handle_data(self, data):
        if not self._is_inert():
            for _, _, parts in self._open:
                parts.append(data)

    def close(self):
        super().close()
        assert not self._open, f"never closed: {[tag for tag, _, _ in self._open]}"

    def _is_inert(self):
        return any(tag == "template" for tag, _, _ in self._open)


def elements(html: str) -> list[Element]:
    """All elements in the order of their start tags. The page must be well-formed."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def by_class(html: str, name: str) -> list[Element]:
    return [one for one in elements(html) if name in one.classes]


def by_id(html: str, name: str) -> Element:
    return _only([one for one in elements(html) if one.attributes.get("id") == name], f"id {name!r}")


def typed(html: str, name: str) -> str:
    """What stands in the form field of this name that a person fills in."""
    named = [one for one in elements(html) if one.attributes.get("name") == name]
    one = _only([one for one in named if one.attributes.get("type") != "hidden"], f"name {name!r}")
    return one.text.removeprefix("\n") if one.tag == "textarea" else one.attributes.get("value") or ""


def hidden(html: str, name: str) -> str | None:
    """The value of the first hidden field of this name."""
    named = [one for one in elements(html) if one.attributes.get("name") == name]
    return next(one.attributes["value"] for one in named if one.attributes.get("type") == "hidden")


def problems(html: str) -> list[str]:
    """What a page or fragment says was wrong."""
    found = [one for one in elements(html) if one.classes & {"problem", "field__error"}]
    return [words for one in found if (words := " ".join(one.text.split()))]


def messages(html: str) -> list[Element]:
    return by_class(html, "message")


def bodies(html: str) -> list[str]:
    """The texts of the messages of a page or fragment."""
    return [one.text for one in by_class(html, "message__body")]


def rows(html: str) -> list[Element]:
    """The conversations of an inbox."""
    return by_class(html, "rows__item")


def _only(found: list[Element], what: str) -> Element:
    assert len(found) == 1, f"{len(found)} elements with {what}"
    return found[0]
