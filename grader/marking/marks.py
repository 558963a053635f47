"""Verdicts and marks: findings × rubric."""

from collections.abc import Iterable, Mapping
from typing import Final

from grader.core.result import CheckResult, ExerciseReport, Flag, FlagKind, Outcome, Verdict
from grader.lab.spec import Rubric

__all__ = ["mark", "undecided", "verdict_by_hand"]

_FLAGS: Final = {Verdict.MANUAL: FlagKind.LOOK, Verdict.ERROR: FlagKind.FAILED}


def mark(
    exercise_id: str,
    results: tuple[CheckResult, ...],
    rubric: Rubric,
    given: Mapping[str, float] | None = None,
) -> tuple[float, float, Verdict]:
    """Marks, maximum marks and verdict of one exercise.

    A check that passed earns its share, and one that follows from an earlier exercise what the rubric says; if a person has `given` marks for a check, these count. A check that
    failed because of a fault in the grader earns nothing and makes the verdict `error`, which is open: it
    neither adds nor costs marks. Each accepted difference from the sheet costs its rubric line once. If a
    check in the rubric's `caps` did not pass, the others together earn no more than its share. Only checks
    with marks decide the verdict.
    """
    entry = rubric.exercises[exercise_id]
    shares = {result.id: entry.checks[result.id] * _share(result, rubric) for result in results}
    by_hand = dict(given or {})
    automatic = sum(share for check, share in shares.items() if check not in by_hand)
    earned = min(automatic, _most(entry.marks, results, rubric, by_hand)) + sum(by_hand.values())
    costs = {result.cost for result in results if result.cost and result.outcome is Outcome.PASS}
    lost = entry.marks * sum(rubric.costs.get(cost, 0.0) for cost in costs)
    marks = round(max(earned - lost, 0.0), 4)
    counted = [result.outcome for result in results if entry.checks[result.id] > 0]
    return marks, entry.marks, _verdict(marks, entry.marks, counted)


def _share(result: CheckResult, rubric: Rubric) -> float:
    if result.outcome is Outcome.FOLLOWS:
        return rubric.follows.get(result.id, 0.0)
    return float(result.outcome is Outcome.PASS)


def _most(
    marks: float, results: Iterable[CheckResult], rubric: Rubric, by_hand: Mapping[str, float]
) -> float:
    """The most that checks can earn together, by the rubric's caps; a check that waits for a person caps
    until it is decided."""
    failed = (Outcome.FAIL, Outcome.SKIPPED, Outcome.MISSING, Outcome.MANUAL)
    caps = [
        rubric.caps[r.id]
        for r in results
        if r.id in rubric.caps and r.outcome in failed and r.id not in by_hand
    ]
    return marks * min(caps, default=1.0)


def verdict_by_hand(marks: float, most: float) -> Verdict:
    """The verdict on an exercise that a person marked as a whole."""
    return _verdict(marks, most, [])


def undecided(exercises: Iterable[ExerciseReport]) -> tuple[Flag, ...]:
    """The verdicts that are not final, for the person marking: what to look at, then what the grader failed at."""
    judged = tuple(exercises)
    return tuple(
        Flag(kind, report.id)
        for verdict, kind in _FLAGS.items()
        for report in judged
        if report.verdict is verdict
    )


def _verdict(marks: float, most: float, outcomes: list[Outcome]) -> Verdict:
    if Outcome.ERROR in outcomes:
        return Verdict.ERROR
    if Outcome.MANUAL in outcomes:
        return Verdict.MANUAL
    if outcomes and all(outcome is Outcome.MISSING for outcome in outcomes):
        return Verdict.MISSING
    if Outcome.FOLLOWS in outcomes and {*outcomes} <= {Outcome.FOLLOWS, Outcome.PASS} and marks < most:
        return Verdict.FOLLOWS
    if marks >= most:
        return Verdict.FULL
    return Verdict.PARTIAL if marks > 0 else Verdict.NONE
