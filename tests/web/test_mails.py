"""Mails go out after what they tell of is stored, once, and hold up nobody."""

import dataclasses
import socket
import time
from contextlib import nullcontext
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from stat import S_IMODE
from urllib.error import HTTPError

import pytest
from sqlalchemy import text, update

from chatweb import mail
from chatweb.domain import mails
from chatweb.domain.outgoing import outgoing
from chatweb.models import Mail, User, utc_now
from chatweb.post import Post
from tests.live.browser import Browser
from tests.servers import wait_until

TO_ALICE = ("alice@example.org", "Your password was changed")


@pytest.fixture
def settings(settings, mailbox):
    return dataclasses.replace(settings, public_url="http://localhost", mail_url=mailbox.url)


@pytest.fixture
def post(app):
    """What sends the mails of this app to the mailbox."""
    return Post(app)


@pytest.fixture
def put(stored, alice):
    """`put()` puts a mail for alice into the outbox."""
    return lambda: stored(
        lambda session: mails.put(session, "password_changed", alice.email, user_id=alice.id)
    )


@pytest.fixture
def hurry(stored):
    """`hurry()` makes every mail due now."""
    return lambda: stored(lambda session: session.execute(update(Mail).values(due_at=utc_now())))


@pytest.mark.both_engines
def test_a_mail_says_what_happened_and_where(put, post, mailbox, count):
    put()
    post.deliver()
    assert mailbox.told == [TO_ALICE]
    (message,) = mailbox.messages
    assert message["From"] == "chatweb@localhost"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@localhost>")
    assert "Hello alice," in message.get_content()
    assert "http://localhost/forgotten" in message.get_content()
    assert count(Mail) == 0
    post.deliver()
    assert len(mailbox.messages) == 1


class TestTwoHosts:
    @pytest.fixture
    def settings(self, settings):
        return dataclasses.replace(settings, public_url="http://127.0.0.1")

    @pytest.mark.both_engines
    def test_each_mail_goes_out_once(self, put, mailbox, request, count, stored):
        for _ in range(40):
            put()
        soon = utc_now() + timedelta(seconds=3)  # when both are there and look at the same moment
        stored(lambda session: session.execute(update(Mail).values(due_at=soon)))
        request.getfixturevalue("hosts")
        wait_until(lambda: count(Mail) == 0, 20, "the outbox to be empty")
        assert mailbox.told == [TO_ALICE] * 40


def test_the_sender_is_the_one_that_was_set(app, put, mailbox):
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], mail_from="Chat <chat@example.org>")
    put()
    Post(app).deliver()
    assert mailbox.messages[0]["From"] == "Chat <chat@example.org>"


def test_a_name_may_be_in_any_script(put, post, mailbox, stored):
    stored(lambda session: session.execute(update(User).values(display_name="田中 <さくら>")))
    put()
    post.deliver()
    assert "Hello 田中 <さくら>," in mailbox.messages[0].get_content()


@pytest.mark.both_engines
def test_while_the_mail_server_is_away_mails_wait_and_then_go_out_once(
    put, post, mailbox, hurry, count, db_session, caplog
):
    mailbox.stop()
    put()
    pauses = []
    for _ in range(3):
        hurry()
        pauses.append(post.deliver())
        db_session.rollback()
    assert db_session.query(Mail.tries).all() == [(3,)]
    assert 50 < pauses[0] <= 60
    (due_at,) = db_session.query(Mail.due_at).one()
    assert 200 < (due_at - utc_now()).total_seconds() <= 240, "it is tried more and more seldom"
    mailbox.start()
    hurry()
    post.deliver()
    assert mailbox.told == [TO_ALICE]
    assert count(Mail) == 0
    assert "has to wait: ConnectionRefusedError" in caplog.text
    assert "alice" not in caplog.text


def test_a_mail_is_given_up_after_a_day(put, post, mailbox, stored, count, caplog):
    mailbox.stop()
    put()
    long_ago = utc_now() - mails.GIVEN_UP_AFTER * 1.01
    stored(lambda session: session.execute(update(Mail).values(inserted_at=long_ago)))
    post.deliver()
    assert count(Mail) == 0
    assert "is given up" in caplog.text


def test_one_that_nobody_takes_is_not_in_the_way_of_the_others(put, post, mailbox, stored, count, caplog):
    mailbox.refuses.add("gone@example.org")
    stored(lambda session: mails.put(session, "password_changed", "gone@example.org", user_id=1))
    stored(lambda session: mails.put(session, "password_changed", "no address\n", user_id=1))
    put()
    post.deliver()
    assert mailbox.told == [TO_ALICE]
    assert count(Mail) == 1, "what cannot be written is tried again"
    assert "is undeliverable" in caplog.text
    assert "gone@" not in caplog.text


def test_a_mail_to_somebody_who_was_deleted_is_not_sent(put, post, mailbox, stored, alice, count):
    put()
    stored(lambda session: session.delete(session.get(User, alice.id)))
    post.deliver()
    assert not mailbox.messages
    assert count(Mail) == 0


