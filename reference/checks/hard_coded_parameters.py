"""Judge functions with a hard-coded number of epochs or learning rate by whole runs.

Such a function cannot run a single epoch, or with lr = 0, so its start cannot be observed. But it can be
predicted: `torch.rand` and `np.random.rand` draw the same numbers from a seed on every machine. A run that
ends where the sheet's rule ends from that start has followed the rule in every epoch; a run that ends
elsewhere proves nothing.
"""

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from grader.lab import Bench, Fact, Returned
from grader.labkit import UnusableResult, drawn_by_numpy, drawn_by_torch, is_changed
from reference.checks.call_spec import CallSpec
from reference.checks.factorisation_context import FactorisationContext
from reference.checks.factorisation_inputs import GeneratedInputs
from reference.checks.factorisation_probe import FactorisationProbe
from reference.rules.update_rule import Factors

__all__ = [
    "CONSTANTS",
    "follows_with_constants_inside",
    "missing_constants",
]

CONSTANTS: Final = ("num_epochs", "lr")
"""The parameters that a function may lack and still be called to do what the sheet's defaults do."""

Array: TypeAlias = npt.NDArray[np.float64]
Draw: TypeAlias = Callable[[int, int], Array]


def missing_constants(context: FactorisationContext, bench: Bench) -> tuple[str, ...]:
    """Which of these parameters the student's function does not have."""
    located = bench.locate(context.function)
    return () if located is None else tuple(name for name in CONSTANTS if name not in located.parameters)


def follows_with_constants_inside(context: FactorisationContext, bench: Bench) -> bool:
    """Whether the function lacks only these parameters, and all whole runs follow the sheet's rule."""
    fact = Fact[bool]("follows with constants inside", context.function.name)
    return bench.learned.once(fact, lambda: _is_followed(context, bench))


def _is_followed(context: FactorisationContext, bench: Bench) -> bool:
    located, lacks = bench.locate(context.function), missing_constants(context, bench)
    wanted = [p.name for p in context.function.parameters if p.name not in CONSTANTS]
    if located is None or not lacks or any(name not in located.parameters for name in wanted):
        return False
    calls = [call.changed(epochs=1000, lr=0.01, left_out=lacks) for call in _whole_runs(context.inputs)]
    if "num_epochs" not in lacks:
        calls.append(calls[0].changed(epochs=300))
    if "lr" not in lacks:
        calls.append(calls[0].changed(lr=0.02))
    return any(all(_agrees(context.probe, bench, call, start(call)) for call in calls) for start in _STARTS)


def _whole_runs(inputs: GeneratedInputs) -> Iterator[CallSpec]:
    yield inputs.defaults
    if inputs.defaults.M is not None:
        yield from (inputs.hidden[3], inputs.hidden[-1])
    yield inputs.columns[0]
    yield from inputs.sweep[2:5]


def _agrees(probe: FactorisationProbe, bench: Bench, call: CallSpec, start: Factors) -> bool:
    asked = probe.probe_of(call)
    observation = bench.observe(asked)
    if not isinstance(observation, Returned):
        return False
    both = zip(asked.arguments.values(), observation.after, strict=True)
    if any(isinstance(given, np.ndarray) and is_changed(given, after) for given, after in both):
        return False
    try:
        return probe.compare_long_run(bench, call, start=start) is None
    except UnusableResult:
        return False


def _start(draw: Draw, is_u_first: bool) -> Callable[[CallSpec], Factors]:
    def start(call: CallSpec) -> Factors:
        (m, n), rank = call.A.shape, call.rank
        numbers = draw(call.seed, (m + n) * rank)
        cut = (m if is_u_first else n) * rank
        first, second = numbers[:cut].reshape(-1, rank), numbers[cut:].reshape(-1, rank)
        return (first, second) if is_u_first else (second, first)

    return start


def _starts() -> Iterator[Callable[[CallSpec], Factors]]:
    for draw in (drawn_by_torch, drawn_by_numpy):
        for is_u_first in (True, False):
            yield _start(draw, is_u_first)


_STARTS: Final = tuple(_starts())
"""Students differ in which factor they draw first, and with which generator."""
