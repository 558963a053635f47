"""Whether long runs fit A: better than any matrix of rank 1, and as well as the best matrix of rank 2."""

from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from grader.lab import Bench, Comparison, Finding, Frozen, Outcome
from grader.labkit import UnusableResult, WorkerEnded, low_rank
from reference import data
from reference.checks.call_spec import CallSpec
from reference.checks.factorisation_context import FactorisationContext
from reference.checks.factorisation_inputs import GeneratedInputs
from reference.checks.factorisation_probe import FactorisationProbe
from reference.rules.update_rule import SHEET, Factors, run

__all__ = [
    "BEST_OF_RANK_ONE",
    "BEST_OF_RANK_ONE_OBSERVED",
    "CONVERGED",
    "CONVERGED_OBSERVED",
    "converges",
    "fits",
]

CONVERGED: Final = 1.02
"""The largest ratio of a converged loss to the Eckart–Young optimum. The worst of 20,000 starts from U(0,1),
with lr 0.05 and 1000 epochs on the sheet's A at rank 2, ended 1.3 % above it (`grade lab` repeats the
measurement)."""

CONVERGED_OBSERVED: Final = 2e-3
"""The largest converged loss over the observed cells of the sheet's A; the worst of 20,000 was 6.3e-4."""

BEST_OF_RANK_ONE: Final = low_rank.eckart_young(data.A, 1)
"""0.6062, the minimum loss of a matrix of rank 1 (Eckart–Young): a run that ends above it has not made use of
a second column of U and V."""

BEST_OF_RANK_ONE_OBSERVED: Final = 0.3520
"""The same over the observed cells of the sheet's mask. No theorem gives it: it is the smallest loss that
alternating least squares reached from 400 random starts. None of 20,000 correct runs with lr 0.05 ended above
6.3e-4."""

OTHER_RATES: Final = (0.2, 0.003)
"""Rates to try if the usual ones do not converge: a larger one for steps that are too small, and a smaller
one for runs that diverge."""

BETWEEN: Final = (1, 3, 10, 30, 100, 300)
"""Epochs after which the state of a run is recorded; plots of wrong runs use the same epochs."""

LARGEST_STEP: Final = 0.5
"""The share of a run's total distance that one epoch may cover."""

STANDING: Final = 1e-3
"""A run that covers less than this distance stands still: the smallest singular value of A is 0.35."""

SAME_DIRECTION: Final = 0.5
"""The smallest cosine of the angle between a step and the sheet's step from the same point. Rounding changes
the direction of the last steps before convergence; a straight line to a precomputed result has an unrelated
direction."""

_TURNS: Final = (
    "The first epochs follow the sheet's rule, but an epoch in the middle of the run does not. The final values "
    "do not result from these steps, so they prove nothing."
)


def fits(context: FactorisationContext, bench: Bench) -> Finding:
    """Whether a run reaches, step by step, a loss of A below the minimum for rank 1."""
    return _LongRuns(context).fits(bench)


def converges(context: FactorisationContext, bench: Bench) -> Finding:
    """Whether a run at a larger rate ends near the minimum for rank 2, or where the sheet's rule ends."""
    return _LongRuns(context).converges(bench)


