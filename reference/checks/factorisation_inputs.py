"""The calls that the checks of 1.1 and 3.1 make to a student's function, drawn from a seed.

Matrices, masks and starts are random; what the checks compare is algebra, which holds for any of them.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from grader.labkit import random_matrices
from reference import data
from reference.checks.call_spec import CallSpec

__all__ = ["GeneratedInputs"]

OF_MANY_COMPONENTS: Final = 3
"""The number of high-rank calls with many rows, and of those with many columns: 1,700 numbers per factor."""

RATE_OF_MANY_COMPONENTS: Final = 0.002
"""Small, since the bound on rounding errors grows with the rate times the number of components."""

RATE_OF_MANY_CELLS: Final = 0.03


class GeneratedInputs:
    """The calls of one of the two exercises for one seed, by the check they are for."""

    def __init__(self, masked: bool, seed: int) -> None:
        self._is_masked = masked
        self._rng = np.random.Generator(np.random.PCG64([seed, masked]))
        self._draw()

    def _drawn_call(self, m: int, n: int, rank: int, M: "data.Mask | None" = None) -> CallSpec:
        return self._given(random_matrices.signed(m, n, self._rng), rank, M)

    def _one_cell(self, rank: int, sign: int) -> CallSpec:
        return self._given(random_matrices.one_cell(rank, sign, self._rng), rank)

    def _given(self, A: random_matrices.Matrix, rank: int, M: "data.Mask | None" = None) -> CallSpec:
        m, n = A.shape
        seed = int(self._rng.integers(1, 10_000))
        if self._is_masked and M is None:
            M = data.all_observed(m, n)
        # Large steps show a mistake best, but on whole matrices a wrong sign would diverge within the epoch.
        return CallSpec(A, rank, seed, M, lr=self._rate(0.2 if min(m, n) == 1 else 0.1))

    def _rate(self, about: float) -> float:
        """An unpredictable rate, rounded to three digits."""
        return float(f"{about * self._rng.uniform(0.75, 1.0):.3g}")

    def _draw(self) -> None:
        draw = self._drawn_call
        self.update = (self._one_cell(1, +1), self._one_cell(1, -1))
        self.product = (self._one_cell(2, +1), self._one_cell(3, -1))
        self.product_within = (draw(2, 2, 2), draw(3, 3, 3))  # if ranks larger than A are not accepted
        self.columns = (draw(1, 4, 1), draw(1, 3, 1))
        self.rows = (draw(4, 1, 1), draw(3, 1, 1))
        self.square = draw(2, 2, 1)
        with_zero = draw(3, 3, 2)
        with_zero.A[1, 2] = 0.0  # a cell that contains 0 is a cell like any other
        self.sweep = (
            self.square, with_zero, draw(3, 5, 2), draw(5, 3, 3), draw(4, 2, 1),
            draw(9, 7, 4).changed(lr=self._rate(RATE_OF_MANY_CELLS)),
            *self._of_many_components(),
        )  # fmt: skip
        self.another = random_matrices.signed(3, 3, self._rng)
        one, several = draw(1, 1, 1), draw(3, 2, 2)
        self.epochs = tuple(s.changed(epochs=e) for e in (2, 3) for s in (one, several))
        # Slow enough that every epoch still matters, and not a multiple of a usual reporting interval.
        self.many = self.square.changed(epochs=int(self._rng.integers(103, 109)), lr=self._rate(0.003))
        # Not larger: rounding errors would grow from step to step, and the bounds hold only for orders of
        # cells close to the sheet's.
        self.rate = tuple(
            s.changed(lr=self._rate(lr)) for lr in (0.05, 0.17) for s in (draw(1, 1, 1), draw(2, 3, 2))
        )
        self.spread = draw(20, 18, 15)
        self.hidden: tuple[CallSpec, ...] = (
            self._masked(1, 1, 2, data.all_hidden(1, 1)),
            self._masked(3, 4, 2, data.all_hidden(3, 4)),
            self._masked(3, 3, 1, data.one_observed(3, 3, 1, 2)),
            self._masked(3, 4, 2, data.row_hidden(3, 4, 1)),
            self._masked(4, 3, 2, data.column_hidden(4, 3, 0)),
            self._masked(4, 5, 3, data.scattered(4, 5, self._rng)),
        )
        if self._is_masked:  # a mask applies in every epoch; the last call still runs a single epoch
            self.hidden = (
                *self.hidden[:-1],
                self.hidden[3].changed(epochs=3),
                self._of_sheet(),
                self.hidden[-1],
            )
        own = int(self._rng.integers(1, 10_000))
        mask = data.M if self._is_masked else None
        self.defaults = CallSpec(data.A, 2, own, mask, epochs=1000, lr=0.01)
        self.converges = CallSpec(data.A, 2, own, mask, epochs=1000, lr=0.05)
        self.about_a_thousand = tuple(int(self._rng.integers(930, 1_070)) for _ in range(2))
        # An epoch in the middle of a run: at the larger rate, later steps are as small as rounding errors.
        self.middle = int(self._rng.integers(20, 60))
        self.other_values = tuple(
            (s, s.changed(A=data.hidden_changed(s.A, s.M, self._rng))) for s in self.hidden if s.M is not None
        )

    def _of_many_components(self) -> Iterator[CallSpec]:
        """Few cells, but many numbers in U and V; these calls, too, are compared step by step."""
        integers = self._rng.integers
        for number in range(2 * OF_MANY_COMPONENTS):
            long, short, rank = int(integers(15, 21)), int(integers(2, 4)), int(integers(32, 41))
            m, n = (long, short) if number % 2 else (short, long)
            yield self._drawn_call(m, n, rank).changed(lr=self._rate(RATE_OF_MANY_COMPONENTS))

    def _masked(self, m: int, n: int, rank: int, M: "data.Mask") -> CallSpec:
        return self._drawn_call(m, n, rank, M) if self._is_masked else self._drawn_call(m, n, rank)

    def _of_sheet(self) -> CallSpec:
        """The sheet's mask, which is not symmetric and hides nothing on its diagonal."""
        return self._masked(3, 3, 2, data.M)

    def by_check(self) -> dict[str, tuple[CallSpec, ...]]:
        """The calls of one to three epochs by the name of their check, in the order of the checks."""
        masks = {"hidden": self.hidden} if self._is_masked else {}
        return {
            "update": self.update,
            "product": self.product,
            "columns": self.columns,
            "rows": self.rows,
            "sweep": self.sweep,
            **masks,
            "epochs": self.epochs,
            "rate": self.rate,
        }

    def all(self) -> tuple[CallSpec, ...]:
        """All calls of `by_check`: a mistake has to explain every one of them."""
        return tuple(call for calls in self.by_check().values() for call in calls)
