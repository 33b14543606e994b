"""What browsers call themselves, in the words that people use."""

from typing import NamedTuple

# The first that is found counts: Edge says that it is Chrome too, and Chrome that it is Safari.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "Chrome/": "Chrome",
    "CriOS/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}
_IN_THE_HAND = {"iPhone", "iPad", "Android"}


class Device(NamedTuple):
    """The names of a browser and of what it runs on; None for what is not known."""

    browser: str | None
    system: str | None

    @property
    def is_in_the_hand(self) -> bool:
        """Whether it is a phone or a tablet."""
        return self.system in _IN_THE_HAND


def device(agent: str) -> Device:
    """What a browser is, as far as it says so in its `User-Agent`."""
    return Device(_first(_BROWSERS, agent), _first(_SYSTEMS, agent))


def _first(names: dict[str, str], agent: str) -> str | None:
    return next((name for sign, name in names.items() if sign in agent), None)
