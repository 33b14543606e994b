"""What Flask and gunicorn cost without anything of ours, to compare machines and moments by."""

from tests.benchmarks import wire
from tests.benchmarks.figures import Figure
from tests.benchmarks.instance import Instance

TIMES = 600


def empty(site: Instance) -> Figure:
    """The server's CPU time for a request that does nothing."""
    connection = wire.Connection(site.host)
    request = f"GET /healthz HTTP/1.1\r\nHost: {site.host}\r\n\r\n".encode()
    before = site.cpu_seconds()
    for _ in range(TIMES):
        connection.ask(request)
    connection.close()
    return Figure(
        "server CPU per empty request (/healthz)", (site.cpu_seconds() - before) * 1000 / TIMES, "ms"
    )