class _LongRuns(Frozen, frozen=True):
    """The long runs of one of the two exercises."""

    context: FactorisationContext

    @property
    def _probe(self) -> FactorisationProbe:
        return self.context.probe

    @property
    def _inputs(self) -> GeneratedInputs:
        return self.context.inputs

    @property
    def _what(self) -> str:
        return "loss over the observed cells" if self.context.masked else "loss"

    @property
    def _rank_one(self) -> float:
        return BEST_OF_RANK_ONE_OBSERVED if self.context.masked else BEST_OF_RANK_ONE

    def fits(self, bench: Bench) -> Finding:
        """Whether a run reaches, step by step, a loss of A below the minimum for rank 1.

        If a run ends where the sheet's rule ends, its intermediate epochs are not examined.
        """
        defaults = self.context.adapted(bench, self._inputs.defaults)
        if self._ends_as_the_sheets_rule(bench, defaults, defaults=True):
            reached = self._loss(defaults, self._probe.observe(bench, defaults, True))
            if reached < self._rank_one:
                return self._fitted(defaults, reached)
        others = (
            defaults.changed(epochs=epochs, lr=lr)
            for epochs, lr in zip(self._inputs.about_a_thousand, OTHER_RATES, strict=True)
        )
        least, problem, leap = np.inf, "", None
        for call in (self.context.adapted(bench, self._inputs.converges), defaults, *others):
            try:
                reached = self._loss(call, self._probe.observe(bench, call))
                if reached < self._rank_one:
                    leap = self._leap(bench, call)
                    if leap is None:
                        return self._fitted(call, reached)
                    problem, least = leap, reached  # one leap is enough: no need to try other rates
                    break
            except WorkerEnded as ended:
                problem = problem or str(ended)
                break
            except UnusableResult as refused:
                problem = problem or str(refused)
                continue
            least = min(least, reached)
        call = self.context.adapted(bench, self._inputs.converges)
        return Finding(
            outcome=Outcome.FAIL,
            message=problem
            or (
                f"However many epochs were requested, the {self._what} of A stayed at {least:.4g} or more."
                if np.isfinite(least)
                else f"However many epochs were requested, the {self._what} of A is not finite."
            ),
            got=f"{least:.6g}" if np.isfinite(least) else "",
            wanted=f"less than {self._rank_one:.4g}, the minimum for a matrix of rank 1"
            + ", reached step by step" * bool(leap),
            compared=Comparison.of([least], [self._rank_one]),
            call=self._probe.call_text(bench, call),
        )

    def _fitted(self, call: CallSpec, reached: float) -> Finding:
        return Finding(
            outcome=Outcome.PASS,
            message=f"After {call.epochs} epochs, the {self._what} of A is {reached:.4g}; the minimum for rank "
            f"1 is {self._rank_one:.4g}.",
        )

    def _leap(self, bench: Bench, call: CallSpec) -> str | None:
        """Why a run does not reach its end step by step, as a sentence; None if it does.

        No single epoch may cover most of the distance: the longest interval between two recorded epochs is
        halved until it covers less than that, or is a single epoch. And a function whose first epochs follow
        the sheet's rule must continue to follow it.
        """
        recorded = {0: self._probe.start(bench, call)}
        for epochs in (*(e for e in BETWEEN if e < call.epochs), call.epochs):
            recorded[epochs] = self._probe.observe(bench, call.changed(epochs=epochs))
        while True:
            intervals = {(a, b): _distance(recorded[a], recorded[b]) for a, b in pairwise(sorted(recorded))}
            total = sum(intervals.values())
            if total <= STANDING:
                return "U and V end where they start, however many epochs are requested: this proves nothing."
            (begin, end), longest = max(intervals.items(), key=lambda interval: interval[1])
            if longest <= LARGEST_STEP * total:
                break
            if end - begin == 1:
                return (
                    f"Between epoch {begin} and epoch {end}, U and V jump to their final values, and no other "
                    "epoch moves them as far. Such a run does not consist of steps, so it proves nothing."
                )
            middle = (begin + end) // 2
            recorded[middle] = self._probe.observe(bench, call.changed(epochs=middle))
        return None if self._goes_on(bench, call) else _TURNS

    def _goes_on(self, bench: Bench, call: CallSpec) -> bool:
        """Whether an epoch in the middle of the run goes in the direction of the sheet's rule.

        A run that no longer moves there must have stopped after a step of that rule. True for functions whose
        first epochs do not follow that rule: nothing predicts their later epochs.
        """
        first = (*self._inputs.epochs, *self._inputs.hidden[-2:])
        if not self._probe.follows(bench, tuple(self.context.adapted(bench, call) for call in first)):
            return True
        before, after = self._one_epoch(bench, call, self._inputs.middle)
        if not _difference(after, before).any():
            return self._stops_after_a_step(bench, call, after)
        step, wanted = _difference(after, before), _difference(self._by_the_sheet(call, before), before)
        sizes = float(np.linalg.norm(step) * np.linalg.norm(wanted))
        return float(step @ wanted) >= SAME_DIRECTION * sizes

    def _stops_after_a_step(self, bench: Bench, call: CallSpec, end: Factors) -> bool:
        """Whether a run that stops early ends with a step of the sheet's rule."""
        moving, standing = 0, self._inputs.middle
        while standing - moving > 1:
            middle = (moving + standing) // 2
            if _difference(self._probe.observe(bench, call.changed(epochs=middle)), end).any():
                moving = middle
            else:
                standing = middle
        before, after = self._one_epoch(bench, call, moving)
        wanted = self._by_the_sheet(call, before)
        return _distance(after, wanted) <= LARGEST_STEP * _distance(wanted, before)

    def _one_epoch(self, bench: Bench, call: CallSpec, epochs: int) -> tuple[Factors, Factors]:
        """U and V after this many epochs, and after one more."""
        return (
            self._probe.observe(bench, call.changed(epochs=epochs)),
            self._probe.observe(bench, call.changed(epochs=epochs + 1)),
        )

    def _by_the_sheet(self, call: CallSpec, begin: Factors) -> Factors:
        return run(SHEET, call.A, call.M, begin, 1, call.lr)

    def converges(self, bench: Bench) -> Finding:
        """Whether a run at a larger rate ends near the minimum for rank 2, or where the sheet's rule ends."""
        call = self.context.adapted(bench, self._inputs.converges)
        message = ""
        try:
            reached = self._loss(call, self._probe.observe(bench, call))
            low, high = self._range(call)
            if self._ends_as_the_sheets_rule(bench, call):
                return Finding(outcome=Outcome.PASS, message=f"It ends at a {self._what} of {reached:.6g}.")
            if low <= reached <= high:
                message = self._leap(bench, call) or ""
                if not message:
                    return Finding(
                        outcome=Outcome.PASS, message=f"It ends at a {self._what} of {reached:.6g}."
                    )
        except UnusableResult as refused:
            return Finding(
                outcome=Outcome.FAIL, message=str(refused), call=self._probe.call_text(bench, call)
            )
        return Finding(
            outcome=Outcome.FAIL,
            message=message or f"It ends at a {self._what} of {reached:.6g}.{self._level(call, reached)}",
            got=f"{reached:.6g}",
            wanted=f"between {low:.6g} and {high:.6g}",
            tolerance="the worst of 20,000 starts from U(0,1), with a margin",
            call=self._probe.call_text(bench, call),
        )

    def _ends_as_the_sheets_rule(self, bench: Bench, call: CallSpec, defaults: bool = False) -> bool:
        """Whether a run agrees with the sheet's rule, which may itself not converge from every start."""
        try:
            return self._probe.compare_long_run(bench, call, defaults=defaults) is None
        except UnusableResult:
            return False

    def _loss(self, call: CallSpec, factors: Factors) -> float:
        U, V = factors
        A = call.A.astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            product = U @ V.T
            if call.M is not None:
                return low_rank.observed_loss(A, call.M, product)
            return low_rank.loss(A, product)

    def _range(self, call: CallSpec) -> low_rank.Interval:
        if call.M is not None:
            return low_rank.Interval(0.0, CONVERGED_OBSERVED)
        best = low_rank.eckart_young(call.A, 2)
        return low_rank.Interval(best * (1 - 1e-6), best * CONVERGED)

    def _level(self, call: CallSpec, reached: float) -> str:
        """Which singular values are missing from a run that ends at a saddle."""
        if not np.isfinite(reached):
            return " The run diverges."
        if call.M is not None:
            return ""
        for dropped, level in low_rank.saddle_levels(data.A, 2):
            if dropped != (3,) and abs(reached - level) <= 0.02 * level:
                missing = " + ".join(f"σ{i}²" for i in dropped)
                return f" That is {missing}: those singular values are missing."
        return ""


def _distance(first: Factors, second: Factors) -> float:
    """The Euclidean distance between two pairs of factors."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.sqrt(sum(np.sum((x - y) ** 2) for x, y in zip(first, second, strict=True))))


def _difference(first: Factors, second: Factors) -> npt.NDArray[np.float64]:
    """The difference between two pairs of factors as one vector."""
    return np.concatenate([(x - y).ravel() for x, y in zip(first, second, strict=True)])
