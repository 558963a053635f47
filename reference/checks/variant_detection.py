"""Sound but different: which variant of the sheet's rule a student's function follows, also in random order."""

from typing import Final

import numpy as np

from grader.lab import Bench
from reference.checks.comparison_power import LEAST_POWER
from reference.checks.factorisation_probe import Descent, Setting
from reference.rules.accepted_variants import Variant
from reference.rules.update_rule import SHEET, UNIT_ROUNDOFF, Factors, Rule, rows_of, run, run_rows

__all__ = ["excused", "is_shuffled", "is_within_orders", "sound_variant"]

SMALL_RATE: Final = 1e-3
"""A rate at which an epoch is the sum of its steps to first order, for up to three components."""

ORDER_EFFECT: Final = 0.05
"""What the order of cells may change, relative to the largest change of the epoch: lr·(m + n)·epochs·max(U², V²) is
below 0.03 on every rung, and a cell left out changes the entry it belongs to by a multiple of it."""

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


def sound_variant(descent: Descent, bench: Bench, settings: tuple[Setting, ...]) -> Variant | None:
    """The sound variant of the sheet's rule that explains every setting of one epoch; None for the sheet's own."""
    if descent.follows(bench, settings):
        return None
    known = descent.recognise(bench, settings)
    if known is not None:
        return known
    small = tuple(setting for setting in settings if setting.A.size <= 4)
    if not descent.follows(bench, small) and descent.is_shuffled(bench, small):
        return Variant("order", Rule(_SHUFFLED), "visits the cells in a random order")
    return None


def excused(descent: Descent, bench: Bench, setting: Setting, variant: Variant) -> bool:
    """Whether the variant, recognised elsewhere, explains what the function does in this setting."""
    if not is_shuffled(variant):
        return descent.compare(bench, setting, variant.rule) is None
    if setting.A.size <= 4 and setting.epochs == 1:
        return descent.is_shuffled(bench, (setting,))
    return (
        setting.A.size > 1
        and _visits_all(descent, bench, setting)
        and is_within_orders(descent, bench, setting, descent.observe(bench, setting))
    )


def is_within_orders(descent: Descent, bench: Bench, setting: Setting, got: Factors) -> bool:
    """Whether an end lies among those that the sheet's update reaches with its cells in orders drawn anew each epoch.

    Each entry has to be within so many standard deviations of the mean of such runs.
    """
    start, rng = descent.start(bench, setting), np.random.default_rng(setting.seed)
    rule = Rule(
        _SHUFFLED, cells=lambda m, n, rank: ((int(i) // n, int(i) % n) for i in rng.permutation(m * n))
    )
    A, M = rows_of(setting.A), None if setting.M is None else rows_of(setting.M)
    is_long = setting.epochs >= LONG
    tried, most = (ORDERS_OF_A_LONG_RUN, DEVIATIONS_OF_A_LONG_RUN) if is_long else (ORDERS_TRIED, DEVIATIONS)
    ends = [
        run_rows(rule, A, M, rows_of(start[0]), rows_of(start[1]), setting.epochs, setting.lr)
        for _ in range(tried)
    ]
    for number, factor in enumerate(got):
        reached = np.array([end[number] for end in ends])
        room = most * reached.std(axis=0, ddof=1) + 1e-5 * max(1.0, float(np.abs(reached).max()))
        if not (np.abs(factor - reached.mean(axis=0)) <= room).all():
            return False
    return True


def _visits_all(descent: Descent, bench: Bench, setting: Setting) -> bool:
    """Whether an epoch in any order visits every cell, once.

    To first order in lr the steps of an epoch add up whatever their order; the order shows to second
    order only. So with a small lr every order gives the sheet's change of U and V to a few per cent,
    and a cell left out or visited twice does not.
    """
    small = setting.changed(lr=SMALL_RATE * 3 / max(setting.rank, 3))
    start, got = descent.start(bench, small), descent.observe(bench, small)
    wanted = run(SHEET, small.A, small.M, start, small.epochs, small.lr)
    steps = [end - begun for end, begun in zip(wanted, start, strict=True)]
    largest = max(float(np.abs(step).max()) for step in steps)
    apart = max(float(np.abs(end - want).max()) for end, want in zip(got, wanted, strict=True))
    rounding = 8 * UNIT_ROUNDOFF * float(np.abs(setting.A).max())
    return largest >= LEAST_POWER * rounding and apart <= ORDER_EFFECT * largest + rounding
