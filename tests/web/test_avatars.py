"""The picture of an account: setting it, seeing it, and whom it is hidden from."""

from functools import partial
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select, update
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from chatweb.announce import person_topic
from chatweb.domain import access, avatars, chats
from chatweb.domain.refusals import NotFound
from chatweb.models import Avatar, User
from tests import pictures_to_send as files
from tests.people import PASSWORD
from tests.web.overseeing import WHY, report
from tests.web.reading import elements
from tests.web.talking import at_once, send

PATH = "/settings/profile/picture"


def put(visitor, data=None, name="me.png", **fields):
    file = files.picture() if data is None else data
    return upload(visitor, PATH, {"picture": FileStorage(BytesIO(file), name), **fields})


def upload(visitor, path, form):
    boundary, body = encode_multipart(form)
    return visitor.post(path, body, content_type=f"multipart/form-data; boundary={boundary}")


def sources(page):
    """The addresses of the pictures of a page."""
    found = [one.attributes for one in elements(page) if one.tag == "img"]
    assert all(one["alt"] == "" for one in found), "the name stands beside it"
    return [one["src"] for one in found]


@pytest.fixture
def avatar(as_alice, db_session, alice):
    """The address of alice's picture, which she has set."""
    assert put(as_alice).location == "/settings/profile?saved="
    name = db_session.scalar(select(User.avatar).where(User.id == alice.id))
    return f"/people/{alice.id}/avatar/{name}"


