"""The links in a text that somebody typed."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from linkify_it import LinkifyIt
from linkify_it.main import Match

# What longer words cost grows with the square of their length.
LONGEST_WORD = 2_048

# Without one of these there is no link, and most texts have none of them.
_POSSIBLE = re.compile(r"://|@|\.[^\W\d_]")
# In scripts that write without spaces a sentence goes on behind a link; so it does behind what turns the
# direction of writing, which in a link only hides where it leads.
_WORD = re.compile(
    r"[^\s\u3000-\u303f\uff01-\uff0f\uff1a-\uff1f\uff3b-\uff3d\uff5b-\uff65"  # 、。「」（），：；！？
    r"\u060c\u061b\u061f\u06d4\u00ab\u00bb\u2018\u201a-\u201f\u2039\u203a"  # ،؛؟۔«»‘‚“”„‹›
    r"\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+"
)
_NEVER_LAST = ".,;:!?…’–—"
_finder = LinkifyIt().add("ftp:", None).add("//", None)


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
    for word in _WORD.finditer(text):
        if len(word[0]) > LONGEST_WORD or not _POSSIBLE.search(word[0]):
            continue
        for match in _finder.match(word[0]) or ():
            raw = match.raw.rstrip(_NEVER_LAST)
            yield word.start() + match.index, raw, _address(match, raw)


def _address(match: Match, raw: str) -> str:
    scheme: str = match.schema or "https://"
    return scheme + raw[len(scheme) :] if raw.lower().startswith(scheme) else scheme + raw
