"""Statements that every page or message needs: compiled once for each engine, and run by its driver itself.

To run a compiled statement and hand its row over SQLAlchemy takes 40 µs, SQLite 5: with it a message costs a
third more. What runs seldom goes through SQLAlchemy all the same.
"""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import ClauseElement, Dialect, ReturnsRows
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction

R = TypeVar("R")
Convert = Callable[[Any], Any]

_drivers: WeakKeyDictionary[SessionTransaction, tuple[Dialect, Any]] = WeakKeyDictionary()


class Query(Generic[R]):
    """A statement that returns rows; its gaps are `bindparam`s. `into` makes an answer of a row's columns."""

    def __init__(self, statement: ReturnsRows, into: Callable[[Iterable[Any]], R]) -> None:
        self._statement = statement
        self._into = into
        self._prepared: dict[str, _Prepared] = {}

    def all(self, session: Session, **values: Any) -> list[R]:
        """Every row, in the session's transaction. Raises what SQLAlchemy raises for the same problem."""
        dialect, connection = driver(session)
        prepared = self._prepared.get(dialect.name)
        if prepared is None:
            prepared = self._prepared[dialect.name] = _Prepared(self._statement, dialect)
        into = self._into
        return [into(row) for row in prepared.run(connection, values)]

    def first(self, session: Session, **values: Any) -> R | None:
        """The first row; None when there is none."""
        found = self.all(session, **values)
        return found[0] if found else None


def single(row: Iterable[Any]) -> Any:
    """Answers that are the one column of the statement."""
    (value,) = row
    return value


class _Prepared:
    """A statement for one engine: its text, and how values get into it and out of it."""

    def __init__(self, statement: ReturnsRows, dialect: Dialect) -> None:
        compiled: Any = cast("ClauseElement", statement).compile(dialect=dialect)
        self._text = str(compiled)
        self._dialect = dialect
        self._error = cast("Any", dialect.loaded_dbapi).Error
        self._places: list[str] | None = compiled.positiontup
        self._constants: dict[str, Any] = {
            name: value for name, value in compiled.params.items() if value is not None
        }
        self._inward = {
            name: convert
            for name, parameter in compiled.binds.items()
            if (convert := parameter.type.dialect_impl(dialect).bind_processor(dialect))
        }
        self._outward = [
            (place, convert)
            for place, column in enumerate(statement.exported_columns)
            if (convert := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]

    def run(self, connection: Any, values: dict[str, Any]) -> list[Any]:
        """The rows, as sequences."""
        given = self._constants | values
        for name, convert in self._inward.items():
            given[name] = convert(given[name])
        try:
            found = _execute(connection, self._text, self._placed(given))
        except self._error as problem:
            raise DBAPIError.instance(
                self._text, None, problem, self._error, hide_parameters=True, dialect=self._dialect
            ) from problem
        return [self._read(row) for row in found] if self._outward else found

    def _placed(self, given: dict[str, Any]) -> Any:
        return given if self._places is None else tuple([given[name] for name in self._places])

    def _read(self, row: tuple[Any, ...]) -> list[Any]:
        read = list(row)
        for place, convert in self._outward:
            read[place] = convert(read[place])
        return read


def _execute(connection: Any, text: str, parameters: Any) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = connection.execute(text, parameters).fetchall()
    return rows


def driver(session: Session) -> tuple[Dialect, Any]:
    """The dialect and the driver's connection of the session's transaction, begun if need be.

    SQLAlchemy needs 10 µs to find them again each time; `session.info["driver"]` holds those that stay.
    """
    standing: tuple[Dialect, Any] | None = session.info.get("driver")
    if standing is not None:
        return standing
    transaction = session.get_transaction()
    if transaction is None or transaction not in _drivers:
        connection = session.connection()
        transaction = cast("SessionTransaction", session.get_transaction())
        _drivers[transaction] = connection.dialect, connection.connection.driver_connection
    return _drivers[transaction]
