"""The lab's published numbers, recomputed.

The published numbers come from two sources: the run with seed 0, printed to four decimals, and a study of how
far chance affects a threshold on the loss. The study is about random starts, so each of its numbers is
compared with a new sample, within the sampling error of both samples.
"""

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from grader.lab import Demonstration
from grader.labkit import low_rank
from reference import data

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["demonstrate"]

FloatArray = npt.NDArray[np.float64]

RANK = 2
STARTS = 20_000
SEED = 1

SAMPLING = 3 * math.sqrt(2 / STARTS)
"""Three standard deviations of the difference of two shares p in samples of this size, over √(p(1 − p)).

The published share and ours are both sample means with variance p(1 − p)/n.
"""

DRIFT = 0.1
"""The tolerance, in half units of the last printed digit: float32 sums may round differently elsewhere."""

DIVERGENCE_STARTS, DIVERGENCE_EPOCHS = 1_000_000, 50
"""About one normal start in 100,000 overflows within a few dozen epochs, nearly always one of the largest."""


def demonstrate() -> tuple[Demonstration, ...]:
    """Recompute every number the lab publishes.

    This takes a few seconds and does not change torch's global generator.
    """
    return (*_spectrum(), *_seed_zero(), *_chance())


# --- comparing a number with a published one --------------------------------------------------------------


def _digits(name: str, published: npt.ArrayLike, computed: npt.ArrayLike, decimals: int = 4) -> Demonstration:
    """Compare numbers to within half a unit of the last decimal."""
    wanted = np.asarray(published, dtype=np.float64)
    got = np.asarray(computed, dtype=np.float64)
    off = np.abs(got - wanted) if got.shape == wanted.shape else np.array(np.inf)
    return Demonstration(
        name=name,
        published=_text(wanted, decimals),
        computed=_text(got, decimals),
        holds=bool(np.all(off <= 0.5 * 10.0**-decimals * (1 + DRIFT))),
    )


def _text(figures: FloatArray, decimals: int) -> str:
    if figures.ndim == 0:
        return f"{float(figures):.{decimals}f}"
    return "[" + ", ".join(_text(part, decimals) for part in figures) + "]"


def _share(name: str, percent: float, hits: npt.NDArray[np.bool_]) -> Demonstration:
    """Compare a share printed as a whole percentage, within rounding and both samples' sampling error."""
    p, got = percent / 100, float(np.mean(hits))
    return Demonstration(
        name=name,
        published=f"{percent:g} %",
        computed=f"{100 * got:.1f} %",
        holds=abs(got - p) <= SAMPLING * math.sqrt(p * (1 - p)) + 0.005,
    )


def _median(name: str, published: float, losses: FloatArray, decimals: int = 4) -> Demonstration:
    """Compare a median: it must lie between the quantiles allowed by the sampling error of both samples."""
    margin = SAMPLING * 0.5
    low, middle, high = np.quantile(losses, (0.5 - margin, 0.5, 0.5 + margin))
    rounding = 0.5 * 10.0**-decimals
    return Demonstration(
        name=name,
        published=f"{published:.{decimals}f}",
        computed=f"{middle:.{decimals}f}",
        holds=bool(low - rounding <= published <= high + rounding),
    )


def _between(name: str, published: str, low: float, computed: float, high: float) -> Demonstration:
    return Demonstration(
        name=name, published=published, computed=f"{computed:.4g}", holds=low < computed < high
    )


# --- the matrix of the sheet ------------------------------------------------------------------------------


def _spectrum() -> tuple[Demonstration, ...]:
    A = np.round(data.A.astype(np.float64), 4)  # the sheet's decimals, not their float32 neighbours
    best = low_rank.eckart_young(A, RANK)
    levels = dict(low_rank.saddle_levels(A, RANK))
    return (
        _digits("singular values of A", [5.333895, 0.695878, 0.349157], low_rank.singular_values(A), 6),
        _digits("least loss at rank 2, σ₃²", 0.12191079, best, 8),
        _digits("least loss at rank 1, σ₂² + σ₃²", 0.60615724, low_rank.eckart_young(A, 1), 8),
        _digits("saddle that drops σ₂ and keeps σ₃", 0.4842, levels[(2,)]),
        _digits("least loss if it were a mean over the nine cells", 0.0135, best / A.size),
        _digits("least loss if the norm were not squared", 0.349, math.sqrt(best), 3),
    )


