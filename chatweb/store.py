"""The one door for writes, and a quick one for reads."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from chatweb import measures, sqlite
from chatweb.extensions import db

T = TypeVar("T")

_sqlite: WeakKeyDictionary[Engine, sqlite.Transactions] = WeakKeyDictionary()
_here = threading.local()


def prepare(engine: Engine) -> None:
    """Set up an engine before its first connection."""
    if engine.dialect.name == "sqlite":
        sqlite.set_up(engine)
        _sqlite[engine] = sqlite.Transactions(engine)


def store(work: Callable[[Session], T]) -> T:
    """Run `work(session)` in a transaction and answer with what it returned, once that is on disk.

    Whatever `work` raises rolls everything back and passes through. Announce only what this returned.
    On SQLite several may share one transaction: `work` must do nothing but read and write through the
    session it is given, because it is run again, alone, when another one of its transaction fails.
    RuntimeError when called from inside `work`: one write is one transaction.
    """
    if getattr(_here, "writes", False):
        raise RuntimeError("store() inside store(): it would wait for itself for ever")
    if db.session.registry.has():
        # What was read before is the past: whoever reads on after this must find what it stored.
        db.session.rollback()

    asked_at = time.perf_counter()

    def write(session: Session) -> T:
        measures.WAITED.observe(time.perf_counter() - asked_at)
        _here.writes = True
        try:
            return work(session)
        finally:
            _here.writes = False

    with measures.WRITTEN.time():
        if transactions := _sqlite.get(db.engine):
            return transactions.write(write)
        return _transaction(db.session(), write)


def read(work: Callable[[Session], T]) -> T:
    """Answer with what `work(session)` found, and leave nothing open.

    For what nearly every request asks: on SQLite it costs a fifth of a transaction of `db.session`. It may
    not write, and what it answers with must not need the session any more.
    """
    if transactions := _sqlite.get(db.engine):
        return transactions.read(work)
    # In PostgreSQL's READ COMMITTED each statement reads its own moment anyway: nothing has to begin or end.
    by_itself = db.engine.execution_options(isolation_level="AUTOCOMMIT")
    with Session(by_itself, expire_on_commit=False) as session:
        return work(session)


def _transaction(session: Session, work: Callable[[Session], T]) -> T:
    try:
        session.connection()
        result = work(session)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    return result
