"""What the migrations made, read back from the database."""

import pytest
from sqlalchemy import BigInteger, Boolean, Engine, Integer, LargeBinary, String, Text, inspect
from sqlalchemy.engine.reflection import Inspector

from chatweb.extensions import db

FAMILIES = {
    "bigint": BigInteger,
    "integer": Integer,
    "text": Text,
    "string": String,
    "bytes": LargeBinary,
    "boolean": Boolean,
}
COLUMNS = {
    "users": "id integer, username string, username_key string, email string null, display_name string, "
    "password_hash string, role string, is_active boolean, inserted_at bigint, updated_at bigint, "
    "shows_reading boolean, shows_typing boolean, shows_presence boolean, seen_at bigint null, "
    "left_at bigint null, pending_email string null, asks_first boolean, "
    "time_zone string, avatar string, paused_at bigint null",
    "avatars": "user_id integer, data bytes",
    "sessions": "id integer, token_hash bytes, user_id integer, inserted_at bigint, seen_at bigint, "
    "expires_at bigint, revoked_at bigint null, address string, agent string, confirmed_at bigint",
    "chats": "id integer, topic string, user_1_id integer, user_2_id integer, revision integer, "
    "inserted_at bigint, updated_at bigint",
    "chat_members": "chat_id integer, user_id integer, read_id integer, seen_id integer, muted bigint null, "
    "pinned boolean, archived boolean, cleared integer, opened boolean, draft string, blocked boolean, "
    "waits boolean",
    "chat_messages": "id integer, chat_id integer, sender_id integer, key string, revision integer, "
    "body text, inserted_at bigint, updated_at bigint null, deleted_at bigint null, "
    "by_moderator boolean",
    "mails": "id integer, kind string, user_id integer null, recipient string, tries integer, "
    "inserted_at bigint, due_at bigint",
    "tickets": "id integer, token_hash bytes, kind string, user_id integer, email string, expires_at bigint",
    "chat_message_versions": "id integer, message_id integer, body text, written_at bigint",
    "authenticators": "user_id integer, secret bytes, confirmed_at bigint null, last_step integer",
    "recovery_codes": "code_hash bytes, user_id integer",
    "half_sign_ins": "token_hash bytes, user_id integer, remember boolean, expires_at bigint",
    "passkeys": "id integer, user_id integer, credential_id bytes, public_key bytes, sign_count bigint, "
    "name string, inserted_at bigint, used_at bigint null",
    "challenges": "challenge_hash bytes, user_id integer null, expires_at bigint",
    "guesses": "whom bytes, user_id integer null, tries integer, next_at bigint",
    "audit_entries": "id integer, inserted_at bigint, actor_id integer null, actor_name string, "
    "action string, chat_id integer null, topic string, person_1_id integer null, person_1_name string, "
    "person_2_id integer null, person_2_name string, kind string, reference string, reason string, "
    "detail string, first_id integer null, last_id integer null, count integer null, request_id string, "
    "address string, session_id integer null, previous bytes, hash bytes",
    "reports": "id integer, key string, chat_id integer null, reporter_id integer, reported_id integer, "
    "kind string, words text, inserted_at bigint, decision string null, entry_id integer null",
    "report_messages": "id integer, report_id integer, message_id integer, body text, written_at bigint",
    "holds": "id integer, chat_id integer null, user_id integer null, inserted_at bigint, entry_id integer",
}
PRIMARY_KEYS = {
    "users": "id",
    "avatars": "user_id",
    "sessions": "id",
    "chats": "id",
    "chat_members": "chat_id, user_id",
    "chat_messages": "id",
    "chat_message_versions": "id",
    "mails": "id",
    "tickets": "id",
    "authenticators": "user_id",
    "recovery_codes": "code_hash",
    "half_sign_ins": "token_hash",
    "passkeys": "id",
    "challenges": "challenge_hash",
    "guesses": "whom",
    "audit_entries": "id",
    "reports": "id",
    "report_messages": "id",
    "holds": "id",
}
FOREIGN_KEYS = {
    "users": set(),
    "avatars": {"user_id -> users.id CASCADE"},
    "sessions": {"user_id -> users.id CASCADE"},
    "chats": {"user_1_id -> users.id CASCADE", "user_2_id -> users.id CASCADE"},
    "chat_members": {"chat_id -> chats.id CASCADE", "user_id -> users.id CASCADE"},
    "chat_messages": {
        "chat_id -> chats.id CASCADE",
        "sender_id -> users.id CASCADE",
        "chat_id, sender_id -> chat_members.chat_id, user_id CASCADE",
    },
    "chat_message_versions": {"message_id -> chat_messages.id CASCADE"},
    "mails": {"user_id -> users.id CASCADE"},
    "tickets": {"user_id -> users.id CASCADE"},
    "authenticators": {"user_id -> users.id CASCADE"},
    "recovery_codes": {"user_id -> users.id CASCADE"},
    "half_sign_ins": {"user_id -> users.id CASCADE"},
    "passkeys": {"user_id -> users.id CASCADE"},
    "challenges": {"user_id -> users.id CASCADE"},
    "guesses": {"user_id -> users.id CASCADE"},
    # What an entry names may be gone.
    "audit_entries": set(),
    # A report outlives its conversation, and its evidence the message.
    "reports": {
        "chat_id -> chats.id SET NULL",
        "reporter_id -> users.id CASCADE",
        "reported_id -> users.id CASCADE",
    },
    "report_messages": {"report_id -> reports.id CASCADE"},
    # Not even the database deletes what is held.
    "holds": {"chat_id -> chats.id RESTRICT", "user_id -> users.id RESTRICT"},
}
UNIQUE_CONSTRAINTS = {
    "users": {"username_key", "email"},
    "avatars": set(),
    "sessions": {"token_hash"},
    "chats": {"user_1_id, user_2_id"},
    "chat_members": set(),
    "chat_messages": {"sender_id, key", "chat_id, key"},
    "chat_message_versions": set(),
    "mails": set(),
    "tickets": {"token_hash"},
    "authenticators": set(),
    "recovery_codes": set(),
    "half_sign_ins": set(),
    "passkeys": {"credential_id"},
    "challenges": set(),
    "guesses": set(),
    "audit_entries": set(),
    "reports": {"reporter_id, key"},
    "report_messages": set(),
    "holds": {"chat_id", "user_id"},
}
INDEXES = {
    "users": set(),
    "avatars": set(),
    "sessions": {"user_id"},
    "chats": {"topic unique"},
    "chat_members": {"user_id"},
    "chat_messages": {
        "chat_id",
        "sender_id",
        "chat_id, id",
        "chat_id, revision",
        "chat_id, inserted_at, id",
        "chat_id, sender_id, id",
        "deleted_at",
    },
    "chat_message_versions": {"message_id"},
    "mails": {"user_id", "due_at"},
    "tickets": {"user_id"},
    "authenticators": set(),
    "recovery_codes": {"user_id"},
    "half_sign_ins": {"user_id"},
    "passkeys": {"user_id"},
    "challenges": {"user_id"},
    "guesses": {"user_id", "next_at"},
    "audit_entries": {"chat_id, actor_id, id"},
    "reports": {"chat_id", "reported_id", "id"},
    "report_messages": {"report_id"},
    "holds": set(),
}
CHECKS = {
    "users": {"ck_users_role"},
    "avatars": set(),
    "sessions": set(),
    "chats": {"ck_chats_order"},
    "chat_members": set(),
    "chat_messages": set(),
    "chat_message_versions": set(),
    "mails": set(),
    "tickets": set(),
    "authenticators": set(),
    "recovery_codes": set(),
    "half_sign_ins": set(),
    "passkeys": set(),
    "challenges": set(),
    "guesses": set(),
    "audit_entries": set(),
    "reports": set(),
    "report_messages": set(),
    "holds": {"ck_holds_one"},
}

