"""Observe a student's factorisation: its start, and its epochs compared with those of a rule from that start.

The start is observable whatever generator a student uses, and in whatever order: with lr = 0 nothing changes,
so the same seed returns U₀ and V₀. From there everything is algebra, and no verdict depends on luck.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np

from grader.lab import Bench, Died, Frozen, Function, Observation, Probe, Returned, Value, call_text
from grader.labkit import UnusableResult, WorkerEnded, array_text, failure, format_matrix
from reference.checks.call_spec import CallSpec
from reference.checks.comparison_power import LEAST_POWER, LEAST_POWER_OF_A_LONG_RUN
from reference.checks.rounding_tolerance import (
    Mismatch,
    expected,
    first_mismatch,
    long_run_compared,
    power,
    shows_all,
)
from reference.factors.reading import factors
from reference.rules.update_rule import SHEET, Factors, Rule

__all__ = ["OTHER_SEEDS", "FactorisationProbe", "Inconclusive"]

QUICK: Final = 3.0
"""Seconds of CPU time for a few epochs on a few cells; a correct solution needs milliseconds."""

AT_ONCE: Final = 0.5
"""Seconds of CPU time for a call without epochs, which only draws the start: a correct solution needs a
hundredth of that even for the largest matrix, and there is no need to wait for one that trains anyway."""

STEPS_OF_A_CALL: Final = 90
"""Steps on one cell that take as long as the overhead of a call; a run with the defaults costs 100 calls."""

OTHER_SEEDS: Final = tuple(10_007 * number for number in range(6))
"""Numbers to add to a seed, in this order, until its start can tell correct code from wrong code."""

_NOT_SHOWN: Final = (
    "From this start, the sheet's rule hardly moves U and V, so a function that does nothing would agree, "
    "too: this proves nothing."
)

_HIDDEN: Final = (
    "From this start, a rule that leaves something out (the prediction, a component or the mask) would give "
    "the same numbers: this proves nothing."
)


class Inconclusive(UnusableResult):
    """Raised if both agree, but wrong code could agree from this start as well."""


class FactorisationProbe(Frozen, frozen=True):
    """Calls a student's factorisation function (1.1, or 3.1 with a mask) and compares it with a rule."""

    function: Function
    vouches: "Callable[[FactorisationProbe, Bench], bool] | None" = None
    """Returns whether a long run of the student's function follows the rule."""

    def probe_of(self, call: CallSpec, defaults: bool = False, attempt: int = 0) -> Probe:
        """The call as the bench makes it; with `defaults`, the number of epochs and the rate are omitted."""
        arguments: dict[str, Any] = {"A": call.A, "rank": call.rank}
        if call.M is not None:
            arguments["M"] = call.M
        if not defaults:
            given = {"num_epochs": call.epochs, "lr": call.lr}
            arguments |= {name: value for name, value in given.items() if name not in call.left_out}
        steps = call.epochs * call.A.size
        seconds: float | None = AT_ONCE if steps == 0 else QUICK
        if defaults or steps > 1000:
            seconds = None
        weight = max(1, steps // STEPS_OF_A_CALL)
        return Probe(self.function.name, arguments, call.seed, attempt, seconds, weight)

    def call_text(self, bench: Bench, call: CallSpec, defaults: bool = False) -> str:
        """The call as a student can paste it below their own code; empty if they have no such function."""
        located = bench.locate(self.function)
        if located is None:
            return ""
        given = {"A": array_text(format_matrix(call.A), located), "rank": str(call.rank)}
        if call.M is not None:
            given["M"] = array_text(str(call.M.tolist()), located)
        if not defaults:
            constants = {"num_epochs": str(call.epochs), "lr": f"{call.lr:g}"}
            given |= {name: text for name, text in constants.items() if name not in call.left_out}
        seeding = "np.random.seed" if located.arrays == "numpy" else "torch.manual_seed"
        return f"{seeding}({call.seed}); {call_text(self.function, located, given)}"

    def observe(
        self,
        bench: Bench,
        call: CallSpec,
        defaults: bool = False,
        attempt: int = 0,
        reading: Callable[[Value, int, int, int], Factors] | None = None,
    ) -> Factors:
        """U and V as the student's function returns them, read by `reading`, else in the call's layout.

        Raises UnusableResult if they cannot be read.
        """
        observation: Observation = bench.observe(self.probe_of(call, defaults, attempt))
        if isinstance(observation, Died):
            raise WorkerEnded(failure(observation))
        if not isinstance(observation, Returned):
            raise UnusableResult(failure(observation))
        m, n = call.A.shape
        read = reading or partial(factors, layout=call.layout, place=call.place)
        return read(observation.value, m, n, call.rank)

    def start(self, bench: Bench, call: CallSpec) -> Factors:
        """U₀ and V₀ of the call: the result with lr = 0, else the result without epochs.

        Raises UnusableResult if neither gives finite numbers: from nan every rule leads to nan, so no rule
        can be told from another.
        """
        problem = UnusableResult("With lr = 0, some values in U and V are not finite (inf or nan).")
        try:
            idle = self.observe(bench, call.still())
            if _are_finite(idle):
                return idle
        except WorkerEnded:
            raise
        except UnusableResult as refused:
            problem = refused
        try:
            untouched = self.observe(bench, call.changed(epochs=0))
        except UnusableResult:
            raise problem from None
        if not _are_finite(untouched):
            raise problem
        return untouched

    def expect(self, bench: Bench, calls: tuple[CallSpec, ...]) -> None:
        """Announce the calls that `compare` makes for these calls if nothing fails."""
        bench.expect([self.probe_of(each) for call in calls for each in (call.still(), call)])

    def informative(self, bench: Bench, call: CallSpec) -> CallSpec:
        """The call, or the same with another seed or more epochs if the comparison would prove nothing.

        From V = 0, the first step moves only V, the next one both. Returns the call itself if no start makes
        anything move, or if the start cannot be observed.
        """
        if call.epochs == 0:
            return call

        def tells(other: CallSpec, start: Factors) -> bool:
            return power(other, start) >= LEAST_POWER and shows_all(other, start)

        chosen = self._first(bench, call, tells)
        if chosen is not call or self._moves(bench, call):
            return chosen
        more = (call.changed(epochs=times * call.epochs) for times in (2, 3))
        return next((other for other in more if self._moves(bench, other)), call)

    def _moves(self, bench: Bench, call: CallSpec) -> bool:
        try:
            return power(call, self.start(bench, call)) >= LEAST_POWER
        except UnusableResult:
            return True

    def informative_in_the_long_run(self, bench: Bench, call: CallSpec, defaults: bool = False) -> CallSpec:
        """The same for a hundred epochs and more."""

        def tells(other: CallSpec, start: Factors) -> bool:
            _, moved = long_run_compared(SHEET, other, start, self.observe(bench, other, defaults))
            return moved >= LEAST_POWER_OF_A_LONG_RUN

        return self._first(bench, call, tells)

    def _first(self, bench: Bench, call: CallSpec, tells: Callable[[CallSpec, Factors], bool]) -> CallSpec:
        for added in OTHER_SEEDS:
            other = call.changed(seed=call.seed + added) if added else call
            try:
                if tells(other, self.start(bench, other)):
                    return other
            except UnusableResult:
                return call
        return call

    def compare(
        self, bench: Bench, call: CallSpec, rule: Rule = SHEET, start: Factors | None = None
    ) -> Mismatch | None:
        """The first entry, U before V, that differs from the rule's by more than rounding after a few epochs.

        Raises Inconclusive if all entries agree but this proves nothing.
        """
        if start is None:
            start = self.start(bench, call)
        got = self.observe(bench, call)
        wanted, tolerance = expected(call, start, rule)
        mismatch = first_mismatch(got, wanted, tolerance)
        if mismatch is None and power(call, start) < LEAST_POWER:
            raise Inconclusive(_NOT_SHOWN)
        if mismatch is None and not shows_all(call, start) and not self._is_vouched_for(bench):
            raise Inconclusive(_HIDDEN)
        return mismatch

    def _is_vouched_for(self, bench: Bench) -> bool:
        """Whether a whole run follows the rule: what the start hides at first shows by epoch 1000."""
        return self.vouches is not None and self.vouches(self, bench)

    def compare_long_run(
        self,
        bench: Bench,
        call: CallSpec,
        rule: Rule = SHEET,
        defaults: bool = False,
        start: Factors | None = None,
    ) -> Mismatch | None:
        """The same for a hundred epochs or more; with `defaults`, their number and the rate are omitted."""
        if start is None:
            start = self.start(bench, call)
        mismatch, moved = long_run_compared(rule, call, start, self.observe(bench, call, defaults))
        if mismatch is None and moved < LEAST_POWER_OF_A_LONG_RUN:
            raise Inconclusive(_NOT_SHOWN)
        return mismatch

    def power_of_a_long_run(self, bench: Bench, call: CallSpec, defaults: bool = False) -> float:
        """How many tolerances the sheet's rule moves U and V in a long run."""
        got = self.observe(bench, call, defaults)
        return long_run_compared(SHEET, call, self.start(bench, call), got)[1]

    def follows(self, bench: Bench, calls: tuple[CallSpec, ...]) -> bool:
        """Whether every call follows the sheet's rule."""
        return all(self.explains(bench, call, SHEET) for call in calls)

    def explains(self, bench: Bench, call: CallSpec, rule: Rule) -> bool:
        """Whether the rule, from the function's own start, gives the same result as the function."""
        try:
            return self.compare(bench, call, rule) is None
        except UnusableResult:
            return False


def _are_finite(factors: Factors) -> bool:
    return all(bool(np.isfinite(factor).all()) for factor in factors)
