"""The context of every check of a factorisation: the function, how to probe it, and the calls to make."""

from functools import partial

from grader.lab import Bench, Frozen, Function
from grader.labkit import UnusableResult
from reference.checks.call_constraints import ConstraintDetector
from reference.checks.call_spec import CallSpec
from reference.checks.factorisation_inputs import GeneratedInputs
from reference.checks.factorisation_probe import FactorisationProbe
from reference.rules.accepted_variants import VARIANTS
from reference.rules.update_rule import SHEET
from reference.sheet import SGD_FACTORISE, SGD_FACTORISE_MASKED

__all__ = ["FactorisationContext", "factorisation_context"]


class FactorisationContext(Frozen, frozen=True):
    """One of the exercises 1.1 and 3.1 for one seed."""

    exercise: str
    probe: FactorisationProbe
    inputs: GeneratedInputs
    masked: bool

    @property
    def function(self) -> Function:
        """The function the sheet asks for."""
        return self.probe.function

    @property
    def constraints(self) -> ConstraintDetector:
        """Detects how a student's function has to be called; the bench stores what was detected."""
        return ConstraintDetector(self.probe, self.inputs)

    def adapted(self, bench: Bench, call: CallSpec) -> CallSpec:
        """The call, changed so that the student's function accepts it, from whatever start."""
        (adapted,) = self.constraints.adapted(bench, (call,))
        return adapted

    def informative(self, bench: Bench, call: CallSpec) -> CallSpec:
        """The same, from a start that tells correct code from wrong code."""
        return self.probe.informative(bench, self.adapted(bench, call))

    def all_informative(self, bench: Bench, calls: tuple[CallSpec, ...]) -> tuple[CallSpec, ...]:
        """The same for several calls of a few epochs."""
        adapted = self.constraints.adapted(bench, calls)
        bench.expect([self.probe.probe_of(call.still()) for call in adapted])
        return tuple(self.probe.informative(bench, call) for call in adapted)


def factorisation_context(exercise: str, masked: bool, seed: int) -> FactorisationContext:
    """The exercise with its matrices, masks and starts drawn from the seed."""
    inputs = GeneratedInputs(masked, seed)
    function = SGD_FACTORISE_MASKED if masked else SGD_FACTORISE
    probe = FactorisationProbe(function, partial(_follows_to_the_end, inputs))
    return FactorisationContext(exercise, probe, inputs, masked)


def _follows_to_the_end(inputs: GeneratedInputs, probe: FactorisationProbe, bench: Bench) -> bool:
    """Whether the run with the defaults ends where the sheet's rule, or a sound variant of it, ends."""
    (call,) = ConstraintDetector(probe, inputs).adapted(bench, (inputs.defaults,))
    for rule in (SHEET, *(variant.rule for variant in VARIANTS)):
        try:
            if probe.compare_long_run(bench, call, rule, defaults=True) is None:
                return True
        except UnusableResult:
            return False
    return False
