"""Measure how long `grade check` takes for a correct solution: ``python -m benchmarks.check [--runs N]``.

The wall-clock time of whole commands, from a cold start to the answer, and the CPU time of all their
processes. The goal is an answer within three seconds on two free cores.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.common.tables import Line, report

RIGHT: Final = Path(__file__).resolve().parent.parent / "submissions" / "tamsin-quillfeather" / "lab1.py"

GOAL_SECONDS: Final = 3.0


def once() -> tuple[float, float]:
    """The wall-clock and CPU seconds of one check."""
    before = os.times()
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "grader.cli", "check", str(RIGHT)], stdout=subprocess.DEVNULL, check=True
    )
    wall = time.perf_counter() - begun
    after = os.times()
    return wall, sum(after[2:4]) - sum(before[2:4])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the median and the range."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args(arguments).runs
    once()  # fills the caches of the file system
    walls, cpus = zip(*(once() for _ in range(runs)), strict=True)
    middle = statistics.median(walls)
    return report(
        [
            Line("clock", _spread(walls), f"≤ {GOAL_SECONDS:g} s", middle <= GOAL_SECONDS),
            Line("CPU", _spread(cpus)),
        ]
    )


def _spread(values: tuple[float, ...]) -> str:
    return f"median {statistics.median(values):.2f} s, {min(values):.2f} to {max(values):.2f} s"


if __name__ == "__main__":
    sys.exit(main())
