"""Whether U and V stay unchanged with lr = 0, which makes the start observable."""

from typing import Final

from grader.lab import Bench, Comparison, Finding, Outcome
from grader.labkit import UnusableResult
from reference.checks.factorisation_context import FactorisationContext
from reference.checks.findings import both, equal, failed, noted

__all__ = ["stands_still"]

IDLE_NOTE: Final = (
    "With lr = 0, the function moves away from its start or raises an error; it was checked with a rate of 1e-30. "
    "This costs nothing."
)


def stands_still(context: FactorisationContext, bench: Bench) -> Finding:
    """Whether nothing changes with lr = 0, or else with a tiny rate."""
    finding = _stillness(context, bench)
    if finding.outcome is Outcome.FAIL and context.constraints.detect_idle(bench):
        return noted(_stillness(context, bench), IDLE_NOTE)
    return finding


def _stillness(context: FactorisationContext, bench: Bench) -> Finding:
    probe = context.probe
    call = context.informative(bench, context.inputs.sweep[1]).still()
    try:
        once = probe.start(bench, call)
        again = probe.observe(bench, call, attempt=1)
        later = probe.observe(bench, call.changed(epochs=3 * call.fewest))
    except UnusableResult as refused:
        return failed(context, bench, str(refused), call)
    if not equal(once, again):
        return Finding(
            outcome=Outcome.MANUAL,
            message="The same call with the same seed starts from different numbers each time, so its steps "
            "cannot be followed. A person has to look.",
            call=probe.call_text(bench, call),
        )
    if not equal(once, later):
        return failed(
            context,
            bench,
            "With lr = 0, a step changes nothing, but U and V differ between 1 and 3 epochs.",
            call.changed(epochs=3 * call.fewest),
            got=both(later),
            wanted=f"as after one epoch: {both(once)}",
            compared=Comparison.of(later, once),
        )
    return Finding(outcome=Outcome.PASS)
