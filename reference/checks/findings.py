"""Build the findings of a factorisation's checks: what differs, and the call that shows it."""

from collections.abc import Iterable

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType

from grader.lab import Bench, Comparison, Finding, Outcome
from grader.labkit import format_matrix
from reference.checks.call_spec import CallSpec
from reference.checks.factorisation_context import FactorisationContext
from reference.checks.rounding_tolerance import Mismatch
from reference.rules.update_rule import Factors

__all__ = ["both", "equal", "failed", "mismatched", "moved_at_least", "noted"]


def failed(
    context: FactorisationContext,
    bench: Bench,
    message: str,
    call: CallSpec,
    *,
    defaults: bool = False,
    got: str = "",
    wanted: str = "",
    compared: Comparison | UnsetType = UNSET,
) -> Finding:
    """A failed check, with the call as a student can paste it."""
    return Finding(
        outcome=Outcome.FAIL,
        message=message,
        got=got,
        wanted=wanted,
        compared=compared,
        call=context.probe.call_text(bench, call, defaults),
    )


def mismatched(
    context: FactorisationContext, bench: Bench, mismatch: Mismatch, call: CallSpec, defaults: bool = False
) -> Finding:
    """A failed check: the factors differ from the sheet's rule at one entry."""
    epochs = f"{call.epochs} epoch{'s' * (call.epochs > 1)}"
    finding = failed(
        context,
        bench,
        f"After {epochs} from your own start, {mismatch.entry} is {mismatch.got:.6f}; the sheet's rule gives "
        f"{mismatch.wanted:.6f}.",
        call,
        defaults=defaults,
        got=both(mismatch.got_factors),
        wanted=both(mismatch.wanted_factors),
        compared=Comparison.of(mismatch.got_factors, mismatch.wanted_factors),
    )
    tolerance = f"{mismatch.tolerance:.1e} at {mismatch.entry} (the most that rounding to float32 can cause)"
    return msgspec.structs.replace(finding, tolerance=tolerance)


def noted(finding: Finding, *notes: str) -> Finding:
    """The finding with more notes if the check passed; else the finding as it is."""
    if finding.outcome is not Outcome.PASS:
        return finding
    return msgspec.structs.replace(finding, notes=(*finding.notes, *notes))


def moved_at_least(powers: Iterable[float]) -> str:
    """The power of a comparison as a phrase, to two digits: what wrong code would have to match by chance."""
    least = float(f"{min(powers):.1e}")
    return f"the sheet's rule moves U and V by at least {least:,.0f} times the tolerance"


def equal(first: Factors, second: Factors) -> bool:
    """Whether two pairs of factors are identical, bit for bit."""
    return all(np.array_equal(x, y, equal_nan=True) for x, y in zip(first, second, strict=True))


def both(factors: Factors) -> str:
    """U and V for a message."""
    return f"U = {format_matrix(factors[0])}, V = {format_matrix(factors[1])}"
