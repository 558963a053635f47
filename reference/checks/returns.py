"""Checks of the returned values: readable, dependent on A, of the sheet's shapes, the arguments unchanged."""

import numpy as np

from grader.lab import Bench, Finding, Outcome, Returned
from grader.labkit import UnusableResult, failure, is_changed, values_side_by_side
from reference.checks.factorisation_context import FactorisationContext
from reference.checks.findings import both, equal, failed, noted
from reference.factors.layout import AS_ASKED

__all__ = ["arguments_unchanged", "depends_on_a", "in_the_order_asked", "returns_factors"]


def returns_factors(context: FactorisationContext, bench: Bench) -> Finding:
    """Whether U and V can be read from the result, for three shapes and ranks."""
    calls = context.all_informative(bench, context.inputs.sweep[1:4])
    context.probe.expect(bench, calls)
    for call in calls:
        try:
            U, V = context.probe.observe(bench, call)
        except UnusableResult as refused:
            if context.constraints.detect_epochs(bench):
                return noted(returns_factors(context, bench), _few_epochs(context, bench, refused))
            if context.constraints.detect_layout(bench):
                return returns_factors(context, bench)
            return failed(context, bench, str(refused), call)
        if not (np.isfinite(U).all() and np.isfinite(V).all()):
            return failed(
                context,
                bench,
                "After one epoch, some values are not finite (inf or nan).",
                call,
                got=both((U, V)),
                wanted="finite numbers",
            )
    context.constraints.detect_place(bench)
    count = _count(context, bench)
    if count > 2:
        note = f"The function returns {count} values; the sheet asks for U and V, which were read from them."
        return Finding(outcome=Outcome.PASS, message=note, notes=(note,), cost="extra-values")
    return Finding(outcome=Outcome.PASS, message="U and V were read for 3 shapes and ranks.")


def _few_epochs(context: FactorisationContext, bench: Bench, refused: UnusableResult) -> str:
    more = context.constraints.of(bench).more
    return (
        f"The function raises an error for few epochs. {refused} It was checked with {more} times as "
        "many epochs at a correspondingly smaller rate. This costs nothing."
    )


def _count(context: FactorisationContext, bench: Bench) -> int:
    """How many values the function returns."""
    call = context.informative(bench, context.inputs.sweep[1])
    observation = bench.observe(context.probe.probe_of(call))
    return values_side_by_side(observation.value) if isinstance(observation, Returned) else 0


def depends_on_a(context: FactorisationContext, bench: Bench) -> Finding:
    """Whether another A changes the result: if it never changes, no further check can prove anything."""
    call = context.informative(bench, context.inputs.sweep[1])
    other = call.changed(A=context.inputs.another)
    try:
        is_same = equal(context.probe.observe(bench, call), context.probe.observe(bench, other))
    except UnusableResult as refused:
        return failed(context, bench, str(refused), call)
    if not is_same:
        return Finding(outcome=Outcome.PASS)
    return failed(
        context,
        bench,
        "For a different matrix A and the same seed, the function returns exactly the same U and V: no step changes "
        "them.",
        other,
        wanted="U and V changed by steps towards this A",
    )


def in_the_order_asked(context: FactorisationContext, bench: Bench) -> Finding:
    """Whether U comes first, then V, in the sheet's shapes."""
    call = context.informative(bench, context.inputs.sweep[2])
    try:
        context.probe.observe(bench, call.changed(layout=AS_ASKED))
    except UnusableResult as refused:
        message = f"{refused} Everything else was checked as if they had been returned as required."
        return failed(context, bench, message, call)
    return Finding(outcome=Outcome.PASS)


def arguments_unchanged(context: FactorisationContext, bench: Bench) -> Finding:
    """Whether a call leaves A and the mask unchanged."""
    inputs = context.inputs
    call = context.informative(bench, inputs.hidden[-1] if context.masked else inputs.sweep[2])
    probe = context.probe.probe_of(call)
    observation = bench.observe(probe)
    if not isinstance(observation, Returned):
        return failed(context, bench, failure(observation), call)
    for (name, given), after in zip(probe.arguments.items(), observation.after, strict=True):
        if isinstance(given, np.ndarray) and is_changed(given, after):
            message = f"The call changes its argument {name}."
            return failed(context, bench, message, call, wanted=f"{name} as it was given")
    return Finding(outcome=Outcome.PASS)