def _seed_zero() -> tuple[Demonstration, ...]:
    import torch

    from reference.model import solution

    A, M = torch.tensor(data.A), torch.tensor(data.M)
    # Code that loops over range(rank) instead of the rows gives the same updates as code that hides the later
    # rows.
    rows_over_rank = torch.ones_like(M)
    rows_over_rank[RANK:] = 0
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        U, V = solution.sgd_factorise(A, RANK)
        masked_U, masked_V = solution.sgd_factorise_masked(A, M, RANK)
        torch.manual_seed(0)
        wild_U, wild_V = solution.sgd_factorise_masked(A, rows_over_rank, RANK)
        torch.manual_seed(0)
        first_U = torch.rand(A.shape[0], RANK)
    truncated = solution.truncated_svd(A, RANK).numpy()
    product, completed = _product(U, V), _product(masked_U, masked_V)
    last_row = wild_U[-1].numpy()
    return (
        _digits("1.2: U", [[0.6168, -0.1530], [0.4108, 1.5961], [1.0798, 1.1800]], U.numpy()),
        _digits("1.2: V", [[0.8126, 1.8290], [0.7836, -0.2088], [0.8384, 1.0195]], V.numpy()),
        _digits(
            "1.2: UVᵀ",
            [[0.2214, 0.5153, 0.3612], [3.2531, -0.0114, 1.9717], [3.0356, 0.5997, 2.1083]],
            product,
        ),
        _digits("1.2: loss", 0.1220, low_rank.loss(data.A, product)),
        _digits(
            "2.1: best approximation of rank 2",
            [[0.2245, 0.5212, 0.3592], [3.2530, -0.0090, 1.9737], [3.0378, 0.5983, 2.1023]],
            truncated,
        ),
        _digits("2.1: its loss", 0.1219, low_rank.loss(data.A, truncated)),
        _digits(
            "3.2: completed matrix",
            [[0.3561, 0.5951, 0.1518], [2.1802, 0.0496, 1.8334], [2.9360, 0.8643, 2.2685]],
            completed,
        ),
        _digits("3.2: loss over all cells", 1.4484, low_rank.loss(data.A, completed)),
        _digits(
            "3.2: loss over the observed cells",
            0.0009,
            low_rank.observed_loss(data.A, data.M, completed),
        ),
        _digits(
            "code with rows over range(rank): loss",
            5.3871,
            low_rank.loss(data.A, _product(wild_U, wild_V)),
        ),
        Demonstration(
            name="code with rows over range(rank): last row of U",
            published="as drawn, in [0, 1)",
            computed=_text(np.asarray(last_row, dtype=np.float64), 4),
            holds=bool(torch.equal(wild_U[-1], first_U[-1]) and np.all((last_row >= 0) & (last_row < 1))),
        ),
    )


def _product(U: "Tensor", V: "Tensor") -> FloatArray:
    product: FloatArray = (U.double() @ V.double().mT).numpy()
    return product


# --- how far chance affects a threshold on the loss -------------------------------------------------------


