"""Whether the start of a factorisation is drawn from U(0,1), up to chance.

Four tests, which true draws fail at most once in 10⁹ each, U and V together: the distribution function
(Dvoretzky–Kiefer–Wolfowitz), the distances of the smallest and the largest number from 0 and 1, whether the
numbers differ, and whether a pattern predicts them: numbers at equal distances, or V from U entry by entry. They
use the same starts from which steps were compared, so no function can treat them specially.
"""

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from grader.lab import Finding, Outcome
from grader.labkit.statistics import dkw_tolerance, extreme_tolerance, uniform_distance

__all__ = ["drawn_by_numpy", "drawn_by_torch", "uniform_start"]

Array: TypeAlias = npt.NDArray[np.float64]

FAILURE: Final = 1e-9
"""The probability that true draws from U(0,1) fail."""

DISTINCT: Final = 0.97
"""The smallest share of distinct numbers in a call. Of 700 draws in float32 (24 bits), at most one or so
repeats; if one column in twenty is repeated, a twentieth of them do."""

DISTINCT_IN_HALF: Final = 0.75
"""The same for draws in half precision (11 bits), a sixth of which repeat."""

EVEN: Final = 1e-4
"""How far two steps from number to number may differ and still be equal, as on a grid; a share of the range."""

AT_LEAST: Final = 5
"""Equal steps, or equal sums of a number of U and one of V, that a pattern needs in one call. A uniform draw makes
each with probability 2·10⁻⁴ whatever was drawn before, so 5 with 3·10⁻¹⁹; among sorted draws, seven with 10⁻¹⁶."""

OTHER_SPREAD: Final = (6e-4, 1.6)
"""The range of standard deviations, and the largest mean, of another start from which descent still works.
Both limits lie between the values people use (0.001 and 1.5, U(0,1) + 1 and 3·U(0,1)), away from chance."""


def drawn_by_torch(seed: int, count: int) -> Array:
    """The numbers of `torch.rand` after `torch.manual_seed(seed)`: 24 bits per output of the Mersenne twister."""
    raw = np.random.RandomState(seed).randint(0, 2**32, count, np.uint32)
    return (raw & 0xFFFFFF).astype(np.float64) * 2.0**-24


def drawn_by_numpy(seed: int, count: int) -> Array:
    """The numbers of `np.random.rand` after `np.random.seed(seed)`."""
    return np.random.RandomState(seed).random_sample(count)


def uniform_start(starts: Sequence[tuple[Array, Array]], are_few: bool = False) -> Finding:
    """Judge the starts of U and V in several calls: passed, passed with a note and its cost, or failed.

    Each start: U (m, rank) and V (n, rank), of any shapes, drawn from its own seed. If they `are_few`, the
    spread of another distribution is not judged, since chance could decide it.
    """
    problems = [
        problem
        for name, factors in zip("UV", zip(*starts, strict=True), strict=True)
        if (problem := _of_factor(name, factors, are_few)) is not None
    ]
    worst = next((p for p in problems if p.outcome is Outcome.FAIL), problems[0] if problems else None)
    if worst is not None and worst.outcome is Outcome.FAIL:
        return worst
    pattern = next((found for U, V in starts if (found := _pattern(U, V))), "")
    if pattern:
        return Finding(
            outcome=Outcome.FAIL,
            message=f"U and V do not start from random numbers: {pattern}.",
            wanted="numbers drawn uniformly and independently from [0, 1)",
        )
    if worst is not None:
        return worst
    count = sum(U.size + V.size for U, V in starts)
    if not _are_distinct([np.concatenate([U.ravel(), V.ravel()]) for U, V in starts]):
        return Finding(
            outcome=Outcome.FAIL,
            message="U and V start from the same numbers; each has to be drawn separately.",
            wanted="separate numbers for U and for V",
        )
    return Finding(outcome=Outcome.PASS, message=f"{count} numbers, of {len(starts)} calls.")


