"""Epochs of stochastic gradient descent on plain floats: the sheet's rule, its variants and mistaken rules.

For matrices of a dozen cells, plain Python in double precision is several times faster than any array
library, and the rule stays readable. `Rule` splits an epoch into the pieces in which solutions differ: which
cells are visited in which order, the error of a cell, the update of a row of U and a row of V, the effect of
the mask, and the number of epochs. The sheet's rule, every variant and every mistake is one choice of pieces.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

__all__ = [
    "SHEET",
    "UNIT_ROUNDOFF",
    "Cells",
    "Epoch",
    "EpochRun",
    "Error",
    "Factors",
    "Matrix",
    "Prepare",
    "Row",
    "Rows",
    "Rule",
    "Update",
    "cellwise",
    "difference",
    "rows_of",
    "run",
    "run_rows",
    "run_with_bounds",
    "sensitivity",
    "u_then_v",
]

Row: TypeAlias = list[float]
Matrix: TypeAlias = list[Row]
Factors: TypeAlias = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
Cells: TypeAlias = Callable[[int, int, int], Iterable[tuple[int, int]]]
Error: TypeAlias = Callable[[float, Row, Row], float]
Update: TypeAlias = Callable[[Row, Row, float, float], tuple[Row, Row]]
CellObserver: TypeAlias = Callable[[float, float], float | None]
Epoch: TypeAlias = "Callable[[Rule, Matrix, Matrix | None, Matrix, Matrix, float], None]"
EpochRun: TypeAlias = "Callable[[Rule, Matrix, Matrix | None, Matrix, Matrix, int, float], None]"
Rows: TypeAlias = tuple[tuple[float, ...], ...]
Kept: TypeAlias = tuple[tuple[int, ...], bytes]
"""A matrix as a cache key, its shape and float64 bytes: a fraction of the memory of rows of Python floats."""

Prepare: TypeAlias = "Callable[[Matrix, Matrix | None], tuple[Matrix, Matrix | None]]"

REMEMBERED: Final = 2_000
"""The size of the cache of runs: enough for about ten students who all draw different starts."""

UNIT_ROUNDOFF: Final = 2.0**-24
"""The unit roundoff of float32, the type of A and of most computations (IEEE 754, round to nearest)."""


def row_major(m: int, n: int, rank: int) -> Iterable[tuple[int, int]]:
    """Every cell, rows outside, columns inside (sheet, exercise 1.1)."""
    return ((r, c) for r in range(m) for c in range(n))


def difference(a: float, u: Row, v: Row) -> float:
    """e = A[r, c] − U[r]·V[c] (sheet, exercise 1.1)."""
    return a - sum(x * y for x, y in zip(u, v, strict=True))


def u_then_v(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    """U[r] += lr·e·V[c], then V[c] += lr·e·U[r] with the updated U[r] (sheet, exercise 1.1)."""
    s = lr * e
    u = [x + s * y for x, y in zip(u, v, strict=True)]
    return u, [y + s * x for x, y in zip(u, v, strict=True)]


def observed(a: float, mask: float) -> float | None:
    """The cell's value if the mask is 1; None, to skip the cell, if it is 0 (sheet, exercise 3.1)."""
    return a if mask == 1 else None


def as_given(A: Matrix, M: Matrix | None) -> tuple[Matrix, Matrix | None]:
    """The arguments, unchanged."""
    return A, M


def epoch_after_epoch(
    rule: "Rule", A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, epochs: int, lr: float
) -> None:
    """Epochs one after another, each from the end of the one before."""
    for number in range(rule.epochs(epochs)):
        rule.epoch(rule, A, M, U, V, rule.rate(lr, number))


def constant_rate(lr: float, epoch: int) -> float:
    """The learning rate as given, in every epoch."""
    return lr


