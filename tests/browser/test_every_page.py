"""What holds on every page: no error, no breach of the content policy, no barrier that axe knows."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.barriers import barriers_in_every_look

TEXTS = ("hello", "<script>alert(1)</script>", "السلام عليكم", "今日は", "x" * 300)


@pytest.fixture
def settled(page_for):
    """A page that has stopped changing: its lines are open, its animations over."""

    def open_page(person, path: str, **options) -> Page:
        page = page_for(person, path, reduced_motion="reduce", **options)
        if person:
            expect(page.locator("#app")).to_have_attribute("data-line", "open")
        return page

    return open_page


PAGES = {
    "nobody": ("/login", "/register", "/forgotten", "/forgotten?sent=", "/reset?token=none", "/nowhere"),
    "carol": ("/chats",),
    "alice": (
        "/chats",
        "/chats?q=bo",
        "/chats?requests",
        "/chats/T",
        "/chats/T/report?message=1",
        "/search?q=hello",
    ),
    "alice in her settings": (
        "/settings?saved",
        "/settings/notifications",
        "/settings/profile?saved",
        "/settings/account?done=password",
        "/settings/account/password",
        "/settings/account/email",
        "/settings/data",
        "/settings/data/delete",
        "/settings/data/pause",
        "/settings/account/second-step?done=app-off",
        "/settings/account/second-step/app",
    ),
}


@pytest.mark.parametrize("who", PAGES)
def test_no_page_has_a_barrier(settled, page_for, alice, bob, carol, chat, talk, who):
    page_for.expect(r"status of 404")
    talk(bob, *TEXTS)
    talk(alice, *TEXTS)
    person = {"nobody": None, "carol": carol}.get(who, alice)
    page = settled(person, "/")
    for path in PAGES[who]:
        page.goto(path.replace("/T", f"/{chat.topic}"))
        if person:
            expect(page.locator("#app")).to_have_attribute("data-line", "open")
        assert not barriers_in_every_look(page), path


def test_a_script_in_a_message_is_only_text(settled, alice, bob, chat, talk):
    talk(bob, "<img src=x onerror=alert(1)>", "<script>document.title = 'owned'</script>", "{{ 7 * 7 }}")
    page = settled(alice, f"/chats/{chat.topic}")
    expect(page.locator(".message__body").first).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".message__body").last).to_have_text("{{ 7 * 7 }}")
    assert page.locator("#messages img, #messages script").count() == 0
    assert "owned" not in page.title()


def test_arabic_runs_from_the_right_wherever_it_stands(settled, alice, bob, chat, talk):
    talk(bob, "hello", "السلام عليكم")
    page = settled(alice, f"/chats/{chat.topic}")
    page.locator("#body").fill("وعليكم السلام")
    direction = "(element) => getComputedStyle(element).direction"
    for part, runs in (
        (page.locator(".message__body").first, "ltr"),
        (page.locator(".message__body").last, "rtl"),
        (page.locator(".row__preview"), "rtl"),
        (page.locator("#body"), "rtl"),
    ):
        assert part.evaluate(direction) == runs


def test_a_message_is_announced_with_its_sender(settled, alice, bob, chat, talk):
    page = settled(alice, f"/chats/{chat.topic}")
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log).to_have_attribute("aria-relevant", "additions")
    talk(bob, "good news")
    page.reload()
    assert page.locator(".message").inner_text().startswith("bob,")
