"""What may only be done so often: told with the seconds to wait, and nothing typed is lost."""

import dataclasses
import time

import pytest
from sqlalchemy import update

from chatweb.models import Entry, Message, SignIn, User
from chatweb.models.base import EPOCH
from chatweb.web.counts import Counts
from tests.people import PASSWORD, Visitor, add_person
from tests.web.overseeing import WHY, open_chat
from tests.web.reading import problems
from tests.web.route_table import HANDSHAKE
from tests.web.talking import new_key, send


@pytest.fixture
def settings(settings):
    return dataclasses.replace(settings, rate_limits=True)


def until_refused(ask, most):
    """Ask until 429 comes: how many answers came before it, and the refusal."""
    for number in range(most + 1):
        answer = ask(number)
        if answer.status_code == 429:
            return number, answer
    raise AssertionError(f"{most + 1} were let through")


def assert_tells_when(answer, at_most):
    assert 1 <= int(answer.headers["Retry-After"]) <= at_most + 1
    assert answer.headers["Cache-Control"] == "no-store"


def test_wrong_passwords_for_one_name(app, visitor, alice):
    ask = lambda _: visitor.post("/login", {"identity": "alice", "password": "wrong"})  # noqa: E731
    judged, answer = until_refused(ask, 10)
    assert judged == 10
    assert_tells_when(answer, 300)
    assert visitor.sign_in(alice).status_code == 429


@pytest.mark.parametrize("spelling", ["ALICE", " alice", "ａｌｉｃｅ"])
def test_another_spelling_is_the_same_name(visitor, alice, spelling):
    for _ in range(10):
        visitor.post("/login", {"identity": "alice", "password": "wrong"})
    assert visitor.post("/login", {"identity": spelling, "password": "wrong"}).status_code == 429


def test_another_browser_does_not_help_and_another_name_is_free(app, visitor, alice, bob):
    for _ in range(10):
        visitor.post("/login", {"identity": "alice", "password": "wrong"})
    other = Visitor(app)
    assert other.post("/login", {"identity": "alice", "password": "wrong"}).status_code == 429
    assert other.sign_in(bob).status_code == 303


def test_signing_in_forgives_the_wrong_passwords_before(app, alice):
    for visitor in (Visitor(app), Visitor(app), Visitor(app)):
        for _ in range(9):
            visitor.post("/login", {"identity": "alice", "password": "wrong"})
        assert visitor.sign_in(alice).status_code == 303


def test_a_refused_sign_in_keeps_the_name(visitor):
    for _ in range(10):
        visitor.post("/login", {"identity": "alice", "password": "wrong"})
    answer = visitor.post("/login", {"identity": "alice", "password": "wrong"})
    assert 'value="alice"' in answer.text
    assert "Try again in" in problems(answer.text)[0]


def test_trying_many_names_from_one_place(visitor):
    ask = lambda number: visitor.post("/login", {"identity": f"name{number}", "password": "wrong"})  # noqa: E731
    judged, answer = until_refused(ask, 60)
    assert judged == 60
    assert_tells_when(answer, 300)


def test_registering(app, count):
    def ask(number):
        form = {"username": f"person{number}", "email": "one@example.org", "password": PASSWORD}
        return Visitor(app).post("/register", form)

    tried, answer = until_refused(ask, 10)
    assert tried == 10
    assert_tells_when(answer, 3_600)
    assert problems(answer.text) == [
        f"That was a lot at once. Try again in {answer.headers['Retry-After']} seconds; nothing is lost."
    ]
    assert 'value="person10"' in answer.text
    assert count(User) == 10


def test_a_slip_while_registering_does_not_count(visitor):
    form = {"username": "person", "email": "person@example.org", "password": "7 chars"}
    assert [visitor.post("/register", form).status_code for _ in range(11)] == [422] * 11


def test_finding_people(as_alice, bob):
    _, answer = until_refused(lambda _: as_alice.get("/people?q=bob", htmx=True), 60)
    assert_tells_when(answer, 60)
    assert "seconds" in problems(answer.text)[0]


def test_finding_messages_counts_with_finding_people(as_alice):
    until_refused(lambda _: as_alice.get("/people?q=bob", htmx=True), 60)
    answer = as_alice.get("/search?q=hello")
    assert answer.status_code == 429
    assert as_alice.get("/search").status_code == 200


def test_finding_people_without_scripts_counts_as_well(as_alice, bob):
    _, answer = until_refused(lambda _: as_alice.get("/chats?q=bob"), 60)
    assert_tells_when(answer, 60)


