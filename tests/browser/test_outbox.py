"""What could not be sent: in order, never twice, and never lost."""

import pytest
from playwright.sync_api import expect

from tests.browser.logs import stop_clock
from tests.browser.pieces import messages
from tests.browser.sending import SEND, failed, field, say, sent_bodies, stored, waiting
from tests.browser.stage import Answer
from tests.servers import wait_until


def test_messages_go_out_one_after_another_in_the_order_typed(open_log, stage, held):
    stage.answer(SEND, held(stored(2, "one")), stored(3, "two"), stored(4, "three"))
    log = open_log(messages([1]), position=1)
    for text in ("one", "two", "three"):
        say(log, text)
    expect(waiting(log)).to_have_count(3)
    wait_until(lambda: sent_bodies(stage), 5, "the first message")
    assert sent_bodies(stage) == ["one"]
    held.let_go()
    expect(waiting(log)).to_have_count(0)
    assert (sent_bodies(stage), log.orders()) == (["one", "two", "three"], ["1", "2", "3", "4"])


def test_a_failure_of_the_server_is_tried_again_under_the_same_key(open_log, stage, on_stage):
    on_stage.expect("status of 503")
    stage.answer(SEND, Answer(status=503), Answer(status=503), stored(2, "hello"))
    log = open_log(messages([1]), position=1)
    say(log, "hello")
    expect(log.page.locator('[data-order="2"]')).to_be_attached(timeout=15_000)
    assert len({asked.form["key"] for asked in stage.asked}) == 1
    assert len(stage.asked) == 3


@pytest.mark.parametrize("status", [403, 404, 409, 422])
def test_a_refused_message_says_why_and_can_be_discarded(open_log, stage, on_stage, status):
    on_stage.expect(f"status of {status}")
    stage.answer(SEND, Answer('<p class="problem" role="alert">Because it is so.</p>', status))
    log = open_log(messages([1]), position=1)
    say(log, "no")
    expect(failed(log).locator("[data-reason]")).to_have_text("Because it is so.")
    expect(field(log)).to_be_focused()
    failed(log).get_by_role("button", name="Discard").click()
    expect(failed(log)).to_have_count(0)
    log.page.reload()
    expect(log.page.locator(".message")).to_have_count(1)


def test_a_refused_message_can_be_sent_again_under_the_same_key(open_log, stage, on_stage):
    on_stage.expect("status of 422")
    stage.answer(SEND, Answer('<p class="problem">No.</p>', 422), stored(2, "please"))
    log = open_log(messages([1]), position=1)
    say(log, "please")
    failed(log).get_by_role("button", name="Retry").click()
    expect(log.page.locator('[data-order="2"]')).to_be_attached()
    expect(log.page.locator(".message__failure")).to_have_count(0)
    assert len({asked.form["key"] for asked in stage.asked}) == 1


def test_a_refused_message_does_not_hold_up_the_next(open_log, stage, on_stage):
    on_stage.expect("status of 422")
    stage.answer(SEND, Answer('<p class="problem">No.</p>', 422), stored(2, "fine"))
    log = open_log(messages([1]), position=1)
    say(log, "bad")
    say(log, "fine")
    expect(log.page.locator('[data-order="2"]')).to_be_attached()
    expect(failed(log)).to_have_count(1)


@pytest.mark.parametrize(("status", "banner"), [(401, "Sign in again"), (400, "Out of date")])
def test_signed_out_nothing_is_swapped_and_the_text_is_sent_after_coming_back(
    open_log, stage, on_stage, status, banner
):
    on_stage.expect(f"status of {status}")
    stage.answer(SEND, Answer('<form><input name="password"></form>', status), stored(2, "still here"))
    log = open_log(messages([1]), position=1)
    say(log, "still here")
    expect(log.page.locator("#banner")).to_have_text(banner)
    expect(waiting(log)).to_have_count(1)
    log.page.reload()
    expect(log.page.locator('[data-order="2"]')).to_be_attached()


def test_too_fast_waits_as_long_as_it_is_told(open_log, stage, on_stage):
    on_stage.expect("status of 429")
    stage.answer(SEND, Answer("", 429, (("Retry-After", "7"),)), stored(2, "again"), stored(3, "and again"))
    log = open_log(messages([1]), position=1)
    stop_clock(log.page)
    say(log, "again")
    expect(waiting(log)).to_have_count(1)
    wait_until(lambda: len(stage.asked) == 1, 5, "the first post")
    say(log, "and again")
    log.page.clock.run_for(6_000)
    assert sent_bodies(stage) == ["again"]
    log.page.clock.run_for(1_100)
    expect(log.page.locator('[data-order="3"]')).to_be_attached()
    assert sent_bodies(stage) == ["again", "again", "and again"]


def test_unsent_messages_survive_a_reload_and_are_sent_in_order(open_log, stage, on_stage):
    on_stage.expect("status of 503")
    stage.answer(SEND, Answer(status=503))
    log = open_log(messages([1]), position=1)
    say(log, "first")
    say(log, "second")
    address = log.page.url
    log.page.goto("about:blank")
    stage.answer(SEND, stored(2, "first"), stored(3, "second"))
    log.page.goto(address)
    expect(log.page.locator('[data-order="3"]')).to_be_attached()
    assert sent_bodies(stage)[-2:] == ["first", "second"]
    assert log.orders() == ["1", "2", "3"]


def test_unsent_messages_show_in_no_other_chat_and_for_nobody_else(open_log, stage, on_stage):
    on_stage.expect("status of 503")
    stage.answer(SEND, Answer(status=503))
    log = open_log(messages([1]), position=1)
    say(log, "for bob only")
    field(log).fill("a draft for bob")
    page = stage.page
    stage.page = page.replace('data-topic="T"', 'data-topic="U"')
    log.page.reload()
    expect(log.page.locator(".message")).to_have_count(1)
    expect(field(log)).to_have_value("")
    stage.page = page.replace('data-person="1"', 'data-person="2"')
    log.page.reload()
    expect(log.page.locator(".message")).to_have_count(1)
    expect(field(log)).to_have_value("")
