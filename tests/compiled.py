"""Templates that are compiled once in a process, however many apps it makes."""

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache


class _Kept(BytecodeCache):
    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], object] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


def compile_templates_once() -> None:
    """Let every app that is made from now on, here and in forks, use what an earlier one compiled."""
    Flask.jinja_options = {"bytecode_cache": _Kept()}
