"""Measure how long commands take that run no student code: ``python -m benchmarks.startup [--runs N]``.

The time of whole commands, compared with that of an idle Python. Goals: `grade --help` answers within 150 ms,
and none of these commands loads torch. The fastest run counts, since other processes disturbed it least.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Final

from benchmarks.common.tables import Line, report

GOAL_MS: Final = 150.0

COMMANDS: Final = (("--help",), ("--version",), ("run", "--help"), ("config",), ("completion", "bash"))

HEAVY: Final = ("torch", "numpy", "jinja2", "rich")
"""Libraries that take long to load; none of these commands needs torch, which takes longest."""

PROBE: Final = """\
import sys
from grader.cli import cli
cli(sys.argv[1:], standalone_mode=False)
sys.stderr.write(" ".join(name for name in {heavy!r} if name in sys.modules))
"""


def milliseconds(arguments: tuple[str, ...], folder: str) -> float:
    """The wall-clock time of Python with these arguments, in milliseconds."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=folder, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begun) * 1000


def loaded(command: tuple[str, ...], folder: str) -> list[str]:
    """The heavy libraries that a command has loaded when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(heavy=HEAVY), *command],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stderr.split()


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the time of each command, and the libraries it loads."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args(arguments).runs
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in (
            ("Python that does nothing", ("-c", "pass")),
            *((f"`grade {' '.join(c)}`", ("-m", "grader.cli", *c)) for c in COMMANDS),
        ):
            times = [milliseconds(arguments, folder) for _ in range(runs)]
            limited = arguments[-2:] == ("grader.cli", "--help")
            goal, held = (f"≤ {GOAL_MS:g} ms", min(times) <= GOAL_MS) if limited else ("", None)
            measured = f"{min(times):.0f} ms (median {statistics.median(times):.0f} ms)"
            lines.append(Line(name, measured, goal, held))
        heavy = {name for command in COMMANDS for name in loaded(command, folder)}
    said = ", ".join(sorted(heavy)) or "none"
    lines.append(Line("heavy libraries any of them loads", said, "not torch", "torch" not in heavy))
    return report(lines)


if __name__ == "__main__":
    sys.exit(main())