pytestmark = pytest.mark.both_engines


@pytest.fixture
def engine(app) -> Engine:
    with app.app_context():
        return db.engine


@pytest.fixture
def schema(engine) -> Inspector:
    return inspect(engine)


def described(column: dict) -> str:
    family = next(name for name, kind in FAMILIES.items() if isinstance(column["type"], kind))
    return f"{column['name']} {family}{' null' if column['nullable'] else ''}"


def of_every_table(look) -> dict:
    return {table: look(table) for table in COLUMNS}


def test_there_are_these_tables_and_no_others(schema):
    assert set(schema.get_table_names()) == {*COLUMNS, "alembic_version"}


def test_every_column_has_its_type_and_is_null_only_where_it_may_be(schema):
    found = of_every_table(lambda table: ", ".join(map(described, schema.get_columns(table))))
    assert found == COLUMNS


def test_every_primary_key_is_in_place(schema):
    found = of_every_table(lambda table: ", ".join(schema.get_pk_constraint(table)["constrained_columns"]))
    assert found == PRIMARY_KEYS


def test_every_foreign_key_says_what_goes_along(schema):
    def keys(table):
        return {
            f"{', '.join(key['constrained_columns'])} -> {key['referred_table']}."
            f"{', '.join(key['referred_columns'])} {key['options'].get('ondelete')}"
            for key in schema.get_foreign_keys(table)
        }

    assert of_every_table(keys) == FOREIGN_KEYS


def test_every_unique_constraint_is_in_place(schema):
    found = of_every_table(
        lambda table: {", ".join(one["column_names"]) for one in schema.get_unique_constraints(table)}
    )
    assert found == UNIQUE_CONSTRAINTS


def test_every_index_is_in_place(schema):
    def indexes(table):
        return {
            ", ".join(index["column_names"]) + (" unique" if index["unique"] else "")
            for index in schema.get_indexes(table)
            if not index.get("duplicates_constraint")
        }

    assert of_every_table(indexes) == INDEXES


def test_every_check_is_in_place(schema):
    found = of_every_table(lambda table: {check["name"] for check in schema.get_check_constraints(table)})
    assert found == CHECKS
    assert schema.get_check_constraints("chats")[0]["sqltext"] == "user_1_id < user_2_id"
