"""The data folder and the secret key in it: made once, closed to others."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from chatweb.config import ConfigError, load


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "deep" / "data"


@pytest.fixture
def load_here(folder):
    return lambda **values: load({"CHATWEB_DATA_DIR": str(folder)} | values)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_is_made_and_closed_to_others(load_here, folder):
    assert load_here().data_dir == folder
    assert mode(folder) == 0o700


def test_by_default_the_folder_is_data_where_the_server_was_started(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load({}).data_dir == tmp_path / "data"
    assert (tmp_path / "data" / "secret_key").exists()


def test_the_key_is_made_once_and_only_its_owner_may_read_it(load_here, folder):
    key = load_here().secret_key
    assert len(key) * 6 >= 256
    assert mode(folder / "secret_key") == 0o600
    assert load_here().secret_key == key
    assert [path.name for path in folder.iterdir()] == ["secret_key"]


def test_every_instance_has_its_own_key(tmp_path):
    keys = {load({"CHATWEB_DATA_DIR": str(tmp_path / name)}).secret_key for name in "abc"}
    assert len(keys) == 3


def test_a_mask_of_the_shell_does_not_open_the_key(load_here, folder):
    before = os.umask(0)
    try:
        load_here()
    finally:
        os.umask(before)
    assert mode(folder / "secret_key") == 0o600


def test_a_key_that_was_given_is_used_and_none_is_made(load_here, folder):
    assert load_here(CHATWEB_SECRET_KEY="k" * 40).secret_key == "k" * 40
    assert list(folder.iterdir()) == []


def test_many_starting_at_once_agree_on_one_key(load_here):
    together = Barrier(16)

    def start(_number):
        together.wait()
        return load_here().secret_key

    with ThreadPoolExecutor(16) as threads:
        assert len(set(threads.map(start, range(16)))) == 1


def refusal(load_here):
    with pytest.raises(ConfigError) as refused:
        load_here()
    told = str(refused.value)
    assert told.startswith("CHATWEB_DATA_DIR: ")
    assert "\n" not in told
    return told


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 40], ids=["empty", "short", "no text"])
def test_a_spoilt_key_is_told_and_not_replaced(load_here, folder, content):
    folder.mkdir(parents=True)
    (folder / "secret_key").write_bytes(content)
    assert str(folder / "secret_key") in refusal(load_here)
    assert (folder / "secret_key").read_bytes() == content


def test_a_key_that_is_a_folder_is_told(load_here, folder):
    (folder / "secret_key").mkdir(parents=True)
    assert str(folder / "secret_key") in refusal(load_here)


def test_a_folder_that_is_a_file_is_told(load_here, folder):
    folder.parent.mkdir()
    folder.write_text("not a folder")
    assert str(folder) in refusal(load_here)


def test_a_folder_below_a_file_is_told(load_here, folder):
    folder.parent.write_text("not a folder")
    assert str(folder) in refusal(load_here)
