"""How long `grade check` takes for a right solution: ``python -m benchmarks.check [RUNS]``.

Wall-clock time of whole commands, from a cold start to the answer, and the CPU time of everything they start. The
goal is an answer within three seconds on two free cores.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

RIGHT = Path(__file__).resolve().parent.parent / "submissions" / "tamsin-quillfeather" / "lab1.py"


def once() -> tuple[float, float]:
    """Seconds by the clock and of CPU that one check took."""
    before = os.times()
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "grader.cli", "check", str(RIGHT)], stdout=subprocess.DEVNULL, check=True
    )
    wall = time.perf_counter() - begun
    after = os.times()
    return wall, sum(after[2:4]) - sum(before[2:4])


def main() -> None:
    """Print the median and the range."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    once()  # fills the caches of the file system
    walls, cpus = zip(*(once() for _ in range(runs)), strict=True)
    print(f"{runs} checks of a right solution, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for name, values in (("clock", walls), ("CPU", cpus)):
        print(f"{name}: median {statistics.median(values):.2f} s, {min(values):.2f} to {max(values):.2f} s")


if __name__ == "__main__":
    main()
