"""What somebody takes along is whole: of every column it is decided whether it goes into the file."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import insert, update

from chatweb.domain import access, changes
from chatweb.fragments import iso
from chatweb.models import Avatar, Base, Passkey, SignIn, User, UtcMillis
from tests.db.rows import sign_in
from tests.people import PASSWORD
from tests.second_step import set_up, spare_code
from tests.web.overseeing import report

INTERNAL = "a number or name of this server’s own"
SECRET = "who finds the file is not to get in with it"
PASSING = "of a step that is not done yet, gone within a day"
OTHERS = "says something about somebody else"
OTHERS_WORDS = "what the other one wrote, and may have deleted meanwhile"
OPERATORS = "kept by those who run the server, for them"

# Where each column stands in the JSON file.
TOLD = {
    "users.username": ("person", "username"),
    "users.email": ("person", "email"),
    "users.pending_email": ("person", "unconfirmed_email"),
    "users.display_name": ("person", "display_name"),
    "users.role": ("person", "role"),
    "users.shows_reading": ("person", "shows_reading"),
    "users.shows_typing": ("person", "shows_typing"),
    "users.shows_presence": ("person", "shows_presence"),
    "users.asks_first": ("person", "asks_first"),
    "users.time_zone": ("person", "time_zone"),
    "users.seen_at": ("person", "seen_at"),
    "users.inserted_at": ("person", "joined_at"),
    "users.updated_at": ("person", "changed_at"),
    "avatars.data": ("person", "picture"),
    "authenticators.confirmed_at": ("second_step", "app_since"),
    "passkeys.name": ("second_step", "passkeys", 0, "name"),
    "passkeys.inserted_at": ("second_step", "passkeys", 0, "made_at"),
    "passkeys.used_at": ("second_step", "passkeys", 0, "used_at"),
    "sessions.address": ("browsers", -1, "address"),
    "sessions.agent": ("browsers", -1, "agent"),
    "sessions.inserted_at": ("browsers", -1, "signed_in_at"),
    "sessions.seen_at": ("browsers", -1, "seen_at"),
    "sessions.confirmed_at": ("browsers", -1, "confirmed_at"),
    "sessions.expires_at": ("browsers", -1, "expires_at"),
    "sessions.revoked_at": ("browsers", -1, "signed_out_at"),
    "reports.kind": ("reports", 0, "kind"),
    "reports.words": ("reports", 0, "words"),
    "reports.inserted_at": ("reports", 0, "sent_at"),
    "chats.inserted_at": ("chats", 0, "started_at"),
    "chat_members.muted": ("chats", 0, "muted_until"),
    "chat_members.pinned": ("chats", 0, "pinned"),
    "chat_members.archived": ("chats", 0, "archived"),
    "chat_members.draft": ("chats", 0, "draft"),
    "chat_members.blocked": ("chats", 0, "blocked"),
    "chat_members.waits": ("chats", 0, "is_request"),
    "chat_messages.body": ("chats", 0, "messages", 0, "body"),
    "chat_messages.inserted_at": ("chats", 0, "messages", 0, "sent_at"),
    "chat_messages.updated_at": ("chats", 0, "messages", 0, "edited_at"),
    "chat_message_versions.body": ("chats", 0, "messages", 0, "earlier", 0, "body"),
    "chat_message_versions.written_at": ("chats", 0, "messages", 0, "earlier", 0, "written_at"),
}
# Told in other words, by tests of their own here and beside this file.
TOLD_OTHERWISE = {
    "reports.reported_id": "its name",
    "report_messages.message_id": "how many",
    "recovery_codes.user_id": "how many",
    "chats.user_1_id": "the other one’s name",
    "chats.user_2_id": "the other one’s name",
    "chat_members.read_id": "the time of that message",
    "chat_members.seen_id": "the time of that message",
    "chat_members.cleared": "what was cleared is not there",
    "chat_messages.sender_id": "the sender’s name",
    "chat_messages.deleted_at": "that it is deleted",
    "chat_messages.by_moderator": "by whom",
}
LEFT_OUT = {
    "users.id": INTERNAL,
    "users.username_key": INTERNAL,
    "users.password_hash": SECRET,
    "users.is_active": "always so for who can ask for the file",
    "users.paused_at": "never so for who can ask for the file",
    "users.left_at": "never so for who can ask for the file",
    "users.avatar": INTERNAL,
    "avatars.user_id": INTERNAL,
    "authenticators.user_id": INTERNAL,
    "authenticators.secret": SECRET,
    "authenticators.last_step": INTERNAL,
    "recovery_codes.code_hash": SECRET,
    "passkeys.id": INTERNAL,
    "passkeys.user_id": INTERNAL,
    "passkeys.credential_id": SECRET,
    "passkeys.public_key": SECRET,
    "passkeys.sign_count": INTERNAL,
    "sessions.id": INTERNAL,
    "sessions.user_id": INTERNAL,
    "sessions.token_hash": SECRET,
    "reports.id": INTERNAL,
    "reports.key": INTERNAL,
    "reports.chat_id": INTERNAL,
    "reports.reporter_id": INTERNAL,
    "reports.decision": OTHERS,
    "reports.entry_id": OPERATORS,
    "report_messages.id": INTERNAL,
    "report_messages.body": OTHERS_WORDS,
    "report_messages.written_at": OTHERS_WORDS,
    "report_messages.report_id": INTERNAL,
    "chats.id": INTERNAL,
    "chats.topic": INTERNAL,
    "chats.revision": INTERNAL,
    "chats.updated_at": "the time of the last message",
    "chat_members.chat_id": INTERNAL,
    "chat_members.user_id": INTERNAL,
    "chat_members.opened": "such a chat is there, empty or not",
    "chat_messages.id": INTERNAL,
    "chat_messages.chat_id": INTERNAL,
    "chat_messages.key": INTERNAL,
    "chat_messages.revision": INTERNAL,
    "chat_message_versions.id": INTERNAL,
    "chat_message_versions.message_id": INTERNAL,
}
TABLES_LEFT_OUT = {
    "audit_entries": OPERATORS,
    "challenges": PASSING,
    "guesses": "what strangers tried",
    "half_sign_ins": PASSING,
    "holds": OPERATORS,
    "mails": PASSING,
    "tickets": PASSING,
}


START = datetime(2026, 3, 1, tzinfo=UTC)
# What cannot be just anything.
GIVEN = {"users.role": "auditor", "users.time_zone": "Europe/Paris", "avatars.data": b"RIFF and so on"}


def columns():
    return [column for table in Base.metadata.sorted_tables for column in table.c]


def exported(visitor, kind="json"):
    answer = visitor.post("/settings/data/export", {"present": PASSWORD, "format": kind})
    assert answer.status_code == 200
    return answer.text


def value_at(told, path):
    for step in path:
        told = told[step]
    return told


def as_told(value):
    if isinstance(value, bytes):
        return f"data:image/webp;base64,{b64encode(value).decode()}"
    return iso(value) if isinstance(value, datetime) else value


def unlike_any_other(number, column):
    name = str(column)
    if isinstance(column.type, UtcMillis):
        return START + timedelta(days=number, milliseconds=number)
    if column.type.python_type is bool:
        return not column.default.arg
    return GIVEN.get(name, f"<{name}> 早安")


def passkey(user_id):
    return {
        "user_id": user_id,
        "credential_id": b"a credential",
        "public_key": b"a public key",
        "sign_count": 1,
        "name": "-",
        "inserted_at": START,
    }


@pytest.fixture
def kept(app, as_alice, talk, alice, bob, chat, stored):
    """Alice has something of all that there is: the value of each column that is told, by its name."""
    (said,), (theirs,) = talk.says(alice, "helo"), talk.says(bob, "I know where you live")
    report(stored, chat, theirs.id)
    set_up(app, alice)
    spare_code(app, alice.id)
    named = {str(column): column for column in columns() if str(column) in TOLD}
    values = {name: unlike_any_other(number, column) for number, (name, column) in enumerate(named.items())}

    def work(session):
        held = access.chat_for(session, alice.id, talk.topic)
        changes.edit(session, held, said.id, "hello")
        session.execute(insert(Avatar).values(user_id=alice.id, data=b"-"))
        session.execute(insert(Passkey).values(passkey(alice.id)))
        browser = session.scalars(insert(SignIn).values(sign_in(alice.id)).returning(SignIn.id)).one()
        ids = {"users": alice.id, "sessions": browser, "chat_messages": said.id}
        for table in {column.table for column in named.values()}:
            its = {column.name: values[name] for name, column in named.items() if column.table is table}
            hers = table.c.id == ids.get(table.name, 1) if "id" in table.c else table.c.user_id == alice.id
            assert session.execute(update(table).where(hers).values(its)).rowcount == 1

    stored(work)
    return values


def test_of_every_column_it_is_decided_whether_it_is_told():
    decided = [*TOLD, *TOLD_OTHERWISE, *LEFT_OUT]
    there = {str(column) for column in columns() if column.table.name not in TABLES_LEFT_OUT}
    assert set(decided) == there
    assert len(decided) == len(there), "decided twice"


def test_every_column_stands_in_the_file(as_alice, kept):
    told = json.loads(exported(as_alice))
    wrong = {
        column: found
        for column, path in TOLD.items()
        if (found := value_at(told, path)) != as_told(kept[column])
    }
    assert wrong == {}
    assert told["second_step"]["recovery_codes"] == 1
    (report,) = told["reports"]
    assert (report["about"], report["messages"]) == ({"username": "bob", "display_name": "bob"}, 1)


def test_the_page_says_it_too(as_alice, kept):
    page = unescape(exported(as_alice, "html"))
    wanted = [told for told in map(as_told, kept.values()) if isinstance(told, str)]
    assert len(wanted) > len(TOLD) // 2
    assert [told for told in wanted if told not in page] == []
    for words in ("bob", "pinned", "archived", "blocked", "waits under Requests"):
        assert words in page


@pytest.mark.parametrize("kind", ["json", "html"])
def test_nobody_gets_in_with_what_stands_in_the_file(as_alice, kept, kind, db_session, alice):
    page = exported(as_alice, kind)
    secrets = ["a credential", "a public key", db_session.get(User, alice.id).password_hash]
    assert [one for one in secrets if one in page or b64encode(one.encode()).decode() in page] == []


def test_how_far_somebody_has_read_is_told_as_a_time(as_bob, talk, alice):
    first, second = talk.says(alice, "one", "two")
    assert as_bob.get(talk.url).status_code == 200
    assert as_bob.post(f"{talk.url}/read", {"id": second.id}).status_code == 204
    assert as_bob.post(f"{talk.url}/unread", {"id": second.id}).status_code == 204
    (chat,) = json.loads(exported(as_bob))["chats"]
    assert (chat["read_up_to"], chat["seen_up_to"]) == (iso(first.inserted_at), iso(second.inserted_at))


def test_a_draft_in_a_chat_without_messages_goes_along(as_alice, talk):
    as_alice.post(f"{talk.url}/draft", {"body": "never sent"})
    (chat,) = json.loads(exported(as_alice))["chats"]
    assert (chat["draft"], chat["messages"]) == ("never sent", [])


def test_what_a_moderator_has_removed_is_told_as_the_chat_shows_it(as_alice, talk, alice, chat, stored):
    (said,) = talk.says(alice, "gone")
    stored(lambda session: changes.take_away(session, chat, [said.id]))
    (told,) = json.loads(exported(as_alice))["chats"][0]["messages"]
    assert (told["deleted"], told["deleted_by"], "body" in told) == (True, "moderator", False)
    assert "Removed by a moderator" in exported(as_alice, "html")
