"""Whether a start is drawn from U(0,1): the one question of the lab that chance has a say in.

Three laws that true draws break at most once in 10⁹, U and V together: their distribution function
(Dvoretzky–Kiefer–Wolfowitz), how near the smallest and the largest come to 0 and 1, and that they differ.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from grader.model import Finding, Outcome
from reference import bounds
from reference.epochs import Factors

__all__ = ["finding_of", "is_spotless"]

FAILURE: Final = 1e-9
"""Probability that draws from U(0,1) are taken for something else."""

DISTINCT: Final = 0.75
"""Share of the numbers of a start that differ from all others, at least. Of 300 draws in float32 (24 bits) none
or one repeats, in half precision (11 bits) a twelfth; where a column or a row is repeated, half of them or more."""

OTHER_SPREAD: Final = (6e-4, 1.6)
"""Standard deviations, and at most the mean, of another start from which descent still works. Both lie between
the numbers people write (0.001 and 1.5, U(0,1) + 1 and 3·U(0,1)), so that no draw decides on which side one is."""


def finding_of(start: Factors) -> Finding:
    """Judge the numbers of U and of V, of any shapes: passed, passed with a note and its cost, or failed."""
    for name, factor in zip("UV", start, strict=True):
        found = _of_factor(name, factor)
        if found is not None:
            return found
    return Finding(outcome=Outcome.PASS, message=f"{start[0].size + start[1].size} numbers.")


def is_spotless(finding: Finding) -> bool:
    """Whether it passed without a note that costs something."""
    return finding.outcome is Outcome.PASS and not finding.cost


def _of_factor(name: str, factor: npt.NDArray[np.float64]) -> Finding | None:
    if not np.isfinite(factor).all():
        return Finding(
            outcome=Outcome.FAIL,
            message=f"{name} does not start from finite numbers.",
            got=f"{int((~np.isfinite(factor)).sum())} of the {factor.size} numbers of {name} are inf or nan",
            wanted="numbers from 0 to 1",
        )
    tolerance = bounds.dkw_tolerance(factor.size, FAILURE / 6)
    short = bounds.extreme_tolerance(factor.size, FAILURE / 6)
    distance = bounds.uniform_distance(factor)
    low, high = float(factor.min()), float(factor.max())
    distinct = len(np.unique(factor))
    independent = distinct >= DISTINCT * factor.size
    if independent and distance <= tolerance and 0.0 <= low <= short and 1.0 - short <= high <= 1.0:
        return None
    spread, middle = float(factor.std()), float(factor.mean())
    got = (
        f"{factor.size} numbers of {name} from {low:.3f} to {high:.3f}, mean {middle:.3f}, "
        f"standard deviation {spread:.3f}"
    )
    wanted = "numbers from 0 to 1, mean 0.5, standard deviation 0.289"
    least, most = OTHER_SPREAD
    if independent and least <= spread <= most and abs(middle) <= most:
        return Finding(
            outcome=Outcome.PASS,
            message=f"{name} starts from another random distribution than the sheet's.",
            got=got,
            wanted=wanted,
            notes=(f"{name} does not start from U(0,1) as the sheet says: {got}.",),
            cost="start",
        )
    if not independent and distinct > 1:
        got = f"{distinct} different numbers among the {factor.size} of {name}, from {low:.3f} to {high:.3f}"
    return Finding(
        outcome=Outcome.FAIL,
        message=f"{name} does not start from numbers drawn uniformly from [0, 1), each one anew.",
        got=got,
        wanted=wanted,
        tolerance=f"largest distance of the distribution functions {distance:.3f}, allowed {tolerance:.3f} "
        "(Dvoretzky–Kiefer–Wolfowitz, failing once in 10⁹)",
    )
