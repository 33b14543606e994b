"""An inbox of more conversations than one page holds."""

from sqlalchemy import update

from chatweb import announce
from chatweb.extensions import db
from chatweb.models import Chat, utc_now
from tests.web.reading import by_class, by_id, elements, rows


def names(html):
    return [one.text for one in by_class(html, "row__name")]


def test_older_rows_are_one_page_further(as_alice, many_chats):
    first = as_alice.get("/chats")
    (link,) = [
        one for one in elements(first.text) if (one.attributes.get("href") or "").startswith("/chats?before=")
    ]
    second = as_alice.get(link.attributes["href"])
    assert names(second.text) == [person.username for person in reversed(many_chats)][50:]
    assert "/chats?before=" not in second.text


def test_rows_of_one_moment_are_paged_by_their_ids(as_alice, many_chats, stored):
    stored(lambda session: session.execute(update(Chat).values(updated_at=utc_now())))
    first = as_alice.get("/chats").text
    link = next(
        one for one in elements(first) if (one.attributes.get("href") or "").startswith("/chats?before=")
    )
    second = as_alice.get(link.attributes["href"]).text
    assert sorted(names(first) + names(second)) == sorted(person.username for person in many_chats)


def test_a_position_that_never_was_is_404(as_alice):
    values = [
        "",
        "x",
        "-",
        "0-1-",
        "0--1",
        "0-1-x",
        "0-1",
        "0-1--5",
        f"0-{10**30}-1",
        f"0-1-{10**30}",
        "0-1e3-1",
        "0-\x00-1",
        "nan-1-1",
    ]
    got = {value: as_alice.get("/chats", query_string={"before": value}).status_code for value in values}
    assert got == dict.fromkeys(values, 404)


def test_below_the_last_row_there_is_nothing(as_alice, talk):
    page = as_alice.get("/chats?before=0-0-0")
    assert page.status_code == 200
    assert rows(page.text) == []


def beyond(html):
    return by_id(html, "rows").attributes["data-beyond"]


def test_every_page_says_what_is_unread_beyond_its_rows(as_alice, many_chats, talk, bob):
    """55 others wrote a word each, and bob two as the last; every word is unread."""
    assert talk.says(bob, "one", "two")
    first, settings, chat = (as_alice.get(path).text for path in ("/chats", "/settings", talk.url))
    assert [beyond(page) for page in (first, settings, chat)] == ["6"] * 3
    link = next(
        one for one in elements(first) if (one.attributes.get("href") or "").startswith("/chats?before=")
    )
    assert beyond(as_alice.get(link.attributes["href"]).text) == str(49 + 2)
    assert beyond(as_alice.get("/chats?archived").text) == str(55 + 2)


def test_the_first_frame_of_the_inbox_says_it_too(app, alice, many_chats):
    with app.app_context():
        (frame,) = announce.inbox(db.session(), alice.id)
    assert by_class(frame, "fresh")[0].attributes["value"] == "5"
    assert len(rows(frame)) == 50


def test_the_way_back_tells_what_is_unread_elsewhere(as_alice, many_chats, talk, bob):
    talk.says(bob, "here it is read", "and here")
    words = [by_class(as_alice.get(path).text, "head__back")[0] for path in (talk.url, "/settings")]
    names = [one.attributes["aria-label"] for one in words]
    assert names == ["Back to chats, 55 unread", "Back to chats, 57 unread"]
    assert [one.text for one in words] == ["55", "57"]


def test_the_way_back_says_only_that_where_nothing_is_unread(as_alice, talk, bob):
    talk.says(bob, *["hello"] * 120)
    here, settings = (by_class(as_alice.get(path).text, "head__back")[0] for path in (talk.url, "/settings"))
    assert (here.attributes["aria-label"], here.text) == ("Back to chats", "")
    assert settings.attributes["aria-label"] == "Back to chats, 99+ unread"
