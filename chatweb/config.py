"""Every setting, typed, read once from `CHATWEB_*` environment variables."""

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

T = TypeVar("T")

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_PUBLIC_URL = re.compile(r"https?://([\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?/?", re.IGNORECASE)


class ConfigError(ValueError):
    """A setting has a value that chatweb cannot start with; the text is one line for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may choose. Field names are the variables' names without `CHATWEB_`, in lower case."""

    database_url: str
    secret_key: str
    secret_key_fallback: str | None = None
    data_dir: Path
    redis_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    public_url: str | None = None
    trusted_proxies: int = 0
    registration: str = "open"
    rate_limits: bool = True
    mail_url: str | None = None
    mail_from: str | None = None
    metrics_token: str | None = None
    reading_notice_days: int | None = None

    @property
    def secret_keys(self) -> list[str]:
        """What signs and seals, and after it what did so before."""
        return [self.secret_key] + ([self.secret_key_fallback] if self.secret_key_fallback else [])

    @property
    def namespace(self) -> str:
        """What the channels and keys of this installation are named after in a Redis that others use, too.

        All its processes share the key that signs cookies, and no other installation has it. Channels know
        no database numbers.
        """
        return hashlib.sha256(b"chatweb in Redis " + self.secret_key.encode()).hexdigest()[:16]

    @property
    def is_sqlite(self) -> bool:
        """Whether messages are kept in an SQLite file."""
        return self.database_url.startswith("sqlite")

    @property
    def is_https(self) -> bool:
        """Whether people reach this server through TLS."""
        return self.public_url is not None and self.public_url.startswith("https://")

    @property
    def can_mail(self) -> bool:
        """Whether a mail reaches people by itself, instead of waiting in the data folder."""
        return self.mail_url is not None

    @property
    def address(self) -> str:
        """Where people reach this server, without a slash at the end: what links in mails begin with."""
        if self.public_url is not None:
            return self.public_url
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def host_name(self) -> str:
        """The name of this server, without a port."""
        return urlsplit(self.address).hostname or self.host

    @property
    def trusted_hosts(self) -> list[str]:
        """Host names that a request may carry; any other is answered 400."""
        if self.public_url is None:
            return list(LOOPBACK_HOSTS)
        return [urlsplit(self.public_url).netloc]


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; makes the data folder and, when no key is given, a secret key inside it.

    Raises ConfigError with one clear line for a value that cannot be used.
    """
    data_dir = Path(environ.get("CHATWEB_DATA_DIR") or "data").absolute()
    host = environ.get("CHATWEB_HOST") or "127.0.0.1"
    public_url = _read(environ, "PUBLIC_URL", _public_url, None)
    redis_url = _read(environ, "REDIS_URL", _redis_url, None)
    workers = _read(environ, "WORKERS", _whole(1, 256), 1)
    mail_url = _read(environ, "MAIL_URL", _mail_url, None)
    if workers > 1 and redis_url is None:
        raise ConfigError("CHATWEB_WORKERS: more than 1 needs CHATWEB_REDIS_URL, which they meet through")
    if mail_url is not None and public_url is None:
        raise ConfigError("CHATWEB_PUBLIC_URL: needed with CHATWEB_MAIL_URL: where links in mails lead")
    if public_url is None and host not in ("127.0.0.1", "localhost", "::1"):
        raise ConfigError(f"CHATWEB_PUBLIC_URL: needed when CHATWEB_HOST is {host}: the address people type")
    _make_folder(data_dir)
    return Settings(
        database_url=_read(environ, "DATABASE_URL", _database_url, f"sqlite:///{data_dir / 'chatweb.db'}"),
        redis_url=redis_url,
        secret_key=_read(environ, "SECRET_KEY", _secret, None) or _kept_key(data_dir / "secret_key"),
        secret_key_fallback=_read(environ, "SECRET_KEY_FALLBACK", _secret, None),
        data_dir=data_dir,
        host=host,
        port=_read(environ, "PORT", _whole(0, 65535), 8000),
        workers=workers,
        public_url=public_url,
        trusted_proxies=_read(environ, "TRUSTED_PROXIES", _whole(0, 10), 0),
        registration=_read(environ, "REGISTRATION", _one_of("open", "closed"), "open"),
        rate_limits=_read(environ, "RATE_LIMITS", _one_of("on", "off"), "on") == "on",
        mail_url=mail_url,
        mail_from=_read(environ, "MAIL_FROM", _mail_from, None),
        metrics_token=_read(environ, "METRICS_TOKEN", _secret, None),
        reading_notice_days=_read(environ, "READING_NOTICE_DAYS", _whole(1, 3650), None),
    )


def _read(environ: Mapping[str, str], name: str, parse: Callable[[str], T], default: T) -> T:
    value = environ.get(f"CHATWEB_{name}", "").strip()
    if not value:
        return default
    try:
        return parse(value)
    except ValueError as problem:
        raise ConfigError(f"CHATWEB_{name}: {problem}") from None


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}, not {value!r}")
        return int(value)

    return parse


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be {' or '.join(choices)}, not {value!r}")
        return value

    return parse


def _public_url(value: str) -> str:
    if not _PUBLIC_URL.fullmatch(value) or urlsplit(value).port == 0:
        raise ValueError(f"must look like https://chat.example.org, without a path, not {value!r}")
    return value.removesuffix("/").lower()


def _mail_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_good = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("must look like smtp://user:password@host:587 or smtps://user:password@host")
    return value.removesuffix("/")


def _mail_from(value: str) -> str:
    address = parseaddr(value)[1]
    if not value.isprintable() or not re.fullmatch(r"[^\s@]+@[^\s@]+", address):
        raise ValueError(f"must look like chat@example.org or Chat <chat@example.org>, not {value!r}")
    return value


def _database_url(value: str) -> str:
    scheme, _, rest = value.partition("://")
    if _is_readable(value) and scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite" and rest[:1] == "/" and rest[1:] not in ("", ":memory:"):
        return f"sqlite:///{Path(rest[1:]).absolute()}"
    raise ValueError(
        "must look like sqlite:////folder/chatweb.db or postgresql://user:password@host/database"
    )


def _redis_url(value: str) -> str:
    parts = value.partition("://")
    if re.search("sentinel|cluster", parts[0], re.IGNORECASE) or "," in parts[2].partition("/")[0]:
        raise ValueError("Sentinel and Cluster are not supported: name one server, like redis://host:6379")
    # Only who uses Redis loads its library: a tenth of a second, and 20 MB.
    from redis.connection import Connection, UnixDomainSocketConnection, parse_url  # noqa: PLC0415
    from redis.exceptions import RedisError  # noqa: PLC0415

    try:
        options = parse_url(value)
        kind = options.pop("connection_class", Connection)
        is_good = kind is not UnixDomainSocketConnection or options.get("path", "").startswith("/")
        kind(**options)
    except (ValueError, TypeError, RedisError):
        is_good = False
    if not is_good:
        raise ValueError(
            "must look like redis://user:password@host:6379/0, rediss://host (with TLS) or unix:///folder/socket"
        )
    return value


def _is_readable(database_url: str) -> bool:
    try:
        make_url(database_url)
    except (ArgumentError, ValueError):
        return False
    return True


def _secret(value: str) -> str:
    if len(value) < 32:
        raise ValueError("must have at least 32 characters")
    return value


def _make_folder(data_dir: Path) -> None:
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise ConfigError(f"CHATWEB_DATA_DIR: cannot make {data_dir}: {problem.strerror}") from None


def _kept_key(path: Path) -> str:
    """The key kept in the data folder, made once; only its owner may read it."""
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_text().strip()
    except OSError as problem:
        raise ConfigError(f"CHATWEB_DATA_DIR: cannot use {path}: {problem.strerror}") from None
    except UnicodeDecodeError:
        key = ""
    if len(key) < 32:
        raise ConfigError(f"CHATWEB_DATA_DIR: {path} holds no usable key; remove it to have a new one made")
    return key


def _make_key(path: Path) -> None:
    # Under its name from the first moment whole: of several that start at once, all read the same key.
    with NamedTemporaryFile("w", dir=path.parent) as fresh, suppress(FileExistsError):
        fresh.write(secrets.token_urlsafe(48))
        fresh.flush()
        os.link(fresh.name, path)
