"""Reporting messages: what is picked is kept as it read then, and the other person hears nothing of it."""

import pytest
from sqlalchemy import select

from chatweb.announce import chat_topic, person_topic
from chatweb.domain import changes
from chatweb.models import Entry, Evidence, Member, Report
from tests.web.reading import by_class, by_id, elements, hidden, problems, typed
from tests.web.talking import at_once, new_key, send

HOSTILE = "</textarea><script>alert(1)</script>"


@pytest.fixture
def said(talk, bob):
    return talk.says(bob, *(f"offer {number}" for number in range(30)))


@pytest.fixture
def report(as_alice, talk):
    """`report(said[3].id, kind="spam")` sends the form, as alice; the answer."""

    def run(*ids, visitor=as_alice, **fields):
        form = {"key": new_key(), "kind": "spam", "words": "", "message": list(map(str, ids))} | fields
        return visitor.post(f"{talk.url}/report", form)

    return run


@pytest.fixture
def kept(db_session):
    """`kept()` is every text that reports hold, in order: (message id, text)."""

    def read():
        db_session.rollback()
        found = select(Evidence.message_id, Evidence.body).order_by(Evidence.id)
        return [tuple(row) for row in db_session.execute(found)]

    return read


def picks(page):
    return [one for one in elements(page.text) if one.attributes.get("name") == "message"]


def checked(page):
    return [int(one.attributes["value"]) for one in picks(page) if "checked" in one.attributes]


def test_the_form_offers_the_message_and_ten_on_either_side(as_alice, talk, said, alice):
    talk.says(alice, "my own words")
    page = as_alice.get(f"{talk.url}/report?message={said[15].id}")
    assert [one.text for one in by_class(page.text, "pick__body")] == [f"offer {n}" for n in range(5, 26)]
    assert checked(page) == [said[15].id]
    page = as_alice.get(f"{talk.url}/report")
    assert [one.text for one in by_class(page.text, "pick__body")] == [f"offer {n}" for n in range(9, 30)]
    assert checked(page) == []


def test_the_form_says_who_will_see_it_and_who_will_not(as_alice, talk, said):
    lead = " ".join(by_class(as_alice.get(f"{talk.url}/report").text, "section__lead")[0].text.split())
    for words in (
        "Those who moderate this server see",
        "five before and after",
        "bob is not told",
        "is kept",
    ):
        assert words in lead


def test_only_the_other_persons_messages_that_are_there_can_be_picked(
    as_alice, talk, said, alice, bob, stored, chat
):
    (own,) = talk.says(alice, "mine")
    stored(lambda session: changes.remove(session, chat._replace(person_id=bob.id), said[29].id))
    for message_id in (own.id, said[29].id, 999, "x", -1):
        assert as_alice.get(f"{talk.url}/report?message={message_id}").status_code == 404
    as_alice.post(f"{talk.url}/clear")
    assert as_alice.get(f"{talk.url}/report?message={said[3].id}").status_code == 404
    assert picks(as_alice.get(f"{talk.url}/report")) == []


@pytest.mark.both_engines
def test_what_is_sent_is_kept_with_who_about_whom_and_when(report, said, alice, bob, chat, db_session, kept):
    answer = report(said[3].id, said[4].id, words=" They  keep selling boats.\r\nAlways. ")
    assert (answer.status_code, answer.location) == (303, f"/chats/{chat.topic}?reported=")
    (row,) = db_session.scalars(select(Report)).all()
    assert (row.chat_id, row.reporter_id, row.reported_id) == (chat.id, alice.id, bob.id)
    assert (row.kind, row.words, row.decision) == ("spam", "They  keep selling boats.\nAlways.", None)
    assert kept() == [(said[3].id, "offer 3"), (said[4].id, "offer 4")]


def test_the_page_says_that_it_was_sent(as_alice, report, said):
    page = as_alice.get(report(said[3].id).location)
    assert [one.text for one in by_class(page.text, "toast")] == ["Your report was sent."]


@pytest.mark.both_engines
def test_what_was_reported_stays_whatever_its_sender_does(as_bob, talk, report, said, kept):
    url = f"{talk.messages_url}/{said[3].id}"
    as_bob.patch(url, {"body": "second words"})
    report(said[3].id)
    as_bob.patch(url, {"body": "harmless words"})
    as_bob.delete(url)
    texts = [(said[3].id, "offer 3"), (said[3].id, "second words")]
    assert kept() == texts
    as_bob.post("/settings/data/delete", {"present": "correct horse battery staple", "messages": "on"})
    assert kept() == texts


def test_it_outlives_the_conversation(as_alice, as_bob, report, said, kept, db_session):
    report(said[3].id)
    for visitor in (as_alice, as_bob):
        visitor.post("/settings/data/delete", {"present": "correct horse battery staple"})
    assert kept() == [(said[3].id, "offer 3")]
    assert db_session.scalars(select(Report.chat_id)).all() == [None]


@pytest.mark.both_engines
def test_a_double_click_is_one_report(sign_in, alice, report, said, count, kept):
    browsers = [sign_in(alice) for _ in range(6)]
    assert all(browser.csrf for browser in browsers)
    key = new_key()
    answers = at_once(
        [lambda visitor=visitor: report(said[3].id, key=key, visitor=visitor) for visitor in browsers]
    )
    assert {answer.status_code for answer in answers} == {303}
    assert count(Report) == 1
    assert kept() == [(said[3].id, "offer 3")]


