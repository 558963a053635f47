"""The distribution of the numbers that U and V start from, in the same calls whose steps are compared.

No call is made only to test the start, so no function can treat such a call specially. Small calls are also
judged on their own: among the thousands of numbers of the large ones, theirs would not count.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from grader.lab import Bench, Finding, Outcome
from grader.labkit import UnusableResult, WorkerEnded, uniform_start
from reference.checks.call_spec import CallSpec
from reference.checks.factorisation_context import FactorisationContext
from reference.checks.factorisation_probe import FactorisationProbe
from reference.checks.findings import failed
from reference.rules.update_rule import Factors

__all__ = ["starts_uniformly"]

SMALL: Final = 30
"""The most numbers in U and V together of a small call; the sheet's own call has twelve."""

ENOUGH_OF_SMALL: Final = 300
"""Numbers per factor needed to judge small calls: enough to show another distribution or repetitions."""

ENOUGH: Final = 2_500
"""Numbers per factor needed to judge all calls: enough to show an interval 0.02 shorter than [0, 1)."""

ROUNDS: Final = 24
"""The most further seeds per call if there are too few numbers: 17 are enough for 2,500 numbers if the
function rejects all calls of high rank."""

_APART: Final = 20_011
"""Added to a seed for the next round; not a multiple of the offsets that other starts use."""


def starts_uniformly(context: FactorisationContext, bench: Bench) -> Finding:
    """Whether U and V start from U(0,1) in all calls whose steps are compared."""
    try:
        return _worst(context, bench)
    except UnusableResult as refused:
        return failed(context, bench, str(refused), context.adapted(bench, context.inputs.square))


def _worst(context: FactorisationContext, bench: Bench) -> Finding:
    """The worse finding of small calls and all calls. Raises UnusableResult if no start can be observed."""
    inputs = context.inputs
    calls = [context.adapted(bench, call) for call in (*inputs.all(), inputs.many, inputs.defaults)]
    observed = _observed(context.probe, bench, calls)
    findings = list[tuple[Finding, CallSpec]]()
    for enough, chosen in (
        (ENOUGH_OF_SMALL, list(map(_is_small, calls))),
        (ENOUGH, [True] * len(calls)),
    ):
        judged = [call for call, is_in in zip(calls, chosen, strict=True) if is_in]
        starts = [s for s, is_in in zip(observed, chosen, strict=True) if is_in and s is not None]
        if starts:
            numbers = _with_more(context.probe, bench, judged, starts, enough)
            findings.append((uniform_start(numbers, enough < ENOUGH), judged[-1]))
    finding, call = min(findings, key=lambda pair: (pair[0].outcome is Outcome.PASS, not pair[0].cost))
    text = "" if finding.outcome is Outcome.PASS else context.probe.call_text(bench, call.still())
    return msgspec.structs.replace(finding, call=text)


def _observed(probe: FactorisationProbe, bench: Bench, calls: Sequence[CallSpec]) -> list[Factors | None]:
    """The start of each call; None if it cannot be observed."""
    problem: UnusableResult | None = None
    starts: list[Factors | None] = []
    for call in calls:
        try:
            starts.append(probe.start(bench, call))
        except WorkerEnded:
            raise
        except UnusableResult as refused:
            problem = problem or refused
            starts.append(None)
    if problem is not None and not any(start is not None for start in starts):
        raise problem
    return starts


def _with_more(
    probe: FactorisationProbe, bench: Bench, calls: Sequence[CallSpec], first: list[Factors], enough: int
) -> list[Factors]:
    """The first starts, and those of further seeds until there are enough numbers."""
    starts = list(first)
    for start in _further(probe, bench, calls):
        if min(sum(U.size for U, _ in starts), sum(V.size for _, V in starts)) >= enough:
            break
        starts.append(start)
    return starts


def _further(probe: FactorisationProbe, bench: Bench, calls: Sequence[CallSpec]) -> Iterator[Factors]:
    largest_first = sorted(calls, key=lambda call: -sum(call.A.shape) * call.rank)
    for number in range(1, ROUNDS + 1):
        for call in largest_first:
            try:
                yield probe.start(bench, call.changed(seed=call.seed + number * _APART))
            except WorkerEnded:
                return
            except UnusableResult:
                continue


def _is_small(call: CallSpec) -> bool:
    return sum(call.A.shape) * call.rank <= SMALL
