"""Singular values for test matrices, besides those of `grader.labkit.random_matrices`."""

from grader.labkit import random_matrices

__all__ = ["rank_deficient"]


def rank_deficient(size: int, rank: int) -> tuple[float, ...]:
    """Return `rank` well-separated singular values and zeros: the minimum loss of that rank is zero."""
    assert 0 <= rank <= size
    return random_matrices.well_separated(rank) + (0.0,) * (size - rank)
