"""What an operator may set or type stands in the README."""

import dataclasses
import re
from collections.abc import Iterator

import click
import pytest

from chatweb.config import Settings
from tests.servers import CHECKOUT

README = (CHECKOUT / "README.md").read_text()
SETTINGS = [f"CHATWEB_{field.name.upper()}" for field in dataclasses.fields(Settings)]


def own_commands(group: click.Group, path: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from own_commands(command, f"{path}{name} ")
        elif command.callback and command.callback.__module__.startswith("chatweb"):
            yield path + name


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_is_documented(setting):
    assert f"`{setting}`" in README


def test_no_documented_setting_is_made_up():
    known = {*SETTINGS, "CHATWEB_TEST_CHROMIUM"}
    assert set(re.findall(r"\bCHATWEB_[A-Z_]+", README)) <= known


def test_every_command_is_documented(app):
    commands = set(own_commands(app.cli))
    assert {"user create", "user password", "user list", "demo", "serve"} <= commands
    for command in commands:
        assert re.search(rf"\b(flask|chatweb) {command}\b", README), (
            f"README does not tell of 'flask {command}'"
        )


def test_every_make_target_a_newcomer_needs_is_documented():
    targets = set(re.findall(r"^([a-z]+):.*## ", (CHECKOUT / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b", README))
    assert {"run", "test", "bench"} <= named <= targets
