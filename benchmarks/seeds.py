"""Test whether any verdict depends on chance: judge the whole corpus with many seeds.

``python -m benchmarks.seeds --seeds 200`` draws new matrices, masks and starts for every seed, judges every
solution of the corpus, and prints how many verdicts contradict their label and how many marks of correct work
change between seeds; both must be 0. The marks of wrong work may change if the mistake shows only for some
numbers, such as those above a limit; these are counted separately. A file is executed once per block of
seeds, and only its functions are called again. Checks without marks that no other check needs are left out,
since they affect neither count.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import msgspec

from benchmarks.common.tables import Line, report
from grader.core.result import CheckResult, Outcome
from grader.execution.check_runner import run_checks
from grader.grading.examine import opened_bench
from grader.grading.run_plan import RunPlan
from grader.lab import Bench, Exercise
from grader.marking.findings import ExaminedExercise
from grader.marking.report_builder import mark_exercise
from grader.sandbox.worker_client import ForkServer, Limits
from grader.sources.selection import choose
from grader.submissions.discovery import one
from reference import LAB
from tests.tools.accuracy import Case, cases, contradicts

PLAN = RunPlan(lab=LAB, exercises=(), seed=LAB.seed, limits=Limits(submission_seconds=100_000.0))


class Marks(msgspec.Struct, frozen=True):
    """The result of one exercise of a case with one seed."""

    exercise: str
    seed: int
    marks: float
    failed: tuple[str, ...]
    """The checks that did not pass."""
    contradiction: str
    """How the verdict contradicts the label; empty if it does not."""


def judge_under(case: Case, seeds: range, fork_server: ForkServer) -> list[Marks]:
    """Judge every labelled exercise of the case with each of the seeds."""
    submission = one(case.path)
    source, _ = choose(submission, LAB.functions)
    found = []
    with opened_bench(submission, source, PLAN, fork_server) as bench:
        for seed in seeds:
            for exercise in LAB.exercises(seed):
                if exercise.id in (*case.right, *case.wrong):
                    seen = ExaminedExercise(id=exercise.id, checks=_judged(exercise, bench))
                    report = mark_exercise(exercise, seen, LAB.rubric)
                    failed = tuple(c.id for c in report.checks if c.outcome is not Outcome.PASS or c.cost)
                    found.append(Marks(exercise.id, seed, report.marks, failed, contradicts(case, report)))
    return found


def _judged(exercise: Exercise, bench: Bench) -> tuple[CheckResult, ...]:
    worth = LAB.rubric.exercises[exercise.id].checks
    needed = {other for check in exercise.checks for other in (*check.needs, *check.implied_by)}
    deciding = tuple(check for check in exercise.checks if worth[check.id] > 0 or check.id in needed)
    decided = {
        result.id: result for result in run_checks(msgspec.structs.replace(exercise, checks=deciding), bench)
    }
    skipped = {
        check.id: CheckResult(id=check.id, title=check.title, outcome=Outcome.SKIPPED)
        for check in exercise.checks
    }
    return tuple({**skipped, **decided}.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge block by block; after an interrupt, report the finished blocks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=1000, help="the first seed")
    parser.add_argument("--block", type=int, default=10, help="seeds for which a file is executed once")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="only files whose path contains this")
    options = parser.parse_args(arguments)
    chosen = [case for case in cases() if options.only in str(Path(case.path))]
    verdicts = sum(len(case.right) + len(case.wrong) for case in chosen)
    wrong_ones = sum(len(case.wrong) for case in chosen)
    first: dict[tuple[Path, str], Marks] = {}
    wrong = changed = parts = done = 0
    begun = time.monotonic()
    with ForkServer() as fork_server, ThreadPoolExecutor(options.jobs) as pool, suppress(KeyboardInterrupt):
        for low in range(options.first, options.first + options.seeds, options.block):
            seeds = range(low, min(low + options.block, options.first + options.seeds))
            judged = list(pool.map(lambda case, seeds=seeds: judge_under(case, seeds, fork_server), chosen))
            for case, found in zip(chosen, judged, strict=True):
                for one_seed in found:
                    before = first.setdefault((case.path, one_seed.exercise), one_seed)
                    wrong += bool(one_seed.contradiction)
                    differs = one_seed.marks != before.marks
                    changed += differs and one_seed.exercise in case.right
                    parts += differs and one_seed.exercise in case.wrong
                    if one_seed.contradiction or differs:
                        print(_line(case, one_seed, before), file=sys.stderr, flush=True)
            done = seeds.stop - options.first
            minutes = (time.monotonic() - begun) / 60
            print(
                f"{done} seeds × {verdicts} verdicts: {wrong} wrong; marks changed: {changed} of right work, "
                f"{parts} of wrong work ({minutes:.0f} min)",
                file=sys.stderr,
                flush=True,
            )
    return report(
        [
            Line("verdicts", f"{done:,} seeds × {verdicts:,}"),
            Line("contradict their label", f"{wrong:,}", "0", wrong == 0),
            Line("marks of right work that another seed changes", f"{changed:,}", "0", changed == 0),
            Line(
                "marks of wrong work that another seed changes",
                f"{parts:,} of {wrong_ones * done:,}",
            ),
        ]
    )


def _line(case: Case, now: Marks, before: Marks) -> str:
    name = f"  {case.path.name} {now.exercise} under seed {now.seed}:"
    if now.contradiction:
        return f"{name} falsely {now.contradiction}"
    differing = sorted(set(now.failed) ^ set(before.failed))
    return f"{name} {now.marks}, under seed {before.seed} {before.marks} ({', '.join(differing)})"


if __name__ == "__main__":
    sys.exit(main())
