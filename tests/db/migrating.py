"""Migrations run as `flask db` runs them, also ones made up for a test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from sqlalchemy import Connection, insert, inspect, select, text

from chatweb.extensions import db
from chatweb.models import Base
from chatweb.paths import MIGRATIONS

EXTRA = """
import sqlalchemy as sa
from alembic import op

revision = "test"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade():
{upgrade}


def downgrade():
{downgrade}
"""
HEAD = "0022"


class Database:
    """The database of an app, at whatever migration."""

    def __init__(self, app: Flask, scripts: Path = MIGRATIONS) -> None:
        self._app, self._scripts = app, scripts

    def upgrade(self, revision: str = "head") -> None:
        self._run(flask_migrate.upgrade, revision=revision)

    def downgrade(self, revision: str) -> None:
        self._run(flask_migrate.downgrade, revision=revision)

    def check(self) -> None:
        """Fails with SystemExit when the models and the tables differ."""
        self._run(flask_migrate.check)

    @property
    def version(self) -> str | None:
        """The migration it is at."""
        with self.connect() as connection:
            return connection.scalar(text("SELECT version_num FROM alembic_version"))

    @property
    def tables(self) -> set[str]:
        with self.connect() as connection:
            return set(inspect(connection).get_table_names())

    @property
    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, by the columns that the models know."""
        with self.connect() as connection:
            return {
                table.name: [
                    tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))
                ]
                for table in Base.metadata.sorted_tables
            }

    def fill(self, everything: dict[str, list[tuple[Any, ...]]]) -> None:
        """Write such rows."""
        with self.connect() as connection, connection.begin():
            for table in Base.metadata.sorted_tables:
                names = table.columns.keys()
                for row in everything[table.name]:
                    connection.execute(insert(table).values(dict(zip(names, row, strict=True))))

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        with self._app.app_context(), db.engine.connect() as connection:
            yield connection

    def with_migration(self, folder: Path, upgrade: str, downgrade: str = "pass") -> "Database":
        """The same database with one more migration, of these lines."""
        scripts = folder / "migrations"
        shutil.copytree(MIGRATIONS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
        lines = {name: _indented(code) for name, code in (("upgrade", upgrade), ("downgrade", downgrade))}
        (scripts / "versions" / "test_extra.py").write_text(EXTRA.format(head=HEAD, **lines))
        return Database(self._app, scripts)

    def _run(self, command: Callable[..., None], **options: Any) -> None:
        with self._app.app_context():
            command(directory=str(self._scripts), **options)


def _indented(code: str) -> str:
    return "\n".join(f"    {line}" for line in code.strip().splitlines())
