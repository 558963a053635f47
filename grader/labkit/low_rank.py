"""Bounds from linear algebra and rounding, each with the theorem that it follows from.

All computations use float64, whatever the dtype of the arguments. Matrices are used with their exact
values: 0.3374 in float32 means the float32 number nearest to it.
"""

import itertools
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = [
    "Interval",
    "SvdTolerance",
    "best_approximation",
    "eckart_young",
    "loss",
    "observed_loss",
    "product_half_width",
    "rounded_loss_interval",
    "saddle_levels",
    "singular_values",
    "svd_tolerance",
]

FloatArray = npt.NDArray[np.float64]

EPS = float(np.finfo(np.float64).eps)


class Interval(NamedTuple):
    """A closed interval."""

    low: float
    high: float


class SvdTolerance(NamedTuple):
    """How far a truncated SVD computed in floating point may be from the exact one."""

    singular_value: float
    """The largest possible singular value number rank + 1, which is zero in exact arithmetic."""
    excess_loss: float
    """The largest possible squared loss above the optimum."""


def _as_matrix(A: npt.ArrayLike) -> FloatArray:
    matrix = np.asarray(A, dtype=np.float64)
    if matrix.ndim != 2:
        raise ValueError(f"a matrix has two dimensions, not {matrix.ndim}")
    return matrix


# --- approximation by matrices of low rank ----------------------------------------------------------------


def singular_values(A: npt.ArrayLike) -> FloatArray:
    """Return the singular values of A, the largest first: (min(m, n),) float64. A: (m, n), finite."""
    return np.linalg.svd(_as_matrix(A), compute_uv=False).astype(np.float64)


def eckart_young(A: npt.ArrayLike, rank: int) -> float:
    """Return the minimum of ‖A − P‖²_F over all P of rank at most `rank`: the sum of σ_i² over i > rank.

    Theorem (Eckart and Young 1936; Mirsky 1960 for every unitarily invariant norm): no matrix of rank at
    most k is closer to A than the sum of the k leading terms σ_i u_i v_iᵀ of its SVD.
    """
    return float(np.sum(singular_values(A)[rank:] ** 2))


def best_approximation(A: npt.ArrayLike, rank: int) -> FloatArray:
    """Return the matrix of rank at most `rank` nearest to A in the Frobenius norm: (m, n) float64.

    Theorem (Eckart and Young): it is the sum of the first `rank` terms of the SVD, unique if σ_rank >
    σ_{rank+1}.
    """
    U, s, Vt = np.linalg.svd(_as_matrix(A), full_matrices=False)
    best: FloatArray = (U[:, :rank] * s[:rank]) @ Vt[:rank]
    return best


def saddle_levels(A: npt.ArrayLike, rank: int) -> tuple[tuple[tuple[int, ...], float], ...]:
    """Return the losses at which the gradient of f(U, V) = ‖A − U Vᵀ‖²_F can vanish, in ascending order.

    U: (m, rank), V: (n, rank). Each level is (which singular values are dropped, counted from 1; the sum of
    their squares), for every choice of at most `rank` kept ones. The first is the global minimum
    (`eckart_young`), every higher one a saddle: ((2,), σ₂²) is where gradient descent lingers after it has
    found the first and third terms of a 3×3 matrix at rank 2. min(m, n) ≤ 16, because there are up to
    2^min(m, n) levels; otherwise ValueError.

    Theorem (Baldi and Hornik 1989, "Neural networks and principal component analysis"; distinct singular
    values): where the gradient vanishes, U Vᵀ is a sum of at most `rank` terms σ_i u_i v_iᵀ of the SVD. With
    repeated singular values, the terms may be rotated among equals, and the losses are the same.

    Strict saddle theorem (Baldi and Hornik; for every A and without a regulariser Valavi, Liu and Ramadge
    2020, "Revisiting the landscape of matrix factorization"): each such point that is not a global minimum
    has a direction of negative curvature. So f has no local minima except global ones, and gradient descent
    with small steps avoids saddles from almost every start (Lee, Simchowitz, Jordan and Recht 2016, "Gradient
    descent only converges to minimizers") in the limit; after any fixed number of epochs, some starts are
    still close to one.
    """
    squares = singular_values(A) ** 2
    size = len(squares)
    if size > 16:
        raise ValueError(f"{size} singular values have too many subsets to list")
    smallest_drop = max(size - rank, 0)
    levels = [
        (tuple(i + 1 for i in dropped), math.fsum(squares[list(dropped)]))
        for count in range(smallest_drop, size + 1)
        for dropped in itertools.combinations(range(size), count)
    ]
    return tuple(sorted(levels, key=lambda level: (level[1], len(level[0]), level[0])))


