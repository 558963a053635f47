"""Seeing a student's factorisation at work: its start, and its epochs beside a rule's from that start.

The start is observable whatever generator or order a student draws in: with lr = 0 nothing moves, so the
same seed gives back U₀ and V₀. From there everything is algebra, and no verdict depends on luck.
"""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import permutations
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from grader import protocol
from grader.core.model import Died, Frozen, Observation, Probe
from grader.lab import Bench, Function
from grader.lab.call_binding import written
from reference.checks.comparison_power import (
    LEAST_POWER,
    LEAST_POWER_OF_A_LONG_RUN,
    LEAST_TO_A_RIVAL,
    apart,
    power_of,
    power_of_a_long_run,
    rivals,
)
from reference.factors.layout import AS_ASKED, Arrangement
from reference.factors.reading import Ended, Refused, factors, failure, format_matrix
from reference.rules.accepted_variants import VARIANTS, Variant, permuted
from reference.rules.update_rule import SHEET, UNIT_ROUNDOFF, Factors, Rule, run, run_with_bounds, sensitivity

__all__ = [
    "LAMBDA",
    "OTHER_SEEDS",
    "SAFETY",
    "Descent",
    "Inconclusive",
    "Mismatch",
    "Setting",
    "first_mismatch",
]

SAFETY: Final = 4.0
"""The bound of `run_with_bounds` is first-order rigorous for the sheet's formula; the factor leaves room
for formulas that round a few times more (A − U Vᵀ as a whole, lr multiplied in last)."""

QUICK: Final = 3.0
"""Seconds of CPU for a few epochs on a few cells, which take a right solution milliseconds."""

AT_ONCE: Final = 0.5
"""Seconds of CPU for a call without epochs, which only draws: a right solution takes a hundredth of that even for the
largest matrix, one that trains all the same need not be waited for."""

STEPS_OF_A_CALL: Final = 90
"""Steps on one cell that take as long as all that a call costs beside; the default run is worth 100 calls."""

SMALLEST: Final = 2.0**-126
"""The smallest float32 of full precision: no tolerance is less."""

OTHER_SEEDS: Final = tuple(10_007 * number for number in range(6))
"""What is added to a seed, one after the other, until it gives a start that can tell right from wrong."""

FEW_CELLS: Final = 20
"""Cells of a matrix on which rules that leave something out are run, too."""

LAMBDA: Final = 7.0
"""Probabilistic rounding error analysis (Higham and Mary 2019): n roundings add up to at most λ√n·u,
except with probability 2·exp(−λ²/2), here 5e-11."""


_NOT_SHOWN: Final = (
    "From this start, the sheet's rule hardly moves U and V, so a function that does nothing would agree as "
    "well: this proves nothing."
)


_HIDDEN: Final = (
    "From this start, a rule that leaves something out (the prediction, a component or the mask) would give "
    "the same numbers: this proves nothing."
)


class Setting(Frozen, frozen=True):
    """One call of a factorisation: A (m, n) float32, M (m, n) or None, and the numbers of the sheet."""

    A: npt.NDArray[np.float32]
    rank: int
    seed: int
    M: npt.NDArray[np.generic] | None = None
    epochs: int = 1
    lr: float = 0.1
    idle: float = 0.0
    """The rate at which nothing moves."""
    fewest: int = 1
    """The fewest epochs that the function can be asked for."""
    arrangement: Arrangement = AS_ASKED
    """How U and V come back."""
    place: int | None = None
    """Where they stand among several values."""
    left_out: tuple[str, ...] = ()
    """What is not given, of the number of epochs and the rate: the function does not take it."""

    def still(self) -> "Setting":
        """The call that only draws."""
        return self.changed(epochs=self.fewest, lr=self.idle)

    def changed(self, **fields: Any) -> "Setting":
        """The same setting with other values."""
        kept = {name: getattr(self, name) for name in self.__struct_fields__}
        return Setting(**(kept | fields))


class Inconclusive(Refused):
    """Both agree, but from where the function starts a wrong one could agree as well."""


class Mismatch(Frozen, frozen=True):
    """Where a student's factors first leave a rule's: the entry, both values, and the tolerance there."""

    entry: str
    got: float
    wanted: float
    tolerance: float
    got_factors: Factors
    wanted_factors: Factors
    separation: float
    """|got − wanted| / tolerance; above 1."""


