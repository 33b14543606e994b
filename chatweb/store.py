"""The one door for writes, and how each engine is set up for it."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from chatweb.domain.queries import driver
from chatweb.extensions import db
from chatweb.offload import syncing

T = TypeVar("T")

BUSY_TIMEOUT_MS = 5_000
_PRAGMAS = (
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
)
_here = threading.local()


def store(work: Callable[[Session], T]) -> T:
    """Run `work(session)` in a transaction and answer with what it returned, once that is on disk.

    Whatever `work` raises rolls everything back and passes through. Announce only what this returned.
    On SQLite several may share one transaction: `work` must do nothing but read and write through the
    session it is given, because it is run again, alone, when another one of its transaction fails.
    RuntimeError when called from inside `work`: one write is one transaction.
    """
    if getattr(_here, "writes", False):
        raise RuntimeError("store() inside store(): it would wait for itself for ever")
    session = db.session()
    # A read that is still open would pin an old snapshot, and SQLite refuses to write from one.
    session.rollback()
    if db.engine.dialect.name == "sqlite":
        return _turns[db.engine].take(session, work)
    return cast("T", _transaction(session, [work])[0])


class _Job(Generic[T]):
    """One caller's work, and what came of it."""

    def __init__(self, work: Callable[[Session], T]) -> None:
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


class _Turns:
    """The writes of one SQLite database: those who come while a transaction is on its way share the next.

    A second BEGIN IMMEDIATE would wait inside C and freeze every greenlet, the owner of the first one too.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._waiting: list[_Job[Any]] = []

    def take(self, session: Session, work: Callable[[Session], T]) -> T:
        job = _Job(work)
        self._waiting.append(job)
        with self._turn:
            if not job.is_done:
                jobs, self._waiting = self._waiting, []
                self._run(session, jobs)
        return job.answer()

    def _run(self, session: Session, jobs: list[_Job[Any]]) -> None:
        try:
            results = _transaction(session, [job.work for job in jobs], sync=_sync)
        except Exception as problem:  # noqa: BLE001 - it is raised where the work came from
            if len(jobs) == 1:
                jobs[0].end(problem=problem)
            else:
                for job in jobs:
                    self._run(session, [job])
        except BaseException as problem:  # noqa: BLE001 - as above
            for job in jobs:
                job.end(problem=problem)
        else:
            for job, result in zip(jobs, results, strict=True):
                job.end(result)


_turns: WeakKeyDictionary[Engine, _Turns] = WeakKeyDictionary()


def _transaction(
    session: Session, works: list[Callable[[Session], Any]], sync: Callable[[Session], None] | None = None
) -> list[Any]:
    _here.writes = True
    try:
        driver(session, writes=True)
        results = [work(session) for work in works]
        if sync:
            session.flush()
            sync(session)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _here.writes = False
    return results


def _sync(session: Session) -> None:
    """Commit beneath SQLAlchemy, off the loop; what it commits after that is empty."""
    with _told_as_sqlalchemy("COMMIT"):
        syncing(driver(session)[1].commit)


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)


@contextmanager
def _told_as_sqlalchemy(statement: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as problem:
        raise OperationalError(statement, None, problem) from problem


def prepare(engine: Engine) -> None:
    """Set up SQLite: WAL, foreign keys, full sync, and writes that take the write lock when they begin."""
    if engine.dialect.name != "sqlite":
        return
    _turns[engine] = _Turns()
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma).close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    # Straight to the driver: SQLAlchemy would build a whole statement for these words, twice a request.
    statement = "BEGIN IMMEDIATE" if writes else "BEGIN"
    with _told_as_sqlalchemy(statement):
        _driver(connection).execute(statement).close()
