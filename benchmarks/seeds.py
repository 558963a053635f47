"""Does any verdict depend on luck? The whole corpus under many seeds.

``python -m benchmarks.seeds --seeds 200`` draws matrices, masks and starts anew for every seed, judges every
solution of the corpus, and prints how many verdicts ever changed; it has to be 0. A file is executed once for
a block of seeds, and only its functions are called anew.
"""

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grader.bench import WorkerBench
from grader.choose import choose
from grader.collect import one
from grader.pipeline import assess
from grader.sandbox import Limits, Zygote, private_copy
from reference import LAB
from tests.accuracy import Case, cases, contradicts

LIMITS = Limits(submission_seconds=100_000.0)


def judge_under(case: Case, seeds: range, zygote: Zygote) -> list[str]:
    """A line for each verdict of the case that contradicts its label under one of the seeds."""
    submission = one(case.path)
    source, _ = choose(submission, LAB.functions)
    lines = []
    with private_copy(submission.root, submission.files) as folder:
        bench = WorkerBench(zygote, folder, source, LAB.functions, LIMITS, LAB.seed)
        try:
            for seed in seeds:
                for exercise in LAB.exercises(seed):
                    if exercise.id in (*case.right, *case.wrong):
                        kind = contradicts(case, assess(exercise, LAB, bench))
                        if kind:
                            lines.append(f"seed {seed}: {case.path.name} {exercise.id} falsely {kind}")
        finally:
            bench.close()
    return lines


def main() -> int:
    """Judge block by block, so that a long run shows how far it came."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=1000, help="the first seed")
    parser.add_argument("--block", type=int, default=10, help="seeds for which a file is executed once")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="only files whose path contains this")
    options = parser.parse_args()
    chosen = [case for case in cases() if options.only in str(Path(case.path))]
    verdicts = sum(len(case.right) + len(case.wrong) for case in chosen)
    changed = 0
    begun = time.monotonic()
    with Zygote() as zygote, ThreadPoolExecutor(options.jobs) as pool:
        for low in range(options.first, options.first + options.seeds, options.block):
            seeds = range(low, min(low + options.block, options.first + options.seeds))
            for lines in pool.map(lambda case, seeds=seeds: judge_under(case, seeds, zygote), chosen):
                changed += len(lines)
                for line in lines:
                    print(f"  {line}", flush=True)
            done = seeds.stop - options.first
            minutes = (time.monotonic() - begun) / 60
            print(f"{done} seeds × {verdicts} verdicts: {changed} wrong ({minutes:.0f} min)", flush=True)
    return int(changed > 0)


if __name__ == "__main__":
    sys.exit(main())
