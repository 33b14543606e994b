"""When somebody has left, no table holds anything that tells who it was, but where it is said to be kept."""

import pytest
from sqlalchemy import LargeBinary, String, insert, select, update

from chatweb.domain import access, audit, leaving, mails, messages, reports
from chatweb.domain.audit import Actor
from chatweb.models import Base, Mail
from tests.db.rows import NOW, new_key

pytestmark = pytest.mark.both_engines

MARK = "mrs-nobody"
# Of these a verb makes the rows: what becomes of them is said below.
MADE_BY_VERBS = {
    "users",
    "chats",
    "chat_members",
    "chat_messages",
    "reports",
    "report_messages",
    "audit_entries",
}
# A hold keeps the account from being deleted at all.
NEVER_THERE = {"holds"}
KEPT = {
    "audit_entries": "the log says who did what, by name, for good",
    "reports": "what was reported is kept with the report",
    "report_messages": "what was reported is kept with the report",
}


def marked(column):
    """A value for a column, with the mark in it wherever it can be."""
    if isinstance(column.type, String):
        return f"{MARK}-{column}"
    if isinstance(column.type, LargeBinary):
        return f"{MARK}-{column}".encode()
    if column.type.python_type is bool:
        return False
    return 7 if column.type.python_type is int else NOW


@pytest.fixture
def leaver(stored, chat, alice, bob):
    """Bob, of whom every column of every table that belongs to people says something."""

    def work(session):
        held = access.chat_for(session, alice.id, chat.topic)
        said = messages.send(session, held._replace(person_id=bob.id), new_key(), f"I am {MARK}").message
        for one, about in ((held, [said.id]), (access.chat_for(session, bob.id, chat.topic), [])):
            typed = reports.Typed(new_key(), "threat", f"I am {MARK}", frozenset(about))
            reports.send(session, one, reports.check(typed), block=False)
        users, members = Base.metadata.tables["users"], Base.metadata.tables["chat_members"]
        texts = {
            one.name: marked(one) for one in users.c if isinstance(one.type, String) and one.name != "role"
        }
        session.execute(update(users).where(users.c.id == bob.id).values(texts))
        draft = update(members).where(members.c.user_id == bob.id)
        session.execute(
            draft.values({one.name: marked(one) for one in members.c if isinstance(one.type, String)})
        )
        for table in Base.metadata.sorted_tables:
            if table.name in MADE_BY_VERBS | NEVER_THERE:
                continue
            row = {
                one.name: marked(one) for one in table.c if one.name not in ("id", "user_id", "message_id")
            }
            owner = {"user_id": bob.id} if "user_id" in table.c else {"message_id": said.id}
            session.execute(insert(table).values(row | owner))
        actor = Actor(bob.id, f"{MARK}-actor")
        audit.record(session, actor, audit.LOG_EXPORTED, {"detail": "-"})

    stored(work)
    return bob


@pytest.fixture
def where(db_session):
    """`where()` is the names of the tables in which the mark stands."""

    def look():
        db_session.rollback()
        return {
            table.name
            for table in Base.metadata.sorted_tables
            if MARK in str(db_session.execute(select(table)).all())
        }

    return look


def test_every_table_of_people_is_looked_at(leaver, where):
    tables = {table.name for table in Base.metadata.sorted_tables}
    assert where() == tables - NEVER_THERE - {"chats"}


def test_nothing_of_it_stays_but_what_is_said_to_be_kept(leaver, where, stored):
    stored(lambda session: leaving.leave(session, leaver.id, with_messages=True))
    assert where() == set(KEPT)


def test_what_was_said_stays_if_wanted(leaver, where, stored):
    stored(lambda session: leaving.leave(session, leaver.id, with_messages=False))
    assert where() == {*KEPT, "chat_messages", "chat_message_versions"}


@pytest.mark.parametrize("typed", ["{}-users.username_key", "{}-USERS.Username_Key", "{}@example.org"])
def test_a_link_that_was_asked_for_by_name_or_address_is_not_sent_any_more(leaver, stored, db_session, typed):
    def ask(session):
        users = Base.metadata.tables["users"]
        session.execute(update(users).where(users.c.id == leaver.id).values(email=f"{MARK}@example.org"))
        mails.ask_for_reset(session, typed.format(MARK))
        mails.ask_for_reset(session, "somebody else")

    stored(ask)
    stored(lambda session: leaving.leave(session, leaver.id, with_messages=True))
    assert list(db_session.scalars(select(Mail.recipient))) == ["somebody else"]
