"""A mistaken SVD in a script without a function: recognised by the matrix it states."""

import numpy as np

from grader.lab import Bench, StatedValue
from reference import data
from reference.misconceptions.truncated_svd import SVD_MISCONCEPTIONS, MistakenSvd, outcomes

__all__ = ["stated_mistake"]


def stated_mistake(bench: Bench) -> tuple[MistakenSvd, StatedValue] | None:
    """The mistake that makes one of the values stated from the sheet's A at rank 2, and that stated value.

    A matrix only: single numbers and vectors, and A itself, may be stated for many reasons.
    """
    A = data.A.astype(np.float64)
    shown = [stated_value for stated_value in bench.stated_values if stated_value.values.shape == A.shape]
    for mistake in SVD_MISCONCEPTIONS:
        for way in mistake.ways:
            for made in outcomes(way, A, 2):
                if made.shape != A.shape or np.allclose(made, A, atol=1e-3):
                    continue
                for stated_value in shown:
                    if (np.abs(stated_value.values - made) <= stated_value.half_width + 1e-5).all():
                        return mistake, stated_value
    return None
