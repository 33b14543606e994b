"""A forgotten password: a link by mail, and a new one."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from chatweb.announce import session_topic
from chatweb.models import Base, Mail, SignIn, Ticket, User, utc_now
from tests.people import PASSWORD, Visitor, add_person
from tests.web.links import link_in, token_in
from tests.web.reading import by_class, hidden, problems
from tests.web.talking import at_once

NEW = "a long enough one"


def ask(visitor, identity="alice"):
    return visitor.post("/forgotten", {"identity": identity})


def reset(visitor, token, password=NEW):
    return visitor.post("/reset", {"token": token, "password": password})


@pytest.fixture
def token(visitor, alice, deliver):
    """What stands in the link of the mail to alice."""
    ask(visitor)
    (message,) = deliver()
    return token_in(message)


@pytest.mark.both_engines
@pytest.mark.parametrize("identity", ["alice", " ALICE ", "Alice@Example.org"])
def test_a_link_by_mail_leads_to_a_new_password(app, visitor, alice, deliver, identity):
    answer = ask(visitor, identity)
    assert (answer.status_code, answer.location) == (303, "/forgotten?sent=")
    assert "on its way" in by_class(visitor.get(answer.location).text, "gate-card__text")[0].text
    (message,) = deliver()
    assert (message["To"], message["Subject"]) == ("alice@example.org", "A new password")
    path = link_in(message)
    page = visitor.get(path)
    assert page.status_code == 200
    answer = reset(visitor, hidden(page.text, "token"))
    assert (answer.status_code, answer.location) == (303, "/login?told=reset")
    assert "was changed" in by_class(visitor.get(answer.location).text, "gate-card__text")[0].text
    assert Visitor(app).sign_in(alice).status_code == 422
    assert Visitor(app).sign_in(alice, password=NEW).status_code == 303
    assert [(one["To"], one["Subject"]) for one in deliver()] == [
        ("alice@example.org", "Your password was changed")
    ]


@pytest.mark.parametrize(
    "identity", ["nobody", "nobody@example.org", "inactive", "unconfirmed", "new@example.org"]
)
def test_nobody_learns_whether_there_is_an_account(app, alice, statements, stored, deliver, identity):
    add_person(app, "inactive")
    add_person(app, "unconfirmed")
    stored(
        lambda session: session.execute(update(User).filter_by(username="inactive").values(is_active=False))
    )
    unconfirmed = update(User).filter_by(username="unconfirmed")
    stored(lambda session: session.execute(unconfirmed.values(email=None, pending_email="new@example.org")))
    seen, costs = [], []
    for typed in ("alice", identity):
        visitor = Visitor(app)
        assert visitor.csrf
        statements.clear()
        answer = ask(visitor, typed)
        costs.append([statement.text for statement in statements])
        seen.append((answer.status_code, answer.data, list(answer.headers.keys()), answer.location))
    assert seen[0] == seen[1]
    assert costs[0] == costs[1]
    assert [message["To"] for message in deliver()] == ["alice@example.org"]


@pytest.mark.parametrize("identity", ["", "  ", "x\x00", "x" * 255])
def test_what_can_be_no_name_is_answered_alike_and_costs_no_mail(visitor, count, identity):
    assert ask(visitor, identity).location == "/forgotten?sent="
    assert count(Mail) == 0


@pytest.mark.both_engines
def test_a_link_works_once(visitor, token, db_session):
    assert reset(visitor, token).status_code == 303
    for answer in (reset(visitor, token, "another long one"), visitor.get(f"/reset?token={token}")):
        assert answer.status_code == 404
        assert "does not work any more" in answer.text
        assert token not in answer.text


@pytest.mark.both_engines
def test_of_four_at_once_one_gets_the_new_password(app, token, alice):
    visitors = [Visitor(app) for _ in range(4)]
    assert all(visitor.csrf for visitor in visitors)
    calls = [
        lambda visitor=visitor, number=number: reset(visitor, token, f"a long enough one {number}")
        for number, visitor in enumerate(visitors)
    ]
    statuses = [answer.status_code for answer in at_once(calls)]
    assert sorted(statuses) == [303, 404, 404, 404]
    good = f"a long enough one {statuses.index(303)}"
    assert Visitor(app).sign_in(alice, password=good).status_code == 303


def test_looking_at_the_page_or_a_bad_password_does_not_use_the_link_up(visitor, token):
    for _ in range(2):
        assert visitor.get(f"/reset?token={token}").status_code == 200
    answer = reset(visitor, token, "password")
    assert (answer.status_code, len(problems(answer.text))) == (422, 1)
    assert hidden(answer.text, "token") == token
    assert reset(visitor, token).status_code == 303


def test_a_link_lasts_an_hour(visitor, token, stored, db_session):
    (until,) = db_session.query(Ticket.expires_at).one()
    assert timedelta(minutes=59) < until - utc_now() <= timedelta(minutes=60)
    stored(lambda session: session.execute(update(Ticket).values(expires_at=utc_now())))
    assert visitor.get(f"/reset?token={token}").status_code == 404
    assert reset(visitor, token).status_code == 404


def test_only_the_newest_link_is_good(visitor, token, deliver):
    ask(visitor)
    (message,) = deliver()
    assert reset(visitor, token).status_code == 404
    assert reset(visitor, token_in(message)).status_code == 303


def test_a_link_dies_with_a_change_of_the_password(visitor, token, as_alice):
    as_alice.post("/settings/account/password", {"present": PASSWORD, "password": NEW})
    assert reset(visitor, token, "another long one").status_code == 404


def test_a_link_is_good_for_nothing_else(visitor, token, as_alice):
    assert visitor.get(f"/confirm?token={token}").status_code == 404
    assert as_alice.post("/confirm", {"token": token}).status_code == 404
    assert reset(visitor, token).status_code == 303


def test_a_link_of_somebody_deactivated_is_dead(visitor, token, stored):
    stored(lambda session: session.execute(update(User).values(is_active=False)))
    assert reset(visitor, token).status_code == 404


@pytest.mark.parametrize("made_up", ["", "x", "x" * 10_000, "\x00", "é"])
def test_a_made_up_token_is_good_for_nothing(visitor, token, made_up):
    assert visitor.get("/reset", query_string={"token": made_up}).status_code == 404
    assert reset(visitor, made_up).status_code == 404


def test_every_browser_is_signed_out_and_its_sockets_end(
    visitor, token, as_alice, as_bob, heard, db_session, alice
):
    (id_,) = db_session.query(SignIn.id).filter_by(user_id=alice.id).one()
    reset(visitor, token)
    assert as_alice.get("/chats").status_code == 303
    assert as_bob.get("/chats").status_code == 200
    assert heard.closed == [(session_topic(id_), 4401)]


def test_the_database_knows_only_the_hash_of_a_token(token, db_session):
    for table in Base.metadata.sorted_tables:
        for row in db_session.execute(select(table)):
            assert token not in str(tuple(row))
            assert token.encode() not in [value for value in row if isinstance(value, bytes)]


def test_the_link_leads_where_the_operator_says_and_not_where_a_request_does(app, alice, visitor, deliver):
    assert visitor.csrf
    app.config["TRUSTED_HOSTS"] = None
    form = {"identity": "alice", "csrf_token": visitor.csrf}
    headers = {"X-Forwarded-Host": "evil.example"}
    visitor.client.post("/forgotten", data=form, headers=headers)
    (message,) = deliver()
    assert link_in(message, "http://127.0.0.1:8000")
    assert "evil" not in message.as_string()


def test_nothing_secret_stands_in_the_log(visitor, alice, deliver, caplog):
    ask(visitor)
    (message,) = deliver()
    reset(visitor, token_in(message))
    assert token_in(message) not in caplog.text
    assert "alice" not in caplog.text