def _chance() -> tuple[Demonstration, ...]:
    import torch

    from reference.model import batched_solution

    m, n = data.A.shape
    best = low_rank.eckart_young(data.A, RANK)
    levels = dict(low_rank.saddle_levels(data.A, RANK))
    draws = torch.Generator().manual_seed(SEED)
    uniform = batched_solution.uniform_starts(STARTS, m, n, RANK, draws)

    def normal(count: int) -> "tuple[Tensor, Tensor]":
        return torch.randn(count, m, RANK, generator=draws), torch.randn(count, n, RANK, generator=draws)

    default = _losses(uniform)
    wide = _losses(normal(STARTS))
    long = _losses(uniform, num_epochs=3000) / best - 1
    fast = _losses(uniform, lr=0.05) / best - 1
    masked = _losses(uniform, lr=0.05, mask=data.M)
    diverging = ~np.isfinite(
        _losses(_largest(normal(DIVERGENCE_STARTS)), num_epochs=DIVERGENCE_EPOCHS, lr=0.05)
    )
    return (
        _median("defaults: median loss", 0.1224, default),
        _share("defaults: starts that end above 0.13", 15, default > 0.13),
        _share("defaults: starts that end above 0.188", 5, default > 0.188),
        _share("defaults: starts that end above 0.43", 1, default > 0.43),
        # The worst of a sample varies (0.485 to 0.60 in two dozen samples of this size), but in every sample
        # it lies just above the saddle σ₂² and below the next one.
        _between(
            "defaults: worst loss, held up by the saddle at 0.4842 but not the next at 0.6062",
            "0.51",
            levels[(2,)],
            float(default.max()),
            levels[(2, 3)],
        ),
        _between(
            "defaults: share of correct runs with a loss of 0.4705 or more",
            "above 0",
            0.0,
            float(np.mean(default >= 0.4705)),
            1.0,
        ),
        _share("normal starts: end above 0.13", 54, wide > 0.13),
        # Not all of them: about 2 starts in 10,000 are still close to the saddle after 3000 epochs.
        Demonstration(
            name="3000 epochs: starts that end within 5 % of the least loss",
            published="at least 99.9 %",
            computed=f"{100 * np.mean(long <= 0.05):.3f} %",
            holds=bool(np.mean(long <= 0.05) >= 0.999),
        ),
        # A worst case printed as 1.3 % is below 1.35 %; the worst of 400,000 starts was 1.30 %.
        Demonstration(
            name="lr 0.05: worst excess over the least loss",
            published="1.3 %",
            computed=f"{100 * fast.max():.2f} %",
            holds=bool(fast.max() < 0.0135),
        ),
        Demonstration(
            name="normal starts, lr 0.05: some diverge",
            published="some",
            computed=f"at least {int(diverging.sum())} in {DIVERGENCE_STARTS:,}",
            holds=bool(diverging.any()),
        ),
        # The median fit is exact except for float32 rounding (2e-20 in float64), so it varies with the order
        # of additions by a factor of two. The worst of a sample ranges from 5.6e-4 to 8.4e-4.
        _between("masked, lr 0.05: median observed loss", "8e-12", 4e-12, float(np.median(masked)), 1.6e-11),
        _between("masked, lr 0.05: worst observed loss", "6.3e-04", 3e-4, float(masked.max()), 1.2e-3),
    )


def _largest(starts: "tuple[Tensor, Tensor]") -> "tuple[Tensor, Tensor]":
    """Return the STARTS starts with the largest ‖U‖² + ‖V‖²."""
    U, V = starts
    chosen = (U.square().sum((1, 2)) + V.square().sum((1, 2))).topk(STARTS).indices
    return U[chosen], V[chosen]


def _losses(
    starts: "tuple[Tensor, Tensor]",
    num_epochs: int = 1000,
    lr: float = 0.01,
    mask: data.Mask | None = None,
) -> FloatArray:
    """Return the loss over the observed cells after the run from each start: (B,) float64."""
    import torch

    from reference.model import batched_solution

    M = None if mask is None else torch.tensor(mask)
    U, V = batched_solution.factorise(torch.tensor(data.A), *starts, num_epochs=num_epochs, lr=lr, M=M)
    with np.errstate(over="ignore", invalid="ignore"):
        squares = (data.A.astype(np.float64) - _product(U, V)) ** 2
        losses: FloatArray = np.sum(squares if mask is None else squares * mask, axis=(1, 2))
    return losses
