"""Code and stated values that cannot belong together: what a person marking wants to be told.

The stated values of 1.2 and 3.2 are judged by what they satisfy, the code of 1.1 and 3.1 by what it does. Where
the stated values are right and the code is not, the code is run on the sheet's A: if no start leads it anywhere
near such stated values, it cannot have made them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np

from grader.lab import (
    Bench,
    CheckResult,
    FoundIn,
    Function,
    Located,
    Observation,
    Outcome,
    Probe,
    Returned,
    StatedValue,
    array_of,
)
from grader.labkit import failure, items_of, low_rank
from reference import data
from reference.checks.call_constraints import MASK_TYPES
from reference.checks.candidate import A, Candidate
from reference.checks.completion import LINGERING
from reference.checks.stated_matrices import candidates, is_completion, is_factorisation
from reference.sheet import SGD_FACTORISE, SGD_FACTORISE_MASKED

__all__ = ["contradictions"]

_DECIMAL: Final = re.compile(r"(?<!\d)\d{0,20}\.\d{2,30}(?!\d)")
"""A number written with two decimals or more: no result of a computation is made of such numbers only."""

SEEDS: Final = range(5)
"""Starts tried: of right code one in a hundred ends far from the optimum, so five in a row are no accident."""


def contradictions(bench: Bench, checks: Mapping[str, tuple[CheckResult, ...]]) -> tuple[str, ...]:
    """A sentence for each exercise whose code fails while stated values it should have made are right."""
    pairs = (
        ("1.1", SGD_FACTORISE, "1.2", is_factorisation),
        ("3.1", SGD_FACTORISE_MASKED, "3.2", lambda candidate: is_completion(candidate, LINGERING)),
    )
    found: list[str] = []
    for code, function, stated_values, fits in pairs:
        if not any(check.outcome is Outcome.FAIL for check in checks.get(code, ())):
            continue
        stated = [candidate for candidate in candidates(_written(bench)) if fits(candidate)]
        located = bench.locate(function)
        if stated and located is not None:
            best = min(stated, key=lambda candidate: low_rank.loss(A, candidate.P))
            sentence = _contradiction(bench, function, located, best, fits)
            found += [f"{stated_values}: {sentence}"] if sentence else []
    return tuple(found)


def _written(bench: Bench) -> Iterator[StatedValue]:
    """The stated values that somebody wrote down: in a document, or in the code itself for the code to print."""
    source = bench.loaded.source
    typed = {float(number) for number in _DECIMAL.findall(source.code if source is not None else "")}
    for stated_value in bench.stated_values:
        if not stated_value.is_computed or all(abs(entry) in typed for entry in stated_value.values.flat):
            yield stated_value


def _contradiction(
    bench: Bench, function: Function, located: Located, stated: Candidate, fits: Callable[[Candidate], bool]
) -> str:
    """The sentence, where no start leads the student's function to stated values of this kind; else empty."""
    losses: list[float] = []
    stopped = ""
    for seed in SEEDS:
        observation = _run(bench, function, seed)
        if not isinstance(observation, Returned):
            stopped = failure(observation)
            break
        reached = candidates(_stated_values(observation))
        if any(fits(candidate) for candidate in reached):
            return ""
        losses += [low_rank.loss(A, c.P) for c in reached if np.isfinite(c.P).all()]
    where = f"`{located.name}` ({located.file} {located.place})"
    what = f"the stated values ({stated.origin}) are correct, but {where} cannot have produced them"
    if stopped:
        return f"{what}: {stopped[:1].lower()}{stopped[1:]}"
    if not losses:
        return f"{what}: it returns something else."
    return (
        f"{what}: of {len(SEEDS)} runs on A at rank 2, the best ends at the loss {min(losses):.4f}, but the "
        f"stated loss is {low_rank.loss(A, stated.P):.4f}."
    )


def _run(bench: Bench, function: Function, seed: int) -> Observation:
    """The default run on the sheet's A, with the mask in the first type that the function takes."""
    if function is SGD_FACTORISE:
        return bench.observe(Probe(function.name, {"A": data.A, "rank": 2}, seed=seed))
    observation: Observation | None = None
    for name in MASK_TYPES:
        M = data.M.astype(name)
        observation = bench.observe(Probe(function.name, {"A": data.A, "M": M, "rank": 2}, seed=seed))
        if isinstance(observation, Returned):
            break
    assert observation is not None
    return observation


def _stated_values(observation: Returned) -> list[StatedValue]:
    parts = items_of(observation.value) or (observation.value,)
    arrays = [array_of(part) for part in parts]
    return [
        StatedValue(array, 0.0, "", "returned", found_in=FoundIn.RETURNED)
        for array in arrays
        if array is not None
    ]
