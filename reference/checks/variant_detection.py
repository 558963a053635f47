"""Sound but different: which variant of the sheet's rule a student's function follows, also in random order."""

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
"""A rate at which an epoch is the sum of its steps to first order, for up to three components."""

ORDER_EFFECT: Final = 0.05
"""What the order of cells may change, relative to the largest change of the epoch: lr·(m + n)·epochs·max(U², V²) is
below 0.03 in every check, and a cell left out changes the entry it belongs to by a multiple of it."""

ORDERS_TRIED: Final = 60
"""Orders run to see how far apart they end after a few epochs."""

ORDERS_OF_A_LONG_RUN: Final = 24
"""The same for a hundred epochs and more, each of which takes long."""

DEVIATIONS: Final = 6.0
"""Standard deviations that an entry may be away from the mean of those orders after a few epochs. The farthest entry of
1,200 random orders was 4.2 away; of one step along the whole gradient on 9×7 cells, 8.5 and more."""

DEVIATIONS_OF_A_LONG_RUN: Final = 8.0
"""The same for a hundred epochs and more: of Student's t with 23 degrees of freedom fewer than one end in 10⁷ lies beyond."""

LONG: Final = 100
"""Epochs of a long run."""

_SHUFFLED: Final = "shuffled"


def is_shuffled(variant: Variant) -> bool:
    """Whether it visits the cells in an order drawn anew, which no rule can repeat."""
    return variant.rule.name == _SHUFFLED


def sound_variant(probe: FactorisationProbe, bench: Bench, calls: tuple[CallSpec, ...]) -> Variant | None:
    """The sound variant of the sheet's rule that explains every call of one epoch; None for the sheet's own."""
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
    """Whether the variant, recognised elsewhere, explains what the function does in this call."""
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
    """Whether the sheet's update explains the call with its cells in some order; tries every order of at most four cells."""
    m, n = call.A.shape
    orders = permutations([(r, c) for r in range(m) for c in range(n)])
    return any(probe.explains(bench, call, permuted(order)) for order in orders)


def is_within_orders(probe: FactorisationProbe, bench: Bench, call: CallSpec, got: Factors) -> bool:
    """Whether an end lies among those that the sheet's update reaches with its cells in orders drawn anew each epoch.

    Each entry has to be within so many standard deviations of the mean of such runs.
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
    """Whether an epoch in any order visits every cell, once.

    To first order in lr the steps of an epoch add up whatever their order; the order shows to second
    order only. So with a small lr every order gives the sheet's change of U and V to a few per cent,
    and a cell left out or visited twice does not.
    """
    small = call.changed(lr=SMALL_RATE * 3 / max(call.rank, 3))
    start, got = probe.start(bench, small), probe.observe(bench, small)
    wanted = run(SHEET, small.A, small.M, start, small.epochs, small.lr)
    steps = [end - begun for end, begun in zip(wanted, start, strict=True)]
    largest = max(float(np.abs(step).max()) for step in steps)
    apart = max(float(np.abs(end - want).max()) for end, want in zip(got, wanted, strict=True))
    rounding = 8 * UNIT_ROUNDOFF * float(np.abs(call.A).max())
    return largest >= LEAST_POWER * rounding and apart <= ORDER_EFFECT * largest + rounding
