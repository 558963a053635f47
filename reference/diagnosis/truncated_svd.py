"""From failed checks of 2.1 to a diagnosis: the mistaken SVD that gives exactly what was returned."""

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
"""Relative to σ₁. Mistakes show the singular vectors themselves, which float32 knows to u·σ₁ over the gap of their
values (Davis and Kahan): 1e-5 at the gaps of 0.02·σ₁ looked at. A mistake changes a hundred times as much."""

DIGITS: Final = 1e-6
"""The same for a result that is said to be rounded: by then, what is not rounded looks alike."""

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
"""What is recognised by itself and not as a mistaken product."""


def diagnose_svd(lab: Decomposition, bench: Bench, results: tuple[CheckResult, ...]) -> tuple[Diagnosis, ...]:
    """The mistake that explains every matrix whose singular values are well apart; empty where none does."""
    failed = {r.id.partition("-")[2] for r in results if r.outcome is Outcome.FAIL}
    if not failed & {"matrix", "shapes"}:
        return ()
    located = bench.locate(TRUNCATED_SVD)
    source = bench.loaded.source
    if located is None:
        stated = stated_mistake(bench)
        if stated is None:
            return ()
        return (diagnosis_of(stated[0], f"It is the stated matrix ({stated[1].origin}).", source, None),)
    cases = [case for case in lab.cases(bench) if _well_apart(case)]
    seen = [(case, lab.observe(bench, case)) for case in cases]
    words, evidence = _named(seen)
    if words is None:
        # Another mistake may stop it where A is not square.
        square = [(case, o) for case, o in seen if case.A.shape[0] == case.A.shape[1]]
        words, evidence = _named(square)
    if words is None:
        words, evidence = _by_chance(lab, bench, seen)
    if words is None:
        raised = [o for _, o in seen if isinstance(o, Raised)]
        return (raised_error(raised[0], source),) if raised else ()
    return (diagnosis_of(words, evidence, source, located),)


def _named(seen: list[tuple[Case, Observation]]) -> tuple[MisconceptionText | None, str]:
    came_back = [o for _, o in seen if isinstance(o, Returned)]
    if came_back and all(isinstance(o.value, Nothing) for o in came_back):
        return _NONE, "This was observed when your function ran."
    for mistake in SVD_MISCONCEPTIONS:
        if _explains(mistake, seen):
            return (
                mistake,
                f"Running exactly this mistake gives the same results as your function, in all {len(seen)} calls compared.",
            )
    for case, observation in seen:
        if isinstance(observation, Returned) and is_changed(case.A, observation.after[0]):
            return _INPUT, "This was observed when your function ran."
    return None, ""


def _by_chance(
    lab: Decomposition, bench: Bench, seen: list[tuple[Case, Observation]]
) -> tuple[MisconceptionText | None, str]:
    """Whether another seed gives another result."""
    for case, observation in seen:
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
                f"With two seeds, your function gives two results for the same matrix, {apart:.2g} apart.",
            )
    return None, ""


def _well_apart(case: Case) -> bool:
    """Whether every singular vector is determined by A: no two values nearly equal, none nearly 0."""
    values = np.linalg.svd(case.A.astype(np.float64), compute_uv=False)
    return bool(values[-1] > 0.02 * values[0] and (values[:-1] - values[1:] > 0.02 * values[0]).all())


def _explains(mistake: MistakenSvd, seen: list[tuple[Case, Observation]]) -> bool:
    return any(_explains_so(mistake, way, seen) for way in mistake.ways)


def _explains_so(mistake: MistakenSvd, way: Mistake, seen: list[tuple[Case, Observation]]) -> bool:
    """Whether one way of a mistake gives what came back in every call, and shows in one: else any SVD is explained."""
    shows = False
    close = DIGITS if mistake.id == "result-rounded" else CLOSENESS
    for case, observation in seen:
        A = case.A.astype(np.float64)
        made = list(outcomes(way, A, case.rank))
        if not isinstance(observation, Returned):
            if made:
                return False
            shows = True
            continue
        norm = float(np.linalg.norm(A, 2))
        tolerance = close * (norm**2 + 1.0 if mistake.id == "svd-s-squared" else norm)
        alike = [one for one in made if _gives(observation, one, A.shape, tolerance)]
        if not alike:
            return False
        best = low_rank.best_approximation(A, case.rank)
        shows = shows or not any(_is_near(one, best, tolerance) for one in alike)
    return shows


def _gives(observation: Returned, one: Array, shape: tuple[int, ...], tolerance: float) -> bool:
    return any(_is_near(back, one, tolerance) for back in _arrays(observation.value, shape))


def _is_near(first: Array, second: Array, tolerance: float) -> bool:
    return first.shape == second.shape and float(np.abs(first - second).max(initial=0.0)) <= tolerance


def _arrays(value: Value, shape: tuple[int, ...]) -> Iterator[Array]:
    """Every array the returned value holds or can be put together to."""
    yield from approximations(value, shape)
    whole = array_of(value)
    if whole is not None:
        yield whole
        return
    for part in items_of(value) or ():
        array = array_of(part)
        if array is not None and array.size > 1:
            yield array
