"""Verdicts and marks: findings × rubric."""

from grader.lab import Rubric
from grader.model import CheckResult, Outcome, Verdict

__all__ = ["mark"]


def mark(exercise_id: str, results: tuple[CheckResult, ...], rubric: Rubric) -> tuple[float, float, Verdict]:
    """Marks, the most there are, and the verdict of one exercise.

    A check that passed, and one that is our own fault, earns its share. Each sound difference costs its
    line of the rubric once. Only checks that are worth something decide the verdict.
    """
    entry = rubric.exercises[exercise_id]
    earned = sum(
        entry.checks[result.id] for result in results if result.outcome in (Outcome.PASS, Outcome.ERROR)
    )
    costs = {result.cost for result in results if result.cost and result.outcome is Outcome.PASS}
    lost = entry.marks * sum(rubric.costs.get(cost, 0.0) for cost in costs)
    marks = round(max(earned - lost, 0.0), 4)
    counted = [result.outcome for result in results if entry.checks[result.id] > 0]
    return marks, entry.marks, _verdict(marks, entry.marks, counted)


def _verdict(marks: float, most: float, outcomes: list[Outcome]) -> Verdict:
    if Outcome.ERROR in outcomes:
        return Verdict.ERROR
    if Outcome.MANUAL in outcomes:
        return Verdict.MANUAL
    if outcomes and all(outcome is Outcome.MISSING for outcome in outcomes):
        return Verdict.MISSING
    if marks >= most:
        return Verdict.FULL
    return Verdict.PARTIAL if marks > 0 else Verdict.NONE
