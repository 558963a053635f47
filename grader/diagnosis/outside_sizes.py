"""Functions that take the size of their matrix from outside: this hides every other mistake until it is undone.

The edit that gives such a function the sizes of its own matrix is run, and what is wrong with the edited program is
what else is wrong with the function.
"""

from collections.abc import Sequence
from difflib import unified_diff

import msgspec

from grader.core.result import CheckResult, Diagnosis, Outcome
from grader.diagnosis.candidate_bench import CandidateRunner
from grader.diagnosis.edit_explanations import concept_of, question_of
from grader.diagnosis.edits import Edit, Program, applied, outside_edits
from grader.execution.bench import WorkerBench
from grader.execution.check_runner import run_checks
from grader.lab.spec import Exercise

__all__ = ["outside_sizes"]

MOST: int = 3
"""The most functions of a file that are looked at."""


def outside_sizes(
    exercise: Exercise, bench: WorkerBench, results: Sequence[CheckResult]
) -> tuple[Diagnosis, ...]:
    """The diagnosis of sizes from outside, and those of what else is wrong; empty if the edit helps nothing."""
    source = bench.loaded.source
    if source is None or source.problem or not source.code:
        return ()
    for edit in list(outside_edits(Program(source.code), same_line=True))[:MOST]:
        runner = CandidateRunner(bench)
        try:
            candidate = runner.open_alone(applied(source.code, edit))
            try:
                after = run_checks(exercise, candidate)
                if _passed(after) <= _passed(results):
                    continue
                more = map(_of_the_copy, exercise.diagnose(candidate, after))
                return (_diagnosis(edit, bench, results, after), *more)
            finally:
                candidate.close()
        finally:
            runner.close()
    return ()


def _of_the_copy(diagnosis: Diagnosis) -> Diagnosis:
    evidence = f"{diagnosis.evidence} This is so in the copy with the sizes of its own matrix.".strip()
    return msgspec.structs.replace(diagnosis, evidence=evidence)


def _passed(results: Sequence[CheckResult]) -> int:
    return sum(result.outcome is Outcome.PASS for result in results)


def _diagnosis(
    edit: Edit, bench: WorkerBench, before: Sequence[CheckResult], after: Sequence[CheckResult]
) -> Diagnosis:
    source = bench.loaded.source
    assert source is not None
    is_all = _passed(after) == len(after)
    passed = (
        f"all {len(after)} checks pass"
        if is_all
        else f"{_passed(after)} of {len(after)} checks pass instead of {_passed(before)}"
    )
    printed = next((other for other in outside_edits(Program(source.code)) if other.line == edit.line), edit)
    return Diagnosis(
        id=edit.kind,
        title=edit.sentence,
        message="Called with a matrix of another size, the function still uses these numbers: take them from the "
        "matrix it is given.",
        file=source.name,
        line=source.place(edit.line).line,
        verified=True,
        concept=concept_of(edit.kind),
        question=question_of(edit.kind),
        repair=_diff(source.code, applied(source.code, printed), source.name) if is_all else "",
        evidence=f"With the sizes of its own matrix in a copy of your file, {passed}.",
    )


def _diff(before: str, after: str, name: str) -> str:
    lines = unified_diff(before.split("\n"), after.split("\n"), f"a/{name}", f"b/{name}", lineterm="", n=2)
    return "\n".join(lines)