def test_starting_chats(app, as_alice):
    for number in range(21):
        add_person(app, f"person{number}")
    started, answer = until_refused(
        lambda number: as_alice.post("/chats", {"username": f"person{number}"}), 20
    )
    assert started == 20
    assert_tells_when(answer, 3_600)


def test_changing_ones_mind_about_a_message(as_alice, talk, alice):
    (said,) = talk.says(alice, "hello")
    url = f"{talk.messages_url}/{said.id}"

    def ask(number):
        return as_alice.post(f"{url}/restore", htmx=True) if number % 2 else as_alice.delete(url, htmx=True)

    changed, answer = until_refused(ask, 30)
    assert changed == 30
    assert_tells_when(answer, 10)


def test_reporting_keeps_what_was_filled_in(as_alice, talk, bob):
    (said,) = talk.says(bob, "buy my boat")
    form = lambda: {"key": new_key(), "kind": "spam", "words": "Boats!", "message": str(said.id)}  # noqa: E731
    sent, answer = until_refused(lambda _: as_alice.post(f"{talk.url}/report", form()), 10)
    assert sent == 10
    assert_tells_when(answer, 3_600)
    assert "Boats!" in answer.text


def test_switching_to_and_fro(as_alice):
    saved, answer = until_refused(lambda _: as_alice.post("/settings", {}), 20)
    assert saved == 20
    assert_tells_when(answer, 300)


def test_guessing_the_present_password(as_alice, sign_in, alice):
    form = {"present": "wrong", "password": "a long enough one"}
    judged, answer = until_refused(lambda _: as_alice.post("/settings/account/password", form), 10)
    assert judged == 10
    assert_tells_when(answer, 300)
    assert "seconds" in problems(answer.text)[0]
    right = {"present": PASSWORD, "password": "a long enough one"}
    assert sign_in(alice).post("/settings/account/password", right).status_code == 429


def test_the_right_present_password_forgives_the_wrong_ones_before(as_alice):
    wrong, right = ({"present": one, "password": "a long enough one"} for one in ("wrong", PASSWORD))
    for _ in range(9):
        assert as_alice.post("/settings/account/password", wrong).status_code == 422
    assert as_alice.post("/settings/account/password", right).status_code == 303
    assert as_alice.post("/settings/account/password", wrong).status_code == 422


def test_taking_everything_along(as_alice):
    form = {"present": PASSWORD, "format": "json"}
    files, answer = until_refused(lambda _: as_alice.post("/settings/data/export", form), 1)
    assert files == 1
    assert_tells_when(answer, 3600)
    assert "seconds" in problems(answer.text)[0]


def test_links_to_a_new_password_for_one_name_from_wherever(app, alice):
    ask = lambda _: Visitor(app).post("/forgotten", {"identity": "alice"})  # noqa: E731
    asked, answer = until_refused(ask, 3)
    assert asked == 3
    assert_tells_when(answer, 3_600)
    assert Visitor(app).post("/forgotten", {"identity": " ALICE"}).status_code == 429
    assert Visitor(app).post("/forgotten", {"identity": "nobody"}).status_code == 303


def test_links_to_a_new_password_from_one_place(app):
    visitor = Visitor(app)
    asked, answer = until_refused(lambda n: visitor.post("/forgotten", {"identity": f"name{n}"}), 20)
    assert asked == 20
    assert_tells_when(answer, 3_600)


@pytest.mark.parametrize("path", ["/reset", "/confirm"])
def test_made_up_links(visitor, path):
    asked, answer = until_refused(lambda n: visitor.post(path, {"token": str(n)}), 20)
    assert asked == 20
    assert_tells_when(answer, 3_600)


def test_mails_to_other_addresses(as_alice):
    def ask(number):
        form = {"email": f"a{number}@example.org", "present": PASSWORD}
        return as_alice.post("/settings/account/email", form)

    sent, answer = until_refused(ask, 5)
    assert sent == 5
    assert_tells_when(answer, 3_600)


def test_signing_browsers_out(as_alice):
    done, answer = until_refused(lambda _: as_alice.post("/settings/account/sign-ins/end"), 20)
    assert done == 20
    assert_tells_when(answer, 300)


def test_going_back_to_a_chat_is_not_starting_one(app, as_alice, bob):
    for _ in range(25):
        assert as_alice.post("/chats", {"username": "bob"}).status_code == 303


def test_what_is_over_is_forgotten(monkeypatch):
    now = 1_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    memory = Counts()
    for name in range(100):
        assert memory.acquire_entry(f"name {name}", 1, 300)
    assert not memory.acquire_entry("name 0", 1, 300)
    now += 301
    assert memory.acquire_entry("name 0", 1, 300)
    assert list(memory.events) == ["name 0"]


