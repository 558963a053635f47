"""Calls that the student's own program made of the lab's functions: with which matrix, mask, rank, rate and epochs.

They tell what a stated value was computed from. What was computed is judged from the values themselves.
"""

from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Final

import numpy as np
import numpy.typing as npt

from grader.lab import Bench, Fact, Frozen, Function, Located, RunCall, array_of
from grader.labkit import CountedLoop, counted_loops
from reference import data
from reference.checks.candidate import TYPED
from reference.sheet import SGD_FACTORISE, SGD_FACTORISE_MASKED, TRUNCATED_SVD

__all__ = ["OwnCall", "own_calls", "too_short_loop"]

Array = npt.NDArray[np.float64]

A: Final = data.A.astype(np.float64)
M: Final = data.M.astype(np.float64)

RANK: Final = 2
EPOCHS: Final = 1000
RATE: Final = 0.01
FEW_CELLS: Final = 3
"""So many cells of a mistyped matrix are named one by one."""

_EXERCISES: Final[tuple[tuple[str, Function], ...]] = (
    ("1.2", SGD_FACTORISE),
    ("2.1", TRUNCATED_SVD),
    ("3.2", SGD_FACTORISE_MASKED),
)


class OwnCall(Frozen, frozen=True):
    """A recorded call of one of the lab's functions."""

    exercise: str
    """The exercise that it serves: 1.2, 2.1 or 3.2."""
    text: str
    """The call in words, e.g. "`sgd_factorise` in line 12"."""
    problem: str = ""
    """What makes it another calculation than the one the exercise asks for; empty if nothing does."""


_LOOPS: Final = Fact[tuple[CountedLoop, ...]]("loops outside functions")
_CALLS: Final = Fact[Mapping[int, OwnCall]]("own calls")


def own_calls(bench: Bench) -> Mapping[int, OwnCall]:
    """The recorded calls of the lab's functions, by their numbers in `LoadReport.calls`."""
    return bench.learned.once(_CALLS, lambda: dict(_found(bench)))


def _found(bench: Bench) -> Iterator[tuple[int, OwnCall]]:
    if not bench.loaded.calls:
        return
    located = [(exercise, bench.locate(function)) for exercise, function in _EXERCISES]
    for number, call in enumerate(bench.loaded.calls):
        for exercise, function in located:
            if function is not None and _is_of(call, function):
                text = f"`{call.name}` in {call.place}"
                yield number, OwnCall(exercise, text, _problem(exercise, call, function))
                break


def _is_of(call: RunCall, function: Located) -> bool:
    """Whether a call is of the function; in a program beside the graded one, of a function of the same name."""
    return call.name == function.name if call.program else call.defined == (function.file, function.place)


def _problem(exercise: str, call: RunCall, function: Located) -> str:
    theirs = dict(call.arguments)
    given = {ours: array_of(theirs[name]) for ours, name in function.names if name in theirs}
    return (
        _other_matrix(exercise, given.get("A"))
        or (_other_mask(given.get("M")) if exercise == "3.2" else "")
        or _other_rank(given.get("rank"))
        or ("" if exercise == "2.1" else _too_short(given, function))
    )


def _other_matrix(exercise: str, matrix: Array | None) -> str:
    if matrix is None:
        return ""
    if matrix.shape != A.shape:
        return f"it is given a matrix of shape {'×'.join(map(str, matrix.shape))}, not the sheet's A"
    apart = ~(np.abs(matrix - A) <= TYPED)
    if exercise == "3.2":
        apart &= M == 1  # the values of hidden cells do not matter
    if not apart.any():
        return ""
    if exercise == "1.2" and bool((np.abs(matrix - A * M) <= TYPED).all()):
        return "it is given A with its hidden cells set to zero"
    if bool((np.abs(matrix - A.T) <= TYPED).all()):
        return "it is given the transpose of A"
    cells = np.argwhere(apart)
    if len(cells) > FEW_CELLS:
        return "it is given another matrix than the sheet's A"
    named = " and ".join(
        f"({r + 1},{c + 1}) is {matrix[r, c]:.4f} instead of {A[r, c]:.4f}" for r, c in cells
    )
    return f"its matrix is not quite the sheet's A: {named}"


def _other_mask(mask: Array | None) -> str:
    if mask is None or np.array_equal(mask, M):
        return ""
    if mask.shape != M.shape:
        return f"it is given a mask of shape {'×'.join(map(str, mask.shape))}"
    if np.array_equal(mask, 1 - M):
        return "its mask has ones and zeros exchanged"
    if (mask == 1).all():
        return "its mask hides nothing"
    hidden = " and ".join(f"({r + 1},{c + 1})" for r, c in np.argwhere(mask == 0))
    return f"its mask hides {hidden or 'nothing'}; the sheet hides (2,1) and (3,2)"


def _other_rank(rank: Array | None) -> str:
    if rank is None or rank.size != 1 or float(rank.reshape(())) == RANK:
        return ""
    return f"it is called with rank {float(rank.reshape(())):g} instead of {RANK}"


def _too_short(given: Mapping[str, Array | None], function: Located) -> str:
    """Less than the sheet's default run; what a function has as its own default is judged in 1.1 and 3.1."""
    defaults = dict(function.defaults)
    epochs, rate = (_explicit(given.get(name), defaults.get(name)) for name in ("num_epochs", "lr"))
    if (epochs is None and rate is None) or (epochs or EPOCHS) * (rate or RATE) >= EPOCHS * RATE * (1 - 1e-6):
        return ""
    if epochs is not None and epochs < EPOCHS:
        return f"it is called with {epochs:g} epochs; the default is {EPOCHS}"
    return f"it is called with the learning rate {rate:g}; the default is {RATE:g}"


def too_short_loop(bench: Bench, product: Array, half_width: Array) -> str:
    """The loop outside a function that made a product of factors in less than the sheet's default run; empty if none did."""
    for loop in bench.learned.once(_LOOPS, lambda: counted_loops(bench)):
        longest = max((number for number in loop.numbers if 0 < number < 1), default=0.0)
        if loop.times >= EPOCHS or not longest or loop.times * longest >= EPOCHS * RATE * (1 - 1e-6):
            continue
        factors = [
            value.values
            for value in bench.stated_values
            if value.name in loop.changes and value.values.shape in ((3, RANK), (RANK, 3))
        ]
        for U, V in permutations((each if each.shape[0] == 3 else each.T for each in factors), 2):
            if bool((np.abs(U @ V.T - product) <= half_width).all()):
                return f"the loop in {loop.place}: it runs {loop.times} epochs; the default is {EPOCHS}"
    return ""


def _explicit(value: Array | None, default: str | None) -> float | None:
    """The number given, if it is not the function's own default."""
    if value is None or value.size != 1:
        return None
    number = float(value.reshape(()))
    return None if default is not None and default == f"{number:g}" else number
