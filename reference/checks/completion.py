"""What tells a completed matrix of 3.2 from matrices that fit the observed cells for another reason."""

from typing import Final

import numpy as np

from grader.labkit import low_rank
from reference.checks.candidate import A, Candidate
from reference.checks.stated_matrices import is_completion, keeps_observed
from reference.data import M

__all__ = ["CONVERGED", "LINGERING", "fits_zeros", "has_lower_rank", "is_filled", "is_sound_completion"]

LINGERING: Final = 0.4
"""The worst of 20,000 default runs of a masked factorisation ended at 0.363 over the observed cells."""

NEAR_ZERO: Final = 0.15
"""A completion that fits zeros in the hidden cells has at most 0.07 there; A has 3.34 and 0.53."""

CONVERGED: Final = 0.02
"""Observed loss below which a completion needs no further evidence: 95 % of 20,000 default runs."""


def is_sound_completion(candidate: Candidate) -> bool:
    """Whether it can be the end of a masked descent at rank 2."""
    return (
        is_completion(candidate, LINGERING)
        and not has_lower_rank(candidate)
        and not is_filled(candidate)
        and not fits_zeros(candidate)
    )


def fits_zeros(candidate: Candidate) -> bool:
    """Whether its hidden cells are near 0, and its observed cells are no better for it: zeros were fitted there."""
    small = bool((np.abs(candidate.P[M == 0]) <= NEAR_ZERO).all())
    return small and low_rank.observed_loss(A, M, candidate.P) > CONVERGED


def is_filled(candidate: Candidate) -> bool:
    """Whether its hidden cells hold the mean of the observed cells, of all, of their row or of their column."""
    if not keeps_observed(candidate):
        return False
    seen = np.where(M == 1, A, np.nan)
    means = (
        np.full(A.shape, np.nanmean(seen)),
        np.nanmean(seen, axis=1, keepdims=True),
        np.nanmean(seen, axis=0),
    )
    hidden = M == 0
    return any(
        bool(
            (
                np.abs(candidate.P - np.broadcast_to(mean, A.shape))[hidden]
                <= candidate.half_width[hidden] + 1e-4
            ).all()
        )
        for mean in means
    )


def has_lower_rank(candidate: Candidate) -> bool:
    """Whether it has rank 1: a descent at rank 2 does not end there to all digits."""
    return bool(low_rank.singular_values(candidate.P)[1] <= np.linalg.norm(candidate.half_width) + 1e-5)
