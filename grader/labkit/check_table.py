"""A table of checks: each row has a condition, a function that checks it, and advice in case it fails.

The rows of an exercise are checked in order, simplest first, and each comes after the rows that it needs. So
the first failure says what is wrong.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Generic, TypeVar

from grader.lab import Bench, Check, CheckResult, Diagnosis, Finding, Frozen, Outcome
from grader.labkit.returned_values import UnusableResult

__all__ = ["CheckTable", "Row", "first_advice", "undiagnosed"]

Context = TypeVar("Context")


class Row(Frozen, Generic[Context], frozen=True, kw_only=True):
    """One check. In `title` and `advice`, `{function}` stands for the name of the table's function."""

    name: str
    """The check's id without the exercise."""
    title: str
    """The condition that must hold, as a sentence."""
    run: Callable[[Context, Bench], Finding]
    """Checks the condition; all rows of a table get the same context."""
    advice: str = ""
    """What to do next if this is the first check that fails."""
    needs: tuple[str, ...] = ()
    """The rows that must pass before this one can be checked."""
    implied_by: tuple[str, ...] = ()
    """The rows that imply this one."""
    tolerance: str = ""
    """How far two values may differ, and why."""


class CheckTable(Frozen, Generic[Context], frozen=True):
    """The rows of one exercise, and the context that each of them gets."""

    exercise: str
    rows: tuple[Row[Context], ...]
    context: Context
    function: str = ""

    def checks(self) -> tuple[Check, ...]:
        """The rows as checks of the exercise, in order."""
        return tuple(
            Check(
                self._id(row.name),
                row.title.format(function=self.function),
                partial(_or_unusable, row.run, self.context),
                tuple(map(self._id, row.needs)),
                tuple(map(self._id, row.implied_by)),
                row.tolerance,
            )
            for row in self.rows
        )

    def advice(self, results: tuple[CheckResult, ...]) -> str:
        """What to do about the first check that did not pass; empty if all passed."""
        sentences = {row.name: row.advice.format(function=self.function) for row in self.rows}
        return first_advice(sentences, results)

    def _id(self, name: str) -> str:
        return f"{self.exercise}-{name}"


def _or_unusable(run: Callable[[Context, Bench], Finding], context: Context, bench: Bench) -> Finding:
    """The finding of the check; a check that cannot use the result fails with the sentence that says why."""
    try:
        return run(context, bench)
    except UnusableResult as unusable:
        return Finding(outcome=Outcome.FAIL, message=str(unusable))


def first_advice(advice: Mapping[str, str], results: tuple[CheckResult, ...]) -> str:
    """What to do about the first check that did not pass, by its name; empty if all passed."""
    for result in results:
        if result.outcome is Outcome.FOLLOWS:
            return f"Correct {result.blocked_by} first; then do this exercise again with it."
        if result.outcome in (Outcome.FAIL, Outcome.MISSING):
            if result.remedy:
                return result.remedy
            return advice.get(result.id.partition("-")[2], "")
    return ""


def undiagnosed(bench: Bench, results: tuple[CheckResult, ...]) -> tuple[Diagnosis, ...]:
    """No diagnosis, for an exercise without known mistakes."""
    return ()
