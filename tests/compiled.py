"""What every app compiles alike, once in a process, however many apps it makes: templates, addresses, SQL."""

from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine, event
from werkzeug.routing import Rule


class _Kept(BytecodeCache):
    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], object] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


def compile_once() -> None:
    """Let every app that is made from now on, here and in forks, use what an earlier one compiled."""
    Flask.jinja_options = {"bytecode_cache": _Kept()}
    _keep_builders()
    _keep_statements()


def _keep_builders() -> None:
    """Of a rule of the route table: what makes addresses of it, which is Python that werkzeug writes."""
    compile_builder = Rule._compile_builder
    kept: dict[tuple, Any] = {}

    def run(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        key = rule.rule, tuple(rule._trace), append_unknown
        if key not in kept:
            kept[key] = compile_builder(rule, append_unknown)
        return kept[key]

    Rule._compile_builder = run


def _keep_statements() -> None:
    """Of an engine: what it has compiled, and its dialect, by which SQLAlchemy finds that again.

    A dialect is to be kept only after it has met its database.
    """
    make_engine = SQLAlchemy._make_engine
    kept: dict[str, tuple[Any, Any]] = {}

    def run(database: SQLAlchemy, *arguments: Any) -> Engine:
        engine = make_engine(database, *arguments)
        name, own = engine.dialect.name, (engine.dialect, engine._compiled_cache)
        if name in kept:
            engine.dialect, engine._compiled_cache = kept[name]
        else:
            event.listen(engine, "connect", lambda *_: kept.setdefault(name, own), once=True)
        return engine

    SQLAlchemy._make_engine = run
