"""Two people whose pages are on two hosts, while Redis comes and goes."""

import dataclasses

import pytest
from playwright.sync_api import expect

from tests.browser.home import home
from tests.browser.talking import BANNER, bodies, expect_lines, preview, say


@pytest.fixture
def redis(start_redis):
    return start_redis()


@pytest.fixture
def settings(settings, redis):
    return dataclasses.replace(settings, redis_url=redis.url)


def test_both_see_everything_also_what_was_said_while_redis_was_away(browser, hosts, redis, alice, bob, chat):
    path = f"/chats/{chat.topic}"
    with home(browser, hosts[0].port, alice, path) as hers, home(browser, hosts[1].port, bob, path) as his:
        (one,), (other,) = hers.pages, his.pages
        say(one, "over here")
        expect(bodies(other)).to_have_text(["over here"])
        redis.stop()
        say(one, "can you hear me?")
        expect(bodies(one)).to_have_text(["over here", "can you hear me?"])
        expect(bodies(other)).to_have_text(["over here"])
        redis.start()
        expect(bodies(other)).to_have_text(["over here", "can you hear me?"], timeout=3_000)
        for page in (one, other):
            expect_lines(page)
            expect(preview(page).first).to_contain_text("can you hear me?", timeout=5_000)
        say(other, "now I do")
        for page in (one, other):
            expect(bodies(page)).to_have_text(["over here", "can you hear me?", "now I do"])
            expect(page.locator(BANNER)).to_be_empty()