@pytest.mark.both_engines
def test_an_edit_at_the_same_moment_loses_no_text(as_bob, talk, report, said, kept):
    assert as_bob.csrf
    for number, message in enumerate(said[:5]):
        url = f"{talk.messages_url}/{message.id}"
        at_once(
            [
                lambda message=message: report(message.id),
                lambda url=url: as_bob.patch(url, {"body": "harmless words"}),
            ]
        )
        assert (message.id, f"offer {number}") in kept()


def test_nobody_hears_of_it(as_bob, report, talk, said, heard, db_session, count):
    pages = ("/chats", talk.url, f"{talk.messages_url}?after=0")
    before = [as_bob.get(path).text for path in pages[2:]]
    members = db_session.execute(select(Member.__table__)).all()
    heard.clear()
    report(said[3].id, words="They keep selling boats.")
    assert (heard, heard.closed) == ([], [])
    assert [as_bob.get(path).text for path in pages[2:]] == before
    db_session.rollback()
    assert db_session.execute(select(Member.__table__)).all() == members
    for path in pages:
        assert "boats" not in as_bob.get(path).text
    assert count(Entry) == 0


def test_somebody_can_be_blocked_along_with_it(as_alice, as_bob, report, talk, said, heard, alice, bob):
    heard.clear()
    assert report(said[3].id, block="1").status_code == 303
    assert heard.closed == [(chat_topic(talk.topic), 1012)]
    assert {topic for topic, _ in heard} == {person_topic(alice.id), person_topic(bob.id)}
    assert send(as_bob, talk, "hello?").status_code == 409
    page = as_alice.get(f"{talk.url}/report").text
    assert not [one for one in elements(page) if one.attributes.get("name") == "block"]


@pytest.mark.parametrize("way", ["who has blocked", "who is blocked", "closed"])
def test_a_chat_in_which_nothing_can_be_said_can_be_reported(
    as_alice, as_bob, report, talk, said, count, way
):
    if way == "closed":
        as_bob.post("/settings/data/delete", {"present": "correct horse battery staple"})
    else:
        (as_alice if way == "who has blocked" else as_bob).post(f"{talk.url}/block")
    assert f'href="{talk.url}/report"' in as_alice.get(talk.url).text
    assert report(said[3].id).status_code == 303
    assert count(Report) == 1


def test_words_alone_are_enough_and_nothing_is_not(report, count):
    answer = report()
    assert (answer.status_code, count(Report)) == (422, 0)
    assert "Pick at least one message" in problems(answer.text)[0]
    assert report(words="The picture of this person is mine.").status_code == 303


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": ""}, "Choose what it is about."),
        ({"kind": "boredom"}, "Choose what it is about."),
        ({"words": "x" * 1_001}, "At most 1,000 characters"),
        ({"words": "with a \x00 in it"}, "cannot be kept"),
        ({"key": "made up"}, "out of date"),
    ],
)
def test_what_cannot_be_sent_comes_back_with_what_was_filled_in(report, said, count, fields, words):
    answer = report(said[3].id, said[20].id, **{"words": HOSTILE, "block": "1"} | fields)
    assert answer.status_code == 422
    assert words in problems(answer.text)[0]
    assert checked(answer) == [said[20].id], "the newest ones are offered"
    assert count(Report) == 0
    if "words" not in fields:
        assert typed(answer.text, "words") == HOSTILE
    assert hidden(answer.text, "key") == fields.get("key", hidden(answer.text, "key"))


def test_more_messages_than_are_offered_are_too_many(report, said):
    answer = report(*(one.id for one in said[:22]))
    assert answer.status_code == 422
    assert "At most 21 messages" in problems(answer.text)[0]


def test_a_message_that_is_gone_by_then_is_told(as_alice, as_bob, report, talk, said, count):
    as_bob.delete(f"{talk.messages_url}/{said[3].id}")
    answer = report(said[3].id, said[20].id, words="They did it again.")
    assert answer.status_code == 409
    assert "not there any more" in problems(answer.text)[0]
    assert (checked(answer), typed(answer.text, "words")) == ([said[20].id], "They did it again.")
    assert count(Report) == 0


def test_messages_of_others_are_as_good_as_none(as_alice, as_carol, report, said, talk, alice, count):
    topic = as_carol.post("/chats", {"username": "alice"}).location.rpartition("/")[2]
    as_carol.post(f"/chats/{topic}/messages", {"body": "psst", "key": new_key()})
    (own,) = talk.says(alice, "mine")
    answers = [report(message_id) for message_id in (own.id - 1, own.id, 9_999)]
    told = {(answer.status_code, *problems(answer.text), *checked(answer)) for answer in answers}
    assert [status for status, *_ in told] == [409]
    assert count(Report) == 0


def test_a_stranger_gets_the_same_as_for_nothing(as_carol, report, talk, said, count):
    for ask in (as_carol.get, as_carol.post):
        answer, nothing = ask(f"{talk.url}/report"), ask("/chats/nowhere/report")
        assert (answer.status_code, answer.data) == (404, nothing.data)
    assert report(said[3].id, visitor=as_carol).status_code == 404
    assert count(Report) == 0


def test_hostile_words_are_only_words(as_alice, talk, bob):
    (said,) = talk.says(bob, HOSTILE)
    page = as_alice.get(f"{talk.url}/report?message={said.id}").text
    assert [one.text for one in by_class(page, "pick__body")] == [HOSTILE]
    assert by_id(page, "pick").tag == "label"
    assert not [one for one in elements(page) if one.tag == "script" and "src" not in one.attributes]


def test_the_menus_lead_there(as_alice, talk, said):
    page = as_alice.get(talk.url).text
    (item,) = by_class(page, "menu__item--other")
    assert item.attributes["data-do"] == "report"
    links = [one.attributes["href"] for one in by_class(page, "menu__item") if one.tag == "a"]
    assert f"{talk.url}/report" in links
