"""The heartbeat of open lines."""

import logging

from chatweb.live.limits import Limits


def test_a_beat_tells_each_conversation_its_revision_and_asks_once_for_all(office):
    asked = []

    def revisions(topics):
        asked.append(sorted(topics))
        return {"chat:a": 7}

    there = office(revisions=revisions, limits=Limits(heartbeat_seconds=0.25))
    pages = [there.connect("chat:a", heartbeat="chat:a") for _ in range(2)]
    other, inbox = there.connect("chat:b", heartbeat="chat:b"), there.connect("user:1")
    assert [page.receive().text for page in pages] == ['{"revision": 7}'] * 2
    assert [other.receive().text, inbox.receive().text] == ["{}", "{}"]
    assert ["chat:a"] in asked or ["chat:a", "chat:b"] in asked
    assert all(topics in (["chat:a"], ["chat:b"], ["chat:a", "chat:b"]) for topics in asked)


def test_while_the_database_is_away_beats_go_on_without_revisions(office, caplog):
    answers = iter([OSError("away"), OSError("away"), {"tea": 3}, OSError("away again")])

    def revisions(_topics):
        answer = next(answers, {"tea": 4})
        if isinstance(answer, OSError):
            raise answer
        return answer

    there = office(revisions=revisions, limits=Limits(heartbeat_seconds=0.25))
    page = there.connect("tea", heartbeat="tea")
    beats = [page.receive().text for _ in range(5)]
    assert beats == ["{}", "{}", '{"revision": 3}', "{}", '{"revision": 4}']
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2


def test_a_line_that_still_holds_hears_no_beat_before_its_catch_up(office):
    there = office(limits=Limits(heartbeat_seconds=0.1))
    line, page = there.park("tea")
    other = there.connect("coffee")
    assert [other.receive().text for _ in range(2)] == ["{}"] * 2  # between two of its beats all had theirs
    line.start(["first"])
    assert page.receive().text == "first"


def test_without_anybody_to_ask_a_beat_is_empty(office):
    page = office(limits=Limits(heartbeat_seconds=0.1)).connect("tea", heartbeat="tea")
    assert page.receive().text == "{}"
