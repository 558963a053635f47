"""Measure how often a wrong solution is repaired, and how often the first repair is at the labelled line.

``python -m tests.tools.repairs [--folder wrong|mutants] [--only TEXT] [--verbose]`` searches repairs for
every wrong solution of the corpus, with the default budget and real workers, and prints the shares and the
cost.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Iterator, Sequence

import msgspec
import psutil

from grader import sources
from grader.core.result import Outcome
from grader.diagnosis.repair_search import search
from grader.diagnosis.repair_types import SearchResult
from grader.execution.check_runner import run_checks
from grader.grading.examine import opened_bench
from grader.grading.run_plan import RunPlan
from grader.sandbox.worker_client import ForkServer, Limits
from grader.submissions.discovery import one
from reference import LAB
from tests.tools.accuracy import CORPUS, Case, cases

PLAN = RunPlan(lab=LAB, exercises=(), seed=LAB.seed, limits=Limits())


class Measured(msgspec.Struct, frozen=True):
    """One solution: the result of the search, its cost, and the label."""

    case: Case
    exercise: str
    found: SearchResult
    seconds: float

    @property
    def repaired(self) -> bool:
        """Whether a verified repair was found."""
        return bool(self.found.repairs)

    @property
    def at_line(self) -> bool:
        """Whether the best repair touches the labelled line."""
        return self.repaired and any(place.line == self.case.line for place in self.found.repairs[0].places)


def measure(chosen: Sequence[Case]) -> Iterator[Measured]:
    """Search repairs for each case whose labelled exercise has a failed check."""
    exercises = {exercise.id: exercise for exercise in LAB.exercises(LAB.seed)}
    with ForkServer() as fork_server:
        for case in chosen:
            source = sources.read(case.path, case.path.name)
            exercise = exercises[case.wrong[0]]
            worth = LAB.rubric.exercises[exercise.id].checks
            counted = [check for check, marks in worth.items() if marks > 0]
            with opened_bench(one(case.path), source, PLAN, fork_server) as bench:
                results = run_checks(exercise, bench)
                if not any(result.outcome is Outcome.FAIL for result in results):
                    continue
                begun = _cpu_seconds()
                found = search(exercise, LAB.functions, bench, results, counted=counted)
                yield Measured(case, exercise.id, found, _cpu_seconds() - begun)


def _cpu_seconds() -> float:
    """CPU time of this process and of all workers that have ended."""
    workers = [child.cpu_times() for child in psutil.Process().children()]
    return time.process_time() + sum(times.children_user + times.children_system for times in workers)


def table(measured: Sequence[Measured]) -> str:
    """The shares by folder of the corpus, and the cost."""
    lines = [
        "folder    solutions  repaired  at the line  one edit  programs (median, most)  CPU s (median, most)"
    ]
    for folder in dict.fromkeys(m.case.path.parent.name for m in measured):
        of = [m for m in measured if m.case.path.parent.name == folder]
        repaired = [m for m in of if m.repaired]
        at_line = sum(m.at_line for m in of)
        single = sum(len(m.found.repairs[0].places) == 1 for m in repaired)
        loads, seconds = [m.found.candidates for m in of], [m.seconds for m in of]
        lines.append(
            f"{folder:8}  {len(of):9}  {len(repaired):3} {len(repaired) / len(of):4.0%}  "
            f"{at_line:4} {at_line / len(of):6.0%}  {single:8}  {statistics.median(loads):11.0f} {max(loads):11}  "
            f"{statistics.median(seconds):10.2f} {max(seconds):11.2f}"
        )
    return "\n".join(lines)


def main() -> int:
    """Print the table, and with --verbose every repair."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--folder", default="", help="only this folder of the corpus")
    parser.add_argument("--only", default="", help="only files whose name contains this")
    parser.add_argument("--verbose", action="store_true", help="show the repairs, and what was not repaired")
    options = parser.parse_args()
    chosen = [
        case
        for case in cases()
        if case.wrong and options.folder in case.path.parent.name and options.only in case.path.name
    ]
    measured = []
    for m in measure(chosen):
        measured.append(m)
        if options.verbose:
            _show(m)
    print(table(measured))
    return 0


def _show(m: Measured) -> None:
    name = str(m.case.path.relative_to(CORPUS))
    kind = "repaired" if m.at_line else "ELSEWHERE" if m.repaired else "NOT REPAIRED"
    print(
        f"{kind:12} {name} {m.exercise} {m.case.mistake} line {m.case.line}: {m.found.candidates} of "
        f"{m.found.possible} programs, {m.found.calls} calls, {m.seconds:.2f} s",
        flush=True,
    )
    for repair in m.found.repairs:
        places = "; ".join(f"{p.kind} line {p.line}: {p.sentence}" for p in repair.places)
        print(f"      {places} {repair.costs or ''} after {repair.candidates}")
        if not m.at_line:
            print("\n".join(f"        {line}" for line in repair.diff.splitlines()[2:] if line[:1] in "+-"))


if __name__ == "__main__":
    sys.exit(main())
