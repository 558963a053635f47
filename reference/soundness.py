"""Sound but different: which variant of the sheet's rule a student's function follows, also in random order."""

from typing import Final

import numpy as np

from grader.lab import Bench
from reference.descent import Descent, Setting
from reference.epochs import SHEET, UNIT_ROUNDOFF, Rule, run
from reference.power import LEAST_POWER
from reference.variants import Variant

__all__ = ["excused", "is_shuffled", "sound_variant"]

SMALL_RATE: Final = 1e-3
"""A rate at which an epoch is the sum of its steps to first order."""

ORDER_EFFECT: Final = 0.05
"""What the order of cells may change, relative to the largest change of the epoch: lr·(m + n)·epochs·max(U², V²) is
below 0.03 on every rung, and a cell left out changes the entry it belongs to by a multiple of it."""

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
    return setting.A.size > 1 and _visits_all(descent, bench, setting)


def _visits_all(descent: Descent, bench: Bench, setting: Setting) -> bool:
    """Whether an epoch in any order visits every cell, once.

    To first order in lr the steps of an epoch add up whatever their order; the order shows to second
    order only. So with a small lr every order gives the sheet's change of U and V to a few per cent,
    and a cell left out or visited twice does not.
    """
    small = setting.changed(lr=SMALL_RATE)
    start, got = descent.start(bench, small), descent.observe(bench, small)
    wanted = run(SHEET, small.A, small.M, start, small.epochs, small.lr)
    steps = [end - begun for end, begun in zip(wanted, start, strict=True)]
    largest = max(float(np.abs(step).max()) for step in steps)
    apart = max(float(np.abs(end - want).max()) for end, want in zip(got, wanted, strict=True))
    rounding = 8 * UNIT_ROUNDOFF * float(np.abs(setting.A).max())
    return largest >= LEAST_POWER * rounding and apart <= ORDER_EFFECT * largest + rounding
