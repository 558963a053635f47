"""Which calls a student's function accepts, and how the checks adapt their calls to it.

The checks call with one epoch, with lr = 0 and with a rank larger than A. Nobody else does, and a correct
function may fail there: it divides by `num_epochs // 10` to report progress, rejects a rate of 0 or treats it
as missing, or limits the rank to the size of A. The checks then make equivalent calls: more epochs at a
correspondingly smaller rate, a rate too small to change anything, a smaller rank, masks with an observed cell
in each row and column. This costs no marks.
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
"""Types a 0/1 mask may have, in the order they are tried; the sheet does not specify one."""

MORE_EPOCHS: Final = (10, 100)
"""Factors for the number of epochs if a few do not work: functions report progress ten or a hundred times."""

DELIBERATE: Final = ("ValueError", "AssertionError", "Exception", "ZeroDivisionError")
"""Errors raised on purpose, or by dividing by the number of observed cells. An IndexError is a mistake."""

TINY: Final = 1e-30
"""A rate that is not 0 and changes no number near 1, in float32 or float64."""

LONG: Final = 100
"""A run of this many epochs is long enough for any progress report."""


Mask = npt.NDArray[np.generic]


class CallConstraints(Frozen, frozen=True):
    """How a student's function has to be called; the defaults fit a function that accepts every call."""

    mask_type: str = MASK_TYPES[0]
    more: int = 1
    """The factor by which the number of epochs is multiplied."""
    idle: float = 0.0
    """The rate at which nothing changes."""
    keeps_rank: bool = False
    """Whether the function accepts only ranks up to the smaller dimension of A."""
    wants_data: bool = False
    """Whether the function accepts only masks with an observed cell in every row and column."""
    layout: FactorLayout = AS_ASKED
    """How the function returns U and V."""
    place: int | None = None
    """The position of U and V among several returned values."""

    def adapted(self, call: CallSpec) -> CallSpec:
        """The call, changed so that the function accepts it."""
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
    """The mask with one observed cell added to each fully hidden row and column."""
    filled = mask.copy()
    m, n = mask.shape
    for r in np.flatnonzero(~(filled == 1).any(axis=1)):
        filled[r, r % n] = 1
    for c in np.flatnonzero(~(filled == 1).any(axis=0)):
        filled[c % m, c] = 1
    return filled


class ConstraintDetector(Frozen, frozen=True):
    """Finds out how a student's function has to be called if it rejects calls that only a check would make.

    Each `detect_` method stores its result in `bench.learned` and returns whether the result is new.
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
        """The constraints detected so far; the first call also determines the type of the mask."""
        detected = bench.learned.get(self._fact)
        return detected if detected is not None else self._store(bench, CallConstraints())

    def adapted(self, bench: Bench, calls: tuple[CallSpec, ...]) -> tuple[CallSpec, ...]:
        """The calls, changed so that the student's function accepts them."""
        constraints = self.of(bench)
        return (
            calls
            if constraints == CallConstraints() and self._plain.M is None
            else tuple(map(constraints.adapted, calls))
        )

    def mask_types(self, bench: Bench) -> tuple[str, ...]:
        """The types of mask that the function works with."""
        return tuple(name for name in MASK_TYPES if self._works_with(bench, name))

    def detect_epochs(self, bench: Bench) -> bool:
        """Whether the function fails for one epoch but works for more; later calls then run more epochs."""
        current = self.of(bench)
        if current.more > 1 or not self._raises(bench, current.adapted(self._plain)):
            return False
        for more in MORE_EPOCHS:
            constraints = msgspec.structs.replace(current, more=more)
            if not self._raises(bench, constraints.adapted(self._plain)):
                self._store(bench, constraints)
                return True
        return False

    def detect_layout(self, bench: Bench) -> bool:
        """Whether the function returns U and V in another recognisable layout; later calls are read in it."""
        current = self.of(bench)
        if current.layout != AS_ASKED:
            return False
        for mask_type in MASK_TYPES if self._oblong.M is not None else (current.mask_type,):
            call = msgspec.structs.replace(current, mask_type=mask_type).adapted(self._oblong)
            observation = bench.observe(self.probe.probe_of(call))
            if isinstance(observation, Returned):
                m, n = call.A.shape
                layout = layout_of(observation.value, m, n, call.rank)
                if layout is None or layout == AS_ASKED:
                    return False
                self._store(bench, msgspec.structs.replace(current, layout=layout))
                return True
        return False

    def detect_place(self, bench: Bench) -> None:
        """Find the position of U and V among several returned values; later calls read them there."""
        current = self.of(bench)
        call = current.adapted(self._oblong)
        observation = bench.observe(self.probe.probe_of(call))
        if current.place is None and isinstance(observation, Returned):
            m, n = call.A.shape
            place = place_of(observation.value, m, n, call.rank, current.layout)
            if place is not None:
                self._store(bench, msgspec.structs.replace(current, place=place))

    def detect_idle(self, bench: Bench) -> bool:
        """Whether the function changes nothing at a tiny rate (called because it fails or moves at lr = 0).

        Later calls then use the tiny rate.
        """
        current = self.of(bench)
        if current.idle > 0:
            return False
        constraints = msgspec.structs.replace(current, idle=TINY)
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
        """Whether the function rejects ranks larger than A but works for smaller ones."""
        current = self.of(bench)
        beyond = [current.adapted(call) for call in calls if call.rank > min(call.A.shape)]
        if current.keeps_rank or not beyond:
            return False
        try:
            self.probe.observe(bench, beyond[0])
            return False
        except WorkerEnded:
            return False
        except UnusableResult:
            if not self._is_deliberate(bench, beyond[0]):
                return False
        constraints = msgspec.structs.replace(current, keeps_rank=True)
        try:
            self.probe.observe(bench, constraints.adapted(beyond[0]))
        except UnusableResult:
            return False
        bench.learned.put(self._fact, constraints)
        return True

    def detect_masks(self, bench: Bench, calls: tuple[CallSpec, ...]) -> bool:
        """Whether the function raises an error if a whole row or column is hidden, and works otherwise."""
        current = self.of(bench)
        empty = [current.adapted(call) for call in calls if lacks_data(call.M)]
        if current.wants_data or not empty:
            return False
        if not self._raises(bench, empty[0]) or not self._is_deliberate(bench, empty[0]):
            return False
        constraints = msgspec.structs.replace(current, wants_data=True)
        if self._raises(bench, constraints.adapted(empty[0])):
            return False
        bench.learned.put(self._fact, constraints)
        return True

    def _raises(self, bench: Bench, call: CallSpec) -> bool:
        return isinstance(bench.observe(self.probe.probe_of(call)), Raised)

    def _is_deliberate(self, bench: Bench, call: CallSpec) -> bool:
        """Whether an unusable call was rejected on purpose, or returned something else than required."""
        observation = bench.observe(self.probe.probe_of(call))
        return not isinstance(observation, Raised) or observation.type_name in DELIBERATE

    def _store(self, bench: Bench, constraints: CallConstraints) -> CallConstraints:
        """Store the constraints, then the type of mask that works with them."""
        stored = bench.learned.put(self._fact, constraints)  # the calls below read them
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
