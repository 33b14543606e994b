"""Where to go after signing in: only to a page of this site."""

import re
from urllib.parse import urlsplit

_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")


def safe_next(target: str | None, default: str) -> str:
    r"""The wanted page if it is a plain path of this site, else the default.

    Browsers read `//host`, `/\host` and control characters as ways to another site.
    """
    if not target or not _PATH.fullmatch(target):
        return default
    try:
        parts = urlsplit(target)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc else target
