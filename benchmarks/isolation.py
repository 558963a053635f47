"""What locking a worker in costs: time from asking for a worker to its answer to an empty file.

``python -m benchmarks.isolation`` starts workers alternately on both levels, so that a busy machine slows both,
and prints the median and the quartiles of each in milliseconds, and their difference. The goal: `strict` adds
at most 30 ms to a submission.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from grader import wire
from grader.sandbox import Limits, Worker, Zygote

GOAL_MS = 30.0
ROUNDS = 200


def one(zygote: Zygote, folder: Path) -> float:
    """Milliseconds to start a worker, have it load an empty file, and end it."""
    begun = time.perf_counter()
    worker = Worker(zygote, folder, Limits())
    worker.ask(wire.Load(code="", filename="lab.py", seed=1), 10.0)
    worker.close()
    return (time.perf_counter() - begun) * 1000


def main() -> int:
    """Print what each level costs, and the difference against the goal."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Zygote("strict") as strict,
        Zygote("process") as process,
    ):
        zygotes = {"process": process, "strict": strict}
        times: dict[str, list[float]] = {level: [] for level in zygotes}
        for zygote in zygotes.values():
            one(zygote, Path(folder))  # the first one waits for torch
        for _ in range(ROUNDS):
            for level, zygote in zygotes.items():
                times[level].append(one(zygote, Path(folder)))
    for level, measured in times.items():
        low, middle, high = statistics.quantiles(measured, n=4)
        print(f"{level:8} median {middle:6.1f} ms, quartiles {low:.1f} to {high:.1f}")
    added = statistics.median(a - b for a, b in zip(times["strict"], times["process"], strict=True))
    print(f"strict adds {added:.1f} ms to a submission (goal {GOAL_MS:g} ms)")
    return int(added > GOAL_MS)


if __name__ == "__main__":
    sys.exit(main())
