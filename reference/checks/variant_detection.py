"""Recognise which sound variant of the sheet's rule a student's function follows, including random orders."""

from itertools import permutations
from typing import Final

import numpy as np

from grader.lab import Bench
from reference.checks.call_spec import CallSpec
from reference.checks.comparison_power import LEAST_POWER
from reference.checks.factorisation_probe import FactorisationProbe
from reference.rules.accepted_variants import VARIANTS, Variant, permuted
from reference.rules.update_rule import SHEET, UNIT_ROUNDOFF, Factors, Rule, rows_of, run, run_rows

__all__ = ["explained_by_variant", "is_shuffled", "is_within_orders", "sound_variant"]

SMALL_RATE: Final = 1e-3
"""A rate so small that an epoch is the sum of its steps to first order, for up to three components."""

ORDER_EFFECT: Final = 0.05
"""How much the order of cells may change the result, relative to the largest change of the epoch. The bound
lr·(m + n)·epochs·max(U², V²) is below 0.03 in every check; omitting a cell changes its entry by a multiple of
that."""

ORDERS_TRIED: Final = 60
"""The number of random orders to run for the spread of their ends after a few epochs."""

ORDERS_OF_A_LONG_RUN: Final = 24
"""The same for runs of a hundred epochs or more, which take longer."""

DEVIATIONS: Final = 6.0
"""How many standard deviations an entry may differ from the mean of those orders after a few epochs. The
farthest entry in 1,200 random orders was 4.2 away; after one step along the whole gradient on 9×7 cells, 8.5
or more."""

DEVIATIONS_OF_A_LONG_RUN: Final = 8.0
"""The same for a hundred epochs or more: with 23 degrees of freedom, Student's t exceeds it less than once in
10⁷."""

LONG: Final = 100
"""The number of epochs from which a run counts as long."""

_SHUFFLED: Final = "shuffled"


def is_shuffled(variant: Variant) -> bool:
    """Whether the variant visits the cells in a new random order each time, which no rule can reproduce."""
    return variant.rule.name == _SHUFFLED


def sound_variant(probe: FactorisationProbe, bench: Bench, calls: tuple[CallSpec, ...]) -> Variant | None:
    """The sound variant that explains every call of one epoch; None if the sheet's rule or none does."""
    if probe.follows(bench, calls):
        return None
    for variant in VARIANTS:
        if all(probe.explains(bench, call, variant.rule) for call in calls):
            return variant
    small = tuple(call for call in calls if call.A.size <= 4)
    if not probe.follows(bench, small) and all(_follows_some_order(probe, bench, call) for call in small):
        return Variant("order", Rule(_SHUFFLED), "visits the cells in a random order")
    return None


def explained_by_variant(probe: FactorisationProbe, bench: Bench, call: CallSpec, variant: Variant) -> bool:
    """Whether a variant recognised from other calls explains what the function does in this one."""
    if not is_shuffled(variant):
        return probe.compare(bench, call, variant.rule) is None
    if call.A.size <= 4 and call.epochs == 1:
        return _follows_some_order(probe, bench, call)
    return (
        call.A.size > 1
        and _visits_all(probe, bench, call)
        and is_within_orders(probe, bench, call, probe.observe(bench, call))
    )


def _follows_some_order(probe: FactorisationProbe, bench: Bench, call: CallSpec) -> bool:
    """Whether the sheet's update explains the call with its cells in some order, trying all orders of up to
    four cells."""
    m, n = call.A.shape
    orders = permutations([(r, c) for r in range(m) for c in range(n)])
    return any(probe.explains(bench, call, permuted(order)) for order in orders)


def is_within_orders(probe: FactorisationProbe, bench: Bench, call: CallSpec, got: Factors) -> bool:
    """Whether the result lies among those of the sheet's update in a new random order in each epoch.

    Each entry has to lie within `DEVIATIONS` standard deviations of the mean of such runs.
    """
    start, rng = probe.start(bench, call), np.random.default_rng(call.seed)
    rule = Rule(
        _SHUFFLED, cells=lambda m, n, rank: ((int(i) // n, int(i) % n) for i in rng.permutation(m * n))
    )
    A, M = rows_of(call.A), None if call.M is None else rows_of(call.M)
    is_long = call.epochs >= LONG
    tried, most = (ORDERS_OF_A_LONG_RUN, DEVIATIONS_OF_A_LONG_RUN) if is_long else (ORDERS_TRIED, DEVIATIONS)
    ends = [
        run_rows(rule, A, M, rows_of(start[0]), rows_of(start[1]), call.epochs, call.lr) for _ in range(tried)
    ]
    for number, factor in enumerate(got):
        reached = np.array([end[number] for end in ends])
        room = most * reached.std(axis=0, ddof=1) + 1e-5 * max(1.0, float(np.abs(reached).max()))
        if not (np.abs(factor - reached.mean(axis=0)) <= room).all():
            return False
    return True


def _visits_all(probe: FactorisationProbe, bench: Bench, call: CallSpec) -> bool:
    """Whether an epoch visits every cell exactly once, in any order.

    To first order in lr, the steps of an epoch add up independently of their order; the order matters only to
    second order. So with a small lr, every order gives the sheet's change of U and V to within a few per
    cent, unless a cell is omitted or visited twice.
    """
    small = call.changed(lr=SMALL_RATE * 3 / max(call.rank, 3))
    start, got = probe.start(bench, small), probe.observe(bench, small)
    wanted = run(SHEET, small.A, small.M, start, small.epochs, small.lr)
    steps = [end - begun for end, begun in zip(wanted, start, strict=True)]
    largest = max(float(np.abs(step).max()) for step in steps)
    apart = max(float(np.abs(end - want).max()) for end, want in zip(got, wanted, strict=True))
    rounding = 8 * UNIT_ROUNDOFF * float(np.abs(call.A).max())
    return largest >= LEAST_POWER * rounding and apart <= ORDER_EFFECT * largest + rounding
