"""A mistaken SVD in a script without a function: recognised by the matrix it states."""

import numpy as np

from grader.lab import Bench, Figure
from reference import data
from reference.misconceptions.truncated_svd import SVD_BANK, MistakenSvd, outcomes

__all__ = ["stated_mistake"]


def stated_mistake(bench: Bench) -> tuple[MistakenSvd, Figure] | None:
    """The mistake that makes one of the figures stated from the sheet's A at rank 2, and that figure.

    A matrix only: single numbers and vectors, and A itself, may be stated for many reasons.
    """
    A = data.A.astype(np.float64)
    shown = [figure for figure in bench.figures if figure.values.shape == A.shape]
    for mistake in SVD_BANK:
        for way in mistake.ways:
            for made in outcomes(way, A, 2):
                if made.shape != A.shape or np.allclose(made, A, atol=1e-3):
                    continue
                for figure in shown:
                    if (np.abs(figure.values - made) <= figure.half_width + 1e-5).all():
                        return mistake, figure
    return None
