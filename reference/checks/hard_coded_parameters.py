"""Judge functions with a hard-coded number of epochs or learning rate by whole runs.

The parameter may be missing, or taken and ignored: both cost the same. Such a function cannot run a single epoch, or with lr = 0, so its start cannot be observed. But it can be
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
from reference.factors.reading import factors
from reference.rules.update_rule import Factors

__all__ = [
    "CONSTANTS",
    "follows_whatever_is_asked",
    "follows_with_constants_inside",
    "hard_coded",
    "ignored_constants",
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


def ignored_constants(context: FactorisationContext, bench: Bench) -> tuple[str, ...]:
    """Which of these parameters the function takes, but returns exactly the same for other values of."""
    fact = Fact[tuple[str, ...]]("ignored constants", context.function.name)
    return bench.learned.once(fact, lambda: _ignored(context, bench))


def hard_coded(context: FactorisationContext, bench: Bench) -> tuple[str, ...]:
    """The parameters that have no effect: those the function lacks, and those it ignores."""
    return (*missing_constants(context, bench), *ignored_constants(context, bench))


def _ignored(context: FactorisationContext, bench: Bench) -> tuple[str, ...]:
    """Few calls, which other checks make of most functions as well; none after one that returns nothing."""
    (call,) = context.all_informative(bench, context.inputs.epochs[1:2])
    taken = [name for name in CONSTANTS if name not in missing_constants(context, bench)]
    others = {
        "num_epochs": call.changed(epochs=call.epochs + 1),
        "lr": call.still().changed(epochs=call.epochs),
    }
    first = bench.observe(context.probe.probe_of(call))
    if not isinstance(first, Returned):
        return ()
    return tuple(
        name
        for name in taken
        if isinstance(other := bench.observe(context.probe.probe_of(others[name])), Returned)
        and _is_same(call, first, other)
    )


def _is_same(call: CallSpec, first: Returned, other: Returned) -> bool:
    """Whether two results are the same U and V, to the last bit."""
    m, n = call.A.shape
    try:
        one, two = (
            factors(r.value, m, n, call.rank, layout=call.layout, place=call.place) for r in (first, other)
        )
    except UnusableResult:
        return False
    return all(np.array_equal(x, y, equal_nan=True) for x, y in zip(one, two, strict=True))


def follows_with_constants_inside(context: FactorisationContext, bench: Bench) -> bool:
    """Whether the function lacks only these parameters, and all whole runs follow the sheet's rule."""
    fact = Fact[bool]("follows with constants inside", context.function.name)
    lacks = missing_constants(context, bench)
    return bench.learned.once(fact, lambda: _is_followed(context, bench, lacks))


def follows_whatever_is_asked(context: FactorisationContext, bench: Bench) -> bool:
    """Whether the function takes these parameters and ignores some, but all whole runs follow the sheet's rule."""
    fact = Fact[bool]("follows whatever is asked", context.function.name)
    return bench.learned.once(
        fact,
        lambda: (
            bool(ignored_constants(context, bench))
            and _is_followed(context, bench, hard_coded(context, bench))
        ),
    )


def _is_followed(context: FactorisationContext, bench: Bench, lacks: tuple[str, ...]) -> bool:
    located, left_out = bench.locate(context.function), missing_constants(context, bench)
    wanted = [p.name for p in context.function.parameters if p.name not in CONSTANTS]
    if located is None or not lacks or any(name not in located.parameters for name in wanted):
        return False
    runs = context.constraints.adapted(bench, tuple(_whole_runs(context.inputs)))
    calls = [call.changed(epochs=1000, lr=0.01, left_out=left_out) for call in runs]
    if "num_epochs" not in lacks:
        calls.append(calls[0].changed(epochs=300))
    if "lr" not in lacks:
        calls.append(calls[0].changed(lr=0.02))
    starts: list[Callable[[CallSpec], Factors | None]] = [*_STARTS]
    if len(lacks) == 1 and not left_out:
        starts.insert(0, lambda call: None)  # the other parameter shows the start
    return any(all(_agrees(context.probe, bench, call, start(call)) for call in calls) for start in starts)


def _whole_runs(inputs: GeneratedInputs) -> Iterator[CallSpec]:
    yield inputs.defaults
    if inputs.defaults.M is not None:
        yield from (inputs.hidden[3], inputs.hidden[-1])
    yield inputs.columns[0]
    yield from inputs.sweep[2:5]


def _agrees(probe: FactorisationProbe, bench: Bench, call: CallSpec, start: Factors | None) -> bool:
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
