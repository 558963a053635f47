"""What probing costs: CPU of the worker's calls and of the grader itself, for correct submissions.

``python -m benchmarks.probing`` executes each right whole lab once, then judges it, and prints in CPU
seconds: one default run of the student's own `sgd_factorise` on the sheet's A, all calls the checks made, and
the grader's own share. The goal: calls and grader together at most 0.5 s where a default run takes 0.17 s, and
the grader's share at most 5 % of 0.5 s.
"""

import statistics
import sys
import time

from grader.bench import WorkerBench
from grader.choose import choose
from grader.collect import one
from grader.model import Probe
from grader.pipeline import assess
from grader.sandbox import Limits, Zygote, private_copy
from reference import LAB, matrices
from tests.accuracy import Case, cases

GOAL_SECONDS = 0.5
REFERENCE_RUN = 0.17
GOAL_SHARE = 0.05


def measure(case: Case, zygote: Zygote) -> tuple[float, float, float]:
    """Seconds of CPU: one default run, all calls of the checks, the grader itself."""
    submission = one(case.path)
    source, _ = choose(submission, LAB.functions)
    with private_copy(submission.root, submission.files) as folder:
        bench = WorkerBench(zygote, folder, source, LAB.functions, Limits(), LAB.seed)
        try:
            before = bench.worker_cpu()
            bench.observe(Probe("sgd_factorise", {"A": matrices.A, "rank": 2}, seed=1))
            default_run = bench.worker_cpu() - before
            before, ours = bench.worker_cpu(), time.thread_time()
            for exercise in LAB.exercises(LAB.seed):
                assess(exercise, LAB, bench)
            return default_run, bench.worker_cpu() - before, time.thread_time() - ours
        finally:
            bench.close()


def main() -> int:
    """Print a line for each lab and the medians against the goals."""
    labs = [case for case in cases() if {"1.1", "3.1"} <= set(case.right) and not case.variant]
    rows = []
    print(f"{'submission':34} {'default run':>11} {'calls':>7} {'grader':>7} {'scaled to 0.17':>15}")
    with Zygote() as zygote:
        measure(labs[0], zygote)  # the first one pays for caches everybody else finds filled
        for case in labs:
            default_run, calls, grader = measure(case, zygote)
            scaled = calls * REFERENCE_RUN / default_run + grader
            rows.append((default_run, calls, grader, scaled))
            print(f"{case.path.stem:34} {default_run:11.3f} {calls:7.3f} {grader:7.3f} {scaled:15.3f}")
    _, calls, grader, scaled = (statistics.median(column) for column in zip(*rows, strict=True))
    share = grader / GOAL_SECONDS
    print(f"median: {scaled:.3f} s at a default run of 0.17 s (goal {GOAL_SECONDS} s); ", end="")
    print(f"the grader's share is {grader * 1000:.0f} ms, {share:.1%} of 0.5 s (goal {GOAL_SHARE:.0%})")
    return int(scaled > GOAL_SECONDS or share > GOAL_SHARE)


if __name__ == "__main__":
    sys.exit(main())
