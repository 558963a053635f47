"""Measure the cost of probing: the CPU time of the calls and of the grader itself, for correct submissions.

``python -m benchmarks.probing [--labs N]`` executes each correct lab once, then judges it, and prints in CPU
seconds: one run of the student's `sgd_factorise` on the sheet's A with the defaults, all calls of the checks,
and the grader's own share. The goals: calls and grader together take at most 0.5 s if a run with the defaults
takes 0.17 s, and the grader's share is at most 5 % of 0.5 s.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from typing import Final

from benchmarks.common.tables import Line, markdown, report
from grader.core.observation import Probe
from grader.grading.examine import assess, opened_bench
from grader.grading.run_plan import RunPlan
from grader.sandbox.worker_client import ForkServer, Limits
from grader.sources.selection import choose
from grader.submissions.discovery import one
from reference import LAB, data
from tests.tools.accuracy import Case, cases

GOAL_SECONDS: Final = 0.5
REFERENCE_RUN: Final = 0.17
GOAL_SHARE: Final = 0.05
SHORTEST: Final = 0.01
"""The resolution of a clock that counts hundredths of a second: shorter times may appear as 0."""


def measure(case: Case, plan: RunPlan, fork_server: ForkServer) -> tuple[float, float, float]:
    """CPU seconds of one run with the defaults, of all calls of the checks, and of the grader itself."""
    submission = one(case.path)
    source, _ = choose(submission, LAB.functions)
    with opened_bench(submission, source, plan, fork_server) as bench:
        before = bench.worker_cpu()
        bench.observe(Probe("sgd_factorise", {"A": data.A, "rank": 2}, seed=1))
        default_run = bench.worker_cpu() - before
        before, ours = bench.worker_cpu(), time.thread_time()
        for exercise in plan.exercises:
            assess(exercise, LAB, bench)
        return default_run, bench.worker_cpu() - before, time.thread_time() - ours


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each lab, and the medians beside the goals."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--labs", type=int, default=None, help="how many labs to measure (default: all)")
    labs = [case for case in cases() if {"1.1", "3.1"} <= set(case.right) and not case.variant]
    labs = labs[: parser.parse_args(arguments).labs]
    rows: list[tuple[str, float, float, float, float]] = []
    # drawn once for a class
    plan = RunPlan(lab=LAB, exercises=LAB.exercises(LAB.seed), seed=LAB.seed, limits=Limits())
    with ForkServer() as fork_server:
        measure(labs[0], plan, fork_server)  # the first one fills the caches for all others
        for case in labs:
            default_run, calls, grader = measure(case, plan, fork_server)
            scaled = calls * REFERENCE_RUN / max(default_run, SHORTEST) + grader
            rows.append((case.path.stem, default_run, calls, grader, scaled))
    print(
        markdown(
            ("seconds of CPU", "default run", "calls", "grader", "scaled to 0.17"),
            [(name, *(f"{seconds:.3f}" for seconds in times)) for name, *times in rows],
        )
    )
    print()
    grader, scaled = statistics.median(row[3] for row in rows), statistics.median(row[4] for row in rows)
    share = grader / GOAL_SECONDS
    return report(
        [
            Line(
                "calls and grader if a default run takes 0.17 s",
                f"{scaled:.3f} s",
                f"≤ {GOAL_SECONDS:g} s",
                scaled <= GOAL_SECONDS,
            ),
            Line(
                f"the grader's share of {GOAL_SECONDS:g} s",
                f"{share:.1%} ({1000 * grader:.0f} ms)",
                f"≤ {GOAL_SHARE:.0%}",
                share <= GOAL_SHARE,
            ),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
