"""Commands that need the database, and what they say when it is not there or not up to date."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import DBAPIError

from chatweb.schema import refuse_unless_up_to_date

Command = TypeVar("Command", bound=Callable[..., Any])


def with_database(run: Command) -> Command:
    """Run a command within the app; a database that is away or has an older schema is told in one line."""

    @with_appcontext
    @functools.wraps(run)
    def told(*arguments: Any, **options: Any) -> Any:
        try:
            return run(*arguments, **options)
        except DBAPIError:
            refuse_unless_up_to_date()
            raise

    return told  # type: ignore[return-value]


class Group(AppGroup):
    """Commands under one name, each of them `with_database`."""

    def command(  # type: ignore[override]  # never without parentheses
        self, *arguments: Any, **options: Any
    ) -> Callable[[Callable[..., Any]], click.Command]:
        """Decorate a function to be one of them."""
        decorate = super().command(*arguments, **options)
        return lambda run: decorate(with_database(run))
