"""On SQLite, too, no id is ever given out again: what was deleted may still be spoken of."""

import re

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# Where the ids of each table may stand besides it.
SPOKEN_OF = {
    "chats": ("SELECT max(chat_id) FROM audit_entries",),
    "chat_messages": (
        "SELECT max(max(cleared, read_id, seen_id)) FROM chat_members",
        "SELECT max(message_id) FROM report_messages",
        "SELECT max(max(coalesce(first_id, 0), coalesce(last_id, 0))) FROM audit_entries",
    ),
    "sessions": ("SELECT max(session_id) FROM audit_entries",),
    "reports": (),
}
KEY = re.compile(r"\s*CONSTRAINT pk_\w+ PRIMARY KEY \(id\),")
PLAIN = re.compile(r"\bid INTEGER NOT NULL,")
ONCE = "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,"


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table, places in SPOKEN_OF.items():
        _make_anew(table, lambda made: PLAIN.sub(ONCE, KEY.sub("", made)))
        highest = max(_number(f"SELECT max(id) FROM {table}"), *map(_number, places), 0)
        op.execute(f"DELETE FROM sqlite_sequence WHERE name = '{table}'")
        op.execute(f"INSERT INTO sqlite_sequence (name, seq) VALUES ('{table}', {highest})")


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in SPOKEN_OF:
        key = f"CONSTRAINT pk_{table} PRIMARY KEY (id),"
        _make_anew(table, lambda made, key=key: _with(key, made.replace(ONCE, "id INTEGER NOT NULL,")))


def _make_anew(table: str, change) -> None:
    """The way of SQLite's own documentation for what ALTER TABLE cannot do (lang_altertable, section 7)."""
    connection = op.get_bind()
    about = f"FROM sqlite_master WHERE tbl_name = '{table}' AND sql IS NOT NULL"
    made = connection.exec_driver_sql(f"SELECT sql {about} AND type = 'table'").scalar_one()
    indexes = connection.exec_driver_sql(f"SELECT sql {about} AND type = 'index'").scalars().all()
    changed = change(made)
    head = re.compile(rf'^CREATE TABLE "?{table}"?')
    connection.exec_driver_sql(head.sub("CREATE TABLE made_anew", changed))
    connection.exec_driver_sql(f"INSERT INTO made_anew SELECT * FROM {table}")
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE made_anew RENAME TO {table}")
    for index in indexes:
        connection.exec_driver_sql(index)


def _with(key: str, made: str) -> str:
    """Constraints stand behind the columns."""
    before, first, rest = made.partition("CONSTRAINT ")
    return f"{before}{key} {first}{rest}"


def _number(question: str) -> int:
    return op.get_bind().exec_driver_sql(question).scalar() or 0
