"""What a student's function can be asked, where it cannot be asked all that the checks ask.

The checks call with one epoch, with lr = 0 and with more columns than A has. Nobody else does, and a function that does
what the sheet asks for may stop there: it divides by `num_epochs // 10` to report, refuses a rate of 0 or takes it for
none given, keeps the rank within the size of A. It is then asked for what tells the same: more epochs at a rate as much
smaller, a rate that moves nothing, a smaller rank, masks that show something. None of this costs a mark.
"""

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from grader.lab import Bench, Fact, Frozen, Raised, Returned
from grader.labkit import UnusableResult, WorkerEnded
from reference.checks.call_spec import CallSpec
from reference.checks.factorisation_inputs import GeneratedInputs
from reference.checks.factorisation_probe import FactorisationProbe
from reference.factors.layout import AS_ASKED, FactorLayout
from reference.factors.reading import layout_of, place_of

__all__ = ["MASK_TYPES", "MORE_EPOCHS", "TINY", "CallConstraints", "ConstraintDetector"]

MASK_TYPES: Final = ("int64", "float32", "bool")
"""Types a 0/1 mask may have, in the order they are tried; the sheet fixes none."""

MORE_EPOCHS: Final = (10, 100)
"""How many times as many epochs are tried, where one to three do not work: reports are made ten or a hundred times."""

DELIBERATE: Final = ("ValueError", "AssertionError", "Exception", "ZeroDivisionError")
"""What is raised on purpose, or by a division through how many cells are shown; an index out of range is a mistake."""

TINY: Final = 1e-30
"""A rate that is not 0 and moves no number near 1, in float32 or float64."""

LONG: Final = 100
"""A run of so many epochs is long enough for any report."""


Mask = npt.NDArray[np.generic]


class CallConstraints(Frozen, frozen=True):
    """How one student's function has to be called; the defaults are those of a function that takes every call."""

    mask_type: str = MASK_TYPES[0]
    more: int = 1
    """How many times as many epochs it has to be asked for."""
    idle: float = 0.0
    """The rate at which nothing moves."""
    keeps_rank: bool = False
    """Whether it takes a rank of at most the rows and columns of A."""
    wants_data: bool = False
    """Whether it takes only masks that show something of every row and column."""
    layout: FactorLayout = AS_ASKED
    """How it returns U and V."""
    place: int | None = None
    """Where U and V stand among several values that it returns."""

    def adapted(self, call: CallSpec) -> CallSpec:
        """The call as the function can be asked for it."""
        fields: dict[str, object] = {
            "idle": self.idle,
            "fewest": self.more,
            "layout": self.layout,
            "place": self.place,
        }
        if call.M is not None:
            mask = with_data(call.M) if self.wants_data else call.M
            fields["M"] = mask.astype(self.mask_type)
        if self.keeps_rank:
            fields["rank"] = min(call.rank, *call.A.shape)
        if 0 < call.epochs < LONG:
            fields |= {"epochs": call.epochs * self.more, "lr": call.lr / self.more}
        return call.changed(**fields)


def lacks_data(mask: Mask | None) -> bool:
    """Whether a mask hides a whole row or column."""
    return mask is not None and not np.array_equal(with_data(mask), mask)


def with_data(mask: Mask) -> Mask:
    """The mask with a cell more shown in each row and column that it hides as a whole."""
    shown = mask.copy()
    m, n = mask.shape
    for r in np.flatnonzero(~(shown == 1).any(axis=1)):
        shown[r, r % n] = 1
    for c in np.flatnonzero(~(shown == 1).any(axis=0)):
        shown[c % m, c] = 1
    return shown


