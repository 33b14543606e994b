"""What operators type to keep a copy of an SQLite database, and to put it back."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.engine import make_url

from chatweb.config import Settings

_WAIT_SECONDS = 30.0
_ELSEWHERE = {
    "backup": 'pg_dump --format=custom --file=FILE "$CHATWEB_DATABASE_URL"',
    "restore": 'pg_restore --exit-on-error --dbname="$CHATWEB_DATABASE_URL" FILE, into an empty database',
}


@click.command("backup")
@with_appcontext
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy the SQLite database to FILE, also while the server runs."""
    size = _copy(_database("backup"), file)
    click.echo(f"{file}: {size:,} bytes, checked. The secret key is not in it: keep that as well, elsewhere.")


@click.command("restore")
@with_appcontext
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Make FILE, a backup, the database, where there is none yet."""
    database = _database("restore")
    # A log or journal left behind would be played into the database that comes to its side.
    for old in (database, Path(f"{database}-wal"), Path(f"{database}-journal")):
        if old.exists():
            raise click.ClickException(
                f"{old} is there. Stop the server and move {database}* away; then once more."
            )
    size = _copy(file, database)
    click.echo(f"{database}: {size:,} bytes, checked. Start the server with the secret key of that time.")


def _database(command: str) -> Path:
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.is_sqlite:
        raise click.ClickException(f"The messages are in PostgreSQL. Use {_ELSEWHERE[command]}")
    return Path(make_url(settings.database_url).database or "")


def _copy(source: Path, target: Path) -> int:
    """Copy a database; answers with bytes. The target is there only when it is whole, checked and on disk."""
    try:
        with _beside(target) as fresh:
            with closing(_open(source, "rw" if os.access(source, os.W_OK) else "ro")) as connection:
                connection.execute("SELECT version_num FROM alembic_version").fetchone()
                # One moment of the database, and nothing of what was deleted from it.
                connection.execute("VACUUM INTO ?", (str(fresh),))
            with closing(_open(fresh, "ro")) as connection:
                (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if verdict != "ok":
                raise click.ClickException(f"{source} is damaged: {verdict}")
            _sync(fresh)
            os.link(fresh, target)
            _sync(target.parent)
            return target.stat().st_size
    except FileExistsError:
        raise click.ClickException(f"{target} is there already; nothing is overwritten.") from None
    except sqlite3.Error as problem:
        raise click.ClickException(f"{source} cannot be copied: {problem}.") from None
    except OSError as problem:
        raise click.ClickException(f"{target} cannot be written: {problem.strerror}.") from None


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """An empty file for its owner only, in the folder of the target; gone afterwards."""
    if target.exists():
        raise FileExistsError
    descriptor, name = mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        for left in (name, f"{name}-journal"):
            with suppress(FileNotFoundError):
                Path(left).unlink()


def _open(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_WAIT_SECONDS)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
