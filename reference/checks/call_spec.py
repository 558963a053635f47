"""One call of a factorisation as data: its arguments, and how its result is read."""

from typing import Any

import numpy as np
import numpy.typing as npt

from grader.lab import Frozen
from reference.factors.layout import AS_ASKED, FactorLayout

__all__ = ["CallSpec"]


class CallSpec(Frozen, frozen=True):
    """One call of a factorisation: A (m, n) float32, M (m, n) or None, and the numbers of the sheet."""

    A: npt.NDArray[np.float32]
    rank: int
    seed: int
    M: npt.NDArray[np.generic] | None = None
    epochs: int = 1
    lr: float = 0.1
    idle: float = 0.0
    """The rate at which nothing changes."""
    fewest: int = 1
    """The smallest number of epochs that the function accepts."""
    layout: FactorLayout = AS_ASKED
    """How U and V are returned."""
    place: int | None = None
    """Their position among several returned values."""
    left_out: tuple[str, ...] = ()
    """Which of `num_epochs` and `lr` to omit because the function does not have the parameter."""

    def still(self) -> "CallSpec":
        """The call that only draws the start."""
        return self.changed(epochs=self.fewest, lr=self.idle)

    def changed(self, **fields: Any) -> "CallSpec":
        """The same call with other values."""
        kept = {name: getattr(self, name) for name in self.__struct_fields__}
        return CallSpec(**(kept | fields))
