"""The checks of a factorisation by descent, exercises 1.1 and 3.1: how each rung is looked at.

What the rungs are stands in `rungs`. None compares losses where it can compare the epoch itself.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

import msgspec
import numpy as np

from grader import protocol
from grader.core.model import Comparison, Finding, Outcome
from grader.lab import Bench, Check
from reference.checks.call_constraints import MASK_TYPES, HabitsSeen
from reference.checks.convergence import Convergence
from reference.checks.factorisation_inputs import Drawn
from reference.checks.factorisation_probe import Descent, Inconclusive, Mismatch, Setting
from reference.checks.factorisation_table import rungs
from reference.checks.function_presence import presence, signature
from reference.checks.hard_coded_parameters import Fixed
from reference.checks.start_distribution import Starts
from reference.checks.variant_detection import excused, is_shuffled, is_within_orders, sound_variant
from reference.factors.layout import AS_ASKED
from reference.factors.reading import Refused, failure, format_matrix, is_changed
from reference.rules.accepted_variants import VARIANTS, Variant
from reference.rules.update_rule import SHEET, Factors
from reference.sheet import SGD_FACTORISE, SGD_FACTORISE_MASKED

__all__ = ["Ladder"]

MANY_COMPONENTS: Final = 20
"""More than the sheet's matrix, or any rung but the sweep, has."""

IDLE_NOTE: Final = "With lr = 0 it does not stay where it starts, or stops; it was looked at with a rate of 1e-30. This costs nothing."
DATA_NOTE: Final = (
    "It takes no mask that hides a whole row or column, and was asked for masks that show a cell of each. This costs "
    "nothing."
)
RANK_NOTE: Final = (
    "It takes no rank beyond the rows and columns of A, and was asked for none. This costs nothing."
)


