"""Whether long runs get where a factorisation is for: below what rank 1 can reach, and to the best that rank 2 can."""

from collections.abc import Callable
from typing import Final

import numpy as np

from grader.lab import Bench
from grader.model import Finding, Outcome
from reference import bounds, matrices
from reference.descent import Descent, Setting
from reference.drawn import Drawn
from reference.epochs import Factors
from reference.returned import Ended, Refused

__all__ = ["BEST_OF_RANK_ONE", "BEST_OF_RANK_ONE_OBSERVED", "CONVERGED", "CONVERGED_OBSERVED", "Convergence"]

CONVERGED: Final = 1.02
"""A converged loss over the Eckart–Young optimum. Of 20,000 starts from U(0,1) with lr 0.05 and 1000 epochs
on the sheet's A at rank 2 the worst ended 1.3 % above it (`grade lab` repeats the measurement)."""

CONVERGED_OBSERVED: Final = 2e-3
"""A converged loss over the observed cells of the sheet's A and M; the worst of 20,000 was 6.3e-4."""

BEST_OF_RANK_ONE: Final = bounds.eckart_young(matrices.A, 1)
"""0.6062, the least loss that a matrix of rank 1 can have (Eckart–Young): above it, a run has found nothing that takes
two columns of U and V."""

BEST_OF_RANK_ONE_OBSERVED: Final = 0.3520
"""The same over the cells that the sheet's mask shows. No theorem gives it: it is the best that alternating least squares
find from 400 random starts. Of 20,000 right runs with lr 0.05 none ended above 6.3e-4."""

LONGER: Final = ((3000, 0.01), (3000, 0.003))
"""Epochs and rates tried where the usual runs have not got there: with 3000 epochs every right run has, with a smaller rate
also one that diverges with a larger."""


class Convergence:
    """What the long runs of one of the two exercises come to; `asked` gives a call as the function can be asked for it."""

    def __init__(self, descent: Descent, drawn: Drawn, asked: Callable[[Bench, Setting], Setting]) -> None:
        self._descent = descent
        self._drawn = drawn
        self._asked = asked
        is_masked = drawn.converges.M is not None
        self._what = "loss over the observed cells" if is_masked else "loss"
        self._rank_one = BEST_OF_RANK_ONE_OBSERVED if is_masked else BEST_OF_RANK_ONE

    def fits(self, bench: Bench) -> Finding:
        """Whether any number of epochs brings the loss of A below the best of rank 1: what the function is for."""
        longer = (self._drawn.defaults.changed(epochs=epochs, lr=lr) for epochs, lr in LONGER)
        runs = ((self._drawn.defaults, True), (self._drawn.converges, False), *((s, False) for s in longer))
        least, problem = np.inf, ""
        for setting, defaults in runs:
            setting = self._asked(bench, setting)
            try:
                reached = self._loss(setting, self._descent.observe(bench, setting, defaults))
            except Ended as ended:
                problem = problem or str(ended)
                break
            except Refused as refused:
                problem = problem or str(refused)
                continue
            if reached < self._rank_one:
                return Finding(
                    outcome=Outcome.PASS,
                    message=f"After {setting.epochs} epochs the {self._what} of A is {reached:.4g}; the least of rank 1 is "
                    f"{self._rank_one:.4g}.",
                )
            least = min(least, reached)
        setting = self._asked(bench, self._drawn.converges)
        return Finding(
            outcome=Outcome.FAIL,
            message=f"However many epochs were asked for, the {self._what} of A stayed at {least:.4g} or more."
            if np.isfinite(least)
            else problem or f"However many epochs were asked for, the {self._what} of A is not finite.",
            got=f"{least:.6g}" if np.isfinite(least) else "",
            wanted=f"less than {self._rank_one:.4g}, the least that a matrix of rank 1 can have",
            call=self._descent.call_text(bench, setting),
        )

    def converges(self, bench: Bench) -> Finding:
        """Whether a run at a larger rate ends at the best that rank 2 can have, or where the sheet's rule ends."""
        setting = self._asked(bench, self._drawn.converges)
        try:
            reached = self._loss(setting, self._descent.observe(bench, setting))
            low, high = self._range(setting)
            if low <= reached <= high or self._ends_as_the_sheets_rule(bench, setting):
                return Finding(outcome=Outcome.PASS, message=f"It ends at a {self._what} of {reached:.6g}.")
        except Refused as refused:
            return Finding(
                outcome=Outcome.FAIL, message=str(refused), call=self._descent.call_text(bench, setting)
            )
        return Finding(
            outcome=Outcome.FAIL,
            message=f"It ends at a {self._what} of {reached:.6g}.{self._level(setting, reached)}",
            got=f"{reached:.6g}",
            wanted=f"between {low:.6g} and {high:.6g}",
            tolerance="the worst of 20,000 starts from U(0,1), with some room",
            call=self._descent.call_text(bench, setting),
        )

    def _ends_as_the_sheets_rule(self, bench: Bench, setting: Setting) -> bool:
        """From another start than U(0,1) the sheet's rule itself may not converge at this rate."""
        try:
            return self._descent.compare_long_run(bench, setting) is None
        except Refused:
            return False

    def _loss(self, setting: Setting, factors: Factors) -> float:
        U, V = factors
        A = setting.A.astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            product = U @ V.T
            if setting.M is not None:
                return bounds.observed_loss(A, setting.M, product)
            return bounds.loss(A, product)

    def _range(self, setting: Setting) -> bounds.Interval:
        if setting.M is not None:
            return bounds.Interval(0.0, CONVERGED_OBSERVED)
        best = bounds.eckart_young(setting.A, 2)
        return bounds.Interval(best * (1 - 1e-6), best * CONVERGED)

    def _level(self, setting: Setting, reached: float) -> str:
        """Which singular values a run has missed that ends at a saddle."""
        if not np.isfinite(reached):
            return " The run diverges."
        if setting.M is not None:
            return ""
        for dropped, level in bounds.saddle_levels(matrices.A, 2):
            if dropped != (3,) and abs(reached - level) <= 0.02 * level:
                missing = " + ".join(f"σ{i}²" for i in dropped)
                return f" That is {missing}: those singular values are missed."
        return ""
