"""Estimate the time and cost of a class from earlier measurements: ``python -m benchmarks.planning``.

The estimates use the numbers saved by `benchmarks.run --json`: the CPU time of a correct submission, of a
wrong one with the search for its repair, and of the start, and the memory of a worker. Nothing is graded. The
price of a core-hour is an assumption.
"""

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.common.results import KEPT, Results
from benchmarks.common.tables import Line, markdown, report

CLASSES: Final = (("a course of", 300), ("a MOOC of", 100_000))
CORES: Final = (1, 16, 256)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and the numbers that it is computed from."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--results", type=Path, default=KEPT)
    parser.add_argument("--wrong", type=float, default=0.3, help="share of submissions with something wrong")
    parser.add_argument("--price", type=float, default=0.05, help="of an hour of one core")
    options = parser.parse_args(arguments)
    results = msgspec.json.decode(options.results.read_bytes(), type=Results)
    right = results.profile.student + results.profile.overhead
    wrong = max(right, (results.wrong.cpu - results.start_cpu) / results.wrong.students)
    each = (1 - options.wrong) * right + options.wrong * wrong
    worker = max(measured.private for measured in results.by_size)
    print(
        markdown(
            ("", "cores", "time", "core-hours", "cost", "workers' memory"),
            [
                (
                    f"{name} {students:,}",
                    f"{cores}",
                    _duration(results.start_wall + math.ceil(students / cores) * each),
                    f"{students * each / 3600:.2g}",
                    f"{students * each / 3600 * options.price:.2g}",
                    _memory(cores * worker),
                )
                for name, students in CLASSES
                for cores in CORES
            ],
        )
    )
    print()
    return report(
        [
            Line("a right submission", f"{right:.2f} s CPU"),
            Line("a wrong one, with the search for its repair", f"{wrong:.2f} s CPU"),
            Line("of all, wrong", f"{options.wrong:.0%}"),
            Line("the start", f"{results.start_wall:.1f} s"),
            Line("an hour of one core", f"{options.price:g}"),
        ]
    )


def _memory(megabytes: float) -> str:
    return f"{megabytes:.0f} MB" if megabytes < 1000 else f"{megabytes / 1000:.1f} GB"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


if __name__ == "__main__":
    sys.exit(main())
