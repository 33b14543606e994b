"""The files in `deploy/`: they name what there is, fit together, and are what their tools understand."""

import configparser
import dataclasses
import re
import shutil
import subprocess
import tomllib

import pytest
import yaml

from chatweb.config import Settings
from tests.servers import CHECKOUT, missing

DEPLOY = CHECKOUT / "deploy"
FILES = sorted(DEPLOY.iterdir())
GONE_AFTER_SECONDS = 5


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]


@pytest.fixture
def unit():
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read([DEPLOY / "chatweb.service", DEPLOY / "chatweb.socket"])
    return parser


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path):
    known = {f"CHATWEB_{field.name.upper()}" for field in dataclasses.fields(Settings)}
    assert set(re.findall(r"\bCHATWEB_[A-Z_]+", path.read_text())) <= known


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_is_told_of(path):
    assert f"`deploy/{path.name}`" in (CHECKOUT / "README.md").read_text()


def test_the_image_is_made_of_files_that_there_are_and_of_all_that_the_wheel_needs():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    assert all((CHECKOUT / name).exists() for name in names)
    wheel = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    assert names == {
        *wheel["packages"],
        *wheel["force-include"],
        "pyproject.toml",
        "requirements.txt",
        "README.md",
        "LICENSE",
    }
    let_in = {line[1:] for line in (CHECKOUT / ".dockerignore").read_text().splitlines() if line[0] == "!"}
    assert names == let_in


def test_both_containers_share_all_that_several_processes_share(services):
    one, other = services["chatweb-1"], services["chatweb-2"]
    assert one == other
    settings = one["environment"]
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL"):
        assert settings[f"CHATWEB_{name}"]
    assert settings["CHATWEB_TRUSTED_PROXIES"] == "1"
    assert int(one["stop_grace_period"].removesuffix("s")) > GONE_AFTER_SECONDS
    assert set(one["depends_on"]) <= set(services)


def test_only_nginx_is_reached_from_outside(services):
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]


def test_nginx_in_its_container_is_led_to_both_and_has_the_name(services, tmp_path):
    script, _, _ = services["nginx"]["command"][-1].partition("exec ")
    here = {"/var/cache/nginx": tmp_path, "/chatweb.conf": DEPLOY / "nginx.conf"}
    here["/etc/nginx/conf.d/default.conf"] = tmp_path / "made.conf"
    script = script.replace("$$", "$")
    for inside, outside in here.items():
        assert inside in script
        script = script.replace(inside, str(outside))
    subprocess.run(["sh", "-e", "-c", script], env={"HOST_NAME": "talk.example.net"}, check=True)
    made = (tmp_path / "made.conf").read_text()
    assert "server chatweb-1:8000 fail_timeout=1s; server chatweb-2:8000 fail_timeout=1s;" in made
    assert made.count("talk.example.net") == (DEPLOY / "nginx.conf").read_text().count("chat.example.org")
    assert not re.search(r"chat\.example\.org|127\.0\.0\.1", made)


def test_systemd_listens_where_nginx_asks_and_waits_until_chatweb_is_gone(unit):
    assert f"    server {unit['Socket']['ListenStream']} " in (DEPLOY / "nginx.conf").read_text()
    assert int(unit["Service"]["TimeoutStopSec"]) > GONE_AFTER_SECONDS


def test_systemd_understands_its_units(tmp_path):
    if not shutil.which("systemd-analyze"):
        missing("systemd-analyze", "'apt install systemd'")
    for name in ("chatweb.service", "chatweb.socket"):
        text = (DEPLOY / name).read_text().replace("/opt/chatweb/bin/chatweb serve", "/bin/true serve")
        (tmp_path / name).write_text(text)
    told = subprocess.run(
        ["systemd-analyze", "verify", *tmp_path.iterdir()], capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, "")
