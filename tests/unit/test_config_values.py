"""Every setting, good and bad; a bad one is told in one line that begins with its name."""

import dataclasses

import pytest

from chatweb.config import ConfigError, Settings, load

DEFAULTS = {
    "secret_key_fallback": None,
    "redis_url": None,
    "host": "127.0.0.1",
    "port": 8000,
    "workers": 1,
    "public_url": None,
    "trusted_proxies": 0,
    "registration": "open",
    "rate_limits": True,
    "mail_url": None,
    "mail_from": None,
    "metrics_token": None,
    "reading_notice_days": None,
}
GOOD = [
    ("READING_NOTICE_DAYS", "30", 30),
    (
        "DATABASE_URL",
        "postgresql://chat:secret@db.example.org/chat",
        "postgresql+psycopg://chat:secret@db.example.org/chat",
    ),
    ("DATABASE_URL", "postgres://db/chat", "postgresql+psycopg://db/chat"),
    (
        "DATABASE_URL",
        "postgresql+psycopg:///chat?host=/run/postgresql",
        "postgresql+psycopg:///chat?host=/run/postgresql",
    ),
    ("DATABASE_URL", "sqlite:////var/lib/chatweb/chat.db", "sqlite:////var/lib/chatweb/chat.db"),
    ("SECRET_KEY", "k" * 32, "k" * 32),
    ("METRICS_TOKEN", "m" * 32, "m" * 32),
    ("SECRET_KEY_FALLBACK", "o" * 32, "o" * 32),
    ("HOST", "localhost", "localhost"),
    ("HOST", "::1", "::1"),
    ("PORT", "0", 0),
    ("PORT", "65535", 65535),
    ("PORT", " 8080 ", 8080),
    ("WORKERS", "1", 1),
    ("PUBLIC_URL", "https://chat.example.org", "https://chat.example.org"),
    ("PUBLIC_URL", "HTTPS://Chat.Example.Org/", "https://chat.example.org"),
    ("PUBLIC_URL", "http://10.0.0.7:8000", "http://10.0.0.7:8000"),
    ("PUBLIC_URL", "https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ("TRUSTED_PROXIES", "2", 2),
    ("REGISTRATION", "closed", "closed"),
    ("RATE_LIMITS", "on", True),
    ("RATE_LIMITS", "off", False),
    ("REDIS_URL", "redis://localhost", "redis://localhost"),
    ("REDIS_URL", "redis://:p%40ss@10.0.0.7:6380/2", "redis://:p%40ss@10.0.0.7:6380/2"),
    ("REDIS_URL", "rediss://chat:secret@redis.example.org", "rediss://chat:secret@redis.example.org"),
    (
        "REDIS_URL",
        "rediss://[::1]:6380?ssl_ca_certs=/etc/ca.pem",
        "rediss://[::1]:6380?ssl_ca_certs=/etc/ca.pem",
    ),
    ("REDIS_URL", "unix:///run/redis.sock?db=1", "unix:///run/redis.sock?db=1"),
    ("MAIL_FROM", "chat@example.org", "chat@example.org"),
    ("MAIL_FROM", "The Chat <chat@example.org>", "The Chat <chat@example.org>"),
]
BAD = {
    "DATABASE_URL": [
        "mysql://db/chat",
        "chat.db",
        "sqlite:chat.db",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql",
        "postgresql://db:port/chat",
        "://",
    ],
    "SECRET_KEY": ["k" * 31, "short"],
    "METRICS_TOKEN": ["m" * 31],
    "SECRET_KEY_FALLBACK": ["k" * 31],
    "PORT": ["65536", "-1", "http", "8000.0", "８０００", "0x50", "1" * 5_000],
    "READING_NOTICE_DAYS": ["0", "-1", "3651", "a week"],
    "WORKERS": ["0", "257", "two", "2"],
    "PUBLIC_URL": [
        "chat.example.org",
        "ftp://chat.example.org",
        "https://",
        "https://chat.example.org/chat",
        "https://chat.example.org?a=b",
        "https://chat.example.org#a",
        "https://somebody@chat.example.org",
        "https://chat.example.org:port",
        "https://chat.example.org:99999",
        "https://chat .example.org",
        "https://[::1",
    ],
    "TRUSTED_PROXIES": ["-1", "11", "yes"],
    "REGISTRATION": ["Open", "invite", "no"],
    "RATE_LIMITS": ["0", "true", "ON"],
    "REDIS_URL": [
        "localhost:6379",
        "http://localhost",
        "redis://localhost:port",
        "redis://localhost:99999",
        "redis://localhost?db=first",
        "redis://localhost?nothing=known",
        "unix://",
        "unix://redis.sock",
        "redis+sentinel://localhost:26379/main",
        "sentinel://localhost",
        "rediss+cluster://localhost",
        "redis://one:6379,two:6379",
        "redis://[::1",
    ],
    "MAIL_URL": [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://mail.example.org/inbox",
        "smtp://mail.example.org:port",
        "smtp://mail.example.org?tls=no",
        "smtp://[::1",
    ],
    "MAIL_FROM": ["chat", "chat@", "@example.org", "a@b c@d", "chat@example.org\r\nBcc: x@example.org"],
}


@pytest.fixture
def load_with(tmp_path):
    return lambda **values: load(
        {"CHATWEB_DATA_DIR": str(tmp_path / "data")}
        | {f"CHATWEB_{name}": value for name, value in values.items()}
    )


def test_without_any_variable_there_are_defaults(load_with, tmp_path):
    settings = load_with()
    assert {name: getattr(settings, name) for name in DEFAULTS} == DEFAULTS
    assert settings.data_dir == tmp_path / "data"
    assert settings.database_url == f"sqlite:///{tmp_path / 'data' / 'chatweb.db'}"
    fields = {field.name for field in dataclasses.fields(Settings)}
    assert fields == {*DEFAULTS, "data_dir", "database_url", "secret_key"}


def test_an_empty_variable_is_as_good_as_none(load_with):
    everything = {name.upper(): "" for name in DEFAULTS} | {"DATABASE_URL": " ", "SECRET_KEY": ""}
    assert load_with(**everything) == load_with()


@pytest.mark.parametrize(("name", "value", "means"), GOOD, ids=lambda value: str(value)[:40])
def test_a_good_value_is_taken(load_with, name, value, means):
    assert getattr(load_with(**{name: value}), name.lower()) == means


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, value) for name, values in BAD.items() for value in values],
    ids=lambda value: ascii(value[:40]),
)
def test_a_bad_value_is_told_in_one_line(load_with, name, value):
    with pytest.raises(ConfigError) as refusal:
        load_with(**{name: value})
    assert str(refusal.value).startswith(f"CHATWEB_{name}: ")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    ["smtp://mail.example.org", "smtps://chat:p%40ss@mail.example.org:465", "smtp://[::1]:2525"],
)
def test_a_mail_server_is_taken_where_links_have_somewhere_to_lead(load_with, url):
    assert load_with(MAIL_URL=f"{url}/", PUBLIC_URL="https://chat.example.org").mail_url == url
    with pytest.raises(ConfigError, match=r"^CHATWEB_PUBLIC_URL: needed with CHATWEB_MAIL_URL"):
        load_with(MAIL_URL=url)


