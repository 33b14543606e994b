"""The rules by which fragments find their place in the log, one by one."""

import pytest
from playwright.sync_api import expect

from tests.browser.logs import stop_clock
from tests.browser.pieces import UNREAD, message, messages, up_to
from tests.browser.stage import Answer


def test_a_new_message_goes_to_the_end(open_log):
    log = open_log(messages([1, 2]), position=2)
    log.line_says(message(3))
    assert log.orders() == ["1", "2", "3"]


def test_a_higher_revision_replaces_a_message_in_place(open_log):
    log = open_log(messages([1, 2]), position=2)
    log.line_says(message(1, 3, "better"))
    assert (log.orders(), log.text(1)) == (["1", "2"], "better")


@pytest.mark.parametrize("revision", [4, 5])
def test_a_revision_that_is_not_higher_changes_nothing(open_log, revision):
    log = open_log(message(1, 5, "edited"), position=5)
    log.line_says(message(1, revision, "as it was"))
    assert log.text(1) == "edited"


def test_a_late_catch_up_does_not_undo_an_edit(open_log):
    log = open_log(messages([1, 2]), position=2)
    log.line_says(message(1, 3, "edited twice"))
    log.caught_up(message(1, 2, "edited once") + message(3, 4) + up_to(4))
    assert (log.text(1), log.orders(), log.position) == ("edited twice", ["1", "2", "3"], 4)


def test_what_comes_late_is_placed_by_its_order(open_log):
    log = open_log(messages([1, 5]), position=5)
    log.caught_up(message(3, 6) + message(2, 7) + message(6, 8) + up_to(8))
    assert log.orders() == ["1", "2", "3", "5", "6"]


def test_a_message_whose_order_changed_moves(open_log):
    log = open_log(messages([1, 2, 3]), position=3)
    log.line_says(message(9, 4, key="k1"))
    assert log.orders() == ["2", "3", "9"]


def test_nothing_lands_before_the_new_line(open_log):
    log = open_log(messages([1, 2]) + UNREAD + messages([3, 5]), position=5)
    log.line_says(message(6))
    log.answered(message(7, side=1))
    log.caught_up(message(4, 8) + up_to(8))
    assert log.orders() == ["1", "2", "new", "3", "4", "5", "6", "7"]


def test_the_new_line_stays_with_the_message_that_follows_it(open_log):
    log = open_log(messages([1]) + UNREAD + messages([3]), position=3)
    log.caught_up(message(2, 4) + up_to(4))
    assert log.orders() == ["1", "2", "new", "3"]


def test_a_new_line_at_the_end_stands_before_what_comes(open_log):
    log = open_log(messages([1]) + UNREAD, position=1)
    log.line_says(message(2))
    assert log.orders() == ["1", "new", "2"]


def test_the_new_line_alone_comes_before_the_first_message(open_log):
    log = open_log(UNREAD, position=0)
    log.line_says(message(1))
    assert log.orders() == ["new", "1"]


def test_an_edit_of_an_old_message_opens_no_hole_in_the_history(open_log):
    log = open_log(messages(range(50, 70)), position=69, oldest="no")
    log.line_says(message(7, 70, "edited"))
    assert (log.orders()[0], len(log.orders()), log.position) == ("50", 20, 70)


def test_below_the_first_message_of_a_chat_nothing_is_dropped(open_log):
    log = open_log(messages([5]), position=5, oldest="yes")
    log.caught_up(message(4, 6) + up_to(6))
    assert log.orders() == ["4", "5"]


def test_above_the_loaded_window_messages_only_count(open_log):
    log = open_log(messages(range(1, 41)), position=90, newest="no")
    log.line_says(message(91))
    assert (log.orders()[-1], log.position) == ("40", 91)
    expect(log.page.locator("#pill")).to_have_text("1 new message")


def test_older_pages_go_above_and_do_not_move_the_position(open_log):
    log = open_log(messages(range(50, 70)), position=80, oldest="no")
    log.older_page(messages([48, 49]) + message(47, 81), before=50)
    assert (log.orders()[:4], log.position) == (["47", "48", "49", "50"], 80)


def test_an_older_page_of_another_window_is_dropped(open_log):
    log = open_log(messages(range(50, 70)), position=80, oldest="no")
    log.older_page(messages([8, 9]), before=10)
    assert log.orders()[0] == "50"


def test_the_next_revision_moves_the_position(open_log):
    log = open_log(messages([1]), position=1)
    log.line_says(message(2))
    assert log.position == 2