class TestSending:
    @pytest.fixture
    def refused(self, as_alice, talk):
        sent, answer = until_refused(lambda _: send(as_alice, talk, "hello"), 30)
        assert sent == 30
        return answer

    def test_a_script_is_told_the_seconds(self, refused, count):
        assert_tells_when(refused, 10)
        assert problems(refused.text) == [
            f"That was a lot at once. Try again in {refused.headers['Retry-After']} seconds; nothing is lost."
        ]
        assert count(Message) == 30

    @pytest.mark.usefixtures("refused")
    def test_a_form_gets_its_text_back(self, as_alice, talk):
        answer = send(as_alice, talk, "typed with <care>", htmx=False)
        assert answer.status_code == 429
        assert "typed with &lt;care&gt;" in answer.text
        assert_tells_when(answer, 10)

    @pytest.mark.usefixtures("refused")
    def test_the_other_member_is_not_slowed_down(self, as_bob, talk):
        assert send(as_bob, talk, "hello").status_code == 200

    @pytest.mark.usefixtures("refused")
    def test_another_browser_of_the_same_person_is(self, sign_in, alice, talk):
        assert send(sign_in(alice), talk, "hello").status_code == 429

    @pytest.mark.usefixtures("refused")
    def test_reading_and_looking_go_on(self, as_alice, talk):
        assert as_alice.get(talk.url).status_code == 200
        assert as_alice.post(f"{talk.url}/read", {"id": "1"}).status_code == 204


def test_what_fails_its_csrf_check_does_not_use_up_somebodys_tries(visitor, alice):
    for _ in range(20):
        visitor.post("/login", {"identity": "alice", "password": "wrong"}, csrf=False)
    assert visitor.sign_in(alice).status_code == 303


def test_the_key_of_a_message_sent_twice_is_not_burnt(as_alice, talk):
    key = new_key()
    assert send(as_alice, talk, "hello", key).status_code == 200
    until_refused(lambda _: send(as_alice, talk, "hello", key), 30)
    assert len(as_alice.get(talk.url).text.split(f"message-{key}")) == 2


@pytest.fixture
def stale(as_dana, chat, stored):
    """Dana typed her password a while ago."""
    return lambda: stored(lambda session: session.execute(update(SignIn).values(confirmed_at=EPOCH)))


def test_wrong_passwords_where_one_is_asked_for_again(as_dana, stale, count):
    stale()
    judged, answer = until_refused(lambda _: open_chat(as_dana, 1, password="wrong"), 10)
    assert judged == 10
    assert_tells_when(answer, 300)
    assert WHY["reason"] in answer.text
    assert open_chat(as_dana, 1).status_code == 429
    assert count(Entry) == 0


def test_the_right_password_forgives_the_wrong_ones(as_dana, stale):
    for _ in range(3):
        stale()
        for _ in range(9):
            assert open_chat(as_dana, 1, password="wrong").status_code == 422
        assert open_chat(as_dana, 1).status_code == 303


def test_looking_around_in_the_administration(as_dana):
    judged, answer = until_refused(lambda _: as_dana.get("/admin/chats"), 120)
    assert judged == 120
    assert_tells_when(answer, 60)


def test_beginning_to_follow(as_dana):
    headers = HANDSHAKE | {"Origin": "http://localhost"}
    path = "/ws/admin/chats/1?from=0&after=0"
    judged, answer = until_refused(lambda _: as_dana.get(path, headers=headers), 120)
    assert judged == 120
    assert_tells_when(answer, 60)


def test_bringing_passkeys_to_sign_in(visitor):
    judged, answer = until_refused(lambda _: visitor.post("/login/passkey", {"credential": "x"}), 60)
    assert judged == 60
    assert_tells_when(answer, 300)


def test_bringing_passkeys_to_keep(as_alice):
    path, form = "/settings/account/second-step/passkey/new", {"credential": "x", "display_name": "x"}
    judged, answer = until_refused(lambda _: as_alice.post(path, form), 20)
    assert judged == 20
    assert_tells_when(answer, 300)


def test_exporting(as_dana, chat, alice, count):
    open_chat(as_dana, chat.id)
    for path, allowed in ((f"/admin/chats/{chat.id}/export", 10), (f"/admin/people/{alice.id}/export", 0)):
        for _ in range(allowed):
            assert as_dana.post(path, WHY, buffered=True).status_code == 200
        answer = as_dana.post(path, WHY)
        assert answer.status_code == 429
        assert_tells_when(answer, 60)
    assert count(Entry) == 1 + 10
