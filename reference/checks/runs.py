"""Compare runs of many epochs with the sheet's rule: the requested number of epochs, and the defaults."""

from grader.lab import Bench, Finding, Outcome
from grader.labkit import UnusableResult
from reference.checks.call_spec import CallSpec
from reference.checks.factorisation_context import FactorisationContext
from reference.checks.findings import failed, mismatched, moved_at_least
from reference.checks.steps import agree, described, recognised
from reference.checks.variant_detection import is_shuffled, is_within_orders
from reference.rules.accepted_variants import Variant

__all__ = ["defaults_agree", "epochs_agree"]


def epochs_agree(context: FactorisationContext, bench: Bench) -> Finding:
    """Compare two and three epochs entry by entry, then about a hundred.

    A mistake that occurs only in some epochs, such as those that report, shows in a long run before it
    converges.
    """
    finding = agree(context, bench, context.inputs.epochs)
    if finding.outcome is not Outcome.PASS:
        return finding
    probe = context.probe
    call = probe.informative_in_the_long_run(bench, context.adapted(bench, context.inputs.many))
    try:
        mismatch = probe.compare_long_run(bench, call)
        if mismatch is None:
            return finding
        variant = recognised(context, bench)
        if variant is not None and _ends_as(context, bench, call, variant):
            return finding
    except UnusableResult as refused:
        return failed(context, bench, str(refused), call)
    return mismatched(context, bench, mismatch, call)


def defaults_agree(context: FactorisationContext, bench: Bench) -> Finding:
    """Whether the declared defaults are the sheet's, and a run with them ends where the sheet's rule ends."""
    declared = _declared(context, bench)
    if declared is not None:
        return declared
    probe, adapted = context.probe, context.adapted(bench, context.inputs.defaults)
    call = probe.informative_in_the_long_run(bench, adapted, defaults=True)
    try:
        mismatch = probe.compare_long_run(bench, call, defaults=True)
        if mismatch is None:
            power = probe.power_of_a_long_run(bench, call, defaults=True)
            return Finding(
                outcome=Outcome.PASS, message="1000 epochs agree to rounding.", power=moved_at_least([power])
            )
        variant = recognised(context, bench)
        if variant is not None and _ends_as(context, bench, call, variant, defaults=True):
            return Finding(outcome=Outcome.PASS, message=described(variant), cost=variant.cost)
    except UnusableResult as refused:
        return failed(context, bench, str(refused), call, defaults=True)
    return mismatched(context, bench, mismatch, call, defaults=True)


def _ends_as(
    context: FactorisationContext, bench: Bench, call: CallSpec, variant: Variant, defaults: bool = False
) -> bool:
    """Whether a long run ends where a sound variant of the rule ends."""
    if is_shuffled(variant):
        got = context.probe.observe(bench, call, defaults)
        return is_within_orders(context.probe, bench, call, got)
    return context.probe.compare_long_run(bench, call, variant.rule, defaults=defaults) is None


def _declared(context: FactorisationContext, bench: Bench) -> Finding | None:
    """A failed check if the signature's defaults differ from the sheet's; else None."""
    located = bench.locate(context.function)
    wrong = []
    for parameter in context.function.parameters:
        declared = dict(located.defaults).get(parameter.name) if located is not None else None
        if parameter.default is None or declared is None:
            continue
        try:
            if float(declared) != float(parameter.default):
                wrong.append(f"{parameter.name}={declared}; the sheet says {parameter.default}")
        except ValueError:
            continue  # e.g. None: the run shows which value it stands for
    if not wrong:
        return None
    return Finding(
        outcome=Outcome.FAIL, message=f"Some default values differ from the sheet's: {'; '.join(wrong)}."
    )