def test_a_frame_behind_a_hole_does_not_move_the_position(open_log, stage):
    stage.answer("/chats/T/messages?after=1", Answer(up_to(1)))
    log = open_log(messages([1]), position=1)
    log.line_says(message(4))
    assert (log.position, log.orders()) == (1, ["1", "4"])


def test_a_filled_hole_lets_the_position_catch_up_with_what_was_seen(open_log):
    log = open_log(messages([1]), position=1)
    for order in (3, 5, 4, 2):
        log.line_says(message(order))
    assert (log.position, log.orders()) == (5, ["1", "2", "3", "4", "5"])


def test_a_catch_up_moves_the_position_over_what_was_seen_behind_it(open_log):
    log = open_log(messages([1]), position=1)
    log.line_says(message(4))
    log.caught_up(message(2) + message(3) + up_to(3))
    assert log.position == 4


def test_an_own_send_during_an_outage_does_not_hide_three_missed_messages(open_log, stage):
    stage.answer("/chats/T/messages?after=1", Answer(messages([2, 3, 4, 5]) + up_to(5)))
    log = open_log(messages([1]), position=1)
    log.answered(message(5, side=1))
    assert (log.position, log.orders()) == (1, ["1", "5"])
    log.line_says(message(6))
    assert log.position == 1
    expect(log.element).to_have_attribute("data-position", "6")
    assert log.orders() == ["1", "2", "3", "4", "5", "6"]


def test_a_hole_asks_for_catch_up_only_after_a_while(open_log, stage):
    stage.answer("/chats/T/messages?after=1", Answer(messages([2, 3]) + up_to(3)))
    log = open_log(messages([1]), position=1)
    stop_clock(log.page)
    log.line_says(message(3))
    log.page.clock.run_for(900)
    assert stage.paths() == []
    log.page.clock.run_for(200)
    expect(log.element).to_have_attribute("data-position", "3")
    assert stage.paths() == ["/chats/T/messages?after=1"]


def test_a_hole_that_closes_by_itself_asks_for_nothing(open_log, stage):
    log = open_log(messages([1]), position=1)
    stop_clock(log.page)
    log.line_says(message(3))
    log.line_says(message(2))
    log.page.clock.run_for(5_000)
    assert stage.paths() == []


def test_the_same_message_by_both_doors_stands_once(open_log):
    log = open_log(messages([1]), position=1)
    log.line_says(message(2, side=1))
    log.answered(message(2, side=1))
    log.caught_up(message(2, side=1) + up_to(2))
    assert log.orders() == ["1", "2"]


def test_too_far_behind_the_log_becomes_the_newest_page(open_log, stage):
    newest = range(2001, 2041)
    stage.answer("/chats/T/messages", Answer(messages(newest) + up_to(2040)))
    log = open_log(messages([1]) + UNREAD + messages([2]), position=2)
    log.page.locator("textarea").fill("half a thought")
    log.line_says(up_to(2040, reset=True))
    expect(log.element).to_have_attribute("data-position", "2040")
    assert log.orders() == [str(order) for order in newest]
    assert log.element.get_attribute("data-oldest") == "no"
    expect(log.page.locator("textarea")).to_have_value("half a thought")
    expect(log.page.locator("textarea")).to_be_focused()


def test_what_the_line_says_while_the_newest_page_loads_is_kept(open_log, stage, held):
    stage.answer("/chats/T/messages", held(Answer(messages([8, 9]) + up_to(9))))
    log = open_log(messages([1]), position=1)
    log.line_says(up_to(9, reset=True))
    expect(log.element).to_have_attribute("aria-busy", "true")
    log.line_says(message(10))
    log.line_says(message(9, 11, "edited"))
    held.let_go()
    expect(log.element).to_have_attribute("data-position", "11")
    assert (log.orders(), log.text(9)) == (["8", "9", "10"], "edited")


def test_an_edit_that_comes_while_its_page_loads_is_not_lost(open_log, stage, held):
    stage.answer("/chats/T/messages?before=50", held(Answer(messages(range(10, 50)))))
    log = open_log(messages(range(50, 60)), position=60, oldest="no")
    log.page.locator(".scroll").evaluate("scroll => { scroll.scrollTop = -1000 }")
    expect(log.element).to_have_attribute("aria-busy", "true")
    log.line_says(message(20, 61, "edited"))
    held.let_go()
    expect(log.page.locator('[data-order="10"]')).to_be_attached()
    expect(log.page.locator('[data-order="20"] .message__body')).to_have_text("edited")


def test_only_messages_are_taken_from_an_answer(open_log):
    log = open_log(messages([1]), position=1)
    log.answered('<form id="sign-in"><input name="password"></form><p class="problem">No</p>')
    assert log.orders() == ["1"]
