"""Who may import whom: the contracts stand in pyproject.toml."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import CHECKOUT

LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-c", LINT], cwd=folder, capture_output=True, text=True, check=False
    )


def test_imports_point_downwards():
    result = lint(CHECKOUT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("domain/messages.py", "import flask", "know no web framework"),
        ("live/bus.py", "import chatweb.models", "Live knows no table"),
        ("announce.py", "import chatweb.store", "Only web and cli store"),
        ("fragments.py", "import chatweb.web.auth", "Layers import downwards only"),
        ("web/inbox.py", "import chatweb.web.conversation", "Blueprints do not import each other"),
    ],
)
def test_a_planted_import_is_found(tmp_path, module, line, broken):
    shutil.copytree(CHECKOUT / "chatweb", tmp_path / "chatweb", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    with (tmp_path / "chatweb" / module).open("a") as file:
        file.write(f"\n{line}\n")
    result = lint(tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr
    assert f"{broken} BROKEN" in " ".join(result.stdout.split()), result.stdout
