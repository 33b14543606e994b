"""How often something may be asked for."""

import math
import time
from typing import Any, NamedTuple

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.strategies import MovingWindowRateLimiter

from chatweb.config import Settings
from chatweb.domain import texts
from chatweb.domain.refusals import Refusal
from chatweb.web import answers, events
from chatweb.web.counts import Counts


class TooFast(Refusal):
    """Asked once too often; `seconds` is how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__("slow_down")
        self.seconds = seconds

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says about it (RFC 9110, section 10.2.3)."""
        return {"Retry-After": str(self.seconds)}


class Limit(NamedTuple):
    """So many in a moving window of time; each limit counts for itself."""

    name: str
    item: RateLimitItem


def _limit(name: str, often: str) -> Limit:
    return Limit(name, parse(often))


SIGN_IN = _limit("sign-in", "10 per 5 minutes")
EXPORT = _limit("export", "1 per hour")
FORGOTTEN = _limit("forgotten", "3 per hour")
FORGOTTEN_ADDRESS = _limit("forgotten-address", "20 per hour")
MAILED_LINK = _limit("mailed-link", "20 per hour")
MAIL = _limit("mail", "5 per hour")
SIGN_IN_ADDRESS = _limit("sign-in-address", "60 per 5 minutes")
REGISTER = _limit("register", "10 per hour")
START_CHAT = _limit("start-chat", "20 per hour")
SEARCH = _limit("search", "60 per minute")
REPORT = _limit("report", "10 per hour")
SEND = _limit("send", "30 per 10 seconds")
CHANGE = _limit("change", "30 per 10 seconds")
DRAFT = _limit("draft", "60 per minute")
SETTINGS = _limit("settings", "20 per 5 minutes")
SECOND_STEP = _limit("second-step", "5 per 5 minutes")
WRONG_CODES = _limit("wrong-codes", "4 per day")
SECOND_STEP_TOLD = _limit("second-step-told", "1 per hour")
CONFIRM = _limit("confirm", "10 per 5 minutes")
ADMIN = _limit("admin", "120 per minute")
READ_MUCH = _limit("read-much", "10 per minute")


def prepare(app: Flask) -> None:
    """Give the app its counts: its own, or those that it shares with others."""
    app.extensions["limits"] = MovingWindowRateLimiter(_counts(app.config["SETTINGS"]))


def count(limit: Limit, whom: str) -> None:
    """Count one more of somebody's; TooFast when it is one too many. Nothing happens where limits are off."""
    if has_room(limit, whom):
        return
    events.note("slowed_down", limit=limit.name)
    reset_at = _windows().get_window_stats(limit.item, limit.name, whom).reset_time
    raise TooFast(max(1, math.ceil(reset_at - time.time())))


def has_room(limit: Limit, whom: str) -> bool:
    """Count one more of somebody's, and whether that was not one too many."""
    windows = _windows()
    return windows is None or bool(windows.hit(limit.item, limit.name, whom))


def forgive(limit: Limit, whom: str) -> None:
    """Forget what was counted of somebody."""
    if windows := _windows():
        windows.clear(limit.item, limit.name, whom)


def person() -> str:
    """One count for each signed-in person."""
    return str(answers.person().id)


def address() -> str:
    """One count for each place that requests come from."""
    return request.remote_addr or ""


def identity() -> str:
    """One count for each name or address that somebody tries to sign in with, from one place."""
    return f"{address()} {typed_identity()}"


def typed_identity() -> str:
    """One count for each name or address that somebody types, from wherever."""
    return texts.username_key(request.form.get("identity", "").strip())[:254]


def are_on() -> bool:
    """Whether anything is counted at all."""
    return bool(current_app.config["SETTINGS"].rate_limits)


def _counts(settings: Settings) -> Counts:
    if settings.redis_url is None:
        return Counts()
    from chatweb.web.shared_counts import SharedCounts  # noqa: PLC0415 - only who uses Redis loads its library

    return SharedCounts(settings.redis_url, settings.namespace)


def _windows() -> Any:
    return current_app.extensions["limits"] if are_on() else None
