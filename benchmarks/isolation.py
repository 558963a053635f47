"""Measure the cost of isolation: the time from requesting a worker to its answer for an empty file.

``python -m benchmarks.isolation [--rounds N]`` starts workers on both levels in turn, so that a busy machine
slows both, and prints the median and the quartiles of each, and the median of the differences. The goal:
`strict` adds at most 30 ms to a submission.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.common.tables import Line, report
from grader import protocol
from grader.sandbox.worker_client import ForkServer, Limits, Worker

GOAL_MS: Final = 30.0


def one(fork_server: ForkServer, folder: Path) -> float:
    """Milliseconds to start a worker, have it load an empty file, and end it."""
    begun = time.perf_counter()
    worker = Worker(fork_server, folder, Limits())
    worker.ask(protocol.Load(code="", filename="lab.py", seed=1), 10.0)
    worker.close()
    return (time.perf_counter() - begun) * 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the cost of each level, and the difference beside the goal."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args(arguments).rounds
    with (
        tempfile.TemporaryDirectory() as folder,
        ForkServer("strict") as strict,
        ForkServer("process") as process,
    ):
        fork_servers = {"process": process, "strict": strict}
        times: dict[str, list[float]] = {level: [] for level in fork_servers}
        for fork_server in fork_servers.values():
            one(fork_server, Path(folder))  # the first one waits until torch is loaded
        for _ in range(rounds):
            for level, fork_server in fork_servers.items():
                times[level].append(one(fork_server, Path(folder)))
    lines = []
    for level, measured in times.items():
        low, middle, high = statistics.quantiles(measured, n=4)
        lines.append(Line(f"a worker, `{level}`", f"{middle:.1f} ms (quartiles {low:.1f} to {high:.1f})"))
    added = statistics.median(a - b for a, b in zip(times["strict"], times["process"], strict=True))
    lines.append(Line("`strict` adds", f"{added:.1f} ms", f"≤ {GOAL_MS:g} ms", added <= GOAL_MS))
    return report(lines)


if __name__ == "__main__":
    sys.exit(main())
