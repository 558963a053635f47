"""The numbers that U and V start from, of the very calls whose steps are followed.

No call is made for the start alone, so that none can be answered for the start alone. Small calls are judged by
themselves: among the thousands of numbers of large ones theirs would not count.
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
"""Numbers of a small call, in U and V together; the sheet's own has twelve."""

ENOUGH_OF_SMALL: Final = 300
"""Numbers in each factor by which small calls are judged: they show another distribution, or numbers that repeat."""

ENOUGH: Final = 2_500
"""Numbers in each factor by which all calls are judged: an interval two hundredths shorter than [0, 1) shows."""

ROUNDS: Final = 24
"""Further seeds at most for each call, where the first give too few numbers: 2,500 are reached in 17 where all calls of
many components are refused."""

_APART: Final = 20_011
"""What is added to a seed for the next round; no multiple of what other starts are asked with."""


def starts_uniformly(context: FactorisationContext, bench: Bench) -> Finding:
    """Whether U and V start from U(0,1), of all calls whose steps are followed, so that none can be told to be there for the
    start."""
    try:
        return _worst(context, bench)
    except UnusableResult as refused:
        return failed(context, bench, str(refused), context.adapted(bench, context.inputs.square))


def _worst(context: FactorisationContext, bench: Bench) -> Finding:
    """What the starts are; of small calls where these are worse. Raises UnusableResult where none can be seen."""
    inputs = context.inputs
    calls = [context.adapted(bench, call) for call in (*inputs.all(), inputs.many, inputs.defaults)]
    begun = _begun(context.probe, bench, calls)
    findings = list[tuple[Finding, CallSpec]]()
    for enough, chosen in (
        (ENOUGH_OF_SMALL, list(map(_is_small, calls))),
        (ENOUGH, [True] * len(calls)),
    ):
        judged = [call for call, is_in in zip(calls, chosen, strict=True) if is_in]
        starts = [s for s, is_in in zip(begun, chosen, strict=True) if is_in and s is not None]
        if starts:
            numbers = _with_more(context.probe, bench, judged, starts, enough)
            findings.append((uniform_start(numbers, enough < ENOUGH), judged[-1]))
    finding, call = min(findings, key=lambda pair: (pair[0].outcome is Outcome.PASS, not pair[0].cost))
    text = "" if finding.outcome is Outcome.PASS else context.probe.call_text(bench, call.still())
    return msgspec.structs.replace(finding, call=text)


def _begun(probe: FactorisationProbe, bench: Bench, calls: Sequence[CallSpec]) -> list[Factors | None]:
    """The start of each call; None where none can be seen."""
    problem: UnusableResult | None = None
    found: list[Factors | None] = []
    for call in calls:
        try:
            found.append(probe.start(bench, call))
        except WorkerEnded:
            raise
        except UnusableResult as refused:
            problem = problem or refused
            found.append(None)
    if problem is not None and not any(start is not None for start in found):
        raise problem
    return found


def _with_more(
    probe: FactorisationProbe, bench: Bench, calls: Sequence[CallSpec], begun: list[Factors], enough: int
) -> list[Factors]:
    """The starts, with those of further seeds until there are enough numbers."""
    starts = list(begun)
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