def svd_tolerance(A: npt.ArrayLike, rank: int, dtype_eps: float) -> SvdTolerance:
    """Return how far a truncated SVD of A, computed with this machine epsilon, may be from the exact one.

    A: (m, n). For float32 `dtype_eps` is 2⁻²³.

    Derivation. A backward stable SVD (LAPACK's are; Users' Guide, section 4.9) is the exact SVD of A + E.
    Storing its truncation as a product of rounded factors adds F, so P = (A + E)_k + F. With δ = p·eps·‖A‖_F,
    E and F are each at most δ in the Frobenius norm, where p grows slowly with the size; we use p = 4·max(m,
    n), more than ten times what random matrices show.

    (a) Weyl: |σ_i(X + F) − σ_i(X)| ≤ ‖F‖₂, and σ_{k+1} of (A + E)_k is zero: σ_{k+1}(P) ≤ δ.

    (b) Triangle inequality: ‖A − P‖ ≤ ‖(A + E) − (A + E)_k‖ + ‖E‖ + ‖F‖. Mirsky: the vectors of singular
    values of A and A + E are at most ‖E‖_F apart, so the first term is at most √E_k + ‖E‖, where E_k is
    `eckart_young(A, k)`. In all ‖A − P‖²_F ≤ (√E_k + 3δ)², an excess of 6δ√E_k + 9δ².
    """
    matrix = _as_matrix(A)
    delta = 4 * max(matrix.shape) * dtype_eps * float(np.linalg.norm(matrix))
    return SvdTolerance(
        singular_value=delta,
        excess_loss=6 * delta * math.sqrt(eckart_young(matrix, rank)) + 9 * delta**2,
    )


# --- losses and the rounding of printed digits ------------------------------------------------------------


def loss(A: npt.ArrayLike, P: npt.ArrayLike) -> float:
    """Return ‖A − P‖²_F, a sum of squares and not their mean (sheet, exercise 1.2). A, P: (m, n)."""
    return observed_loss(A, np.ones(_as_matrix(A).shape), P)


def observed_loss(A: npt.ArrayLike, M: npt.ArrayLike, P: npt.ArrayLike) -> float:
    """Return the sum of (A − P)² over the cells where M is 1 (sheet, exercise 3.1). A, M, P: (m, n).

    Hidden cells are not read, so they may contain nan. Raises ValueError if the shapes differ.
    """
    wanted, got, mask = _as_matrix(A), _as_matrix(P), np.asarray(M)
    if not wanted.shape == got.shape == mask.shape:
        raise ValueError(f"shapes {wanted.shape}, {got.shape} and {mask.shape} differ")
    observed = mask == 1
    return float(np.sum((wanted[observed] - got[observed]) ** 2))


def rounded_loss_interval(
    A: npt.ArrayLike, P: npt.ArrayLike, half_width: npt.ArrayLike, M: npt.ArrayLike | None = None
) -> Interval:
    """Return the interval of ‖A − P'‖²_F over all P' with |P' − P| ≤ half_width in every entry.

    A, P: (m, n), finite. half_width: a number or (m, n), not negative; 0.00005 for four printed decimals. M:
    (m, n); if given, only the cells with M = 1 are summed.

    Derivation. The loss is a sum over cells that vary independently. With d = |A − P|, a cell's term is
    smallest at max(0, d − h)² and largest at (d + h)², and both are attained: without rounding, the interval
    is exact. It is then widened to remain rigorous in float64: d ± h is off by at most 2·eps·(d + h), and
    summing N squares by at most (N + 2)·eps of the sum (Higham 2002, section 4.2), provided that nothing
    under- or overflows.
    """
    wanted, stated = _as_matrix(A), _as_matrix(P)
    if wanted.shape != stated.shape:
        raise ValueError(f"shapes {wanted.shape} and {stated.shape} differ")
    observed = np.ones(wanted.shape, dtype=bool) if M is None else np.asarray(M) == 1
    h = np.broadcast_to(np.asarray(half_width, dtype=np.float64), wanted.shape)[observed]
    with np.errstate(over="ignore", invalid="ignore"):  # overflow agrees with nothing
        d = np.abs(wanted[observed] - stated[observed])
        slack = 2 * EPS * (d + h)
        summing = (d.size + 2) * EPS
        nearest = np.maximum(0.0, d - h - slack)
        farthest = d + h + slack
        return Interval(
            low=float(np.sum(nearest**2)) * (1 - summing),
            high=float(np.sum(farthest**2)) * (1 + summing),
        )


def product_half_width(
    U: npt.ArrayLike,
    V: npt.ArrayLike,
    half_width: npt.ArrayLike,
    half_width_v: npt.ArrayLike | None = None,
) -> FloatArray:
    """Return by how much U'V'ᵀ can differ from U Vᵀ if the entries of U and V are known to ±half_width.

    U: (m, rank), V: (n, rank). half_width: a number or (m, rank); `half_width_v`: a number or (n, rank) if V
    was printed with a different number of digits. Returns (m, n), elementwise.

    Derivation. (U + E)(V + F)ᵀ − U Vᵀ = E Vᵀ + U Fᵀ + E Fᵀ, so in absolute values at most H_U |V|ᵀ + |U| H_Vᵀ
    + H_U H_Vᵀ. Attained for U, V ≥ 0. The rounding of U Vᵀ itself, (rank + 2)·eps·|U||V|ᵀ (Higham 2002,
    section 3.5), is added.
    """
    left, right = np.abs(_as_matrix(U)), np.abs(_as_matrix(V))
    of_v = half_width if half_width_v is None else half_width_v
    hu = np.broadcast_to(np.asarray(half_width, dtype=np.float64), left.shape)
    hv = np.broadcast_to(np.asarray(of_v, dtype=np.float64), right.shape)
    rounding = (left.shape[1] + 2) * EPS
    with np.errstate(over="ignore", invalid="ignore"):
        exact: FloatArray = hu @ right.T + left @ hv.T + hu @ hv.T
        width: FloatArray = exact * (1 + 3 * rounding) + rounding * (left @ right.T)
    return width
