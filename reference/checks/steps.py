"""Compare the epochs of a factorisation with the sheet's rule, entry by entry, from the student's start."""

from collections.abc import Callable
from typing import Final, TypeAlias

from grader.lab import Bench, Finding, Outcome
from grader.labkit import UnusableResult
from reference.checks.call_spec import CallSpec
from reference.checks.factorisation_context import FactorisationContext
from reference.checks.factorisation_probe import Inconclusive
from reference.checks.findings import failed, mismatched, moved_at_least, noted
from reference.checks.rounding_tolerance import power
from reference.checks.variant_detection import explained_by_variant, sound_variant
from reference.rules.accepted_variants import Variant

__all__ = ["agree", "agree_on", "as_can_be_asked", "described", "product_agrees", "recognised"]

Run: TypeAlias = Callable[[FactorisationContext, Bench], Finding]

MANY_COMPONENTS: Final = 20
"""More components than the calls of any check but the sweep have."""

DATA_NOTE: Final = (
    "The function does not accept a mask that hides a whole row or column; it was checked with masks that "
    "have an observed cell in each. This costs nothing."
)
RANK_NOTE: Final = (
    "The function does not accept a rank larger than the number of rows or columns of A; it was checked without "
    "such ranks. This costs nothing."
)


def agree_on(name: str) -> Run:
    """The check of this name's calls: a few epochs of each must end where the sheet's rule ends."""

    def run(context: FactorisationContext, bench: Bench) -> Finding:
        return agree(context, bench, context.inputs.by_check()[name])

    return run


def agree(context: FactorisationContext, bench: Bench, calls: tuple[CallSpec, ...]) -> Finding:
    """Whether a few epochs of every call end where the sheet's rule, or a sound variant of it, ends."""
    return as_can_be_asked(lambda context, bench: _agreement(context, bench, calls), context, bench, calls)


def product_agrees(context: FactorisationContext, bench: Bench) -> Finding:
    """Whether the prediction is a dot product.

    If the function limits the rank to A's size, a single cell has only one component; larger matrices are
    used then.
    """
    finding = agree(context, bench, context.inputs.product)
    if finding.outcome is Outcome.PASS and context.constraints.of(bench).keeps_rank:
        return noted(agree(context, bench, context.inputs.product_within), *finding.notes)
    return finding


def as_can_be_asked(
    run: Run, context: FactorisationContext, bench: Bench, calls: tuple[CallSpec, ...]
) -> Finding:
    """Run the check, and run it again if it fails and the function turns out to reject one of the calls."""
    finding, notes, constraints = run(context, bench), list[str](), context.constraints
    for detect, note in ((constraints.detect_masks, DATA_NOTE), (constraints.detect_rank, RANK_NOTE)):
        if finding.outcome is Outcome.FAIL and detect(bench, calls):
            finding, notes = run(context, bench), [*notes, note]
    return noted(finding, *notes)


def _agreement(context: FactorisationContext, bench: Bench, calls: tuple[CallSpec, ...]) -> Finding:
    variant: Variant | None = None
    probe, calls = context.probe, context.all_informative(bench, calls)
    probe.expect(bench, calls)
    for call in calls:
        try:
            mismatch = probe.compare(bench, call)
            if mismatch is not None:
                variant = recognised(context, bench)
                if variant is not None and explained_by_variant(probe, bench, call, variant):
                    continue
                return mismatched(context, bench, mismatch, call)
        except UnusableResult as refused:
            if _is_beyond_bounds(context, bench, call, refused):
                continue
            return failed(context, bench, str(refused), call)
    if variant is not None:
        note = described(variant)
        return Finding(outcome=Outcome.PASS, message=note, notes=(note,), cost=variant.cost)
    return Finding(
        outcome=Outcome.PASS,
        message=f"{len(calls)} calls agree to rounding.",
        power=moved_at_least(power(call, probe.start(bench, call)) for call in calls),
    )


def _is_beyond_bounds(
    context: FactorisationContext, bench: Bench, call: CallSpec, refused: UnusableResult
) -> bool:
    """Whether a call is inconclusive because it has many components and runs more epochs than planned."""
    is_many = call.rank > MANY_COMPONENTS and context.constraints.of(bench).more > 1
    return is_many and isinstance(refused, Inconclusive)


def recognised(context: FactorisationContext, bench: Bench) -> Variant | None:
    """The sound variant that the function follows in every call of one epoch; None for the sheet's rule."""
    inputs = context.inputs
    calls = (*inputs.update, *inputs.product, *inputs.columns, *inputs.rows, *inputs.sweep)
    return sound_variant(context.probe, bench, context.all_informative(bench, calls))


def described(variant: Variant) -> str:
    """The note for a student whose function follows a sound variant."""
    return f"The factorisation is correct, but the function {variant.note}."
