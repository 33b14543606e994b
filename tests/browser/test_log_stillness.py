"""What a live update must leave alone: focus, selection, the place in view, and the screen reader's peace."""

import pytest
from playwright.sync_api import expect

from tests.browser.pieces import message, messages, up_to
from tests.browser.stage import Answer

TOP_OF = "element => element.getBoundingClientRect().top"


def test_focus_stays_on_a_message_that_is_edited(open_log):
    log = open_log(messages([1, 2]), position=2)
    log.page.locator('[data-order="1"]').focus()
    log.line_says(message(1, 3, "edited"))
    log.line_says(message(3, 4))
    expect(log.page.locator('[data-order="1"]')).to_be_focused()


def test_focus_stays_on_a_message_that_moves(open_log):
    log = open_log(messages([1, 2]), position=2)
    log.page.locator('[data-order="1"]').focus()
    log.line_says(message(9, 3, key="k1"))
    expect(log.page.locator('[data-order="9"]')).to_be_focused()


def test_selected_text_stays_selected_through_ten_events(open_log):
    log = open_log(message(1, body="choose these words please") + message(2), position=2)
    log.page.locator('[data-order="1"] .message__body').evaluate(
        """body => getSelection().setBaseAndExtent(body.firstChild, 7, body.firstChild, 18)"""
    )
    for revision in range(3, 8):
        log.line_says(message(1, revision, f"choose these words please{'!' * revision}"))
        log.line_says(message(revision, revision + 5))
    assert log.page.evaluate("getSelection().toString()") == "these words"


def test_a_half_typed_form_inside_a_message_stays(open_log):
    log = open_log(messages([1, 2]), position=2)
    log.page.locator('[data-order="1"]').evaluate(
        """message => { const field = document.createElement("input"); field.dataset.keep = "";
            field.value = "half"; message.append(field); field.focus() }"""
    )
    log.line_says(message(1, 3, "edited"))
    expect(log.page.locator('[data-order="1"] input')).to_be_focused()
    expect(log.page.locator('[data-order="1"] input')).to_have_value("half")


def test_an_element_that_need_not_change_is_not_touched(open_log):
    log = open_log(messages([1, 2]), position=2)
    log.page.evaluate(
        """() => { window.touched = [];
            const options = { subtree: true, childList: true, attributes: true, characterData: true };
            const watch = new MutationObserver(all => window.touched.push(...all.map(one => one.type)));
            watch.observe(document.querySelector('[data-order="1"]'), options) }"""
    )
    log.line_says(message(1, 1))
    log.line_says(message(3))
    log.caught_up(messages([1, 2, 3]) + up_to(3))
    assert log.page.evaluate("window.touched") == []


@pytest.mark.parametrize("event", ["below", "above", "edited above"])
def test_the_first_message_in_view_does_not_move(open_log, stage, event):
    stage.answer("/chats/T/messages?before=100", Answer(status=204))
    log = open_log(messages(range(100, 140)), position=140, oldest="no")
    scroll = log.page.locator(".scroll")
    scroll.evaluate("scroll => { scroll.scrollTop = -700 }")
    seen = log.page.locator('[data-order="120"]')
    before = seen.evaluate(TOP_OF)
    if event == "below":
        log.line_says(message(141))
    elif event == "above":
        log.older_page(messages(range(60, 100)), before=100)
    else:
        log.line_says(message(101, 141, "line\n" * 9))
    assert abs(seen.evaluate(TOP_OF) - before) <= 1


def test_within_100_pixels_of_the_bottom_it_sticks(open_log):
    log = open_log(messages(range(1, 41)), position=40)
    log.page.locator(".scroll").evaluate("scroll => { scroll.scrollTop = -90 }")
    log.line_says(message(41, body="line\n" * 9))
    assert log.page.locator(".scroll").evaluate("scroll => scroll.scrollTop") == 0


