"""What a benchmark finds out, against what it should be, and the table that shows it."""

import platform
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

SHOWN_VERSIONS = ("flask", "sqlalchemy", "gunicorn", "gevent")


@dataclass(frozen=True)
class Target:
    """What a figure should be: in words, and as a question to its value."""

    words: str
    is_met: Callable[[float], bool]


@dataclass(frozen=True)
class Figure:
    """One line of the table. Without a target it only informs."""

    name: str
    value: float
    unit: str
    target: Target | None = None

    @property
    def verdict(self) -> str:
        """Whether the target was reached: "ok", "MISSED", or nothing without a target."""
        if self.target is None:
            return ""
        return "ok" if self.target.is_met(self.value) else "MISSED"


def at_most(limit: float) -> Target:
    """Met up to this value, itself included."""
    return Target(f"<= {number(limit)}", lambda value: value <= limit)


def below(limit: float) -> Target:
    """Met under this value."""
    return Target(f"< {number(limit)}", lambda value: value < limit)


def at_least(limit: float) -> Target:
    """Met from this value on."""
    return Target(f">= {number(limit)}", lambda value: value >= limit)


def within(low: float, high: float) -> Target:
    """Met between these two, themselves included."""
    return Target(f"{number(low)} to {number(high)}", lambda value: low <= value <= high)


def number(value: float) -> str:
    """Three digits that mean something, thousands apart: 0.83, 12.4, 128,000."""
    decimals = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{decimals}f}"


def heading() -> str:
    """The names of the table's columns."""
    return f"{'figure':<66} {'value':>10} {'unit':<8} {'target':<12} verdict"


def line(figure: Figure) -> str:
    """A figure as a line of the table."""
    target = figure.target.words if figure.target else ""
    columns = f"{figure.name:<66} {number(figure.value):>10} {figure.unit:<8} {target:<12} {figure.verdict}"
    return columns.rstrip()


def machine() -> str:
    """Where and with what these figures were made, on one line."""
    memory = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in SHOWN_VERSIONS)
    return (
        f"{_processor()}, {psutil.cpu_count()} cores, {memory:.0f} GB, "
        f"{platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}{_build()}, {versions}"
    )


def _build() -> str:
    """A Python compiled without profile-guided optimization takes a third longer for everything."""
    is_optimized = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    return "" if is_optimized else " (not an optimized build)"


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for entry in described.read_text().splitlines():
            name, _, value = entry.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
