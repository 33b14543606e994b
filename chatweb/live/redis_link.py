"""Connections to Redis as the bus wants them: plain, impatient, and never tried twice behind its back."""

import logging

from redis.connection import Connection, parse_url
from redis.exceptions import AuthenticationError, AuthorizationError, NoPermissionError, RedisError

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.2
FAILURES = (RedisError, OSError)
_LONGEST_PAUSE = 0.25
_MODES = {"sentinel": "a Sentinel", "cluster": "part of a Cluster"}


def connect(url: str) -> Connection:
    """A new connection that has shaken hands. Raises RedisError or OSError within a fraction of a second.

    The library's defaults differ: 5 s of patience, RESP3, and up to ten tries for its clients.
    """
    options = parse_url(url) | {
        "socket_timeout": PATIENCE_SECONDS,
        "socket_connect_timeout": PATIENCE_SECONDS,
        "protocol": 2,
        "retry": None,
        "retry_on_timeout": False,
        "retry_on_error": [],
        "health_check_interval": 0,
    }
    connection: Connection = options.pop("connection_class", Connection)(**options)
    connection.connect()
    return connection


def refusal(url: str) -> str | None:
    """Why this server cannot be used, in a few words; None if it can, or cannot be asked just now."""
    try:
        connection = connect(url)
        connection.send_command("INFO", "server")
        told: bytes = connection.read_response()
        connection.disconnect()
    except (AuthenticationError, AuthorizationError, NoPermissionError):
        return "Redis does not let chatweb in: check the user and the password"
    except FAILURES:
        return None
    facts = dict(line.split(":", 1) for line in told.decode().splitlines() if ":" in line)
    what = _MODES.get(facts.get("redis_mode", ""))
    return f"this is {what}, which is not supported: name a single Redis server" if what else None


class Outage:
    """How long to wait before Redis is tried again, and whether that it is away was said."""

    def __init__(self, consequence: str) -> None:
        self._consequence = consequence
        self._pause = 0.0

    def began(self, problem: Exception) -> float:
        """It failed, or failed again: the seconds until the next try."""
        if not self._pause:
            log.warning("Redis is away (%s): %s", problem, self._consequence)
        self._pause = min(_LONGEST_PAUSE, max(0.05, self._pause * 2))
        return self._pause

    def ended(self) -> None:
        """It works."""
        if self._pause:
            log.warning("Redis is there again; until now %s", self._consequence)
        self._pause = 0.0
