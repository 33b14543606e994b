"""How the tests run: on this machine only, and never silently less than all of them."""

import os
import sys

import pytest

from tests.compiled import compile_once
from tests.servers import IN_CI, MISSING

pytest_plugins = [
    "tests.fixtures.databases",
    "tests.fixtures.people",
    "tests.fixtures.browsers",
    "tests.fixtures.mails",
    "tests.fixtures.hosts",
]
ENGINES = ("sqlite", "postgresql")
# Long ones first: what is left at the end is short, and no worker waits for another one's last test.
LONG_ONES = ("browser", "live", "cli")
FOR_TESTS = ("CHATWEB_TEST_CHROMIUM", "CHATWEB_DIALOGUES")


def _loopback_only(event: str, arguments: tuple) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1", "localhost")):
        raise RuntimeError(f"a test reached for the network: {address}")


def pytest_configure() -> None:
    sys.addaudithook(_loopback_only)
    compile_once()
    for name in [name for name in os.environ if name.startswith("CHATWEB_") and name not in FOR_TESTS]:
        del os.environ[name]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    markers = {marker.name for marker in metafunc.definition.iter_markers()}
    engines = ENGINES if "both_engines" in markers else ENGINES[1:] if "postgresql" in markers else ()
    if engines:
        metafunc.parametrize("engine_name", engines, indirect=True, scope="function")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.parent.name not in LONG_ONES)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = {
        report.longrepr[2].partition(MISSING)[2] for report in skipped if isinstance(report.longrepr, tuple)
    }
    for reason in sorted(filter(None, reasons)):
        terminalreporter.write_line(f"!!! Tests were skipped for want of {reason}", red=True, bold=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
