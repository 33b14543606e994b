"""What a browser is, from what it calls itself."""

import pytest

from chatweb.domain.agents import device

SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0"
AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0": ("Firefox", "Linux"),
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36": ("Chrome", "Windows"),
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/156.0.0.0": ("Edge", "Windows"),
    f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36": ("Chrome", "ChromeOS"),
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI}": ("Safari", "Mac"),
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {CHROME} Safari/537.36 OPR/120.0": ("Opera", "Mac"),
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) {SAFARI}": ("Safari", "iPhone"),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 CriOS/156.0 Safari/604.1": (
        "Chrome",
        "iPhone",
    ),
    "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 FxiOS/148.0 Safari/605.1.15": (
        "Firefox",
        "iPad",
    ),
    f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36": ("Chrome", "Android"),
    f"Mozilla/5.0 (Linux; Android 14; SM-S921B) SamsungBrowser/28.0 {CHROME} Mobile Safari/537.36": (
        "Samsung Internet",
        "Android",
    ),
    "Mozilla/5.0 (Android 15; Mobile; rv:148.0) Gecko/148.0 Firefox/148.0": ("Firefox", "Android"),
    "curl/8.14.1": (None, None),
    "": (None, None),
}


@pytest.mark.parametrize("agent", AGENTS)
def test_browser_and_system_have_the_names_that_people_know(agent):
    assert device(agent) == AGENTS[agent]


def test_phones_and_tablets_are_held_in_the_hand():
    in_the_hand = {device(agent).system for agent in AGENTS if device(agent).is_in_the_hand}
    assert in_the_hand == {"iPhone", "iPad", "Android"}