class Descent:
    """A factorisation function of the sheet as the checks see it: 1.1, or 3.1 with a mask."""

    def __init__(self, function: Function, vouches: Callable[[Bench], bool] | None = None) -> None:
        self.function = function
        self.vouches = vouches
        """Says of a function whether its long run follows the rule."""

    def probe(self, setting: Setting, defaults: bool = False, attempt: int = 0) -> Probe:
        """The call of a setting; with `defaults` the number of epochs and the rate are left out."""
        arguments: dict[str, Any] = {"A": setting.A, "rank": setting.rank}
        if setting.M is not None:
            arguments["M"] = setting.M
        if not defaults:
            given = {"num_epochs": setting.epochs, "lr": setting.lr}
            arguments |= {name: value for name, value in given.items() if name not in setting.left_out}
        steps = setting.epochs * setting.A.size
        seconds: float | None = AT_ONCE if steps == 0 else QUICK
        if defaults or steps > 1000:
            seconds = None
        weight = max(1, steps // STEPS_OF_A_CALL)
        return Probe(self.function.name, arguments, setting.seed, attempt, seconds, weight)

    def call_text(self, bench: Bench, setting: Setting, defaults: bool = False) -> str:
        """The call as a student can paste it after their own code; empty where there is no function of theirs."""
        located = bench.locate(self.function)
        if located is None:
            return ""
        given = {"A": f"torch.tensor({format_matrix(setting.A)})", "rank": str(setting.rank)}
        if setting.M is not None:
            given["M"] = f"torch.tensor({setting.M.tolist()})"
        if not defaults:
            constants = {"num_epochs": str(setting.epochs), "lr": f"{setting.lr:g}"}
            given |= {name: text for name, text in constants.items() if name not in setting.left_out}
        return f"torch.manual_seed({setting.seed}); {written(self.function, located, given)}"

    def observe(
        self,
        bench: Bench,
        setting: Setting,
        defaults: bool = False,
        attempt: int = 0,
        reading: Callable[[protocol.Value, int, int, int], Factors] | None = None,
    ) -> Factors:
        """U and V as the student's function returns them, read in the setting's arrangement or another way.

        Raises Refused where they cannot be read.
        """
        observation: Observation = bench.observe(self.probe(setting, defaults, attempt))
        if isinstance(observation, Died):
            raise Ended(failure(observation))
        if not isinstance(observation, protocol.Returned):
            raise Refused(failure(observation))
        m, n = setting.A.shape
        read = reading or partial(factors, arrangement=setting.arrangement, place=setting.place)
        return read(observation.value, m, n, setting.rank)

    def start(self, bench: Bench, setting: Setting) -> Factors:
        """U₀ and V₀ of the setting: what comes back when lr is 0, else when there are no epochs.

        Raises Refused where neither gives finite numbers: from nan every rule leads to nan, so that nothing
        could be told from another.
        """
        problem = Refused("With lr = 0, some values in U and V are not finite (inf or nan).")
        try:
            idle = self.observe(bench, setting.still())
            if _are_finite(idle):
                return idle
        except Ended:
            raise
        except Refused as refused:
            problem = refused
        try:
            untouched = self.observe(bench, setting.changed(epochs=0))
        except Refused:
            raise problem from None
        if not _are_finite(untouched):
            raise problem
        return untouched

    def expect(self, bench: Bench, settings: tuple[Setting, ...]) -> None:
        """Announce the calls that `compare` makes for these settings where nothing goes wrong."""
        bench.expect([self.probe(call) for s in settings for call in (s.still(), s)])

    def telling(self, bench: Bench, setting: Setting) -> Setting:
        """The setting, or one with another seed or more epochs where from this one's start nothing could be told.

        From V = 0 a first step moves V only, the next one both. The setting itself where nothing gives a start from which
        something moves, or none can be seen.
        """
        if setting.epochs == 0:
            return setting

        def tells(other: Setting, start: Factors) -> bool:
            return self.power(other, start) >= LEAST_POWER and self.shows_all(other, start)

        found = self._first(bench, setting, tells)
        if found is not setting or self._moves(bench, setting):
            return found
        more = (setting.changed(epochs=times * setting.epochs) for times in (2, 3))
        return next((other for other in more if self._moves(bench, other)), setting)

    def _moves(self, bench: Bench, setting: Setting) -> bool:
        try:
            return self.power(setting, self.start(bench, setting)) >= LEAST_POWER
        except Refused:
            return True

    def shows_all(self, setting: Setting, start: Factors) -> bool:
        """Whether no rule that leaves something out would end within the tolerance; asked of small matrices only."""
        if setting.A.size > FEW_CELLS:
            return True
        wanted, tolerance = self._expected(SHEET, setting, start)
        hides = setting.M is not None and bool((setting.M != 1).any())
        if setting.M is not None and not (setting.M == 1).any():
            return True  # nothing is predicted where nothing is seen
        ends = (
            run(rule, setting.A, setting.M, start, setting.epochs, setting.lr)
            for rule in rivals(setting.rank, hides)
        )
        return all(apart(wanted, end, tolerance) >= LEAST_TO_A_RIVAL for end in ends)

    def telling_in_the_long_run(self, bench: Bench, setting: Setting, defaults: bool = False) -> Setting:
        """The same for a hundred epochs and more."""

        def tells(other: Setting, start: Factors) -> bool:
            _, power = self._compared(SHEET, other, start, self.observe(bench, other, defaults))
            return power >= LEAST_POWER_OF_A_LONG_RUN

        return self._first(bench, setting, tells)

    def _first(self, bench: Bench, setting: Setting, tells: Callable[[Setting, Factors], bool]) -> Setting:
        for added in OTHER_SEEDS:
            other = setting.changed(seed=setting.seed + added) if added else setting
            try:
                if tells(other, self.start(bench, other)):
                    return other
            except Refused:
                return setting
        return setting

    def power(self, setting: Setting, start: Factors) -> float:
        """How many tolerances the sheet's rule moves what it should move in a few epochs; see `power_of`."""
        wanted, tolerance = self._expected(SHEET, setting, start)
        unmasked = run(SHEET, setting.A, None, start, setting.epochs, setting.lr)
        of_zeros = run(SHEET, np.zeros_like(setting.A), setting.M, start, setting.epochs, setting.lr)
        return power_of(setting.M, start, wanted, tolerance, unmasked, of_zeros)

    def compare(
        self, bench: Bench, setting: Setting, rule: Rule = SHEET, start: Factors | None = None
    ) -> Mismatch | None:
        """The first entry, U before V, where a few epochs leave the rule's by more than rounding can.

        Raises Inconclusive where they agree and nothing follows from it.
        """
        if start is None:
            start = self.start(bench, setting)
        got = self.observe(bench, setting)
        wanted, tolerance = self._expected(rule, setting, start)
        mismatch = first_mismatch(got, wanted, tolerance)
        if mismatch is None and self.power(setting, start) < LEAST_POWER:
            raise Inconclusive(_NOT_SHOWN)
        if mismatch is None and not self.shows_all(setting, start) and not self._is_vouched_for(bench):
            raise Inconclusive(_HIDDEN)
        return mismatch

    def _is_vouched_for(self, bench: Bench) -> bool:
        """Whether a whole run follows the rule: what a start hides of the first steps shows by the thousandth."""
        return self.vouches is not None and self.vouches(bench)

    def compare_long_run(
        self,
        bench: Bench,
        setting: Setting,
        rule: Rule = SHEET,
        defaults: bool = False,
        start: Factors | None = None,
    ) -> Mismatch | None:
        """The same for a hundred epochs and more; with `defaults` called without their number and rate."""
        if start is None:
            start = self.start(bench, setting)
        mismatch, power = self._compared(rule, setting, start, self.observe(bench, setting, defaults))
        if mismatch is None and power < LEAST_POWER_OF_A_LONG_RUN:
            raise Inconclusive(_NOT_SHOWN)
        return mismatch

    def power_of_a_long_run(self, bench: Bench, setting: Setting, defaults: bool = False) -> float:
        """How many tolerances the sheet's rule moves U and V in a long run."""
        got = self.observe(bench, setting, defaults)
        return self._compared(SHEET, setting, self.start(bench, setting), got)[1]

    def _compared(
        self, rule: Rule, setting: Setting, start: Factors, got: Factors
    ) -> tuple[Mismatch | None, float]:
        """Where a long run leaves the rule's, and the power of the comparison with the tolerance that was needed.

        Most runs agree without room for magnified rounding, which takes two more runs to measure.
        """
        wanted, tolerance = self._expected_narrowly(rule, setting, start)
        mismatch = first_mismatch(got, wanted, tolerance)
        if mismatch is not None:
            tolerance = _magnified(rule, setting, start, wanted, tolerance)
            mismatch = first_mismatch(got, wanted, tolerance)
        return mismatch, power_of_a_long_run(start, wanted, tolerance)

    def expected(self, setting: Setting, start: Factors) -> tuple[Factors, Factors]:
        """Where the sheet's rule ends after a few epochs from a start, and what is tolerated."""
        return self._expected(SHEET, setting, start)

    def expected_in_the_long_run(self, setting: Setting, start: Factors) -> tuple[Factors, Factors]:
        """The same after many epochs, with room for rounding that is magnified."""
        wanted, narrow = self._expected_narrowly(SHEET, setting, start)
        return wanted, _magnified(SHEET, setting, start, wanted, narrow)

    def _expected(self, rule: Rule, setting: Setting, start: Factors) -> tuple[Factors, Factors]:
        """Where the rule ends after a few epochs, and how far a float32 computation may end from there."""
        wanted, bounds = run_with_bounds(rule, setting.A, setting.M, start, setting.epochs, setting.lr)
        tiny = max(UNIT_ROUNDOFF * min(1.0, _largest((*start, *wanted))), SMALLEST)
        return wanted, (SAFETY * bounds[0] + tiny, SAFETY * bounds[1] + tiny)

    def _expected_narrowly(self, rule: Rule, setting: Setting, start: Factors) -> tuple[Factors, Factors]:
        """The same after many epochs, as if none of the roundings were magnified: λ√N·u·scale, N roundings an entry."""
        wanted = run(rule, setting.A, setting.M, start, setting.epochs, setting.lr)
        roundings = np.sqrt(setting.epochs * max(setting.A.shape)) * UNIT_ROUNDOFF
        return wanted, _constant(wanted, LAMBDA * roundings * max(_largest((*start, *wanted)), SMALLEST))

    def follows(self, bench: Bench, settings: tuple[Setting, ...]) -> bool:
        """Whether every setting given follows the sheet's rule."""
        return all(self._explains(bench, setting, SHEET) for setting in settings)

    def recognise(self, bench: Bench, settings: tuple[Setting, ...]) -> Variant | None:
        """The sound variant that explains every setting given, or None."""
        for variant in VARIANTS:
            if all(self._explains(bench, setting, variant.rule) for setting in settings):
                return variant
        return None

    def is_shuffled(self, bench: Bench, settings: tuple[Setting, ...]) -> bool:
        """Whether each setting is explained by the sheet's update with its cells in some order.

        Every order is tried, so the settings must have at most four cells.
        """
        return all(self._some_order(bench, setting) for setting in settings)

    def _some_order(self, bench: Bench, setting: Setting) -> bool:
        m, n = setting.A.shape
        orders = permutations([(r, c) for r in range(m) for c in range(n)])
        return any(self._explains(bench, setting, permuted(order)) for order in orders)

    def _explains(self, bench: Bench, setting: Setting, rule: Rule) -> bool:
        try:
            return self.compare(bench, setting, rule) is None
        except Refused:
            return False


def _magnified(rule: Rule, setting: Setting, start: Factors, wanted: Factors, narrow: Factors) -> Factors:
    """The tolerance with κ, the measured magnification of a change."""
    factor = sensitivity(rule, setting.A, setting.M, start, setting.epochs, setting.lr, wanted)
    return narrow[0] * factor, narrow[1] * factor


def _constant(like: Factors, value: float) -> Factors:
    return np.full(like[0].shape, value), np.full(like[1].shape, value)


def first_mismatch(got: Factors, wanted: Factors, tolerance: Factors) -> Mismatch | None:
    """The first entry out of tolerance; finiteness is looked at before distance.

    Where neither is finite they do not differ; they do not agree either, which is for `Descent` to say.
    """
    for name, ours, theirs, allowed in zip("UV", wanted, got, tolerance, strict=True):
        with np.errstate(invalid="ignore"):
            same = (np.abs(theirs - ours) <= allowed) | ~np.isfinite(ours) & ~np.isfinite(theirs)
        if not same.all():
            row, column = (int(i) for i in np.argwhere(~same)[0])
            width = float(allowed[row, column])
            return Mismatch(
                entry=f"{name}[{row}, {column}]",
                got=float(theirs[row, column]),
                wanted=float(ours[row, column]),
                tolerance=width,
                got_factors=got,
                wanted_factors=wanted,
                separation=abs(float(theirs[row, column]) - float(ours[row, column])) / width,
            )
    return None


def _largest(arrays: Iterable[npt.NDArray[np.float64]]) -> float:
    """The largest absolute value that is finite; 0 where none is."""
    return max((float(np.abs(array[np.isfinite(array)]).max(initial=0.0)) for array in arrays), default=0.0)


def _are_finite(factors: Factors) -> bool:
    return all(bool(np.isfinite(factor).all()) for factor in factors)
