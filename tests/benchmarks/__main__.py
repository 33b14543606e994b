"""`python -m tests.benchmarks [names]`: measure this machine and print one table."""

import argparse
import sys
import time
from importlib import import_module
from pathlib import Path

from tests.benchmarks import figures

NAMES = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))


def main() -> int:
    """Run the named benchmarks, or all. The status is 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of {', '.join(NAMES)}; none means all")
    names = parser.parse_args().names or NAMES
    if unknown := set(names) - set(NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}: choose from {', '.join(NAMES)}")
    begin = time.monotonic()
    print(figures.machine(), figures.heading(), sep="\n", flush=True)
    missed = sum(map(_run, names))
    print(f"{time.monotonic() - begin:.0f} s; {missed or 'no'} target{'s' * (missed != 1)} missed")
    return int(missed > 0)


def _run(name: str) -> int:
    missed = 0
    for figure in import_module(f"tests.benchmarks.bench_{name}").measure():
        print(figures.line(figure), flush=True)
        missed += figure.verdict == "MISSED"
    return missed


if __name__ == "__main__":
    sys.exit(main())
