"""Measure how often the first diagnosis of a wrong solution is right.

``python -m tests.tools.diagnosis [--verbose] [--only TEXT]`` grades every solution of the wrong corpora
through the real pipeline. It prints, separately for the files with which the catalogue of mistakes was built
and for those written afterwards, how many got the right diagnosis first, got it later, only failed, or got a
false one. The exit status is 0 if at least 95 % are right first, no diagnosis is false, and no hint contains
a corrected line.
"""

import argparse
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from grader.core.result import Diagnosis, Report
from grader.grading.local_executor import LocalExecutor
from grader.grading.pipeline import grade_all
from grader.grading.run_plan import RunPlan
from grader.marking.feedback_level import Feedback, filter_feedback
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.worker_client import Limits
from grader.submissions.discovery import one
from reference import LAB

CORPUS = Path(__file__).parents[1] / "corpus"
GROUPS = {"built with": ("wrong", "mutants"), "written afterwards": ("later",)}
GOAL = 0.95

Kind = Literal["right first", "named, not first", "failed only", "false"]
KINDS: tuple[Kind, ...] = ("right first", "named, not first", "failed only", "false")


class Case(msgspec.Struct, frozen=True):
    """A wrong solution: its mistake, and the lines that an expert would point at.

    `accepted` are the ids of equivalent diagnoses; `lines` are the places of the mistake.
    """

    path: Path
    exercise: str
    accepted: tuple[str, ...]
    lines: tuple[int, ...]
    about: str


def cases(folders: Sequence[str]) -> Iterator[Case]:
    """The labelled wrong solutions of the folders, in the order of their labels."""
    for folder in folders:
        labels = tomllib.loads((CORPUS / f"{folder}.toml").read_text(encoding="utf-8"))["files"]
        for name, label in labels.items():
            yield Case(
                CORPUS / folder / name,
                label["exercise"],
                (label["mistake"], *label.get("accepted", ())),
                _lines(label),
                label["about"],
            )


def _lines(label: dict[str, Any]) -> tuple[int, ...]:
    return tuple(label["lines"]) if "lines" in label else (label["line"],)


def kind_of(case: Case, report: Report) -> Kind:
    """How good the diagnoses of the exercise are.

    A diagnosis is right if it has an accepted id, is a verified repair of a line that an expert would point
    at, or says that the function stops there. It is false if it is marked as verified but is none of these.
    """
    exercise = next(e for e in report.exercises if e.id == case.exercise)
    checked_values = [d for d in exercise.diagnoses if d.verified]
    right = [_is_right(case, d) for d in checked_values]
    if right and right[0]:
        return "right first"
    if any(right):
        return "named, not first"
    return "false" if checked_values else "failed only"


def _is_right(case: Case, diagnosis: Diagnosis) -> bool:
    at_its_line = diagnosis.line in case.lines
    return diagnosis.id in case.accepted or (
        at_its_line and (bool(diagnosis.repair) or diagnosis.id == "raises")
    )


def diagnosed(chosen: Sequence[Case], jobs: int = 2) -> Iterator[tuple[Case, Report]]:
    """Grade the exercise of each case and yield the cases with their reports as they finish."""
    for exercise in LAB.exercises(LAB.seed):
        by_name = {str(c.path.relative_to(CORPUS)): c for c in chosen if c.exercise == exercise.id}
        submissions = [msgspec.structs.replace(one(c.path), student=name) for name, c in by_name.items()]
        plan = RunPlan(lab=LAB, exercises=(exercise,), seed=LAB.seed, limits=Limits())
        for report in grade_all(submissions, plan, LocalExecutor(plan, ForkServer(), jobs)):
            yield by_name[report.student], report


def tells_the_solution(case: Case, report: Report) -> bool:
    """Whether a corrected line of the repair appears in the report that a student gets by default."""
    wrong = {line.strip() for line in case.path.read_text(encoding="utf-8").splitlines()}
    right = {
        line[1:].strip()
        for exercise in report.exercises
        for diagnosis in exercise.diagnoses
        for line in diagnosis.repair.splitlines()
        if line.startswith("+") and not line.startswith("+++")
    }
    told = msgspec.json.encode(
        _without_their_own_lines(filter_feedback(report, Feedback.HINTS), wrong)
    ).decode()
    return any(len(line) > 8 and json.dumps(line, ensure_ascii=False)[1:-1] in told for line in right - wrong)


def _without_their_own_lines(report: Report, own: set[str]) -> dict[str, Any]:
    """The report without the student's own lines in excerpts, which may contain a corrected line."""
    plain: dict[str, Any] = msgspec.to_builtins(report)
    for exercise in plain["exercises"]:
        for diagnosis in exercise["diagnoses"]:
            if diagnosis.get("excerpt"):
                lines = diagnosis["excerpt"]["code"].splitlines()
                diagnosis["excerpt"]["code"] = [line for line in lines if line.strip() not in own]
    return plain


def main() -> int:
    """Print a line for each group; return 0 if the goals hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", help="only files whose path contains this")
    parser.add_argument(
        "--verbose", action="store_true", help="show the diagnoses of every file that was not right first"
    )
    options = parser.parse_args()
    reached = True
    print(f"{'':20}{'':>10}" + "".join(f"{kind:>18}" for kind in KINDS) + f"{'line named':>18}")
    for group, folders in GROUPS.items():
        chosen = [case for case in cases(folders) if options.only in str(case.path)]
        results = [(case, report, kind_of(case, report)) for case, report in diagnosed(chosen)]
        counts = Counter(kind for *_, kind in results)
        lines = sum(_line_named(case, report) for case, report, _ in results)
        print(
            f"{group:20}{len(chosen):10}" + "".join(f"{counts[kind]:18}" for kind in KINDS) + f"{lines:18}",
            flush=True,
        )
        for case, report, kind in sorted(results, key=lambda entry: str(entry[0].path)):
            if options.verbose and kind != "right first":
                _show(case, report, kind)
        leaks = [case for case, report, _ in results if tells_the_solution(case, report)]
        for case in leaks:
            print(f"  a hint contains the corrected line: {case.path.relative_to(CORPUS)}")
        reached &= not leaks and counts["right first"] >= GOAL * len(chosen) and counts["false"] == 0
    return 0 if reached else 1


def _line_named(case: Case, report: Report) -> bool:
    exercise = next(e for e in report.exercises if e.id == case.exercise)
    return bool(exercise.diagnoses) and exercise.diagnoses[0].line in case.lines


def _show(case: Case, report: Report, kind: Kind) -> None:
    exercise = next(e for e in report.exercises if e.id == case.exercise)
    said = [f"{d.id}@{d.line}{'*' if d.repair else ''}" for d in exercise.diagnoses]
    print(
        f"  {kind}: {case.path.relative_to(CORPUS)} {case.exercise} {case.accepted[0]}@{case.lines} said {said}"
    )
    if not said:
        failed = next((c for c in exercise.checks if c.outcome not in ("pass", "skipped")), None)
        print(f"      {failed.id if failed else ''}: {failed.message if failed else ''}")


if __name__ == "__main__":
    sys.exit(main())
