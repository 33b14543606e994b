"""Whether the database has the tables that this version needs."""

import logging

import click
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade
from sqlalchemy.exc import DBAPIError

from chatweb.config import Settings
from chatweb.extensions import db
from chatweb.paths import MIGRATIONS

_OLD = click.ClickException("The database is not up to date. Run: flask db upgrade")


def bring_up_to_date(settings: Settings) -> None:
    """Migrate SQLite to the newest schema; on PostgreSQL refuse an old one with the command to run.

    Raises click.ClickException, one line, for a schema that is newer than the code and for a database that
    cannot be opened.
    """
    if _is_up_to_date():
        return
    if not settings.is_sqlite:
        raise _OLD
    logging.getLogger("alembic").setLevel(logging.WARNING)
    upgrade(directory=str(MIGRATIONS))


def refuse_unless_up_to_date() -> None:
    """Raise click.ClickException, one line, for any schema but the newest, and for no database at all."""
    if not _is_up_to_date():
        raise _OLD


def _is_up_to_date() -> bool:
    present = _present()
    if present not in (None, *_known()):
        raise click.ClickException(
            f"The database is at migration {present}, unknown to this version: a newer chatweb has used it."
        )
    return present == _newest()


def _present() -> str | None:
    try:
        with db.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as problem:
        reason = str(problem.orig).partition("\n")[0]
        raise click.ClickException(f"The database cannot be opened: {reason}") from None


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return ScriptDirectory.from_config(config)


def _newest() -> str | None:
    return _scripts().get_current_head()


def _known() -> set[str]:
    return {script.revision for script in _scripts().walk_revisions()}
