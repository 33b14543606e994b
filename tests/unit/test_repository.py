"""Habits of the repository that no other tool watches."""

import hashlib
import re
import tomllib

import pytest

from chatweb.paths import STATIC
from tests.servers import CHECKOUT

PYPROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
LOCKS = sorted(CHECKOUT.glob("requirements*.txt"))
STYLES = sorted(path for path in (STATIC / "css").glob("*.css") if path.name != "main.css")
VENDORED = sorted(
    path
    for path in (STATIC / "vendor").rglob("*")
    if path.is_file() and path.suffix in (".js", ".css", ".woff2")
)
LAYERS = "@layer reset, tokens, base, layout, components, states, overrides;"


def normal(requirement):
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def locked(path):
    return {
        normal(line) for line in path.read_text().splitlines() if re.match(r"[a-z0-9]", line, re.IGNORECASE)
    }


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_holds_versions_and_hashes_and_no_address(lock):
    for line in lock.read_text().splitlines():
        assert re.fullmatch(
            r"[a-z0-9-]+==[\w.+]+( ; [^/]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line
        ), line


def test_everything_asked_for_is_locked():
    groups = PYPROJECT["dependency-groups"]
    runtime = {*map(normal, PYPROJECT["project"]["dependencies"]), *map(normal, groups["build"])}
    tools = {normal(item) for group in ("test", "dev") for item in groups[group] if isinstance(item, str)}
    assert runtime <= locked(CHECKOUT / "requirements.txt")
    assert runtime | tools <= locked(CHECKOUT / "requirements-dev.txt")


def test_what_runs_is_locked_to_the_same_versions_for_the_tests():
    runtime, tests = (
        set(re.findall(r"^[\w.-]+==[\w.+]+", (CHECKOUT / name).read_text(), flags=re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert runtime <= tests


def test_something_is_vendored():
    assert {path.name for path in VENDORED} >= {"htmx.min.js", "hx-ws.min.js"}


@pytest.mark.parametrize("path", VENDORED, ids=lambda path: path.name)
def test_a_vendored_file_is_the_one_that_was_checked(path):
    notes = (STATIC / "vendor" / "README.md").read_text()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert any(path.name in line and digest in line for line in notes.splitlines()), f"{path.name} {digest}"


def test_the_order_of_the_layers_is_fixed_first():
    assert (STATIC / "css" / "tokens.css").read_text().splitlines()[0] == LAYERS


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_is_part_of_every_page(path):
    assert f'@import url("{path.name}");' in (STATIC / "css" / "main.css").read_text()


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_is_one_layer(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL).removeprefix(LAYERS).strip()
    layer = re.match(r"@layer ([a-z]+) \{", text)
    assert layer
    assert re.search(rf"\b{layer[1]}\b", LAYERS)
    depth = 0
    for position, sign in enumerate(text):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if position and depth == 0 and sign == "}":
            assert position == len(text) - 1, f"outside its layer: {text[position + 1 : position + 80]}"
