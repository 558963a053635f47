"""Bounds on draws from U(0, 1), each with the theorem that it follows from."""

import math

import numpy as np
import numpy.typing as npt

__all__ = ["dkw_tolerance", "extreme_tolerance", "uniform_distance"]


def uniform_distance(sample: npt.ArrayLike) -> float:
    """Return the largest distance between the sample's distribution function and that of U(0, 1).

    sample: any shape, at least one number and no nan, else ValueError. This is the Kolmogorov–Smirnov
    statistic: the supremum is reached just before or at one of the sorted x_i, where the empirical
    function is (i − 1)/n and i/n. Numbers drawn in float32 are multiples of 2⁻²⁴, which adds at most 2⁻²⁴.
    """
    x = np.sort(np.asarray(sample, dtype=np.float64), axis=None)
    if x.size == 0 or bool(np.isnan(x).any()):
        raise ValueError("a sample is at least one number, and no nan")
    uniform = np.clip(x, 0.0, 1.0)
    steps = np.arange(x.size + 1) / x.size
    return float(max(np.max(steps[1:] - uniform), np.max(uniform - steps[:-1])))


def dkw_tolerance(n: int, failure: float) -> float:
    """Return the distance that n draws from U(0, 1) exceed with probability at most `failure`.

    Theorem (Dvoretzky, Kiefer and Wolfowitz 1956, with the best constant by Massart 1990): for
    independent draws from any distribution, P(sup |F_n − F| > t) ≤ 2 exp(−2 n t²). Solved for t. Raises
    ValueError unless n ≥ 1 and 0 < failure < 1.
    """
    if n < 1 or not 0.0 < failure < 1.0:
        raise ValueError(f"no tolerance for {n} draws and probability {failure}")
    return math.sqrt(math.log(2.0 / failure) / (2.0 * n))


def extreme_tolerance(n: int, failure: float) -> float:
    """Return how far below 1 the largest of n draws from U(0, 1) may be, except with probability `failure`.

    All n draws are below 1 − t with probability (1 − t)ⁿ ≤ exp(−n t). Solved for t; by symmetry the same
    holds for the smallest above 0. Raises ValueError unless n ≥ 1 and 0 < failure < 1.
    """
    if n < 1 or not 0.0 < failure < 1.0:
        raise ValueError(f"no tolerance for {n} draws and probability {failure}")
    return math.log(1.0 / failure) / n
