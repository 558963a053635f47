"""A check's result in plain words, the same wherever it is shown without pictures."""

from typing import Final

from grader.core.escaping import visible
from grader.core.result import CheckResult, ExerciseReport, Outcome

__all__ = ["details", "failure_text"]

_NOT_PASSED: Final = (Outcome.FAIL, Outcome.FOLLOWS, Outcome.MISSING)


def details(check: CheckResult) -> tuple[str, ...]:
    """Message, observed value, expected value, tolerance and call, one per line, with invisible characters
    shown."""
    labelled = (
        ("", check.message),
        ("got: ", check.got),
        ("expected: ", check.wanted),
        ("tolerance: ", check.tolerance),
        ("try: ", check.call),
    )
    return tuple(f"{label}{visible(text)}" for label, text in labelled if text)


def failure_text(exercise: ExerciseReport, check: CheckResult) -> str:
    """The check as a student reads it; the first failed check also shows the mistake's name and the next
    step."""
    lines = [check.title, *details(check)]
    first = next((c for c in exercise.checks if c.outcome in _NOT_PASSED), None)
    if first is not None and first.id == check.id:
        lines += [f"{visible(d.title)} {visible(d.message)}" for d in exercise.diagnoses]
        if exercise.next_step:
            lines.append(f"→ {visible(exercise.next_step)}")
    return "\n".join(lines)
