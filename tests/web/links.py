"""Links in mails, and where they lead on this site."""

import re


def link_in(message, site: str = "http://127.0.0.1:8000") -> str:
    """The path of the one link with a token in a mail."""
    (link,) = re.findall(rf"^{re.escape(site)}(/\w+\?token=\S+)$", message.get_content(), re.MULTILINE)
    return link


def token_in(message) -> str:
    """The token of that link."""
    return link_in(message).partition("token=")[2]
