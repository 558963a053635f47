"""The numbers that U and V start from, of the very calls whose steps are followed.

No call is made for the start alone, so that none can be answered for the start alone. Small calls are judged by
themselves: among the thousands of numbers of large ones theirs would not count.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from grader.core.model import Finding, Outcome
from grader.lab import Bench
from reference.checks.factorisation_inputs import Drawn
from reference.checks.factorisation_probe import Descent, Setting
from reference.checks.uniform_start import finding_of
from reference.factors.reading import Ended, Refused
from reference.rules.update_rule import Factors

__all__ = ["Starts"]

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


class Starts:
    """How U and V start; `asked` gives a call as the function can be asked for it."""

    def __init__(self, descent: Descent, drawn: Drawn, asked: Callable[[Bench, Setting], Setting]) -> None:
        self._descent = descent
        self._settings = (*drawn.all(), drawn.many, drawn.defaults)
        self._asked = asked

    def finding(self, bench: Bench) -> Finding:
        """What the starts are; of small calls where these are worse. Raises Refused where none can be seen."""
        settings = [self._asked(bench, setting) for setting in self._settings]
        begun = self._begun(bench, settings)
        findings = list[tuple[Finding, Setting]]()
        for enough, chosen in (
            (ENOUGH_OF_SMALL, list(map(_is_small, settings))),
            (ENOUGH, [True] * len(settings)),
        ):
            calls = [setting for setting, is_in in zip(settings, chosen, strict=True) if is_in]
            starts = [s for s, is_in in zip(begun, chosen, strict=True) if is_in and s is not None]
            if starts:
                findings.append(
                    (finding_of(self._with_more(bench, calls, starts, enough), enough < ENOUGH), calls[-1])
                )
        finding, setting = min(findings, key=lambda pair: (pair[0].outcome is Outcome.PASS, not pair[0].cost))
        text = "" if finding.outcome is Outcome.PASS else self._descent.call_text(bench, setting.still())
        return msgspec.structs.replace(finding, call=text)

    def _begun(self, bench: Bench, settings: Sequence[Setting]) -> list[Factors | None]:
        """The start of each call; None where none can be seen."""
        problem: Refused | None = None
        found: list[Factors | None] = []
        for setting in settings:
            try:
                found.append(self._descent.start(bench, setting))
            except Ended:
                raise
            except Refused as refused:
                problem = problem or refused
                found.append(None)
        if problem is not None and not any(start is not None for start in found):
            raise problem
        return found

    def _with_more(
        self, bench: Bench, settings: Sequence[Setting], begun: list[Factors], enough: int
    ) -> list[Factors]:
        """The starts, with those of further seeds until there are enough numbers."""
        starts = list(begun)
        for start in self._further(bench, settings):
            if min(sum(U.size for U, _ in starts), sum(V.size for _, V in starts)) >= enough:
                break
            starts.append(start)
        return starts

    def _further(self, bench: Bench, settings: Sequence[Setting]) -> Iterator[Factors]:
        largest_first = sorted(settings, key=lambda setting: -sum(setting.A.shape) * setting.rank)
        for number in range(1, ROUNDS + 1):
            for setting in largest_first:
                try:
                    yield self._descent.start(bench, setting.changed(seed=setting.seed + number * _APART))
                except Ended:
                    return
                except Refused:
                    continue


def _is_small(setting: Setting) -> bool:
    return sum(setting.A.shape) * setting.rank <= SMALL