class Rule(msgspec.Struct, frozen=True):
    """One way to run an epoch; the defaults are the sheet's.

    `observe_cell` maps a cell's value and mask to the number to fit, or to None to skip the cell. `epoch`
    combines the pieces and updates U and V in place. `prepare` replaces A and M before the run, `rate` gives
    the learning rate of an epoch, `postprocess` changes U and V at the end, and `run` runs all epochs.
    """

    name: str
    cells: Cells = row_major
    error: Error = difference
    update: Update = u_then_v
    observe_cell: CellObserver = observed
    epochs: Callable[[int], int] = int
    epoch: Epoch = msgspec.field(default_factory=lambda: cellwise)
    prepare: Prepare = as_given
    rate: Callable[[float, int], float] = constant_rate
    run: EpochRun = epoch_after_epoch
    postprocess: "Callable[[Matrix], Matrix] | None" = None

    def with_changes_of(self, other: "Rule") -> "Rule | None":
        """The rule with the changes of both; None if they change the same piece."""
        changes = {}
        for name in self.__struct_fields__[1:]:
            ours, theirs, sheet = (getattr(rule, name) for rule in (self, other, SHEET))
            if ours != sheet and theirs != sheet:
                return None
            changes[name] = theirs if theirs != sheet else ours
        return Rule(f"{self.name}+{other.name}", **changes)


