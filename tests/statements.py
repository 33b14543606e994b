"""What reaches the database, as a test counts and reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine, event

from chatweb.domain import queries


class Statement(NamedTuple):
    """One statement as the driver got it."""

    text: str
    parameters: Any


@contextmanager
def recorded(engine: Engine) -> Iterator[list[Statement]]:
    """The statements while this lasts, without those that begin and end transactions."""
    seen: list[Statement] = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        seen.append(Statement(statement, parameters))

    execute = queries._execute

    def execute_and_note(driver, text, parameters):
        seen.append(Statement(text, parameters))
        return execute(driver, text, parameters)

    event.listen(engine, "before_cursor_execute", note)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(queries, "_execute", execute_and_note)
            yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def verbs(seen: list[Statement]) -> list[str]:
    """What each statement does: SELECT, UPDATE ..."""
    return [statement.text.split()[0] for statement in seen]
