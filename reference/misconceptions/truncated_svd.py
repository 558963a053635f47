"""Mistaken truncated SVDs of 2.1: each one maps a matrix and a rank to the result that it would return."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Final, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from grader.labkit import MisconceptionText

__all__ = ["CUT", "MADE", "SVD_MISCONCEPTIONS", "Mistake", "MistakenSvd", "Parts", "outcomes"]

Array: TypeAlias = npt.NDArray[np.float64]


class Parts(msgspec.Struct, frozen=True):
    """A = U·diag(S)·Vt, reduced: U (m, k), S (k,) descending, Vt (k, n) with k = min(m, n)."""

    A: Array
    U: Array
    S: Array
    Vt: Array


Mistake: TypeAlias = Callable[[Parts, int], Array]


class MistakenSvd(MisconceptionText, frozen=True):
    """A mistake of 2.1 and the ways it can turn out. A way that cannot be computed raises ValueError."""

    ways: tuple[Mistake, ...]


def outcomes(way: Mistake, A: Array, rank: int) -> Iterator[Array]:
    """The results of a mistake, one for every choice of signs that an SVD leaves open.

    A: (m, n). Negating a pair of singular vectors does not change A (Eckart–Young does not fix the sign), but
    can change a mistaken product. There are at most 2⁵ choices for matrices of five columns.
    """
    U, S, Vt = np.linalg.svd(A, full_matrices=False)
    seen: list[Array] = []
    for signs in product((1.0, -1.0), repeat=len(S)):
        flip = np.array(signs)
        try:
            made = way(Parts(A, U * flip, S, flip[:, None] * Vt), rank)
        except (ValueError, IndexError, np.linalg.LinAlgError):
            return
        if not any(made.shape == other.shape and np.allclose(made, other, atol=1e-9) for other in seen):
            seen.append(made)
            yield made


def _kept(p: Parts, rank: int) -> Array:
    """The singular values, with those beyond `rank` set to zero."""
    return np.where(np.arange(len(p.S)) < rank, p.S, 0.0)


def _with(values: Callable[[Array, int], Array]) -> Mistake:
    """The product with other singular values."""
    return lambda p, rank: (p.U * values(p.S, rank)) @ p.Vt


def _where(keep: Callable[[npt.NDArray[np.intp], int, int], npt.NDArray[np.bool_]]) -> Mistake:
    """The product with only those singular values whose index `keep` selects."""
    return _with(lambda S, rank: np.where(keep(np.arange(len(S)), rank, len(S)), S, 0.0))


def _first(count: int) -> Mistake:
    """A fixed number of singular values, whatever the rank."""
    return _with(lambda S, rank: np.where(np.arange(len(S)) < count, S, 0.0))


def _entries_below(limit: float) -> Mistake:
    return lambda p, rank: np.where(np.abs(p.A) < limit, 0.0, p.A)


def _transposed_factor(p: Parts, rank: int) -> Array:
    return (p.U * _kept(p, rank)) @ p.Vt.T


def _u_transposed(p: Parts, rank: int) -> Array:
    return (p.U.T * _kept(p, rank)) @ p.Vt


def _both_transposed(p: Parts, rank: int) -> Array:
    return (p.U.T * _kept(p, rank)) @ p.Vt.T


def _reversed_product(p: Parts, rank: int) -> Array:
    return (p.Vt * _kept(p, rank)) @ p.U


def _vt_first(p: Parts, rank: int) -> Array:
    return (p.Vt.T * _kept(p, rank)) @ p.U


def _result_transposed(p: Parts, rank: int) -> Array:
    return ((p.U * _kept(p, rank)) @ p.Vt).T


def _scaled_rows(p: Parts, rank: int) -> Array:
    return (_kept(p, rank)[:, None] * p.U) @ p.Vt


def _scaled_columns_of_vt(p: Parts, rank: int) -> Array:
    return p.U @ (p.Vt * _kept(p, rank))


def _scaled_rows_cut(p: Parts, rank: int) -> Array:
    return (p.S[:rank, None] * p.U[:, :rank]) @ p.Vt[:rank]


def _left_out(p: Parts, rank: int) -> Array:
    return p.U[:, :rank] @ p.Vt[:rank]


def _left_out_whole(p: Parts, rank: int) -> Array:
    return p.U @ p.Vt


def _vector_product(p: Parts, rank: int) -> Array:
    return (p.U @ _kept(p, rank)) @ p.Vt


def _vector_product_right(p: Parts, rank: int) -> Array:
    return p.U @ (_kept(p, rank) @ p.Vt)


def _vector_product_cut(p: Parts, rank: int) -> Array:
    return (p.U[:, :rank] @ p.S[:rank]) @ p.Vt[:rank]


def _elementwise(p: Parts, rank: int) -> Array:
    return np.asarray((p.U * _kept(p, rank)) * p.Vt)


def _centred(axis: int, back: bool) -> Mistake:
    def way(p: Parts, rank: int) -> Array:
        mean = p.A.mean(axis=axis, keepdims=True)
        U, S, Vt = np.linalg.svd(p.A - mean, full_matrices=False)
        return np.asarray((U[:, :rank] * S[:rank]) @ Vt[:rank] + (mean if back else 0.0))

    return way


def _rounded(digits: int) -> Mistake:
    return lambda p, rank: np.round((p.U[:, :rank] * p.S[:rank]) @ p.Vt[:rank], digits)


def _projected(p: Parts, rank: int) -> Array:
    """U·Uᵀ·A with the columns of U that are dropped."""
    return p.U[:, rank:] @ p.U[:, rank:].T @ p.A


def _smallest_of_gram(p: Parts, rank: int) -> Array:
    """A·W·Wᵀ, with W the eigenvectors of AᵀA for its smallest eigenvalues, which are 0 if A is wide."""
    beyond = p.A.shape[1] - len(p.S)
    W = p.Vt[len(p.S) - max(rank - beyond, 0) :].T
    return p.A @ W @ W.T


def _small_entries(p: Parts, rank: int) -> Array:
    A = p.A.copy()
    smallest = np.argsort(np.abs(A), axis=None)[: A.size - rank * min(A.shape)]
    A.flat[smallest] = 0.0
    return A


def _entries_below_value(p: Parts, rank: int) -> Array:
    return np.where(np.abs(p.A) > p.S[min(rank, len(p.S) - 1)], p.A, 0.0)


def _square_only(p: Parts, rank: int) -> Array:
    if p.A.shape[0] != p.A.shape[1]:
        raise ValueError("U, S and Vᵀ of full size do not fit together")
    return (p.U * _kept(p, rank)) @ p.Vt


def _threshold(limit: float) -> Mistake:
    return _with(lambda S, rank: np.where(limit < S, S, 0.0))


def _last_term(sign: float) -> Mistake:
    """A plus or minus only the last term, whatever the rank."""
    return lambda p, rank: p.A + sign * p.S[-1] * np.outer(p.U[:, -1], p.Vt[-1])


def _mixed_term(left: int, right: int) -> Mistake:
    return lambda p, rank: p.A - p.S[-1] * np.outer(p.U[:, left], p.Vt[right])


def _entry(id_: str, concept: str, title: str, message: str, question: str, *ways: Mistake) -> MistakenSvd:
    return MistakenSvd(id_, title, message, concept, question, ways)


CUT: Final = "which singular values are kept"
"""The concept behind mistakes in the truncation."""

MADE: Final = "how to compute the matrix from U, S and V"
"""The concept behind mistakes in the reconstruction."""

_BEST: Final = "The singular values are in descending order, and the largest carry most of A. "

SVD_MISCONCEPTIONS: Final = (
    _entry("svd-keeps-smallest", CUT, "The smallest singular values are kept instead of the largest.",
           _BEST + "This keeps the worst possible choice for its rank.",
           "In which order are the values, and from which end do you take yours?",
           _where(lambda i, rank, k: i >= k - rank), lambda p, rank: _projected(p, len(p.S) - rank),
           _smallest_of_gram),
    _entry("svd-zeroes-largest", CUT, "The first singular values are set to zero instead of the last.",
           _BEST + "Without them, hardly anything of A remains.",
           "Which values does your slice address, those before `rank` or those after it?",
           _where(lambda i, rank, k: i >= rank)),
    _entry("svd-keeps-one-too-few", CUT, "One singular value too few is kept.",
           "A slice up to `rank` already excludes the value at index `rank`.",
           "How many values are left when rank is 1?",
           _where(lambda i, rank, k: i < rank - 1)),
    _entry("svd-keeps-one-too-many", CUT, "One singular value too many is kept.",
           "Counting from 0, the value at index `rank` is no longer among the first `rank` values.",
           "How many values are left when rank is 1?",
           _where(lambda i, rank, k: i < rank + 1)),
    _entry("svd-zeroes-last-only", CUT, "Only the last singular value is set to zero, whatever the rank.",
           "For a matrix with three singular values and rank 2, that is correct; in general, all values beyond the rank must be dropped.",
           "How many values does a 5×5 matrix have, and how many must be dropped for rank 2?",
           _where(lambda i, rank, k: i < k - 1)),
    _entry("svd-zeroes-one-value", CUT, "Only the first singular value beyond the rank is set to zero.",
           "All values beyond the rank must be dropped, not just the next one.",
           "How many values does a 5×5 matrix have, and how many must be dropped for rank 2?",
           _where(lambda i, rank, k: i != rank), _where(lambda i, rank, k: i != min(rank, k - 1))),
    _entry("svd-wrong-value-zeroed", CUT, "A singular value other than the last is set to zero.",
           _BEST + "Dropping any but the smallest costs more.",
           "What is the index of the last of k values when counting starts at 0?",
           _where(lambda i, rank, k: i != k - 2), _where(lambda i, rank, k: i != rank - 1),
           _where(lambda i, rank, k: i != 1), _where(lambda i, rank, k: i != 0)),
    _entry("rank-hard-coded", CUT, "The number of singular values kept does not depend on the requested rank.",
           "The parameter has no effect.",
           "What changes in your result from rank 1 to rank 3?",
           *(_first(count) for count in (2, 1, 3))),
    _entry("svd-truncation-unused", CUT, "Nothing is truncated: A itself is returned.",
           "The truncated values are not used in the product.",
           "What is the rank of the matrix you return?",
           lambda p, rank: p.A),
    _entry("svd-fixed-threshold", CUT, "Singular values are dropped by their size instead of by the rank.",
           "The number of values kept must not depend on their size.",
           "How many values are kept for a matrix a hundred times as large?",
           *(_threshold(limit) for limit in (0.5, 0.35, 0.4, 0.1, 1.0, 1e-3, 0.6))),
    _entry("svd-s-reordered", CUT, "The singular values are in a different order from their vectors.",
           "Each value belongs to its own pair of vectors.",
           "After sorting, which value belongs to the first column of U?",
           _with(lambda S, rank: np.where(np.arange(len(S)) < rank, S[::-1], 0.0)),
           _with(lambda S, rank: np.where(np.arange(len(S)) < rank, S, 0.0)[::-1]),
           _with(lambda S, rank: np.where(np.arange(len(S)) >= len(S) - rank, S[::-1], 0.0))),
    _entry("svd-s-squared", MADE, "The squares of the singular values are used.",
           "The eigenvalues of AᵀA are the squares of the singular values of A.",
           "How large is your result for 2·A, compared with that for A?",
           _with(lambda S, rank: np.where(np.arange(len(S)) < rank, S**2, 0.0))),
    _entry("svd-s-square-root", MADE, "The square roots of the singular values are used.",
           "A square root in one factor needs the same root in the other.",
           "How large is your result for 4·A, compared with that for A?",
           _with(lambda S, rank: np.where(np.arange(len(S)) < rank, np.sqrt(S), 0.0))),
    _entry("svd-s-left-out", MADE, "The singular values are left out of the product.",
           "U and V are only directions; S contains the length of A in each of them.",
           "How large is your result for 2·A, compared with that for A?",
           _left_out, _left_out_whole, lambda p, rank: p.U @ p.U.T[:, : p.Vt.shape[1]]),
    _entry("svd-s-inverted", MADE, "The inverses of the singular values are used.",
           "That belongs to the pseudo-inverse, not to A.",
           "How large is your result for 2·A, compared with that for A?",
           _with(lambda S, rank: np.where(np.arange(len(S)) < rank, 1.0 / S, 0.0))),
    _entry("svd-diag-forgotten", MADE, "S is multiplied as a vector instead of as a diagonal matrix.",
           "A product with a vector sums over columns: the result does not have A's shape.",
           "What is the shape of S, and what is the shape of U @ S?",
           _vector_product, _vector_product_right, _vector_product_cut,
           lambda p, rank: p.U[:, :rank] @ p.S[:rank], lambda p, rank: p.U @ _kept(p, rank)),
    _entry("svd-s-scales-rows", MADE, "S scales the rows of U instead of its columns.",
           "Each singular value belongs to a column of U and a row of Vᵀ.",
           "Which entries of U are multiplied by the first singular value?",
           _scaled_rows, _scaled_columns_of_vt, _scaled_rows_cut),
    _entry("svd-elementwise-product", MADE, "A matrix product is taken entry by entry.",
           "`*` multiplies entries; the reconstruction sums over the singular values.",
           "What does `*` do with two matrices in PyTorch?",
           _elementwise, lambda p, rank: (p.U * np.diag(_kept(p, rank))) @ p.Vt,
           lambda p, rank: (p.U @ np.diag(_kept(p, rank))) * p.Vt),
    _entry("svd-wrong-transpose", MADE, "V is used instead of its transpose, or vice versa.",
           "`torch.linalg.svd` gives Vᵀ, `torch.svd` gives V; with a square matrix, the wrong one fits without an error.",
           "Which of the two does the function you call return, V or Vᵀ?",
           _transposed_factor, lambda p, rank: (p.U[:, :rank] * p.S[:rank]) @ p.Vt.T[:rank],
           lambda p, rank: (p.U[:, :rank] * p.S[:rank]) @ p.Vt[:, :rank].T),
    _entry("svd-u-transposed", MADE, "U is transposed.",
           "The left singular vectors are the columns of U.",
           "Where in U is the first left singular vector?",
           _u_transposed, lambda p, rank: (p.U[:rank].T * p.S[:rank]) @ p.Vt[:rank]),
    _entry("svd-both-transposed", MADE, "U and Vᵀ are both transposed.",
           "The left singular vectors are the columns of U, the right ones the rows of Vᵀ.",
           "Where in U is the first left singular vector?",
           _both_transposed),
    _entry("svd-result-transposed", MADE, "The transpose of the approximation is returned.",
           "The factors of the product are in reverse order.",
           "What is the shape of your result for a 2×5 matrix?",
           _result_transposed),
    _entry("svd-factors-reordered", MADE, "The factors are multiplied in another order.",
           "U is on the left, Vᵀ on the right: the rows of U belong to the rows of A, the columns of Vᵀ to its columns.",
           "Which of the factors has as many rows as A?",
           _reversed_product, _vt_first, lambda p, rank: np.diag(_kept(p, rank)) @ p.U @ p.Vt,
           lambda p, rank: p.U @ p.Vt @ np.diag(_kept(p, rank)), lambda p, rank: p.Vt @ np.diag(_kept(p, rank)) @ p.U),
    _entry("svd-residual-returned", MADE, "The part that was cut off is returned instead of the part that was kept.",
           "The approximation is A without the residual.",
           "How large is your result compared with A?",
           lambda p, rank: p.A - (p.U[:, :rank] * p.S[:rank]) @ p.Vt[:rank],
           lambda p, rank: (p.U[:, :rank] * p.S[:rank]) @ p.Vt[:rank] - p.A),
    _entry("svd-last-term-added", MADE, "The last term of the sum is added instead of subtracted.",
           "A is the sum of its terms, so dropping one means subtracting it.",
           "What is the rank of your result?",
           _last_term(1.0), lambda p, rank: p.A + (p.U[:, rank:] * p.S[rank:]) @ p.Vt[rank:]),
    _entry("svd-last-term-mixed", MADE, "The last singular value is combined with the vectors of another one.",
           "Each value belongs to its own pair of vectors.",
           "Which column of U belongs to the last singular value?",
           _mixed_term(0, -1), _mixed_term(-1, 0), _mixed_term(0, 0),
           lambda p, rank: p.A - sum((p.S[i] * np.outer(p.U[:, 0], p.Vt[i]) for i in range(rank, len(p.S))),
                                     np.zeros_like(p.A))),
    _entry("svd-returns-singular-values", MADE, "The singular values are returned instead of the matrix.",
           "They tell how good an approximation is, but they are not one.",
           "What is the shape of your result?",
           lambda p, rank: _kept(p, rank), lambda p, rank: p.S[:rank], lambda p, rank: p.S,
           lambda p, rank: np.diag(_kept(p, rank)), lambda p, rank: np.diag(p.S[:rank])),
    _entry("svd-full-matrices", MADE, "U, S and Vᵀ fit together for square matrices only.",
           "By default, the SVD returns square U and Vᵀ even if A is not square.",
           "What are the shapes of U, S and Vᵀ for a 2×5 matrix in your code?",
           _square_only),
    _entry("svd-centred", "which matrix is decomposed", "Means are subtracted first, as in a principal component analysis.",
           "The result then approximates a matrix other than A.",
           "Which matrix do you decompose?",
           *(_centred(axis, back) for axis in (0, 1) for back in (False, True))),
    _entry("result-rounded", "what a function returns", "The result is rounded before it is returned.",
           "A rounded matrix is no longer the best approximation; round when you print.",
           "Where does your function lose digits?",
           *(_rounded(digits) for digits in (1, 2, 3, 4, 0))),
    _entry("svd-small-entries-of-a-zeroed", "which matrix is decomposed", "Small entries of A are set to zero instead of small singular values.",
           "An entry of A is not a singular value; setting entries to zero does not lower the rank.",
           "What is the rank of your result?",
           _small_entries, _entries_below_value,
           *(_entries_below(limit) for limit in (0.5, 0.1, 1.0))),
)  # fmt: skip
"""Mistakes in a truncated SVD; the first one that explains every matrix is reported."""