def test_a_mail_to_somebody_deleted_while_it_was_taken_is_not_written(put, stored, alice):
    put()
    mail = stored(mails.take)
    stored(lambda session: session.delete(session.get(User, alice.id)))
    assert stored(lambda session: outgoing(session, mail)) is None


@pytest.mark.both_engines
def test_of_two_who_empty_the_outbox_each_takes_another_mail(put, stored):
    put()
    put()
    taken = [stored(mails.take) for _ in range(3)]
    assert taken[2] is None
    assert taken[0].id < taken[1].id


def test_what_a_process_took_and_did_not_send_is_sent_by_the_next(put, stored, post, mailbox, hurry):
    put()
    assert stored(mails.take)
    post.deliver()
    assert not mailbox.messages
    hurry()
    post.deliver()
    assert mailbox.told == [TO_ALICE]


def test_a_hanging_mail_server_costs_its_patience_and_nothing_else(
    app, put, mailbox, hurry, monkeypatch, caplog
):
    monkeypatch.setattr(mail, "PATIENCE_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        put()
        Post(app, mail._Server(url, "here")).deliver()
    assert "has to wait: SMTPServerDisconnected" in caplog.text
    hurry()
    Post(app).deliver()
    assert mailbox.told == [TO_ALICE]


def test_an_outbox_that_cannot_be_read_is_told_once_and_looked_into_again(app, put, mailbox, caplog, stored):
    post = Post(app)
    stored(lambda session: session.execute(text("ALTER TABLE mails RENAME TO lost")))
    assert [post._try_to_deliver() for _ in range(2)] == [60, 60]
    assert caplog.text.count("mails wait until the outbox can be read") == 1
    stored(lambda session: session.execute(text("ALTER TABLE lost RENAME TO mails")))
    put()
    post._try_to_deliver()
    assert mailbox.told == [TO_ALICE]


def test_no_password_goes_to_a_stranger_in_the_clear(monkeypatch, mailbox):
    monkeypatch.setattr(mail, "LOOPBACK_HOSTS", ())
    server = mail._Server(f"smtp://chat:hush@127.0.0.1:{mailbox.port}", "here")
    with pytest.raises(OSError, match="STARTTLS"):
        server(message_from_bytes(b"To: a@example.org\n\nhello", policy=default))
    assert not mailbox.messages


class TestWithoutAMailServer:
    @pytest.fixture
    def settings(self, settings):
        return dataclasses.replace(settings, public_url=None, mail_url=None, port=8123)

    def test_a_mail_waits_in_a_file_that_only_the_owner_reads(self, put, post, settings, caplog, count):
        put()
        post.deliver()
        folder = settings.data_dir / "mails"
        (path,) = folder.iterdir()
        assert (S_IMODE(folder.stat().st_mode), S_IMODE(path.stat().st_mode)) == (0o700, 0o600)
        message = message_from_bytes(path.read_bytes(), policy=default)
        assert (message["To"], message["Subject"]) == TO_ALICE
        assert "http://127.0.0.1:8123/forgotten" in message.get_content()
        assert str(path) in caplog.text
        assert count(Mail) == 0


def test_a_changed_password_is_told(as_alice, alice, post, mailbox):
    form = {"present": alice.password, "password": "a long enough one"}
    assert as_alice.post("/settings/account/password", form).status_code == 303
    assert as_alice.post("/settings/account/password", form).status_code == 422
    post.deliver()
    assert mailbox.told == [TO_ALICE]
    assert "a long enough one" not in mailbox.messages[0].as_string()


class TestInARunningServer:
    @pytest.fixture
    def silent(self):
        """A mail server that takes calls and says nothing."""
        with socket.create_server(("127.0.0.1", 0)) as silent:
            yield silent

    @pytest.fixture(params=["a mail server", "a hanging one"])
    def settings(self, settings, silent, request):
        hanging = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        url = settings.mail_url if request.param == "a mail server" else hanging
        return dataclasses.replace(settings, public_url="http://127.0.0.1", mail_url=url)

    @pytest.fixture
    def app(self, app):
        app.config["TRUSTED_HOSTS"] = None
        return app

    def test_mails_go_out_by_themselves_and_no_request_waits(
        self, put, server, as_alice, as_bob, talk, alice, settings, mailbox, silent
    ):
        put()
        server.restart()
        here, there = Browser(server.url, as_alice), Browser(server.url, as_bob)
        silent.settimeout(10)
        is_hanging = settings.mail_url != mailbox.url
        with silent.accept()[0] if is_hanging else nullcontext():  # it is being talked to
            started = time.monotonic()
            with pytest.raises(HTTPError, match="401"):  # the way on, with the cookie from before
                here.post("/settings/account/password", present=alice.password, password="a long enough one")
            there.say(talk.topic, "hello")
            assert time.monotonic() - started < mail.PATIENCE_SECONDS / 10
        if not is_hanging:
            wait_until(lambda: mailbox.told == [TO_ALICE] * 2, 10, "the mail from before, and the new one")