class TestSeen:
    def test_it_is_a_small_square_that_browsers_may_keep_for_themselves(self, as_bob, avatar):
        answer = as_bob.get(avatar)
        image = Image.open(BytesIO(answer.data))
        assert (answer.mimetype, image.format, image.size) == ("image/webp", "WEBP", (256, 256))
        assert answer.headers.getlist("Cache-Control") == ["private, max-age=31536000, immutable"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")

    def test_it_stands_wherever_the_initials_stand(
        self, as_alice, as_bob, as_carol, as_dana, talk, alice, avatar
    ):
        send(as_alice, talk, "hello")
        for path in ("/chats", "/settings/profile", talk.url, f"{talk.url}/report"):
            assert avatar in sources(as_alice.get(path).text), path
        for path, count in (("/chats", 1), (talk.url, 3), (f"{talk.url}/report", 2), ("/people?q=ali", 1)):
            assert sources(as_bob.get(path).text) == [avatar] * count, path
        assert sources(as_carol.get("/people?q=ali").text) == [avatar]
        for path in ("/admin/people", f"/admin/people/{alice.id}", f"/admin/people/{alice.id}/deactivate"):
            assert sources(as_dana.get(path).text) == [avatar], path

    def test_it_stands_beside_the_names_of_a_chat_under_the_administration(
        self, opened, as_alice, chat, talk, avatar
    ):
        send(as_alice, talk, "hello")
        hold = f"/admin/holds/chats/{chat.id}"
        for path in ("/admin/chats", f"/admin/chats/{chat.id}/open", f"/admin/chats/{chat.id}", hold):
            assert sources(opened.get(path).text) == [avatar], path
        assert sources(opened.post("/admin/search", WHY | {"words": "hello"}).text) == [avatar]

    def test_moderators_see_it_beside_the_name_of_who_was_reported(
        self, as_frank, talk, alice, bob, stored, avatar
    ):
        (said,) = talk.says(alice, "I know where you live")
        bobs = stored(lambda session: access.chat_for(session, bob.id, talk.topic))
        path = f"/admin/reports/{report(stored, bobs, said.id)}"
        for one in ("/admin/reports", path, f"{path}/open"):
            assert sources(as_frank.get(one).text) == [avatar], one
        stored(lambda session: session.execute(update(User).filter_by(id=alice.id).values(is_active=False)))
        assert as_frank.get(avatar).status_code == 200

    def test_a_chat_that_is_not_in_the_list_has_it_at_its_head_too(self, as_alice, as_bob, talk, avatar):
        send(as_alice, talk, "hello")
        as_bob.post(f"{talk.url}/arrange", {"act": "archive"})
        assert sources(as_bob.get(talk.url).text) == [avatar] * 2

    def test_messages_are_the_same_for_both(self, as_alice, as_bob, talk):
        put(as_alice)
        send(as_alice, talk, "hello")
        assert sources(as_bob.get(f"{talk.messages_url}?after=0").text) == []

    def test_open_pages_follow_as_with_names(self, as_alice, talk, alice, bob, heard):
        send(as_alice, talk, "hello")
        heard.clear()
        put(as_alice)
        for person in (alice, bob):
            (named,) = heard.on(person_topic(person.id))
            assert f'src="/people/{alice.id}/avatar/' in named
            assert ">AL<img" in named
        heard.clear()
        as_alice.post(PATH, {"remove": "1"})
        assert all("<img" not in frame for _, frame in heard)


class TestHidden:
    """Whoever could not find the person by name gets what they would get for a picture that never was."""

    def assert_hidden(self, visitor, avatar):
        answer, none = visitor.get(avatar), visitor.get("/people/999999/avatar/none")
        assert answer.status_code == none.status_code == 404
        assert answer.headers["Cache-Control"] == "no-store"

    def test_from_who_is_signed_out(self, visitor, avatar):
        assert visitor.get(avatar).status_code == 303

    def test_from_who_was_blocked_on_every_page_too(self, as_alice, as_bob, talk, avatar):
        send(as_alice, talk, "hello")
        as_alice.post(f"{talk.url}/block")
        self.assert_hidden(as_bob, avatar)
        for path in ("/chats", talk.url, "/people?q=ali", f"{talk.url}/report"):
            assert sources(as_bob.get(path).text) == [], path
        assert avatar in sources(as_alice.get("/chats").text)

    def test_from_open_pages_of_who_was_blocked_when_there_is_a_new_one(
        self, as_alice, talk, alice, bob, heard
    ):
        send(as_alice, talk, "hello")
        as_alice.post(f"{talk.url}/block")
        heard.clear()
        put(as_alice)
        assert "/avatar/" in heard.on(person_topic(alice.id))[0]
        (named,) = heard.on(person_topic(bob.id))
        assert f'data-person="{alice.id}" value="alice">AL</data>' in named

    def test_of_an_account_that_is_closed_but_not_from_administrators(
        self, as_bob, as_dana, alice, stored, avatar
    ):
        stored(lambda session: session.execute(update(User).filter_by(id=alice.id).values(is_active=False)))
        self.assert_hidden(as_bob, avatar)
        assert as_dana.get(avatar).status_code == 200

    def test_from_moderators_whom_nobody_but_themselves_has_told_of_it(
        self, as_frank, as_erin, frank, alice, chat, stored, avatar
    ):
        report(stored, chat, words="Alice about bob")
        topic = stored(lambda session: chats.start(session, frank.id, alice.username))
        report(stored, stored(lambda session: access.chat_for(session, frank.id, topic)), words="My own")
        stored(lambda session: session.execute(update(User).filter_by(id=alice.id).values(is_active=False)))
        self.assert_hidden(as_frank, avatar)
        self.assert_hidden(as_erin, avatar)

    def test_a_name_from_before_and_a_guess(self, as_alice, as_bob, avatar):
        put(as_alice, files.picture(colour="blue"))
        self.assert_hidden(as_bob, avatar)
        for guess in ("", "0" * 32, "%00", "..%2f..", "x" * 4_000):
            self.assert_hidden(as_bob, f"{avatar.rpartition('/')[0]}/{guess}")

    def test_what_was_removed_is_gone_from_the_database(self, as_alice, as_bob, avatar, count):
        assert as_alice.post(PATH, {"remove": "1"}).status_code == 303
        self.assert_hidden(as_bob, avatar)
        assert count(Avatar) == 0
        assert sources(as_alice.get("/settings/profile").text) == []

    def test_with_the_account_the_picture_goes(self, as_alice, as_bob, avatar, count):
        assert as_alice.post("/settings/data/delete", {"present": PASSWORD}).status_code == 303
        self.assert_hidden(as_bob, avatar)
        assert count(Avatar) == 0


class TestRefused:
    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "no picture that can be read"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "no picture that can be read"),
            (files.picture("GIF"), "no picture that can be read"),
            (files.flood(64_000, 64_000), "At most 5 MB"),
            (bytes(5 * 1024 * 1024 + 1), "At most 5 MB"),
        ],
        ids=["empty", "SVG", "GIF", "flood", "5 MB"],
    )
    def test_the_page_says_why_and_keeps_the_picture_of_before(self, as_alice, avatar, data, words):
        answer = put(as_alice, data)
        assert answer.status_code == 422
        assert words in answer.text
        assert avatar in sources(as_alice.get("/settings/profile").text)

    def test_a_form_without_a_picture(self, as_alice):
        answer = as_alice.post(PATH, {"picture": "text"})
        assert (answer.status_code, "Choose a picture first." in answer.text) == (422, True)

    def test_more_than_a_picture_may_be_is_not_even_read(self, as_alice):
        assert put(as_alice, bytes(6 * 1024 * 1024)).status_code == 413

    @pytest.mark.parametrize("path", ["/settings/profile", "/settings"])
    def test_other_addresses_take_as_little_as_before(self, as_alice, path):
        form = {"display_name": "alice", "picture": FileStorage(BytesIO(bytes(300_000)), "me.png")}
        assert upload(as_alice, path, form).status_code == 413

    @pytest.mark.parametrize(
        "name",
        [
            "../../etc/x.png",
            "%2e%2e",
            "/x.png",
            "a\x00.png",
            "CON",
            "x" * 4_000,
            "\u202egnp.exe",
            "a%0D%0AX: y.svg",
        ],
    )
    def test_the_name_of_the_file_means_nothing(self, as_alice, as_bob, db_session, alice, name):
        assert put(as_alice, name=name).status_code == 303
        stored = db_session.scalar(select(User.avatar).where(User.id == alice.id))
        assert len(stored) == 32
        assert "Content-Disposition" not in as_bob.get(f"/people/{alice.id}/avatar/{stored}").headers


@pytest.mark.both_engines
def test_of_two_at_once_one_is_kept_whole(stored, alice, db_session):
    made = [b"one picture", b"another one"]
    at_once([partial(stored, partial(avatars.put, user_id=alice.id, picture=one)) for one in made * 3])
    (row,) = db_session.execute(select(User.avatar, Avatar.data).join(Avatar, Avatar.user_id == User.id))
    assert row in [(stored(partial(avatars.put, user_id=alice.id, picture=one)), one) for one in made]


@pytest.mark.both_engines
def test_who_has_left_gets_no_picture_any_more(stored, alice, count):
    stored(
        lambda session: session.execute(update(User).filter_by(id=alice.id).values(left_at=User.inserted_at))
    )
    with pytest.raises(NotFound):
        stored(partial(avatars.put, user_id=alice.id, picture=b"a picture"))
    assert count(Avatar) == 0
