"""The catalogues of 1.1 and 3.1: every mistake that can be executed as a rule."""

from typing import Final

from reference.misconceptions.cell_errors import ERRORS
from reference.misconceptions.loops import LOOPS
from reference.misconceptions.masks import MASKS
from reference.misconceptions.training_loop import RUNS
from reference.misconceptions.update_steps import STEPS

__all__ = ["MASKED_MISCONCEPTIONS", "MISCONCEPTIONS"]

MISCONCEPTIONS: Final = (*ERRORS, *STEPS, *LOOPS, *RUNS)
"""Mistakes of 1.1, which also occur in 3.1; the first one that explains everything is reported."""

MASKED_MISCONCEPTIONS: Final = MASKS
"""Mistakes that occur only in 3.1."""
