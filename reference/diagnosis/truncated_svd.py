"""Diagnose failed checks of 2.1: find the mistaken SVD that reproduces the returned values."""

from collections.abc import Iterator
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from grader.lab import (
    Bench,
    CheckResult,
    Diagnosis,
    Nothing,
    Observation,
    Outcome,
    Raised,
    Returned,
    Value,
    array_of,
)
from grader.labkit import MisconceptionText, diagnosis_of, is_changed, items_of, low_rank, raised_error
from reference.checks.truncated_svd import SEED, Case, Decomposition
from reference.factors.reading import approximations
from reference.misconceptions.stated_svd import stated_mistake
from reference.misconceptions.truncated_svd import SVD_MISCONCEPTIONS, Mistake, MistakenSvd, outcomes
from reference.sheet import TRUNCATED_SVD

__all__ = ["SVD_OTHERS", "diagnose_svd"]

Array: TypeAlias = npt.NDArray[np.float64]

CLOSENESS: Final = 1e-4
"""The tolerance of a match, relative to σ₁. The result of a mistake depends on single singular vectors, whose
error in float32 is u·σ₁ over the gap between their values (Davis and Kahan): 1e-5 at the smallest gap used,
0.02·σ₁. The effect of a mistake is a hundred times larger."""

DIGITS: Final = 1e-6
"""The same for rounded results: with more tolerance, a result that is not rounded would match as well."""

_NONE = MisconceptionText(
    "returns-none", "The function returns nothing.",
    "What it computes is lost when it ends; printing is not returning.",
    "what a function returns", "What does `x = f()` put into x when f has no `return`?",
)  # fmt: skip
_INPUT = MisconceptionText(
    "modifies-a", "The function changes the matrix it is given.",
    "The caller still needs A afterwards; a tensor that is changed in place is changed for everybody.",
    "copies and views", "Which of your lines writes to A, or to something that shares its memory?",
)  # fmt: skip
_CHANCE = MisconceptionText(
    "svd-depends-on-chance", "The result depends on chance.",
    "A truncated SVD is a function of A and the rank alone. A method that first draws random directions "
    "(`svd_lowrank`, a randomised SVD) only approximates it.",
    "what an SVD is", "Why do two calls with the same matrix give different results?",
)  # fmt: skip
SVD_OTHERS: Final = (_NONE, _INPUT, _CHANCE)
"""Mistakes that are recognised directly, not by computing a mistaken product."""


def diagnose_svd(lab: Decomposition, bench: Bench, results: tuple[CheckResult, ...]) -> tuple[Diagnosis, ...]:
    """The mistake that explains every matrix with well-separated singular values; empty if none does."""
    failed = {r.id.partition("-")[2] for r in results if r.outcome is Outcome.FAIL}
    if not failed & {"matrix", "shapes"}:
        return ()
    located = bench.locate(TRUNCATED_SVD)
    source = bench.loaded.source
    if located is None:
        stated = stated_mistake(bench)
        if stated is None:
            return ()
        evidence = f"This mistake gives exactly the stated matrix ({stated[1].origin})."
        return (diagnosis_of(stated[0], evidence, source, None),)
    cases = [case for case in lab.cases(bench) if _well_apart(case)]
    recorded = [(case, lab.observe(bench, case)) for case in cases]
    words, evidence = _named(recorded)
    if words is None:
        # A second mistake may raise an error if A is not square.
        square = [(case, o) for case, o in recorded if case.A.shape[0] == case.A.shape[1]]
        words, evidence = _named(square)
    if words is None:
        words, evidence = _by_chance(lab, bench, recorded)
    if words is None:
        raised = [o for _, o in recorded if isinstance(o, Raised)]
        return (raised_error(raised[0], source),) if raised else ()
    return (diagnosis_of(words, evidence, source, located),)


def _named(recorded: list[tuple[Case, Observation]]) -> tuple[MisconceptionText | None, str]:
    returned = [o for _, o in recorded if isinstance(o, Returned)]
    if returned and all(isinstance(o.value, Nothing) for o in returned):
        return _NONE, "This was observed when your function ran."
    for mistake in SVD_MISCONCEPTIONS:
        if _explains(mistake, recorded):
            return (
                mistake,
                f"Running exactly this mistake gives the same results as your function, in all {len(recorded)} calls compared.",
            )
    for case, observation in recorded:
        if isinstance(observation, Returned) and is_changed(case.A, observation.after[0]):
            return _INPUT, "This was observed when your function ran."
    return None, ""


def _by_chance(
    lab: Decomposition, bench: Bench, recorded: list[tuple[Case, Observation]]
) -> tuple[MisconceptionText | None, str]:
    """The mistake of a random result: another seed gives another result."""
    for case, observation in recorded:
        again = lab.observe(bench, case, SEED + 1)
        if not isinstance(observation, Returned) or not isinstance(again, Returned):
            continue
        pairs = zip(
            approximations(observation.value, case.A.shape),
            approximations(again.value, case.A.shape),
            strict=False,
        )
        apart = min((float(np.abs(one - other).max()) for one, other in pairs), default=0.0)
        if apart > CLOSENESS * float(np.linalg.norm(case.A, 2)):
            return (
                _CHANCE,
                f"With two seeds, your function returns results for the same matrix that differ by {apart:.2g}.",
            )
    return None, ""


def _well_apart(case: Case) -> bool:
    """Whether A determines every singular vector: no two values are nearly equal, and none is nearly 0."""
    values = np.linalg.svd(case.A.astype(np.float64), compute_uv=False)
    return bool(values[-1] > 0.02 * values[0] and (values[:-1] - values[1:] > 0.02 * values[0]).all())


def _explains(mistake: MistakenSvd, recorded: list[tuple[Case, Observation]]) -> bool:
    return any(_explains_so(mistake, way, recorded) for way in mistake.ways)


def _explains_so(mistake: MistakenSvd, way: Mistake, recorded: list[tuple[Case, Observation]]) -> bool:
    """Whether one way of a mistake gives the returned value in every call, and a wrong value in at least one.

    A way that is right in all calls would explain every correct SVD.
    """
    is_wrong = False
    close = DIGITS if mistake.id == "result-rounded" else CLOSENESS
    for case, observation in recorded:
        A = case.A.astype(np.float64)
        results = list(outcomes(way, A, case.rank))
        if not isinstance(observation, Returned):
            if results:
                return False
            is_wrong = True
            continue
        norm = float(np.linalg.norm(A, 2))
        tolerance = close * (norm**2 + 1.0 if mistake.id == "svd-s-squared" else norm)
        alike = [one for one in results if _gives(observation, one, A.shape, tolerance)]
        if not alike:
            return False
        best = low_rank.best_approximation(A, case.rank)
        is_wrong = is_wrong or not any(_is_near(one, best, tolerance) for one in alike)
    return is_wrong


def _gives(observation: Returned, one: Array, shape: tuple[int, ...], tolerance: float) -> bool:
    return any(_is_near(back, one, tolerance) for back in _arrays(observation.value, shape))


def _is_near(first: Array, second: Array, tolerance: float) -> bool:
    return first.shape == second.shape and float(np.abs(first - second).max(initial=0.0)) <= tolerance


def _arrays(value: Value, shape: tuple[int, ...]) -> Iterator[Array]:
    """Every array that the returned value contains, and every matrix that its parts multiply to."""
    yield from approximations(value, shape)
    whole = array_of(value)
    if whole is not None:
        yield whole
        return
    for part in items_of(value) or ():
        array = array_of(part)
        if array is not None and array.size > 1:
            yield array
