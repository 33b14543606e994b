"""The wheel serves on its own, from any folder: templates, static files and migrations are inside."""

import os
import re
import subprocess
import sys
import urllib.request
import zipfile

import pytest

from tests.servers import CHECKOUT, Server


def run(*command, **options):
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=CHECKOUT)
    (path,) = folder.glob("chatweb-*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run(*pip, "--no-index", "--no-deps", "--target", folder, wheel)
    return folder


@pytest.fixture
def elsewhere(installed, tmp_path):
    """The environment of a shell in another folder, where the wheel's chatweb comes first."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CHATWEB_")}
    return {"cwd": tmp_path, "env": own | {"PYTHONPATH": str(installed)}}


def test_the_wheel_holds_every_file_of_the_checkout(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("templates", "static", "migrations"):
        files = [path for path in (CHECKOUT / folder).rglob("*") if path.is_file() and path.suffix != ".pyc"]
        assert files
        assert {f"chatweb/{path.relative_to(CHECKOUT)}" for path in files} <= inside


def test_nothing_but_the_product_is_in_the_wheel(wheel):
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {re.sub(r"-[\d.]+\.dist-info", "-info", top) for top in tops} == {"chatweb", "chatweb-info"}


def test_the_command_of_the_wheel_tells_what_it_can_do(installed, elsewhere):
    assert "serve" in run(installed / "bin" / "chatweb", "--help", **elsewhere)


def test_the_wheel_is_what_runs(installed, elsewhere):
    told = run(
        sys.executable, "-P", "-c", "import chatweb.paths as p; print(p.TEMPLATES, p.STATIC)", **elsewhere
    )
    assert told.split() == [str(installed / "chatweb" / "templates"), str(installed / "chatweb" / "static")]


@pytest.mark.parametrize("fresh", [True, False], ids=["empty folder", "kept data"])
def test_the_wheel_serves_from_another_folder(installed, elsewhere, settings, tmp_path, fresh):
    if fresh:
        (tmp_path / "chatweb.db").unlink()
    server = Server(settings, tmp_path / "server.log", {"PYTHONPATH": str(installed)})
    server.command = (str(installed / "bin" / "chatweb"), "serve")
    server.folder = tmp_path
    server.start()
    try:
        with urllib.request.urlopen(f"{server.url}/login") as answer:
            page = answer.read().decode()
        style = re.search(r'href="(/static/[^"]+\.css)"', page)
        assert style
        with urllib.request.urlopen(server.url + style[1]) as answer:
            assert "@layer" in answer.read().decode()
    finally:
        server.stop()
    assert "Traceback" not in server.log()
