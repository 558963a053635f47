"""The three functions of the sheet, with the names and parameters that students use for them."""

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from grader.lab import Function, Observation, Parameter, Probe, Returned
from grader.labkit import low_rank, random_matrices
from reference import data
from reference.factors.layout import FLAT
from reference.factors.reading import approximations, layout_of
from reference.misconceptions.truncated_svd import CUT, MADE, SVD_MISCONCEPTIONS, outcomes

__all__ = ["FUNCTIONS", "SGD_FACTORISE", "SGD_FACTORISE_MASKED", "TRUNCATED_SVD"]

_MATRIX: Final = Parameter(
    "A",
    ("matrix", "mat", "data", "target", "input", "inp", "original", "ratings", "values"),
    is_array=True,
)
_MASK: Final = Parameter(
    "M", ("mask", "masks", "binary_mask", "mask_matrix", "observed", "weights"), is_array=True
)
_RANK: Final = Parameter(
    "rank",
    ("r_rank", "k_rank", "latent", "latent_dim", "n_components", "num_components", "num_factors",
     "n_factors", "factors", "dim", "rk", "new_rank", "target_rank"),
)  # fmt: skip
_EPOCHS: Final = Parameter(
    "num_epochs",
    ("epochs", "n_epochs", "nepochs", "epoch", "nb_epochs", "no_epochs", "iterations", "num_iterations",
     "n_iterations", "iters", "n_iter", "num_iter", "max_iter", "num_iters", "steps", "num_steps", "n_steps"),
    1000,
)  # fmt: skip
_RATE: Final = Parameter(
    "lr", ("learning_rate", "learningrate", "alpha", "eta", "step_size", "stepsize", "rate", "gamma"), 0.01
)
_OPTIONS: Final = (
    "eps", "epsilon", "reg", "regular", "decay", "momentum", "penalty", "batch", "clip", "patience",
)  # fmt: skip
"""Parameters that students add to a training loop although the sheet does not ask for them."""

_TRIAL: Final = random_matrices.signed(4, 3, 1)
_TRIAL_MASK: Final = data.row_hidden(4, 3, 1)
_SQUARE: Final = random_matrices.with_spectrum(random_matrices.well_separated(3), 3, 3, 1)
_SECONDS: Final = 3.0


def _gives_factors(observation: Observation) -> bool:
    """Whether a trial returned two matrices of shapes that only a factorisation returns."""
    if not isinstance(observation, Returned):
        return False
    return layout_of(observation.value, 4, 3, 2) not in (None, FLAT)


def _gives_best(observation: Observation) -> bool:
    """Whether a trial returned the best approximation of rank 2."""
    if not isinstance(observation, Returned):
        return False
    best = low_rank.best_approximation(_SQUARE, 2)
    return any(
        np.isfinite(P).all() and np.abs(P - best).max() < 1e-4
        for P in approximations(observation.value, (3, 3))
    )


def _gives_mistaken(observation: Observation) -> bool:
    """Whether a trial returned the result of a mistaken truncated SVD and not one that helpers return."""
    if not isinstance(observation, Returned):
        return False
    return any(
        np.isfinite(P).all() and np.abs(P - mistaken).max() < 1e-4
        for P in approximations(observation.value, (3, 3))
        for mistaken in _mistaken()
    )


@cache
def _mistaken() -> tuple[npt.NDArray[np.float64], ...]:
    """The results of mistakes in truncation and reconstruction for the trial, without A, Aᵀ, 1 and 0."""
    A = _SQUARE.astype(np.float64)
    mistakes = [mistake for mistake in SVD_MISCONCEPTIONS if mistake.concept in (CUT, MADE)]
    results = [P for mistake in mistakes for way in mistake.ways for P in outcomes(way, A, 2)]
    innocent = (A, A.T, np.eye(3), np.zeros((3, 3)))
    return tuple(
        P
        for P in results
        if P.shape == A.shape and not any(np.abs(P - other).max() < 1e-3 for other in innocent)
    )


SGD_FACTORISE: Final = Function(
    "sgd_factorise",
    (_MATRIX, _RANK, _EPOCHS, _RATE),
    ("sgd_factor", "sgd_factorisation", "factorise", "factorise_sgd", "sgd", "sgd_factoriser",
     "matrix_factorisation", "sgd_factorise_matrix", "factorise_matrix", "sgd_matrix_factorisation"),
    trial=Probe("sgd_factorise", {"A": _TRIAL, "rank": 2, "num_epochs": 1, "lr": 0.1}, 1, seconds=_SECONDS),
    recognise=_gives_factors,
    considered_last=("gd_factorise",),
    options=_OPTIONS,
)  # fmt: skip
"""Sheet, exercise 1.1."""

TRUNCATED_SVD: Final = Function(
    "truncated_svd",
    (_MATRIX, _RANK),
    ("truncate_svd", "svd_truncated", "svd_truncate", "trunc_svd", "svd_trunc", "low_rank_approx", "low_rank",
     "low_rank_approximation", "rank_k_approx", "rank_k_approximation", "best_rank_k", "svd_reconstruct",
     "svd_reconstruction", "reconstruct_svd", "svd_approx", "svd_approximation", "svd_low_rank", "svd_rank_k",
     "reduced_svd", "tsvd", "svd_factorise", "compute_truncated_svd", "truncated_svd_reconstruction",
     "best_approximation", "low_rank_svd", "approximate_svd", "do_svd", "svd_approximate"),
    optional=("rank",),
    trial=Probe("truncated_svd", {"A": _SQUARE, "rank": 2}, 1, seconds=_SECONDS),
    recognise=_gives_best,
    mistaken=_gives_mistaken,
    options=_OPTIONS,
)  # fmt: skip
"""Sheet, exercise 2.1. The sheet does not prescribe a function; this is what many students write."""

SGD_FACTORISE_MASKED: Final = Function(
    "sgd_factorise_masked",
    (_MATRIX, _MASK, _RANK, _EPOCHS, _RATE),
    ("sgd_factorise_mask", "masked_sgd_factorise", "factorise_masked", "sgd_masked", "masked_sgd",
     "masked_factorise", "sgd_masked_factorise", "masked_factorisation", "sgd_factorisation_masked",
     "mask_sgd_factorise", "sgd_factorise_with_mask", "matrix_completion", "sgd_completion", "complete_matrix",
     "sgd_mask", "sgd_factorise_missing", "masked_matrix_factorisation", "sgd_factor_masked"),
    trial=Probe(
        "sgd_factorise_masked",
        {"A": _TRIAL, "M": _TRIAL_MASK, "rank": 2, "num_epochs": 1, "lr": 0.1},
        1,
        seconds=_SECONDS,
    ),
    recognise=_gives_factors,
    considered_last=("gd_factorise_masked",),  # the sheet's film ratings, by full-batch descent
    options=_OPTIONS,
)  # fmt: skip
"""Sheet, exercise 3.1."""

FUNCTIONS: Final = (SGD_FACTORISE, TRUNCATED_SVD, SGD_FACTORISE_MASKED)