@pytest.mark.parametrize(
    ("values", "address", "name"),
    [
        ({}, "http://127.0.0.1:8000", "127.0.0.1"),
        ({"HOST": "::1", "PORT": "81"}, "http://[::1]:81", "::1"),
        ({"PUBLIC_URL": "https://chat.example.org:444"}, "https://chat.example.org:444", "chat.example.org"),
    ],
)
def test_a_server_knows_where_people_reach_it(load_with, values, address, name):
    settings = load_with(**values)
    assert (settings.address, settings.host_name) == (address, name)


def test_a_secret_is_not_told_when_it_is_bad(load_with):
    with pytest.raises(ConfigError) as refusal:
        load_with(MAIL_URL="smtp://chat:hush@mail.example.org/inbox")
    assert "hush" not in str(refusal.value)
    with pytest.raises(ConfigError) as refusal:
        load_with(SECRET_KEY="hush hush")
    assert "hush" not in str(refusal.value)
    with pytest.raises(ConfigError) as refusal:
        load_with(REDIS_URL="redis://:hush@localhost:port")
    assert "hush" not in str(refusal.value)
    with pytest.raises(ConfigError) as refusal:
        load_with(DATABASE_URL="postgresql://chat:hush@db:port/chat")
    assert "hush" not in str(refusal.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "chat.example.org"])  # noqa: S104 - refused
def test_a_server_that_others_reach_must_know_its_address(load_with, host):
    with pytest.raises(ConfigError, match=r"^CHATWEB_PUBLIC_URL: needed"):
        load_with(HOST=host)
    assert load_with(HOST=host, PUBLIC_URL="https://chat.example.org").host == host


def test_several_workers_need_redis_to_meet_through(load_with):
    with pytest.raises(ConfigError, match=r"^CHATWEB_WORKERS: more than 1 needs CHATWEB_REDIS_URL"):
        load_with(WORKERS="2")
    assert load_with(WORKERS="2", REDIS_URL="redis://localhost").workers == 2


@pytest.mark.parametrize("url", ["redis+sentinel://a:26379", "redis-cluster://a", "redis://a:6379,b:6379"])
def test_sentinel_and_cluster_are_refused_by_name(load_with, url):
    with pytest.raises(ConfigError, match="Sentinel and Cluster are not supported"):
        load_with(REDIS_URL=url)


def test_installations_are_told_apart_in_redis_by_their_keys(load_with):
    here, there = load_with(SECRET_KEY="k" * 32), load_with(SECRET_KEY="o" * 32)
    assert here.namespace == load_with(SECRET_KEY="k" * 32, PORT="1").namespace != there.namespace
    assert "k" * 32 not in here.namespace


def test_an_sqlite_file_named_without_a_folder_lies_where_the_server_was_started(
    load_with, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert load_with(DATABASE_URL="sqlite:///chat.db").database_url == f"sqlite:///{tmp_path / 'chat.db'}"


def test_facts_that_follow_from_the_settings(load_with):
    plain = load_with()
    assert (plain.is_sqlite, plain.is_https) == (True, False)
    assert "127.0.0.1" in plain.trusted_hosts
    public = load_with(PUBLIC_URL="https://chat.example.org:8443", DATABASE_URL="postgresql://db/chat")
    assert (public.is_sqlite, public.is_https) == (False, True)
    assert public.trusted_hosts == ["chat.example.org:8443"]


def test_settings_do_not_change(load_with):
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_with().port = 1
