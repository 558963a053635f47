"""A tutor's explanation of a known mistake, and the diagnosis of mistakes that reproduce a result."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from grader.lab import Bench, CheckResult, Diagnosis, Located, Outcome, Probe, Source, Value
from grader.labkit.returned_values import UnusableResult, format_matrix, returned

__all__ = ["MisconceptionText", "diagnosis_of", "names_mistakes"]

Case = TypeVar("Case")
Array = npt.NDArray[np.float64]


class MisconceptionText(msgspec.Struct, frozen=True):
    """The explanation of a mistake, without giving away the correct line.

    `title` names it, `message` says why it is wrong, `concept` is the concept to revise, and `question` leads
    the student to it.
    """

    id: str
    title: str
    message: str
    concept: str
    question: str


def diagnosis_of(
    text: MisconceptionText, evidence: str, source: Source | None, located: Located | None
) -> Diagnosis:
    """The diagnosis of a mistake, proved by executing it; `evidence` says how."""
    return Diagnosis(
        id=text.id,
        title=text.title,
        message=text.message,
        file=source.name if source is not None else "",
        line=located.line if located is not None else None,
        verified=True,
        concept=text.concept,
        question=text.question,
        evidence=evidence,
    )


def names_mistakes(
    check: str,
    probe: Callable[[Case], Probe],
    case: Case,
    got: Callable[[Value, Case], Array],
    tolerance: float,
    mistakes: Mapping[str, tuple[str, Callable[[Case], Array]]],
) -> Callable[[Bench, tuple[CheckResult, ...]], tuple[Diagnosis, ...]]:
    """A diagnosis that tells mistakes apart by a single call, made if the check of this id failed.

    `mistakes` maps the id of each mistake to a sentence about it and to its result for the case.
    """

    def diagnose(bench: Bench, results: tuple[CheckResult, ...]) -> tuple[Diagnosis, ...]:
        if not any(result.id == check and result.outcome is Outcome.FAIL for result in results):
            return ()
        try:
            theirs = got(returned(bench.observe(probe(case))), case)
        except UnusableResult:
            return ()
        evidence = f"This mistake gives {format_matrix(theirs)}, as your function does."
        return tuple(
            Diagnosis(id=id, title=sentence, message=evidence, verified=True)
            for id, (sentence, result) in mistakes.items()
            if np.allclose(theirs, result(case), rtol=tolerance)
        )

    return diagnose
