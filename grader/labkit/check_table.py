"""A table of checks: each row says what must hold, looks at it, and says what to do next where it fails.

The rows of an exercise stand in the order in which they are looked at, lowest first, and each needs the ones it rests
on. So the first that fails says what is wrong.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Generic, TypeVar

from grader.lab import Bench, Check, CheckResult, Diagnosis, Finding, Frozen, Outcome
from grader.labkit.returned_values import UnusableResult

__all__ = ["CheckTable", "Row", "first_advice", "undiagnosed"]

Context = TypeVar("Context")


class Row(Frozen, Generic[Context], frozen=True, kw_only=True):
    """One check. In `title` and `advice`, `{function}` stands for the name of the function the table is about."""

    name: str
    """The check's id without the exercise."""
    title: str
    """The condition that must hold, in a sentence."""
    run: Callable[[Context, Bench], Finding]
    """Looks at it; the context is the same for all rows of a table."""
    advice: str = ""
    """What to do next when this is the first that fails."""
    needs: tuple[str, ...] = ()
    """The rows without which it cannot be looked at."""
    implied_by: tuple[str, ...] = ()
    """The rows with which it holds."""
    tolerance: str = ""
    """How far apart two values may be, and why."""


class CheckTable(Frozen, Generic[Context], frozen=True):
    """The rows of one exercise, and what each of them is given."""

    exercise: str
    rows: tuple[Row[Context], ...]
    context: Context
    function: str = ""

    def checks(self) -> tuple[Check, ...]:
        """The rows as checks of the exercise, in their order."""
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
        """What to do about the first check that does not hold; empty where all do."""
        sentences = {row.name: row.advice.format(function=self.function) for row in self.rows}
        return first_advice(sentences, results)

    def _id(self, name: str) -> str:
        return f"{self.exercise}-{name}"


def _or_unusable(run: Callable[[Context, Bench], Finding], context: Context, bench: Bench) -> Finding:
    """What is found; a check that cannot use what came back fails with the sentence that says why."""
    try:
        return run(context, bench)
    except UnusableResult as unusable:
        return Finding(outcome=Outcome.FAIL, message=str(unusable))


def first_advice(advice: Mapping[str, str], results: tuple[CheckResult, ...]) -> str:
    """What to do about the first check that does not hold, by its name without the exercise; empty where all do."""
    for result in results:
        if result.outcome in (Outcome.FAIL, Outcome.MISSING):
            return advice.get(result.id.partition("-")[2], "")
    return ""


def undiagnosed(bench: Bench, results: tuple[CheckResult, ...]) -> tuple[Diagnosis, ...]:
    """The diagnosis of an exercise of which no mistake is known by name: none."""
    return ()