def test_further_up_the_pill_counts_what_comes_and_leads_back(open_log):
    log = open_log(messages(range(1, 41)), position=40)
    scroll, pill = log.page.locator(".scroll"), log.page.locator("#pill")
    expect(pill).to_be_hidden()
    scroll.evaluate("scroll => { scroll.scrollTop = -500 }")
    expect(pill).to_have_attribute("aria-label", "Jump to latest")
    log.line_says(message(41))
    log.line_says(message(42, side=1))
    log.line_says(message(1, 43, "edited"))
    expect(pill).to_have_text("1 new message")
    log.line_says(message(44))
    expect(pill).to_have_text("2 new messages")
    log.line_says(message(44, 45).replace('class="message"', 'class="message message--removed"'))
    expect(pill).to_have_text("1 new message")
    pill.click()
    expect(pill).to_be_hidden()
    assert scroll.evaluate("scroll => scroll.scrollTop") == 0


def test_far_up_the_pill_leads_back_with_one_request(open_log, stage):
    stage.answer("/chats/T/messages", Answer(messages(range(461, 501)) + up_to(500)))
    stage.answer("/chats/T/messages?newer=40", Answer(messages(range(41, 81))))
    log = open_log(messages(range(1, 41)), position=500, newest="no")
    log.page.locator("#pill").click()
    expect(log.page.locator('[data-order="500"]')).to_be_in_viewport()
    assert stage.paths() == ["/chats/T/messages"]
    assert log.orders()[0] == "461"


def test_scrolling_up_loads_older_pages_until_there_are_none(open_log, stage):
    stage.answer("/chats/T/messages?before=81", Answer(messages(range(41, 81))))
    stage.answer("/chats/T/messages?before=41", Answer(messages(range(1, 41))))
    stage.answer("/chats/T/messages?before=1", Answer(status=204))
    log = open_log(messages(range(81, 121)), position=120, oldest="no")
    for first in (41, 1):
        log.page.locator(".scroll").evaluate("scroll => { scroll.scrollTop = -scroll.scrollHeight }")
        expect(log.page.locator(f'[data-order="{first}"]')).to_be_attached()
    log.page.locator(".scroll").evaluate("scroll => { scroll.scrollTop = -scroll.scrollHeight }")
    expect(log.element).to_have_attribute("data-oldest", "yes")
    assert log.orders() == [str(order) for order in range(1, 121)]


def test_at_most_320_messages_stay_and_both_ends_load_again(open_log, stage):
    for first in range(361, 0, -40):
        stage.answer(f"/chats/T/messages?before={first}", Answer(messages(range(first - 40, first))))
        stage.answer(f"/chats/T/messages?newer={first - 1}", Answer(messages(range(first, first + 40))))
    stage.answer("/chats/T/messages?before=1", Answer(status=204))
    stage.answer("/chats/T/messages?newer=400", Answer(status=204))
    log = open_log(messages(range(361, 401)), position=400, oldest="no")
    scroll = log.page.locator(".scroll")
    for first in range(321, 0, -40):
        scroll.evaluate("scroll => { scroll.scrollTop = -scroll.scrollHeight }")
        expect(log.page.locator(f'[data-order="{first}"]')).to_be_attached()
    assert (len(log.orders()), log.element.get_attribute("data-newest")) == (320, "no")
    assert log.orders() == [str(order) for order in range(1, 321)]
    for last in (360, 400):
        scroll.evaluate("scroll => { scroll.scrollTop = 0 }")
        expect(log.page.locator(f'[data-order="{last}"]')).to_be_attached()
    scroll.evaluate("scroll => { scroll.scrollTop = 0 }")
    expect(log.element).to_have_attribute("data-newest", "yes")
    assert log.orders() == [str(order) for order in range(81, 401)]
    assert log.element.get_attribute("data-oldest") == "no"


def test_the_log_is_busy_while_a_page_loads(open_log, stage, held):
    stage.answer("/chats/T/messages?before=41", held(Answer(messages(range(1, 41)))))
    log = open_log(messages(range(41, 81)), position=80, oldest="no")
    log.page.locator(".scroll").evaluate("scroll => { scroll.scrollTop = -scroll.scrollHeight }")
    expect(log.element).to_have_attribute("aria-busy", "true")
    held.let_go()
    expect(log.page.locator('[data-order="1"]')).to_be_attached()
    assert log.element.get_attribute("aria-busy") is None
