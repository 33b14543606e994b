"""Writing and sending as the person sees it: at once, in place, and within the limits."""

import pytest
from playwright.sync_api import expect

from tests.browser.pieces import SIDE, UNREAD, message, messages
from tests.browser.sending import SEND, field, say, stored, waiting
from tests.browser.stage import Answer
from tests.servers import wait_until


def test_a_message_shows_at_once_and_becomes_the_stored_one_in_place(open_log, stage, held):
    stage.answer(SEND, held(stored(2, "hello")))
    log = open_log(messages([1]), position=1)
    say(log, "hello")
    expect(waiting(log).locator(".message__body")).to_have_text("hello")
    expect(field(log)).to_be_focused()
    expect(field(log)).to_have_value("")
    same = waiting(log).element_handle()
    held.let_go()
    expect(log.page.locator('[data-order="2"]')).to_be_attached()
    assert log.orders() == ["1", "2"]
    assert same.get_attribute("data-order") == "2"
    assert log.position == 1


def test_the_bubble_is_there_within_50_milliseconds(open_log, stage, held):
    stage.answer(SEND, held(stored(2, "quick")))
    log = open_log(messages(range(-319, 1)), position=1)
    field(log).fill("quick")
    took = field(log).evaluate(
        """field => { const start = performance.now();
            const options = { key: "Enter", bubbles: true, cancelable: true };
            field.dispatchEvent(new KeyboardEvent("keydown", options));
            const there = document.querySelector(".message--pending") !== null;
            return there ? performance.now() - start : Infinity }"""
    )
    assert took <= 50


def test_the_post_carries_the_key_of_the_bubble_and_the_csrf_token(open_log, stage):
    stage.answer(SEND, stored(2, "hello"))
    log = open_log(messages([1]), position=1)
    say(log, "hello")
    expect(log.page.locator('[data-order="2"]')).to_be_attached()
    (asked,) = [asked for asked in stage.asked if asked.verb == "POST"]
    assert log.page.locator('[data-order="2"]').get_attribute("id") == f"message-{asked.form['key']}"
    assert (asked.form["body"], asked.csrf) == ("hello", "token")


def test_the_line_may_be_quicker_than_the_answer(open_log, stage, held):
    stage.answer(SEND, held(stored(2, "hello")))
    log = open_log(messages([1]), position=1)
    say(log, "hello")
    key = waiting(log).get_attribute("id").removeprefix("message-")
    log.line_says(message(2, key=key, body="hello", side=SIDE))
    expect(waiting(log)).to_have_count(0)
    held.let_go()
    assert (log.orders(), log.position) == (["1", "2"], 2)


def test_what_the_other_says_meanwhile_stands_before_what_waits(open_log, stage, held):
    stage.answer(SEND, held(stored(3, "mine")))
    log = open_log(messages([1]), position=1)
    say(log, "mine")
    log.line_says(message(2))
    assert log.orders()[:2] == ["1", "2"]
    assert len(log.orders()) == 3


def test_what_is_typed_survives_a_reload(open_log):
    log = open_log(messages([1]), position=1)
    field(log).fill("half a thought")
    log.page.reload()
    expect(field(log)).to_have_value("half a thought")


def test_what_one_says_oneself_is_not_read_out(open_log, stage, held):
    stage.answer(SEND, held(stored(2, "hello")))
    log = open_log(messages([1]), position=1)
    say(log, "hello")
    expect(waiting(log)).to_have_attribute("aria-live", "off")
    held.let_go()
    expect(log.page.locator('[data-order="2"]')).to_have_attribute("aria-live", "off")


def test_whoever_answers_has_read_and_the_new_line_goes(open_log, stage):
    stage.answer(SEND, stored(3, "hello"))
    log = open_log(message(1) + UNREAD + message(2), position=2)
    assert log.orders() == ["1", "new", "2"]
    say(log, "hello")
    expect(log.page.locator('[data-order="3"]')).to_be_attached()
    assert log.orders() == ["1", "2", "3"]


def test_shift_enter_breaks_the_line(open_log):
    log = open_log(messages([1]), position=1)
    field(log).fill("one")
    field(log).press("Shift+Enter")
    expect(field(log)).to_have_value("one\n")
    expect(waiting(log)).to_have_count(0)


@pytest.mark.parametrize("sign", ["isComposing: true", "keyCode: 229", "shiftKey: true"])
def test_enter_of_an_input_method_sends_nothing(open_log, sign):
    log = open_log(messages([1]), position=1)
    field(log).fill("かな")
    field(log).evaluate(
        f"""field => {{ const options = {{ key: "Enter", bubbles: true, cancelable: true, {sign} }};
            field.dispatchEvent(new KeyboardEvent("keydown", options)) }}"""
    )
    expect(waiting(log)).to_have_count(0)
    expect(field(log)).to_have_value("かな")


def test_on_touch_enter_breaks_the_line(open_log):
    touch = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 800}}
    log = open_log(messages([1]), position=1, browser_options=touch)
    field(log).fill("one")
    field(log).press("Enter")
    expect(field(log)).to_have_value("one\n")


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_nothing_but_space_cannot_be_sent(open_log, text):
    log = open_log(messages([1]), position=1)
    say(log, text)
    expect(log.page.get_by_role("button", name="Send")).to_be_disabled()
    expect(waiting(log)).to_have_count(0)


def test_the_limit_counts_characters_and_shows_from_9000(open_log):
    log = open_log(messages([1]), position=1)
    count, send = log.page.locator(".composer__count"), log.page.get_by_role("button", name="Send")
    field(log).fill("𝕏" * 8_999)
    expect(count).to_be_hidden()
    field(log).fill("𝕏" * 10_000)
    expect(count).to_have_text("10,000 / 10,000")
    expect(send).to_be_enabled()
    field(log).fill("𝕏" * 10_001)
    expect(count).to_have_class("composer__count composer__count--over")
    expect(send).to_be_disabled()


def test_while_an_edit_is_on_its_way_nothing_is_typed_that_would_go_with_it(open_log, stage, held):
    stage.answer("/chats/T/messages/1", held(Answer(message(1, 2, "better words", side=SIDE))))
    log = open_log(message(1, side=SIDE), position=1)
    field(log).press("ArrowUp")
    field(log).fill("better words")
    field(log).press("Enter")
    wait_until(lambda: stage.paths("PATCH"), 5, "the edit")
    field(log).press_sequentially(" and the next thing")
    field(log).press("Enter")
    expect(field(log)).to_have_value("better words")
    held.let_go()
    expect(field(log)).to_have_value("")
    field(log).press_sequentially("the next thing")
    expect(field(log)).to_have_value("the next thing")
    assert len(stage.paths("PATCH")) == 1


def test_the_answer_to_an_edit_takes_the_focus_from_nobody(open_log, stage, held):
    stage.answer("/chats/T/messages/1", held(Answer(message(1, 2, "better words", side=SIDE))))
    log = open_log(message(1, side=SIDE), position=1)
    field(log).press("ArrowUp")
    field(log).press("Enter")
    wait_until(lambda: stage.paths("PATCH"), 5, "the edit")
    log.page.locator(".message").focus()
    held.let_go()
    expect(field(log)).to_have_value("")
    expect(log.page.locator(".message")).to_be_focused()
