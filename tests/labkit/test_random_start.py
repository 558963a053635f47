"""Starts that are not drawn are told from starts that are, whatever the shapes."""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pytest

from grader.lab import Outcome
from grader.labkit import uniform_start

Array = npt.NDArray[np.float64]
Start = tuple[Array, Array]

SHAPES = ((1, 1, 2), (2, 2, 1), (3, 3, 2), (3, 5, 2), (5, 3, 3), (9, 7, 4), (20, 3, 35), (4, 5, 3))


def starts(of: Callable[[int, int, int], Start]) -> list[Start]:
    return [of(*shape) for _ in range(6) for shape in SHAPES]


def drawn(seed: int) -> Callable[[int, int, int], Start]:
    rng = np.random.default_rng(seed)
    return lambda m, n, rank: (rng.random((m, rank)), rng.random((n, rank)))


def one_grid_for_both(m: int, n: int, rank: int) -> Start:
    both: Array = np.linspace(0, 1, (m + n) * rank)
    U: Array = both[: m * rank].reshape(m, rank)
    V: Array = both[m * rank :].reshape(n, rank)
    return U, V


def shuffled_grid() -> Callable[[int, int, int], Start]:
    rng = np.random.default_rng(1)

    def start(m: int, n: int, rank: int) -> Start:
        U, V = (rng.permutation(np.linspace(0, 1, size * rank)).reshape(size, rank) for size in (m, n))
        return U, V

    return start


def fractional_parts(m: int, n: int, rank: int) -> Start:
    U: Array = (np.arange(m * rank, dtype=np.float64) * 0.618034 % 1).reshape(m, rank)
    V: Array = (np.arange(n * rank, dtype=np.float64) * 0.754878 % 1).reshape(n, rank)
    return U, V


def the_other_from_one() -> Callable[[int, int, int], Start]:
    rng = np.random.default_rng(2)

    def start(m: int, n: int, rank: int) -> Start:
        both = rng.random((max(m, n), rank))
        return both[:m], 1 - both[:n]

    return start


def only_with_a_hidden_cell() -> Callable[[int, int, int], Start]:
    """One shape in eight is from a grid, as if only its mask hid something."""
    draw = drawn(3)

    def start(m: int, n: int, rank: int) -> Start:
        U, V = draw(m, n, rank)
        return (np.linspace(0, 1, m * rank).reshape(m, rank), V) if (m, n) == (4, 5) else (U, V)

    return start


PATTERNS = {
    "one grid for U and V": one_grid_for_both,
    "a shuffled grid": shuffled_grid(),
    "fractional parts": fractional_parts,
    "V is 1 − U": the_other_from_one(),
    "a grid for one mask": only_with_a_hidden_cell(),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_numbers_that_a_pattern_predicts_are_no_uniform_start(pattern: str) -> None:
    assert uniform_start(starts(PATTERNS[pattern])).outcome is Outcome.FAIL


def honest() -> Iterator[Callable[[int, int, int], Start]]:
    for seed in range(20):
        yield drawn(seed)


def test_true_draws_pass_with_any_seed() -> None:
    for draw in honest():
        finding = uniform_start(starts(draw))
        assert (finding.outcome, finding.cost) == (Outcome.PASS, "")


@pytest.mark.parametrize("spread", [1e-3, 1.0])
def test_draws_from_a_narrow_or_wide_normal_distribution_are_no_pattern(spread: float) -> None:
    rng = np.random.default_rng(4)
    finding = uniform_start(
        starts(lambda m, n, rank: (rng.normal(0, spread, (m, rank)), rng.normal(0, spread, (n, rank))))
    )
    assert (finding.outcome, finding.cost) == (Outcome.PASS, "start")