class ConstraintDetector(Frozen, frozen=True):
    """Finds out how a student's function has to be called where it refuses what nobody but a check would ask.

    Each `detect_` method stores what it found in `bench.learned`, and says whether it found anything new.
    """

    probe: FactorisationProbe
    inputs: GeneratedInputs

    @property
    def _fact(self) -> Fact[CallConstraints]:
        return Fact[CallConstraints]("call constraints", self.probe.function.name)

    @property
    def _plain(self) -> CallSpec:
        return self.inputs.sweep[1]

    @property
    def _oblong(self) -> CallSpec:
        return self.inputs.sweep[2]

    def of(self, bench: Bench) -> CallConstraints:
        """What is known so far; the type of a mask is found out where there is one."""
        known = bench.learned.get(self._fact)
        return known if known is not None else self._store(bench, CallConstraints())

    def adapted(self, bench: Bench, calls: tuple[CallSpec, ...]) -> tuple[CallSpec, ...]:
        """The calls as the student's function can be asked for them."""
        constraints = self.of(bench)
        return (
            calls
            if constraints == CallConstraints() and self._plain.M is None
            else tuple(map(constraints.adapted, calls))
        )

    def mask_types(self, bench: Bench) -> tuple[str, ...]:
        """The types of a mask that it works with."""
        return tuple(name for name in MASK_TYPES if self._works_with(bench, name))

    def detect_epochs(self, bench: Bench) -> bool:
        """Whether it stops for one epoch and works for more of them, which it is asked for from now on."""
        known = self.of(bench)
        if known.more > 1 or not self._raises(bench, known.adapted(self._plain)):
            return False
        for more in MORE_EPOCHS:
            constraints = msgspec.structs.replace(known, more=more)
            if not self._raises(bench, constraints.adapted(self._plain)):
                self._store(bench, constraints)
                return True
        return False

    def detect_layout(self, bench: Bench) -> bool:
        """Whether U and V can be told from what it returns, though not as asked; they are read so from now on."""
        known = self.of(bench)
        if known.layout != AS_ASKED:
            return False
        for mask_type in MASK_TYPES if self._oblong.M is not None else (known.mask_type,):
            call = msgspec.structs.replace(known, mask_type=mask_type).adapted(self._oblong)
            observation = bench.observe(self.probe.probe_of(call))
            if isinstance(observation, Returned):
                m, n = call.A.shape
                found = layout_of(observation.value, m, n, call.rank)
                if found is None or found == AS_ASKED:
                    return False
                self._store(bench, msgspec.structs.replace(known, layout=found))
                return True
        return False

    def detect_place(self, bench: Bench) -> None:
        """Where U and V stand among several values; they are looked for there from now on."""
        known = self.of(bench)
        call = known.adapted(self._oblong)
        observation = bench.observe(self.probe.probe_of(call))
        if known.place is None and isinstance(observation, Returned):
            m, n = call.A.shape
            place = place_of(observation.value, m, n, call.rank, known.layout)
            if place is not None:
                self._store(bench, msgspec.structs.replace(known, place=place))

    def detect_idle(self, bench: Bench) -> bool:
        """Whether it stops or moves with lr = 0 and not with the tiniest of rates, which is taken from now on."""
        known = self.of(bench)
        if known.idle > 0:
            return False
        constraints = msgspec.structs.replace(known, idle=TINY)
        still = constraints.adapted(self._plain).still()
        try:
            once = self.probe.observe(bench, still)
            later = self.probe.observe(bench, still.changed(epochs=3 * still.fewest))
        except UnusableResult:
            return False
        if not all(np.array_equal(x, y) for x, y in zip(once, later, strict=True)):
            return False
        bench.learned.put(self._fact, constraints)
        return True

    def detect_rank(self, bench: Bench, calls: tuple[CallSpec, ...]) -> bool:
        """Whether it stops where a rank exceeds the size of A, and works up to it."""
        known = self.of(bench)
        beyond = [known.adapted(call) for call in calls if call.rank > min(call.A.shape)]
        if known.keeps_rank or not beyond:
            return False
        try:
            self.probe.observe(bench, beyond[0])
            return False
        except WorkerEnded:
            return False
        except UnusableResult:
            if not self._is_deliberate(bench, beyond[0]):
                return False
        constraints = msgspec.structs.replace(known, keeps_rank=True)
        try:
            self.probe.observe(bench, constraints.adapted(beyond[0]))
        except UnusableResult:
            return False
        bench.learned.put(self._fact, constraints)
        return True

    def detect_masks(self, bench: Bench, calls: tuple[CallSpec, ...]) -> bool:
        """Whether it raises where a whole row or column is hidden, and works where none is."""
        known = self.of(bench)
        empty = [known.adapted(call) for call in calls if lacks_data(call.M)]
        if known.wants_data or not empty:
            return False
        if not self._raises(bench, empty[0]) or not self._is_deliberate(bench, empty[0]):
            return False
        constraints = msgspec.structs.replace(known, wants_data=True)
        if self._raises(bench, constraints.adapted(empty[0])):
            return False
        bench.learned.put(self._fact, constraints)
        return True

    def _raises(self, bench: Bench, call: CallSpec) -> bool:
        return isinstance(bench.observe(self.probe.probe_of(call)), Raised)

    def _is_deliberate(self, bench: Bench, call: CallSpec) -> bool:
        """Whether a call that gives nothing to look at was refused in so many words, or answered with less."""
        observation = bench.observe(self.probe.probe_of(call))
        return not isinstance(observation, Raised) or observation.type_name in DELIBERATE

    def _store(self, bench: Bench, constraints: CallConstraints) -> CallConstraints:
        """Store what is known, and then which type of mask works with it."""
        stored = bench.learned.put(self._fact, constraints)  # before the calls that ask for it
        if self._plain.M is None:
            return stored
        working = (name for name in MASK_TYPES if self._works_with(bench, name))
        typed = msgspec.structs.replace(stored, mask_type=next(working, MASK_TYPES[0]))
        return bench.learned.put(self._fact, typed)

    def _works_with(self, bench: Bench, mask_type: str) -> bool:
        constraints = msgspec.structs.replace(self.of(bench), mask_type=mask_type)
        try:
            call = self.probe.informative(bench, constraints.adapted(self.inputs.hidden[-1]))
            return self.probe.compare(bench, call) is None
        except UnusableResult:
            return False