def _pattern(U: Array, V: Array) -> str:
    """The pattern that predicts the numbers of one call, in words; empty if there is none."""
    u, v = U.ravel(), V.ravel()
    for name, numbers in (("U", u), ("V", v), ("U and V", np.concatenate([u, v]))):
        steps = (np.diff(numbers), np.diff(numbers) % 1.0, np.diff(np.sort(numbers)))
        if any(_are_equal(np.diff(step), numbers) for step in steps):
            return f"the numbers of {name} are at equal distances"
    common = min(u.size, v.size)
    for first, second in ((u[:common], v[:common]), (u[-common:], v[-common:])):
        if _are_equal(np.diff(first + second), first):
            return "each number of V is a constant minus one of U"
    return ""


def _are_equal(differences: Array, numbers: Array) -> bool:
    """Whether these differences are 0, and so many that chance cannot do it; `numbers` give the scale."""
    least = EVEN * float(np.ptp(numbers)) if numbers.size else 0.0
    return differences.size >= AT_LEAST and bool((np.abs(differences) <= least).all())


def _are_distinct(arrays: Sequence[Array]) -> bool:
    """Whether the numbers within each array are distinct, all arrays together."""
    everything = np.concatenate([array.ravel() for array in arrays])
    in_half = bool((everything * 2**11 == np.round(everything * 2**11)).all())
    distinct = sum(len(np.unique(array)) for array in arrays)
    return distinct >= (DISTINCT_IN_HALF if in_half else DISTINCT) * everything.size


def _of_factor(name: str, factors: Sequence[Array], are_few: bool) -> Finding | None:
    everything = np.concatenate([factor.ravel() for factor in factors])
    if not np.isfinite(everything).all():
        return Finding(
            outcome=Outcome.FAIL,
            message=f"{name} does not start from finite numbers.",
            got=f"{int((~np.isfinite(everything)).sum())} of the {everything.size} numbers of {name} are inf or nan",
            wanted="numbers from 0 to 1",
        )
    distinct = sum(len(np.unique(factor)) for factor in factors)
    independent = _are_distinct(factors)
    # A function with a hard-coded seed draws the same numbers in each call: one call's numbers remain.
    different = np.unique(everything)
    sample = everything if len(different) >= DISTINCT_IN_HALF * everything.size else different
    tolerance = dkw_tolerance(sample.size, FAILURE / 6)
    short = extreme_tolerance(sample.size, FAILURE / 6)
    distance = uniform_distance(sample)
    low, high = float(sample.min()), float(sample.max())
    if independent and distance <= tolerance and 0.0 <= low <= short and 1.0 - short <= high <= 1.0:
        return None
    spread, middle = float(sample.std()), float(sample.mean())
    got = (
        f"{sample.size} numbers of {name} from {low:.3f} to {high:.3f}, mean {middle:.3f}, "
        f"standard deviation {spread:.3f}"
    )
    wanted = "numbers from 0 to 1, mean 0.5, standard deviation 0.289"
    least, most = OTHER_SPREAD
    if independent and (are_few or (least <= spread <= most and abs(middle) <= most)):
        return Finding(
            outcome=Outcome.PASS,
            message=f"{name} starts from a different random distribution than the sheet's.",
            got=got,
            wanted=wanted,
            notes=(f"{name} does not start from U(0,1) as on the sheet: {got}.",),
            cost="start",
        )
    if not independent and distinct > len(factors):
        got = (
            f"{distinct} different numbers among the {everything.size} of {name} in {len(factors)} calls, "
            f"from {low:.3f} to {high:.3f}"
        )
    return Finding(
        outcome=Outcome.FAIL,
        message=f"{name} does not start from numbers drawn uniformly and independently from [0, 1).",
        got=got,
        wanted=wanted,
        tolerance=f"largest distance of the distribution functions {distance:.3f}, allowed {tolerance:.3f} "
        "(Dvoretzky–Kiefer–Wolfowitz, exceeded by chance once in 10⁹)",
    )
