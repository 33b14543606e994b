"""Work that must not stop the event loop: it waits, or computes for long, in a native thread."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar, cast

from gevent import monkey
from gevent.threadpool import ThreadPool

T = TypeVar("T")


class Offload:
    """A few native threads of one purpose, so that one kind of work never queues behind another."""

    def __init__(self, threads: int) -> None:
        self._threads = threads

    def __call__(self, work: Callable[..., T], *arguments: Any) -> T:
        """Run `work(*arguments)` while other greenlets go on; plainly where there is no gevent loop."""
        if not monkey.is_module_patched("threading"):
            return work(*arguments)
        result, problem = self._pool.apply(_outcome, (work, arguments))
        if problem is not None:
            raise problem
        return cast("T", result)

    @cached_property
    def _pool(self) -> ThreadPool:
        return ThreadPool(self._threads)


def _outcome(work: Callable[..., T], arguments: tuple[Any, ...]) -> tuple[T | None, Exception | None]:
    # gevent writes a traceback of whatever leaves a native thread by being raised, as if nobody caught it.
    try:
        return work(*arguments), None
    except Exception as problem:  # noqa: BLE001 - it is raised where the work came from
        return None, problem


# Without this 20 sign-ins at once stall every socket of the process for half a second.
hashing = Offload(2)
# To look at a picture of 25 million pixels takes half a second.
picturing = Offload(1)
# SQLite waits for the disk inside C: 2 ms on a slow one, in which nobody else would be served.
syncing = Offload(1)
