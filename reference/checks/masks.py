"""The values at hidden cells must not matter; the values at observed cells must."""

from grader.lab import Bench, Comparison, Finding, Outcome
from grader.labkit import UnusableResult
from reference.checks.call_constraints import MASK_TYPES
from reference.checks.call_spec import CallSpec
from reference.checks.factorisation_context import FactorisationContext
from reference.checks.findings import both, equal, failed
from reference.checks.steps import as_can_be_asked

__all__ = ["hidden_values_do_not_matter"]


def hidden_values_do_not_matter(context: FactorisationContext, bench: Bench) -> Finding:
    """Whether the result ignores the values at hidden cells and depends on those at observed cells."""
    first = tuple(call for call, _ in context.inputs.other_values)
    return as_can_be_asked(_hidden_values, context, bench, first)


def _hidden_values(context: FactorisationContext, bench: Bench) -> Finding:
    probe = context.probe
    pairs = [_pair(context, bench, *pair) for pair in context.inputs.other_values]
    pairs = [(one, other) for one, other in pairs if not ((one.A != other.A) & (one.M == 1)).any()]
    bench.expect([probe.probe_of(call) for pair in pairs for call in pair])
    has_moved = False
    for call, changed in pairs:
        try:
            got, other = probe.observe(bench, call), probe.observe(bench, changed)
            has_moved = has_moved or not equal(got, probe.start(bench, call))
        except UnusableResult as refused:
            return failed(context, bench, str(refused), changed)
        if not equal(got, other):
            return failed(
                context,
                bench,
                "Only values at hidden cells were changed, but the result changed too.",
                changed,
                got=both(other),
                wanted=f"as with the values before: {both(got)}",
                compared=Comparison.of(other, got),
            )
    if not has_moved:
        message = "U and V do not change with any mask, so no value can matter."
        return failed(context, bench, message, pairs[-1][0])
    call, _ = pairs[-1]
    raised = call.A + (call.M == 1)
    observed = call.changed(A=raised.astype(call.A.dtype))
    try:
        if equal(probe.observe(bench, call), probe.observe(bench, observed)):
            message = "Observed values were changed, but the result stayed the same."
            return failed(context, bench, message, observed)
    except UnusableResult as refused:
        return failed(context, bench, str(refused), observed)
    return Finding(
        outcome=Outcome.PASS,
        message=f"{len(context.inputs.other_values)} masks agree.",
        notes=_mask_notes(context, bench),
    )


def _pair(
    context: FactorisationContext, bench: Bench, one: CallSpec, other: CallSpec
) -> tuple[CallSpec, CallSpec]:
    """Two calls that differ only in values of A, changed so that the function accepts them."""
    asked, changed = context.informative(bench, one), context.adapted(bench, other)
    return asked, changed.changed(seed=asked.seed, epochs=asked.epochs)


def _mask_notes(context: FactorisationContext, bench: Bench) -> tuple[str, ...]:
    call = context.informative(bench, context.inputs.hidden[-1])
    assert call.M is not None
    context.probe.expect(bench, tuple(call.changed(M=call.M.astype(name)) for name in MASK_TYPES))
    working = context.constraints.mask_types(bench)
    if len(working) in (0, len(MASK_TYPES)):
        return ()
    return (
        f"The function works only with a mask of type {', '.join(working)}; the sheet's mask contains the numbers 0 and 1.",
    )
