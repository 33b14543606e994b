"""Runs migrations through the app's own engine, in one transaction on both engines."""

from alembic import context
from flask import current_app
from sqlalchemy import BigInteger, Connection, text
from sqlalchemy.types import TypeEngine

from chatweb.models import Base, UtcMillis

# Any number that no other use of this database takes: one migration at a time on PostgreSQL.
ADVISORY_LOCK = 7_214_053_911


def render_type(kind: str, item: object, _context: object) -> str | bool:
    """Times are written into migrations as what the database keeps, so that old ones never change meaning."""
    return "sa.BigInteger()" if kind == "type" and isinstance(item, UtcMillis) else False


def compare_type(
    _context: object,
    _inspected: object,
    _column: object,
    present: TypeEngine[object],
    wanted: TypeEngine[object],
) -> bool | None:
    """A time is a BIGINT; everything else is compared as usual."""
    return False if isinstance(wanted, UtcMillis) and isinstance(present, BigInteger) else None


def migrate(connection: Connection) -> None:
    """Take the database from where it is to where it should be."""
    is_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=is_sqlite,
        render_item=render_type,
        compare_type=compare_type,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        if not is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        context.run_migrations()
        if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("the migration would leave rows that point nowhere; nothing was changed")


def set_foreign_keys(connection: Connection, state: str) -> None:
    """SQLite alters a table by copying and dropping it; with keys on, dropping `chats` empties the rest."""
    if connection.dialect.name == "sqlite":
        # Past SQLAlchemy, which would begin a transaction first: inside one this pragma does nothing.
        connection.connection.driver_connection.execute(f"PRAGMA foreign_keys={state}")


with current_app.extensions["migrate"].db.engine.connect() as engine_connection:
    writing = engine_connection.execution_options(writes=True)
    set_foreign_keys(writing, "OFF")
    try:
        migrate(writing)
    finally:
        writing.rollback()
        set_foreign_keys(writing, "ON")
