"""Functions that have the number of epochs or the learning rate inside: whole runs show whether these are the sheet's.

They cannot be asked for one epoch or for lr = 0, so that their start cannot be seen. But it can be foretold: from a
seed, `torch.rand` and `np.random.rand` draw the same numbers everywhere. A run that ends where the sheet's rule ends
from there has followed it for all its epochs; one that does not tells nothing.
"""

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from grader import protocol
from grader.lab import Bench, Fact
from reference.checks.factorisation_inputs import Drawn
from reference.checks.factorisation_probe import Descent, Setting
from reference.factors.reading import Refused, is_changed
from reference.rules.update_rule import Factors

__all__ = ["CONSTANTS", "Fixed", "drawn_by_numpy", "drawn_by_torch"]

CONSTANTS: Final = ("num_epochs", "lr")
"""The parameters without which a function can still be called for what the sheet's defaults do."""

Array: TypeAlias = npt.NDArray[np.float64]
Draw: TypeAlias = Callable[[int, int], Array]


def drawn_by_torch(seed: int, count: int) -> Array:
    """The numbers of `torch.rand` after `torch.manual_seed(seed)`: 24 bits of each output of the Mersenne twister."""
    raw = np.random.RandomState(seed).randint(0, 2**32, count, np.uint32)
    return (raw & 0xFFFFFF).astype(np.float64) * 2.0**-24


def drawn_by_numpy(seed: int, count: int) -> Array:
    """The numbers of `np.random.rand` after `np.random.seed(seed)`."""
    return np.random.RandomState(seed).random_sample(count)


class Fixed:
    """Whether students' functions without some parameters do what the sheet's rule does with the defaults."""

    def __init__(self, descent: Descent, drawn: Drawn) -> None:
        self._descent = descent
        self._settings = tuple(
            setting.changed(epochs=1000, lr=0.01)
            for setting in (
                drawn.defaults,
                *((drawn.hidden[3], drawn.hidden[-1]) if drawn.defaults.M is not None else ()),
                drawn.columns[0],
                *drawn.sweep[2:5],
            )
        )
        self._fact = Fact[bool]("whole runs follow the rule", descent.function.name)

    def lacks(self, bench: Bench) -> tuple[str, ...]:
        """Which of the constants the student's function does not take."""
        located = bench.locate(self._descent.function)
        return () if located is None else tuple(name for name in CONSTANTS if name not in located.parameters)

    def follows(self, bench: Bench) -> bool:
        """Whether it lacks one of the constants and nothing else, and all whole runs follow the sheet's rule."""
        return bench.learned.once(self._fact, lambda: self._is_followed(bench))

    def _is_followed(self, bench: Bench) -> bool:
        located, lacks = bench.locate(self._descent.function), self.lacks(bench)
        wanted = [p.name for p in self._descent.function.parameters if p.name not in CONSTANTS]
        if located is None or not lacks or any(name not in located.parameters for name in wanted):
            return False
        settings = [setting.changed(left_out=lacks) for setting in self._settings]
        if "num_epochs" not in lacks:
            settings.append(settings[0].changed(epochs=300))
        if "lr" not in lacks:
            settings.append(settings[0].changed(lr=0.02))
        return any(all(self._agrees(bench, s, start(s)) for s in settings) for start in _STARTS)

    def _agrees(self, bench: Bench, setting: Setting, start: Factors) -> bool:
        probe = self._descent.probe(setting)
        observation = bench.observe(probe)
        if not isinstance(observation, protocol.Returned):
            return False
        both = zip(probe.arguments.values(), observation.after, strict=True)
        if any(isinstance(given, np.ndarray) and is_changed(given, after) for given, after in both):
            return False
        try:
            return self._descent.compare_long_run(bench, setting, start=start) is None
        except Refused:
            return False


def _start(draw: Draw, is_u_first: bool) -> Callable[[Setting], Factors]:
    def start(setting: Setting) -> Factors:
        (m, n), rank = setting.A.shape, setting.rank
        numbers = draw(setting.seed, (m + n) * rank)
        cut = (m if is_u_first else n) * rank
        first, second = numbers[:cut].reshape(-1, rank), numbers[cut:].reshape(-1, rank)
        return (first, second) if is_u_first else (second, first)

    return start


def _starts() -> Iterator[Callable[[Setting], Factors]]:
    for draw in (drawn_by_torch, drawn_by_numpy):
        for is_u_first in (True, False):
            yield _start(draw, is_u_first)


_STARTS: Final = tuple(_starts())
"""What is drawn first differs between students, and by what."""
