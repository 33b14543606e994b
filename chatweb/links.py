"""The links in a text that somebody typed."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from linkify_it import LinkifyIt
from linkify_it.main import Match

# The time that a word can take grows with the square of its length. All of a text get as much as this one.
LONGEST_WORD = 1_024
MOST_BEGINNINGS = 8

# Without one of these there is no link, and most texts have none of them.
_POSSIBLE = re.compile(r"://|@|\.[^\W\d_]")
_BEGINNING = re.compile(r"://|@|www\.|mailto:", re.IGNORECASE)
# In scripts that write without spaces a sentence goes on behind a link; so it does behind what turns the
# direction of writing, which in a link only hides where it leads.
_WORD = re.compile(
    r"[^\s\u3000-\u303f\uff01-\uff0f\uff1a-\uff1f\uff3b-\uff3d\uff5b-\uff65"  # 、。「」（），：；！？
    r"\u060c\u061b\u061f\u06d4\u00ab\u00bb\u2018\u201a-\u201f\u2039\u203a"  # ،؛؟۔«»‘‚“”„‹›
    r"\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+"
)
_NEVER_LAST = ".,;:!?…’–—"


class _Finder(LinkifyIt):  # type: ignore[misc] # it tells no types
    """The library's, in time that does not double with every label of a host that begins with `xn--`.

    Such labels fit its pattern of a label in two ways, and it would try every combination.
    """

    re: dict[str, str]

    def _on_compile(self) -> None:
        twofold = self.re["src_domain"]
        single = twofold.replace(self.re["src_xn"] + "|", "", 1)
        self.re = {name: pattern.replace(twofold, single) for name, pattern in self.re.items()}


_finder = _Finder().add("ftp:", None).add("//", None)


class Part(NamedTuple):
    """A piece of a text; `address` is where it leads, None for words that are no link."""

    text: str
    address: str | None


def parts(text: str) -> list[Part]:
    """The text cut into links and what lies between; put together the pieces are the text.

    Addresses begin with `http://`, `https://` or `mailto:`.
    """
    if not _POSSIBLE.search(text):
        return [Part(text, None)]
    found, end = [], 0
    for start, raw, address in _links(text):
        if start > end:
            found.append(Part(text[end:start], None))
        found.append(Part(raw, address))
        end = start + len(raw)
    if end < len(text):
        found.append(Part(text[end:], None))
    return found


def _links(text: str) -> Iterator[tuple[int, str, str]]:
    left = LONGEST_WORD**2
    for word in _WORD.finditer(text):
        cost = len(word[0]) ** 2
        if cost > left or not _is_worth_a_look(word[0]):
            continue
        left -= cost
        for match in _finder.match(word[0]) or ():
            raw = match.raw.rstrip(_NEVER_LAST)
            yield word.start() + match.index, raw, _address(match, raw)


def _is_worth_a_look(word: str) -> bool:
    return bool(_POSSIBLE.search(word)) and len(_BEGINNING.findall(word)) <= MOST_BEGINNINGS


def _address(match: Match, raw: str) -> str:
    scheme: str = match.schema or "https://"
    return scheme + raw[len(scheme) :] if raw.lower().startswith(scheme) else scheme + raw