class Ladder:
    """The checks of one of the two exercises for one seed."""

    def __init__(self, exercise: str, masked: bool, seed: int) -> None:
        self.exercise = exercise
        self.masked = masked
        self.function = SGD_FACTORISE_MASKED if masked else SGD_FACTORISE
        self.descent = Descent(self.function, self._follows_to_the_end)
        self.drawn = Drawn(masked, seed)
        self.habits = HabitsSeen(self.descent, self.drawn)
        self.fixed = Fixed(self.descent, self.drawn)
        self.starts = Starts(self.descent, self.drawn, self.asked)
        self.convergence = Convergence(self.descent, self.drawn, self.asked)

    def _follows_to_the_end(self, bench: Bench) -> bool:
        """Whether the default run ends where the sheet's rule ends, or a sound variant of it."""
        setting = self.asked(bench, self.drawn.defaults)
        for rule in (SHEET, *(variant.rule for variant in VARIANTS)):
            try:
                if self.descent.compare_long_run(bench, setting, rule, defaults=True) is None:
                    return True
            except Refused:
                return False
        return False

    def is_right(self, bench: Bench) -> bool:
        """Whether the student's function passes every rung up to the default run."""
        found = (
            partial(presence, self.function, self.fixed),
            self._returns,
            partial(self._agree, self.drawn.sweep),
            partial(self._agree, self.drawn.hidden),
            self._defaults,
        )
        return self.fixed.follows(bench) or all(run(bench).outcome is Outcome.PASS for run in found)

    # --- the checks ---------------------------------------------------------------------------------------

    def checks(self) -> tuple[Check, ...]:
        """The rungs in order, each needing the ones it rests on."""
        run = self._runs()
        return tuple(
            Check(
                self._id(rung.name),
                rung.title.format(function=self.function.name),
                partial(self._or_fixed, rung.name, run[rung.name]),
                tuple(map(self._id, rung.needs)),
                tuple(map(self._id, rung.implied_by)),
                rung.tolerance,
            )
            for rung in rungs(self.masked)
        )

    def _runs(self) -> dict[str, Callable[[Bench], Finding]]:
        """How each rung is looked at."""
        agree, drawn = self._agree, self.drawn
        return {
            "found": partial(presence, self.function, self.fixed),
            "returns": self._returns,
            "depends": self._depends,
            "shapes": self._shapes,
            "still": self._still,
            "start": self._start,
            "update": partial(agree, drawn.update),
            "product": self._product,
            "columns": partial(agree, drawn.columns),
            "rows": partial(agree, drawn.rows),
            "sweep": partial(agree, drawn.sweep),
            "hidden": partial(agree, drawn.hidden),
            "values": self._values,
            "epochs": self._epochs,
            "rate": partial(agree, drawn.rate),
            "inputs": self._inputs,
            "defaults": self._defaults,
            "fits": self.convergence.fits,
            "converges": self.convergence.converges,
        }

    def _or_fixed(self, rung: str, run: Callable[[Bench], Finding], bench: Bench) -> Finding:
        """What is found; of a function without the parameters that most rungs vary, what whole runs showed.

        Whether it is there at all is found of such a function too.
        """
        if rung == "found" or not self.fixed.follows(bench):
            return run(bench)
        missing = {"epochs": "num_epochs", "rate": "lr"}.get(rung)
        if missing in self.fixed.lacks(bench):
            return Finding(
                outcome=Outcome.FAIL,
                message=f"The function does not take `{missing}`: it always uses the number it has inside.",
                wanted=signature(self.function),
            )
        return Finding(outcome=Outcome.PASS, message="Whole runs end where the sheet's rule ends.")

    def _id(self, rung: str) -> str:
        return f"{self.exercise}-{rung}"

    def _returns(self, bench: Bench) -> Finding:
        settings = self.all_suited(bench, self.drawn.sweep[1:4])
        self.descent.expect(bench, settings)
        for setting in settings:
            try:
                U, V = self.descent.observe(bench, setting)
            except Refused as refused:
                if self.habits.learn_epochs(bench):
                    return _noted(self._returns(bench), self._few_epochs(bench, refused))
                if self.habits.learn_arrangement(bench):
                    return self._returns(bench)
                return self._fail(bench, str(refused), setting)
            if not (np.isfinite(U).all() and np.isfinite(V).all()):
                return self._fail(
                    bench,
                    "After one epoch there are values that are not finite (inf or nan).",
                    setting,
                    got=_both((U, V)),
                    wanted="finite numbers",
                )
        self.habits.learn_place(bench)
        count = self._count(bench)
        if count > 2:
            note = f"It returns {count} values; the sheet asks for U and V, which were taken from them."
            return Finding(outcome=Outcome.PASS, message=note, notes=(note,), cost="extra-values")
        return Finding(outcome=Outcome.PASS, message="3 shapes and ranks.")

    def _depends(self, bench: Bench) -> Finding:
        """What a function gives whatever A is, no further check could tell from an answer."""
        setting = self.suited(bench, self.drawn.sweep[1])
        other = setting.changed(A=self.drawn.another)
        try:
            is_same = _equal(self.descent.observe(bench, setting), self.descent.observe(bench, other))
        except Refused as refused:
            return self._fail(bench, str(refused), setting)
        if not is_same:
            return Finding(outcome=Outcome.PASS)
        return self._fail(
            bench,
            "For another matrix A and the same seed, the very same U and V come back: no step has changed them.",
            other,
            wanted="U and V that steps towards this A have moved",
        )

    def _shapes(self, bench: Bench) -> Finding:
        setting = self.suited(bench, self.drawn.sweep[2])
        try:
            self.descent.observe(bench, setting.changed(arrangement=AS_ASKED))
        except Refused as refused:
            return self._fail(
                bench, f"{refused} Everything else was looked at as if they came as asked.", setting
            )
        return Finding(outcome=Outcome.PASS)

    def _few_epochs(self, bench: Bench, refused: Refused) -> str:
        more = self.habits.of(bench).more
        return (
            f"It stops where there are few epochs. {refused} It was asked for {more} times as many, at a rate as much "
            "smaller. This costs nothing."
        )

    def _count(self, bench: Bench) -> int:
        observation = bench.observe(self.descent.probe(self.suited(bench, self.drawn.sweep[1])))
        value = observation.value if isinstance(observation, protocol.Returned) else None
        if isinstance(value, protocol.Items) and value.type_name != protocol.ATTRIBUTES:
            return len(value.items)
        return 2

    def _still(self, bench: Bench) -> Finding:
        finding = self._stillness(bench)
        if finding.outcome is Outcome.FAIL and self.habits.learn_idle(bench):
            return _noted(self._stillness(bench), IDLE_NOTE)
        return finding

    def _stillness(self, bench: Bench) -> Finding:
        setting = self.suited(bench, self.drawn.sweep[1]).still()
        try:
            once = self.descent.start(bench, setting)
            again = self.descent.observe(bench, setting, attempt=1)
            later = self.descent.observe(bench, setting.changed(epochs=3 * setting.fewest))
        except Refused as refused:
            return self._fail(bench, str(refused), setting)
        if not _equal(once, again):
            return Finding(
                outcome=Outcome.MANUAL,
                message="The same call from the same seed starts from other numbers each time, so that its "
                "steps cannot be followed. A person has to look.",
                call=self.descent.call_text(bench, setting),
            )
        if not _equal(once, later):
            failed = self._fail(
                bench,
                "With lr = 0 a step changes nothing, yet U and V come out different after 1 and after 3 epochs.",
                setting.changed(epochs=3 * setting.fewest),
                got=_both(later),
                wanted=f"as after one epoch: {_both(once)}",
            )
            return msgspec.structs.replace(failed, compared=Comparison.of(later, once))
        return Finding(outcome=Outcome.PASS)

    def _start(self, bench: Bench) -> Finding:
        """Look at the starts of all calls whose steps are followed, so that none can be told to be there for the start."""
        try:
            return self.starts.finding(bench)
        except Refused as refused:
            return self._fail(bench, str(refused), self.asked(bench, self.drawn.square))

    def _product(self, bench: Bench) -> Finding:
        """Where no rank beyond A's size is taken, one cell has one component, and shows nothing of a dot product."""
        finding = self._agree(self.drawn.product, bench)
        if finding.outcome is Outcome.PASS and self.habits.of(bench).keeps_rank:
            return _noted(self._agree(self.drawn.product_within, bench), *finding.notes)
        return finding

    def _agree(self, settings: tuple[Setting, ...], bench: Bench) -> Finding:
        """The common form of a rung: a few epochs from the student's own start, entry by entry."""
        return self._or_suited(partial(self._agreement, settings), bench, settings)

    def _or_suited(
        self, run: Callable[[Bench], Finding], bench: Bench, settings: tuple[Setting, ...]
    ) -> Finding:
        """What is found; once more where it turns out that the function could not be asked for one of the settings."""
        finding, notes = run(bench), list[str]()
        for learn, note in ((self.habits.learn_masks, DATA_NOTE), (self.habits.learn_rank, RANK_NOTE)):
            if finding.outcome is Outcome.FAIL and learn(bench, settings):
                finding, notes = run(bench), [*notes, note]
        return _noted(finding, *notes)

    def _agreement(self, settings: tuple[Setting, ...], bench: Bench) -> Finding:
        variant: Variant | None = None
        settings = self.all_suited(bench, settings)
        self.descent.expect(bench, settings)
        for setting in settings:
            try:
                mismatch = self.descent.compare(bench, setting)
                if mismatch is not None:
                    variant = sound_variant(self.descent, bench, self._recognition(bench))
                    if variant is not None and excused(self.descent, bench, setting, variant):
                        continue
                    return self._mismatch(bench, mismatch, setting)
            except Refused as refused:
                if self._is_beyond_bounds(bench, setting, refused):
                    continue
                return self._fail(bench, str(refused), setting)
        if variant is not None:
            return Finding(
                outcome=Outcome.PASS,
                message=_different(variant),
                notes=(_different(variant),),
                cost=variant.cost,
            )
        return Finding(
            outcome=Outcome.PASS,
            message=f"{len(settings)} calls agree to rounding.",
            power=_least(self.descent.power(s, self.descent.start(bench, s)) for s in settings),
        )

    def _is_beyond_bounds(self, bench: Bench, setting: Setting, refused: Refused) -> bool:
        """Whether a call of many components, asked for in many epochs, tells nothing since the bounds on rounding grow."""
        is_many = setting.rank > MANY_COMPONENTS and self.habits.of(bench).more > 1
        return is_many and isinstance(refused, Inconclusive)

    def _epochs(self, bench: Bench) -> Finding:
        """Two and three epochs entry by entry, then a hundred: what happens in some epochs only, such as those that
        report, shows in a long run that is far from converged."""
        finding = self._agree(self.drawn.epochs, bench)
        if finding.outcome is not Outcome.PASS:
            return finding
        setting = self.descent.telling_in_the_long_run(bench, self.asked(bench, self.drawn.many))
        try:
            mismatch = self.descent.compare_long_run(bench, setting)
            if mismatch is None:
                return finding
            variant = sound_variant(self.descent, bench, self._recognition(bench))
            if variant is not None and self._ends_as(bench, setting, variant):
                return finding
        except Refused as refused:
            return self._fail(bench, str(refused), setting)
        return self._mismatch(bench, mismatch, setting)

    def _ends_as(self, bench: Bench, setting: Setting, variant: Variant, defaults: bool = False) -> bool:
        """Whether a long run ends where a sound variant of the rule ends."""
        if is_shuffled(variant):
            got = self.descent.observe(bench, setting, defaults)
            return is_within_orders(self.descent, bench, setting, got)
        return self.descent.compare_long_run(bench, setting, variant.rule, defaults=defaults) is None

    def _recognition(self, bench: Bench) -> tuple[Setting, ...]:
        settings = (
            *self.drawn.update,
            *self.drawn.product,
            *self.drawn.columns,
            *self.drawn.rows,
            *self.drawn.sweep,
        )
        return self.all_suited(bench, settings)

    def _values(self, bench: Bench) -> Finding:
        first = tuple(setting for setting, _ in self.drawn.other_values)
        return self._or_suited(self._hidden_values, bench, first)

    def _hidden_values(self, bench: Bench) -> Finding:
        pairs = [self._pair(bench, *pair) for pair in self.drawn.other_values]
        pairs = [(one, other) for one, other in pairs if not ((one.A != other.A) & (one.M == 1)).any()]
        bench.expect([self.descent.probe(setting) for pair in pairs for setting in pair])
        has_moved = False
        for setting, changed in pairs:
            try:
                got, other = self.descent.observe(bench, setting), self.descent.observe(bench, changed)
                has_moved = has_moved or not _equal(got, self.descent.start(bench, setting))
            except Refused as refused:
                return self._fail(bench, str(refused), changed)
            if not _equal(got, other):
                failed = self._fail(
                    bench,
                    "Only values at hidden cells were changed, and the result changed with them.",
                    changed,
                    got=_both(other),
                    wanted=f"as with the values before: {_both(got)}",
                )
                return msgspec.structs.replace(failed, compared=Comparison.of(other, got))
        if not has_moved:
            return self._fail(
                bench, "Nothing moves with any mask, so that no value can matter.", pairs[-1][0]
            )
        setting, _ = pairs[-1]
        seen = setting.A + (setting.M == 1)
        observed = setting.changed(A=seen.astype(setting.A.dtype))
        try:
            if _equal(self.descent.observe(bench, setting), self.descent.observe(bench, observed)):
                return self._fail(
                    bench, "Observed values were changed, and the result stayed as it was.", observed
                )
        except Refused as refused:
            return self._fail(bench, str(refused), observed)
        return Finding(
            outcome=Outcome.PASS,
            message=f"{len(self.drawn.other_values)} masks.",
            notes=self._mask_notes(bench),
        )

    def _pair(self, bench: Bench, one: Setting, other: Setting) -> tuple[Setting, Setting]:
        """Two settings that differ in values of A only, as the function can be asked for them."""
        asked, changed = self.suited(bench, one), self.asked(bench, other)
        return asked, changed.changed(seed=asked.seed, epochs=asked.epochs)

    def _mask_notes(self, bench: Bench) -> tuple[str, ...]:
        setting = self.suited(bench, self.drawn.hidden[-1])
        assert setting.M is not None
        self.descent.expect(bench, tuple(setting.changed(M=setting.M.astype(name)) for name in MASK_TYPES))
        working = self.habits.mask_types(bench)
        if len(working) in (0, len(MASK_TYPES)):
            return ()
        return (
            f"It works with a mask of type {', '.join(working)} only; the sheet's mask holds the numbers 0 and 1.",
        )

    def suited(self, bench: Bench, setting: Setting) -> Setting:
        """The setting as the student's function can be asked for it, from a start from which something can be told."""
        return self.descent.telling(bench, self.asked(bench, setting))

    def asked(self, bench: Bench, setting: Setting) -> Setting:
        """The setting as the student's function can be asked for it, whatever it starts from."""
        (setting,) = self.habits.suited(bench, (setting,))
        return setting

    def all_suited(self, bench: Bench, settings: tuple[Setting, ...]) -> tuple[Setting, ...]:
        """The same for several settings of a few epochs."""
        asked = self.habits.suited(bench, settings)
        bench.expect([self.descent.probe(setting.still()) for setting in asked])
        return tuple(self.descent.telling(bench, setting) for setting in asked)

    def _inputs(self, bench: Bench) -> Finding:
        setting = self.suited(bench, self.drawn.hidden[-1] if self.masked else self.drawn.sweep[2])
        probe = self.descent.probe(setting)
        observation = bench.observe(probe)
        if not isinstance(observation, protocol.Returned):
            return self._fail(bench, failure(observation), setting)
        for (name, given), after in zip(probe.arguments.items(), observation.after, strict=True):
            if isinstance(given, np.ndarray) and is_changed(given, after):
                return self._fail(
                    bench, f"The call changes its argument {name}.", setting, wanted=f"{name} as it was given"
                )
        return Finding(outcome=Outcome.PASS)

    def _defaults(self, bench: Bench) -> Finding:
        declared = self._declared(bench)
        if declared is not None:
            return declared
        asked = self.asked(bench, self.drawn.defaults)
        setting = self.descent.telling_in_the_long_run(bench, asked, defaults=True)
        try:
            mismatch = self.descent.compare_long_run(bench, setting, defaults=True)
            if mismatch is None:
                power = self.descent.power_of_a_long_run(bench, setting, defaults=True)
                return Finding(
                    outcome=Outcome.PASS, message="1000 epochs agree to rounding.", power=_least([power])
                )
            variant = sound_variant(self.descent, bench, self._recognition(bench))
            if variant is not None and self._ends_as(bench, setting, variant, defaults=True):
                return Finding(outcome=Outcome.PASS, message=_different(variant), cost=variant.cost)
        except Refused as refused:
            return self._fail(bench, str(refused), setting, defaults=True)
        return self._mismatch(bench, mismatch, setting, defaults=True)

    def _declared(self, bench: Bench) -> Finding | None:
        located = bench.locate(self.function)
        wrong = []
        for parameter in self.function.parameters:
            declared = dict(located.defaults).get(parameter.name) if located is not None else None
            if parameter.default is None or declared is None:
                continue
            try:
                if float(declared) != float(parameter.default):
                    wrong.append(f"{parameter.name}={declared}; the sheet says {parameter.default}")
            except ValueError:
                continue  # e.g. None: what it stands for shows in the run
        if not wrong:
            return None
        return Finding(
            outcome=Outcome.FAIL, message=f"Other default values than the sheet's: {'; '.join(wrong)}."
        )

    # --- findings -----------------------------------------------------------------------------------------

    def _fail(
        self,
        bench: Bench,
        message: str,
        setting: Setting,
        got: str = "",
        wanted: str = "",
        tolerance: str = "",
        defaults: bool = False,
    ) -> Finding:
        return Finding(
            outcome=Outcome.FAIL,
            message=message,
            got=got,
            wanted=wanted,
            tolerance=tolerance,
            call=self.descent.call_text(bench, setting, defaults),
        )

    def _mismatch(
        self, bench: Bench, mismatch: Mismatch, setting: Setting, defaults: bool = False
    ) -> Finding:
        epochs = f"{setting.epochs} epoch{'s' * (setting.epochs > 1)}"
        failed = self._fail(
            bench,
            f"After {epochs} from your own start, {mismatch.entry} is {mismatch.got:.6f}; the sheet's rule gives "
            f"{mismatch.wanted:.6f}.",
            setting,
            got=_both(mismatch.got_factors),
            wanted=_both(mismatch.wanted_factors),
            tolerance=f"{mismatch.tolerance:.1e} at {mismatch.entry} (what rounding to float32 can do)",
            defaults=defaults,
        )
        compared = Comparison.of(mismatch.got_factors, mismatch.wanted_factors)
        return msgspec.structs.replace(failed, compared=compared)


def _noted(finding: Finding, *notes: str) -> Finding:
    """The finding with more notes, where it is one that a student can be glad of."""
    if finding.outcome is not Outcome.PASS:
        return finding
    return msgspec.structs.replace(finding, notes=(*finding.notes, *notes))


def _least(powers: Iterable[float]) -> str:
    """What wrong code would have to meet by chance, in a sentence; two digits tell enough."""
    least = float(f"{min(powers):.1e}")
    return f"the sheet's rule moves U and V by at least {least:,.0f} times the tolerance"


def _different(variant: Variant) -> str:
    return f"It factorises soundly, but {variant.note}."


def _equal(first: Factors, second: Factors) -> bool:
    return all(np.array_equal(x, y, equal_nan=True) for x, y in zip(first, second, strict=True))


def _both(factors: Factors) -> str:
    return f"U = {format_matrix(factors[0])}, V = {format_matrix(factors[1])}"
