"""How SQLite is set up, and transactions on connections that stay open."""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from chatweb.domain.queries import driver
from chatweb.offload import syncing

T = TypeVar("T")
Work = Callable[[Session], T]

BUSY_TIMEOUT_MS = 5_000
_PRAGMAS = (
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
)
_READ = "BEGIN"
_WRITE = "BEGIN IMMEDIATE"


def set_up(engine: Engine) -> None:
    """Set up each connection: WAL, foreign keys, full sync, and a real BEGIN where SQLAlchemy begins."""
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)


class _Standing:
    """A connection and its session, which stay. What they do begins and ends beneath SQLAlchemy.

    That takes SQLite 0.01 ms, and SQLAlchemy 0.15 ms to find out that nothing is left of what it never knew.
    """

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.connect().execution_options(stands=True)
        self._session = Session(self._connection, expire_on_commit=False)
        self._session.info["driver"] = driver(self._session)
        self._driver = driver(self._session)[1]

    def run(
        self, begin: str, works: Sequence[Work[Any]], commit: Callable[[Callable[[], None]], None]
    ) -> list[Any]:
        """What each piece of work returned, in one transaction. After an exception it is to be closed."""
        _tell(self._driver, begin)
        results = [work(self._session) for work in works]
        self._session.flush()
        try:
            commit(self._driver.commit)
        except sqlite3.Error as problem:
            raise _as_sqlalchemy("COMMIT", problem) from problem
        self._session.expunge_all()
        return results

    def close(self) -> None:
        """Roll back what is not committed, and close the connection."""
        self._session.close()
        self._connection.invalidate()
        self._connection.close()


class _Job(Generic[T]):
    """One caller's work, and what came of it."""

    def __init__(self, work: Work[T]) -> None:
        self.work = work
        self.result: T | None = None
        self.problem: BaseException | None = None
        self.is_done = False

    def end(self, result: T | None = None, problem: BaseException | None = None) -> None:
        self.result, self.problem, self.is_done = result, problem, True

    def answer(self) -> T:
        if self.problem is not None:
            raise self.problem
        return cast("T", self.result)


class Transactions:
    """The transactions of one SQLite database. Readers go on beside a writer; writers take turns.

    Those who come to write while a transaction is on its way share the next. A second BEGIN IMMEDIATE would
    wait inside C and freeze every greenlet, the owner of the first one too.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._readers: deque[_Standing] = deque()
        self._writer: _Standing | None = None
        self._turn = threading.Lock()
        self._waiting: list[_Job[Any]] = []
        event.listen(engine, "engine_disposed", self._close)

    def read(self, work: Work[T]) -> T:
        """What `work(session)` returned; it reads one moment."""
        reader = None
        with suppress(IndexError):
            reader = self._readers.pop()
        reader = reader or _Standing(self._engine)
        try:
            (result,) = reader.run(_READ, [work], _at_once)
        except BaseException:
            reader.close()
            raise
        self._readers.append(reader)
        return cast("T", result)

    def write(self, work: Work[T]) -> T:
        """What `work(session)` returned, once it is on disk."""
        job = _Job(work)
        self._waiting.append(job)
        with self._turn:
            if not job.is_done:
                jobs, self._waiting = self._waiting, []
                self._run(jobs)
        return job.answer()

    def _run(self, jobs: list[_Job[Any]]) -> None:
        try:
            results = self._commit([job.work for job in jobs])
        except Exception as problem:  # noqa: BLE001 - it is raised where the work came from
            if len(jobs) == 1:
                jobs[0].end(problem=problem)
            else:
                for job in jobs:
                    self._run([job])
        except BaseException as problem:  # noqa: BLE001 - as above
            for job in jobs:
                job.end(problem=problem)
        else:
            for job, result in zip(jobs, results, strict=True):
                job.end(result)

    def _commit(self, works: list[Work[Any]]) -> list[Any]:
        writer, self._writer = self._writer or _Standing(self._engine), None
        try:
            results = writer.run(_WRITE, works, syncing)
        except BaseException:
            writer.close()
            raise
        self._writer = writer
        return results

    def _close(self, _engine: Engine) -> None:
        for standing in (*self._readers, self._writer):
            if standing:
                standing.close()
        self._readers.clear()
        self._writer = None


def _at_once(commit: Callable[[], None]) -> None:
    commit()


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("stands"):
        # Straight to the driver: SQLAlchemy would build a whole statement for these words.
        begin = _WRITE if options.get("writes") else _READ
        _tell(cast("sqlite3.Connection", connection.connection.driver_connection), begin)


def _tell(connection: sqlite3.Connection, statement: str) -> None:
    try:
        connection.execute(statement).close()
    except sqlite3.Error as problem:
        raise _as_sqlalchemy(statement, problem) from problem


def _as_sqlalchemy(statement: str, problem: sqlite3.Error) -> OperationalError:
    return OperationalError(statement, None, problem)
