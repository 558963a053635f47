"""Print the confusion table: how often correct work is rejected and wrong work is accepted.

``python -m tests.tools.accuracy [--seeds N] [--verbose] [--only TEXT]`` grades every solution of the corpus
through the real pipeline and real workers and prints, per exercise, the number of correct solutions that lost
marks and of wrong ones that lost none. Both must be 0; otherwise the exit status is 1.
"""

import argparse
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from grader.core.result import ExerciseReport, Outcome, Report, Verdict
from grader.grading.local_executor import LocalExecutor
from grader.grading.pipeline import grade_all
from grader.grading.run_plan import RunPlan
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.worker_client import Limits
from grader.submissions.discovery import one
from reference import LAB

CORPUS = Path(__file__).parents[1] / "corpus"


class Case(msgspec.Struct, frozen=True):
    """One labelled solution: whether each exercise is correct, and which variant it follows."""

    path: Path
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    variant: str = ""
    mistake: str = ""
    line: int = 0


class Misjudged(msgspec.Struct, frozen=True):
    """A verdict that contradicts its label."""

    case: Case
    exercise: ExerciseReport
    kind: str


def cases() -> tuple[Case, ...]:
    """Every labelled solution of the corpus, in the order of the labels."""
    return (*_right(), *_wrong("wrong"), *_wrong("mutants"))


def _labels(name: str) -> dict[str, dict[str, Any]]:
    file = CORPUS / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))["files"] if file.exists() else {}


def _right() -> Iterator[Case]:
    for name, label in _labels("right").items():
        yield Case(CORPUS / "right" / name, tuple(label["exercises"]), (), label.get("variant", ""))


def _wrong(folder: str) -> Iterator[Case]:
    for name, label in _labels(folder).items():
        yield Case(
            CORPUS / folder / name,
            tuple(label.get("also_right", ())),
            (label["exercise"],),
            mistake=label["mistake"],
            line=label["line"],
        )


def grade_cases(chosen: Sequence[Case], seed: int, jobs: int = 2) -> Iterator[tuple[Case, Report]]:
    """Grade the cases and yield each with its report, as they finish."""
    by_name = {str(case.path.relative_to(CORPUS)): case for case in chosen}
    submissions = [msgspec.structs.replace(one(case.path), student=name) for name, case in by_name.items()]
    exercises = tuple(e for e in LAB.exercises(seed) if e.id in ("1.1", "2.1", "3.1"))
    plan = RunPlan(lab=LAB, exercises=exercises, seed=seed, limits=Limits(repairs=0))
    for report in grade_all(submissions, plan, LocalExecutor(plan, ForkServer(), jobs)):
        yield by_name[report.student], report


def misjudged(case: Case, report: Report) -> Iterator[Misjudged]:
    """The verdicts of a report that contradict the case's label.

    A sound variant may lose the marks that the rubric sets, but no check may fail. In 2.1 only the matrix
    counts, because most of these files do not state the error.
    """
    for exercise in report.exercises:
        kind = contradicts(case, exercise)
        if kind:
            yield Misjudged(case, exercise, kind)


def contradicts(case: Case, exercise: ExerciseReport) -> str:
    """How the verdict contradicts the label: "rejected", "accepted", or empty if it does not."""
    if exercise.id in case.right and not _accepted(exercise, case.variant):
        return "rejected"
    if exercise.id in case.wrong and _keeps_its_marks(exercise):
        return "accepted"
    return ""


def _keeps_its_marks(exercise: ExerciseReport) -> bool:
    """Whether no check that counts failed and no note costs marks; a wrong solution must not get this far."""
    paid = any(LAB.rubric.costs.get(check.cost, 0.0) > 0 for check in exercise.checks)
    return _sound(exercise) and not paid


def _sound(exercise: ExerciseReport) -> bool:
    worth = LAB.rubric.exercises[exercise.id].checks
    return all(
        check.outcome is Outcome.PASS
        for check in exercise.checks
        if worth[check.id] > 0 and check.id != "2.1-error"
    )


def _accepted(exercise: ExerciseReport, variant: str) -> bool:
    sound = _sound(exercise)
    costs = {check.cost for check in exercise.checks if check.cost}
    if variant:
        return sound and costs == {variant}
    return sound and not costs and (exercise.id == "2.1" or exercise.verdict is Verdict.FULL)


def table(found: Sequence[Misjudged], chosen: Sequence[Case]) -> str:
    """The confusion table, one line per exercise."""
    totals = Counter((exercise, "right") for case in chosen for exercise in case.right)
    totals += Counter((exercise, "wrong") for case in chosen for exercise in case.wrong)
    kinds = Counter((m.exercise.id, m.kind) for m in found)
    lines = ["exercise  right  falsely rejected  wrong  falsely accepted"]
    for exercise in ("1.1", "2.1", "3.1"):
        lines.append(
            f"{exercise:8}  {totals[exercise, 'right']:5}  {kinds[exercise, 'rejected']:16}  "
            f"{totals[exercise, 'wrong']:5}  {kinds[exercise, 'accepted']:16}"
        )
    return "\n".join(lines)


def main() -> int:
    """Print the table for each seed; return 0 if nothing was misjudged."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--seeds", type=int, default=1, help="how many seeds to grade with, from the lab's own"
    )
    parser.add_argument("--only", default="", help="only files whose name contains this")
    parser.add_argument("--verbose", action="store_true", help="show why each misjudged file was judged so")
    options = parser.parse_args()
    chosen = [case for case in cases() if options.only in str(case.path)]
    failed = False
    for seed in [LAB.seed, *range(1, options.seeds)]:
        found = [m for case, report in grade_cases(chosen, seed) for m in misjudged(case, report)]
        print(f"seed {seed}: {len(chosen)} solutions\n{table(found, chosen)}", flush=True)
        for m in sorted(found, key=lambda m: str(m.case.path)):
            _show(m, options.verbose)
        failed |= bool(found)
    return int(failed)


def _show(m: Misjudged, verbose: bool) -> None:
    print(
        f"  {m.case.path.relative_to(CORPUS)} {m.exercise.id} falsely {m.kind} {m.case.mistake}{m.case.variant}"
    )
    for check in m.exercise.checks if verbose else ():
        if check.outcome not in (Outcome.PASS, Outcome.SKIPPED) or check.cost:
            print(f"      {check.id} {check.outcome} {check.cost}: {check.message} {check.tolerance}")


if __name__ == "__main__":
    sys.exit(main())
