"""Times where no script knows what time it is: in UTC, or in the zone that somebody has chosen."""

import dataclasses
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from chatweb.domain import mails, zones
from chatweb.models import Chat, Mail, Message, User
from chatweb.post import Post
from tests.people import PASSWORD
from tests.web.reading import by_class, elements

PATH = "/settings/profile"
SUMMER = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
KOLKATA = "Asia/Kolkata"


@pytest.fixture
def settings(settings, mailbox):
    return dataclasses.replace(settings, public_url="http://localhost", mail_url=mailbox.url)


@pytest.fixture
def choose(as_alice):
    """`choose(name)` is the answer when alice chooses a time zone."""
    return lambda name: as_alice.post(PATH, {"display_name": "alice", "time_zone": name})


@pytest.fixture
def said(talk, bob, stored):
    """Something that bob said on an evening in summer."""
    talk.says(bob, "good <time>night</time> at 22:30 UTC")
    stored(lambda session: session.execute(update(Message).values(inserted_at=SUMMER)))
    stored(lambda session: session.execute(update(Chat).values(updated_at=SUMMER)))
    stored(lambda session: session.execute(update(User).where(User.id == bob.id).values(seen_at=SUMMER)))


def times(page):
    return [(one.text, one.attributes["datetime"]) for one in elements(page) if one.tag == "time"]


def chosen(page):
    return [
        one.attributes["value"]
        for one in elements(page)
        if one.tag == "option" and "selected" in one.attributes
    ]


def test_a_zone_is_kept_and_shown_and_taken_back(as_alice, choose):
    assert chosen(as_alice.get(PATH).text) == []
    for name in (KOLKATA, "America/Argentina/Buenos_Aires", ""):
        assert choose(name).status_code == 303
        assert chosen(as_alice.get(PATH).text) == [name] * bool(name)


@pytest.mark.parametrize(
    "name", ["Europe/Nowhere", "UTC", "../../etc/passwd", "Europe/", "/etc/localtime", "\x00"]
)
def test_what_is_no_zone_is_not_taken(as_alice, choose, name):
    answer = choose(name)
    assert answer.status_code == 422
    assert "Choose a time zone from the list." in answer.text
    assert chosen(as_alice.get(PATH).text) == []


@pytest.mark.usefixtures("said")
def test_pages_show_the_time_of_the_zone_and_say_which(as_alice, as_bob, talk, choose):
    iso = "2026-07-01T22:30:00.000Z"
    assert {shown for shown in times(as_alice.get(talk.url).text) if shown[1] == iso} == {("22:30 UTC", iso)}
    choose(KOLKATA)
    for path in (talk.url, "/chats", PATH):
        found = times(as_alice.get(path).text)
        assert {shown for shown in found if shown[1] == iso} == {("04:00 IST", iso)}, path
    page = as_alice.get(talk.url).text
    assert by_class(page, "presence")[0].text == "last seen 04:00 IST"
    assert by_class(page, "message__body")[0].text == "good <time>night</time> at 22:30 UTC"
    assert "IST" not in as_bob.get(talk.url).text
    assert re.search(r"\d+ \w+ 20\d\d, \d\d:\d\d IST", as_alice.get("/settings/account").text)


@pytest.mark.usefixtures("said")
def test_what_scripts_ask_for_is_the_same_for_everybody(as_alice, as_bob, talk, choose):
    choose(KOLKATA)
    listing = [one.get(f"{talk.messages_url}?before=99", htmx=True).text for one in (as_alice, as_bob)]
    assert listing[0] == listing[1]
    assert "22:30 UTC" in listing[0]


@pytest.mark.usefixtures("said")
def test_the_copy_of_ones_chats_is_in_the_zone(as_alice, choose):
    choose(KOLKATA)
    copy = as_alice.post("/settings/data/export", {"present": PASSWORD, "format": "html"}).text
    assert "Times are those of Asia/Kolkata." in copy
    assert ("2 Jul 2026, 04:00 IST", "2026-07-01T22:30:00.000Z") in times(copy)


def test_a_mail_tells_the_time_of_the_zone(app, alice, choose, stored, mailbox):
    choose("Europe/Berlin")
    stored(lambda session: mails.put(session, "password_changed", alice.email, user_id=alice.id))
    stored(lambda session: session.execute(update(Mail).values(inserted_at=SUMMER)))
    Post(app).deliver()
    assert "2 Jul 2026, 00:30 CEST" in " ".join(mailbox.messages[0].get_content().split())


def test_a_zone_that_is_not_known_any_more_is_utc(as_alice, stored, talk, said, alice):
    stored(lambda session: session.execute(update(User).values(time_zone="Europe/Gone")))
    assert "22:30 UTC" in as_alice.get(talk.url).text


def test_every_name_on_the_page_is_a_zone():
    names = [name for names in zones.by_region().values() for name in names]
    assert len(names) > 300
    assert all(zones.zone(name) is not UTC for name in names)