def cellwise(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    """One epoch that updates U and V after every cell."""
    for r, c in rule.cells(len(A), len(A[0]), len(U[0])):
        a = A[r][c] if M is None else rule.observe_cell(A[r][c], M[r][c])
        if a is None:
            continue
        e = rule.error(a, U[r], V[c])
        U[r], V[c] = rule.update(U[r], V[c], e, lr)


SHEET: Final = Rule("sheet")
"""The rule of the sheet, exercises 1.1 and 3.1."""


def run(
    rule: Rule,
    A: npt.NDArray[np.generic],
    M: npt.NDArray[np.generic] | None,
    start: Factors,
    epochs: int,
    lr: float,
) -> Factors:
    """Run the rule from a start in double precision.

    A, M: (m, n); start: (m, rank) and (n, rank) float64. Returns new factors of the same shapes; if a run
    diverges, they contain inf or nan. Runs are cached: students who draw in the same way start the same way.
    """
    U, V = _remembered_run(
        rule, _kept(A), None if M is None else _kept(M), _kept(start[0]), _kept(start[1]), epochs, lr
    )
    return U.copy(), V.copy()


def _kept(array: npt.NDArray[np.generic]) -> Kept:
    return array.shape, array.astype(np.float64).tobytes()


def _rows_kept(matrix: Kept) -> Rows:
    shape, data = matrix
    return rows_of(np.frombuffer(data).reshape(shape))


def rows_of(array: npt.NDArray[np.generic]) -> Rows:
    """The matrix as a tuple of rows of floats."""
    return tuple(tuple(row) for row in array.astype(np.float64).tolist())


@lru_cache(maxsize=REMEMBERED)
def _remembered_run(
    rule: Rule, A: Kept, M: Kept | None, U0: Kept, V0: Kept, epochs: int, lr: float
) -> Factors:
    mask = None if M is None else _rows_kept(M)
    try:
        U, V = run_rows(rule, _rows_kept(A), mask, _rows_kept(U0), _rows_kept(V0), epochs, lr)
    except OverflowError:
        return np.full(U0[0], math.nan), np.full(V0[0], math.nan)
    return np.array(U), np.array(V)


def run_rows(
    rule: Rule, A: Rows, M: Rows | None, U0: Rows, V0: Rows, epochs: int, lr: float
) -> tuple[Matrix, Matrix]:
    """`run` on rows of numbers, without the cache: for the many rules that are tried once.

    Raises OverflowError if a run diverges beyond double precision.
    """
    values, U, V = [list(row) for row in A], [list(row) for row in U0], [list(row) for row in V0]
    mask = None if M is None else [list(row) for row in M]
    if rule == SHEET and len(U[0]) == 2:
        _sheet_at_rank_two(values, mask, U, V, epochs, lr)
    else:
        if rule.epochs(epochs) > 0:  # a wrong index fails only in an epoch that runs
            values, mask = rule.prepare(values, mask)
        rule.run(rule, values, mask, U, V, epochs, lr)
    return (U, V) if rule.postprocess is None else (rule.postprocess(U), rule.postprocess(V))


def _sheet_at_rank_two(A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, epochs: int, lr: float) -> None:
    """`cellwise` with the sheet's pieces written out for two columns: five times as fast."""
    cells = [(r, c, a) for r, row in enumerate(A) for c, a in enumerate(row) if M is None or M[r][c] == 1]
    for _ in range(epochs):
        for r, c, a in cells:
            u0, u1 = U[r]
            v0, v1 = V[c]
            step = lr * (a - (u0 * v0 + u1 * v1))
            u0 += step * v0
            u1 += step * v1
            U[r] = [u0, u1]
            V[c] = [v0 + step * u0, v1 + step * u1]


def run_with_bounds(
    rule: Rule,
    A: npt.NDArray[np.generic],
    M: npt.NDArray[np.generic] | None,
    start: Factors,
    epochs: int,
    lr: float,
) -> tuple[Factors, Factors]:
    """Run the rule and bound, entry by entry, the rounding error of a float32 computation of it.

    Running error analysis (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §3.3),
    applied to the sheet's update: with x̂ the float32 value, δx ≥ |x̂ − x| and u the unit roundoff,

        δ(U·V) ≤ Σ|U_k|δV_k + |V_k|δU_k + δU_kδV_k + γ_{k+1} Σ|U_k||V_k|,
        δe ≤ δ(U·V) + u|e|,   δU' ≤ δU + lr(|V|δe + |e|δV + δeδV) + 3u·lr|e||V| + u|U'|,

    and the same for V'. This holds for any order of summation. The rule's own pieces give the values,
    the sheet's update gives the bounds; the same terms occur for the accepted variants.

    Returns the factors and their bounds, each (m, rank) and (n, rank) float64.
    """
    mask = None if M is None else _kept(M)
    dU, dV = _remembered_bounds(_kept(A), mask, _kept(start[0]), _kept(start[1]), epochs, lr)
    return run(rule, A, M, start, epochs, lr), (dU.copy(), dV.copy())


@lru_cache(maxsize=REMEMBERED)
def _remembered_bounds(A: Kept, M: Kept | None, U0: Kept, V0: Kept, epochs: int, lr: float) -> Factors:
    mask = None if M is None else _rows_kept(M)
    U, V = [list(row) for row in _rows_kept(U0)], [list(row) for row in _rows_kept(V0)]
    dU = [[0.0] * len(row) for row in U]
    dV = [[0.0] * len(row) for row in V]
    values, u = _rows_kept(A), UNIT_ROUNDOFF
    gamma = (len(U[0]) + 1) * u / (1 - (len(U[0]) + 1) * u)
    for _ in range(epochs):
        for r, row in enumerate(values):
            for c, a in enumerate(row):
                if mask is not None and mask[r][c] != 1:
                    continue
                x, y, dx, dy = U[r], V[c], dU[r], dV[c]
                size = sum(abs(p * q) for p, q in zip(x, y, strict=True))
                error = a - sum(p * q for p, q in zip(x, y, strict=True))
                cross = sum(
                    abs(p) * dq + abs(q) * dp + dp * dq for p, q, dp, dq in zip(x, y, dx, dy, strict=True)
                )
                derror = cross + gamma * size + u * (abs(error) + size)
                U[r], dU[r] = _bounded_step(x, dx, y, dy, error, derror, lr)
                V[c], dV[c] = _bounded_step(y, dy, U[r], dU[r], error, derror, lr)
    return np.array(dU), np.array(dV)


def _bounded_step(
    x: Row, dx: Row, y: Row, dy: Row, error: float, derror: float, lr: float
) -> tuple[Row, Row]:
    new = [p + lr * error * q for p, q in zip(x, y, strict=True)]
    bound = [
        dp
        + lr * (abs(q) * derror + abs(error) * dq + derror * dq)
        + UNIT_ROUNDOFF * (3 * lr * abs(error * q) + abs(p))
        for p, dp, q, dq in zip(new, dx, y, dy, strict=True)
    ]
    return new, bound


def sensitivity(
    rule: Rule,
    A: npt.NDArray[np.generic],
    M: npt.NDArray[np.generic] | None,
    start: Factors,
    epochs: int,
    lr: float,
    expected: Factors,
    seeds: Sequence[int] = (1, 2),
) -> float:
    """How much a run magnifies a small change of its start: max |Δend| / max |Δstart|, at least 1.

    This is measured because the bound of `run_with_bounds` grows without limit over a thousand epochs: the
    start is changed by 1e-6 in random directions, and the largest magnification is returned.
    """
    largest = 1.0
    for seed in seeds:
        rng = np.random.default_rng(seed)
        step = 1e-6
        moved = (
            start[0] + step * rng.choice((-1.0, 1.0), start[0].shape),
            start[1] + step * rng.choice((-1.0, 1.0), start[1].shape),
        )
        ends = run(rule, A, M, moved, epochs, lr)
        change = max(float(np.abs(end - want).max()) for end, want in zip(ends, expected, strict=True))
        largest = max(largest, change / step) if math.isfinite(change) else math.inf
    return largest
