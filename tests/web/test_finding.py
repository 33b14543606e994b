"""Finding messages: in one's own conversations only, in any language, as they read now."""

import time

import pytest

from chatweb.domain import finding, texts
from tests.web.reading import by_class, elements


def search(visitor, query, path="/search", **more):
    return visitor.get(path, query_string={"q": query, **more})


def found(answer):
    return [one.text for one in by_class(answer.text, "found__text")]


def marked(answer):
    return [one.text for one in elements(answer.text) if one.tag == "mark"]


CORPUS = [
    ("Testing, testing", "test"),
    ("病院は機能していない", "病院"),
    ("病院は機能していない", "機能"),
    ("Ça, c’est un café", "cafe"),
    ("cafe\u0301 au lait", "CAFÉ"),
    ("Straße", "strasse"),
    ("ﬁne", "fin"),
    ("السَّلامُ عليكم", "السلام"),
    ("สวัสดีครับ", "ดีค"),
    ("100% of it_all \\ done", "0% of it_"),
    ("100% of it_all \\ done", "\\ d"),
    ("one line\nand another", "another one"),
    ("가나다", "나"),
]


@pytest.mark.parametrize(("body", "query"), CORPUS)
def test_it_finds_in_any_language_and_within_words(as_alice, bob, talk, body, query):
    talk.says(bob, "something else", body, "% _ nothing of the kind")
    assert found(search(as_alice, query)) == [body]
    assert found(search(as_alice, query, f"{talk.url}/search")) == [body]


@pytest.mark.parametrize("query", ["tes_", "t%g", "ดีไ", "がん", "病 院 x"])
def test_what_does_not_say_it_is_not_found(as_alice, bob, talk, query):
    talk.says(bob, "testing", "สวัสดีครับ", "かんじ", "病院")
    answer = search(as_alice, query)
    assert found(answer) == []
    assert "No message says that." in answer.text


def test_the_words_are_marked_as_they_stand_there(as_alice, bob, talk):
    talk.says(bob, "The cafe\u0301 <b>CAFÉ</b>, on the Straße")
    answer = search(as_alice, "strasse café")
    assert marked(answer) == ["cafe\u0301", "CAFÉ", "Straße"]
    assert "<b>" not in answer.text


def test_of_a_long_message_the_words_and_what_is_around_them_are_shown(as_alice, bob, talk):
    talk.says(bob, "x" * 5_000 + " needle " + "y" * 4_000)
    (text,) = found(search(as_alice, "needle"))
    assert text.startswith("…xxx")
    assert text.endswith("yyy…")
    assert len(text) < 400


LONGEST = ("ﷺ " * texts.BODY_LIMIT)[: texts.BODY_LIMIT]  # of which each letter becomes eighteen


def test_a_page_of_the_longest_messages_is_shown_in_little_time(as_alice, bob, talk):
    talk.says(bob, *(LONGEST for _ in range(finding.PAGE)))
    took = []
    for _ in range(3):
        begun = time.process_time()
        assert len(found(search(as_alice, "ﷺ"))) == finding.PAGE
        took.append(time.process_time() - begun)
    assert min(took) < 0.4, "others wait meanwhile"


def test_the_longest_messages_are_looked_through_in_small_steps(as_alice, bob, talk, statements):
    talk.says(bob, *(LONGEST for _ in range(3 * finding.FIRST_STEP)))
    statements.clear()
    search(as_alice, "nothing of the kind")
    steps = [one for one in statements if "messages.body" in str(one) and "BETWEEN" in str(one)]
    assert len(steps) == 3


def test_a_hit_leads_to_its_message(as_alice, bob, talk):
    (said,) = talk.says(bob, "here it is")
    (link,) = by_class(search(as_alice, "here").text, "found__hit")
    assert link.attributes["href"] == f"{talk.url}/@{said.id}"
    assert as_alice.get(link.attributes["href"]).status_code == 302


def test_the_word_is_marked_wherever_it_stands(as_alice, bob, talk):
    # Letters that fold to one, to none and to many, around the places where it is looked for by the stretch.
    counts, letters = (0, 1, 59, 61, 99, 100, 101, 1_000), ("x", "é", "e\u0301", "ﷺ", "\u0301")
    bodies = [f"{letter * count} straße {letter * count}." for letter in letters for count in counts]
    talk.says(bob, *bodies)
    answer = search(as_alice, "strasse")
    assert marked(answer) == ["straße"] * len(bodies)
    for body, shown in zip(bodies[::-1], found(answer), strict=True):
        assert shown.strip("…") in body
        assert len(shown) <= 302


def test_edited_text_is_found_and_the_old_one_is_not(as_alice, alice, talk, app):
    (said,) = talk.says(alice, "the apple")
    as_alice.patch(f"{talk.messages_url}/{said.id}", {"body": "the pear"})
    assert found(search(as_alice, "pear")) == ["the pear"]
    assert found(search(as_alice, "apple")) == []


def test_what_is_deleted_is_not_found_and_what_is_brought_back_is(as_alice, alice, talk):
    (said,) = talk.says(alice, "the apple")
    as_alice.delete(f"{talk.messages_url}/{said.id}")
    assert found(search(as_alice, "apple")) == []
    as_alice.post(f"{talk.messages_url}/{said.id}/restore")
    assert found(search(as_alice, "apple")) == ["the apple"]


def test_what_one_has_cleared_the_other_one_still_finds(as_alice, as_bob, bob, talk):
    talk.says(bob, "the apple")
    as_alice.post(f"{talk.url}/clear")
    assert found(search(as_alice, "apple")) == []
    assert found(search(as_bob, "apple")) == ["the apple"]


def test_strangers_find_nothing_of_it(as_carol, bob, talk):
    talk.says(bob, "the apple")
    answer = search(as_carol, "apple")
    assert found(answer) == []
    assert "No message says that." in answer.text
    assert search(as_carol, "apple", f"{talk.url}/search").status_code == 404


@pytest.mark.both_engines
def test_pages_follow_one_another_newest_first(as_alice, bob, talk):
    bodies = [f"number {n}" for n in range(100)]
    talk.says(bob, *bodies)
    shown, path = [], "/search?q=number"
    while path:
        answer = as_alice.get(path)
        shown += found(answer)
        links = by_class(answer.text, "found__more")
        path = links[0].attributes["href"] if links else None
    assert shown == bodies[::-1]


def test_looking_goes_on_further_back_where_it_stopped(as_alice, bob, talk, monkeypatch):
    monkeypatch.setattr(finding, "MOST_LOOKED_AT", 20)
    talk.says(bob, "the needle", *("hay" for _ in range(30)))
    answer = search(as_alice, "needle")
    assert "Nothing so far" in answer.text
    (link,) = by_class(answer.text, "found__more")
    answer = as_alice.get(link.attributes["href"])
    assert found(answer) == ["the needle"]
    assert by_class(answer.text, "found__more") == []


def test_the_field_of_the_list_leads_to_it(as_alice, bob, talk):
    for path in ("/people", "/chats"):
        (link,) = by_class(as_alice.get(path, query_string={"q": " a&b "}).text, "people__search")
        assert link.attributes["href"] == "/search?q=a%26b"


def test_nothing_typed_is_only_the_field(as_alice):
    answer = search(as_alice, "   ")
    assert answer.status_code == 200
    assert "No message" not in answer.text
