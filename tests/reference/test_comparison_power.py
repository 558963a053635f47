"""Agreement counts only if wrong code would have disagreed."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from grader.core.result import CheckResult, Outcome
from grader.execution.check_runner import run_checks
from grader.labkit import low_rank
from grader.marking.marks import mark
from reference import LAB, data, exercises
from reference.checks import rounding_tolerance
from reference.checks.call_spec import CallSpec
from reference.checks.comparison_power import LEAST_POWER
from reference.checks.convergence import BEST_OF_RANK_ONE_OBSERVED
from reference.checks.factorisation_inputs import GeneratedInputs
from reference.checks.factorisation_probe import FactorisationProbe, Inconclusive
from reference.model import solution
from reference.rules.update_rule import Factors
from reference.sheet import SGD_FACTORISE
from tests.support.in_process_bench import InProcessBench
from tests.support.sampling import covering, first_of_range
from tests.tools.power import chance_of_passing, start_of, starts_asked_for

Function = Callable[..., tuple[torch.Tensor, torch.Tensor]]


def power(
    A: list[list[float]], start: tuple[list[list[float]], list[list[float]]], M: list[list[int]] | None = None
) -> float:
    U, V = (np.array(factor, np.float64) for factor in start)
    mask = None if M is None else np.array(M)
    setting = CallSpec(np.array(A, np.float32), U.shape[1], 1, mask)
    return rounding_tolerance.power(setting, (U, V))


def test_from_zeros_nothing_can_be_told() -> None:
    assert power([[2.0]], ([[0.0]], [[0.0]])) == 0.0


def test_from_exact_factors_nothing_can_be_told() -> None:
    assert power([[2.0, 1.0], [1.0, 3.0]], ([[2.0, 1.0], [1.0, 3.0]], [[1.0, 0.0], [0.0, 1.0]])) < 1.0


def test_from_nan_or_beyond_float32_nothing_can_be_told() -> None:
    assert power([[2.0]], ([[np.nan]], [[1.0]])) == 0.0
    assert power([[2.0]], ([[1e200]], [[1e200]])) == 0.0


def test_a_row_that_stays_makes_the_whole_comparison_count_for_nothing() -> None:
    assert power([[2.0], [0.5]], ([[0.5], [1.0]], [[0.5]])) > LEAST_POWER
    assert power([[2.0], [0.0]], ([[0.0], [0.0]], [[0.0]])) == 0.0


def test_a_component_that_stays_at_zero_makes_it_count_for_nothing() -> None:
    assert power([[2.0]], ([[0.5, 0.3]], [[0.4, 0.2]])) > LEAST_POWER
    assert power([[2.0]], ([[0.5, 0.0]], [[0.5, 0.0]])) == 0.0


def shows_all(start: tuple[list[list[float]], list[list[float]]], M: list[list[int]] | None = None) -> bool:
    U, V = (np.array(factor, np.float64) for factor in start)
    A = np.full((len(U), len(V)), 2.0, np.float32)
    setting = CallSpec(A, U.shape[1], 1, None if M is None else np.array(M))
    return rounding_tolerance.shows_all(setting, (U, V))


def test_a_start_may_not_hide_what_a_rule_leaves_out() -> None:
    assert shows_all(([[0.5, 0.3]], [[0.4, 0.2]]))
    assert not shows_all(([[1e-6, 1e-6]], [[1e-6, 2e-6]])), "the prediction"
    assert not shows_all(([[0.5, 0.5]], [[0.4, 0.4]])), "that components are told apart"
    assert not shows_all(([[0.5, 1e-6]], [[0.4, 1e-6]])), "all components but the first"
    assert not shows_all(([[1e-6], [1e-6]], [[1e-6]]), [[1], [0]]), "that a hidden cell is not a zero"


def test_what_a_matrix_of_zeros_would_give_as_well_counts_for_nothing() -> None:
    assert power([[2.0]], ([[3e6]], [[2e6]])) < LEAST_POWER


def test_hidden_cells_count_only_where_looking_at_them_would_show() -> None:
    assert power([[2.0]], ([[0.5]], [[0.5]]), [[0]]) > LEAST_POWER
    assert power([[0.25]], ([[0.5]], [[0.5]]), [[0]]) < LEAST_POWER


def test_a_small_start_tells_as_much_as_a_large_one() -> None:
    assert power([[2.0]], ([[0.0001]], [[0.0002]])) > LEAST_POWER


@pytest.mark.parametrize("seeds", first_of_range(10, 30))
@pytest.mark.parametrize("masked", [False, True])
def test_right_code_always_finds_a_start_and_hardly_ever_needs_a_second(masked: bool, seeds: range) -> None:
    calls, again, never = starts_asked_for(masked, seeds)
    assert never == 0
    assert again <= calls / 200


@pytest.mark.parametrize("seeds", first_of_range(1, 3))
@pytest.mark.parametrize("masked", [False, True])
def test_no_known_mistake_passes_under_any_seed(masked: bool, seeds: range) -> None:
    assert [entry.name for entry in chance_of_passing(seeds, masked) if entry.passed] == []


def test_agreement_from_a_dead_start_is_refused_in_words() -> None:
    def zeros(
        A: torch.Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01
    ) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.zeros(A.shape[0], rank), torch.zeros(A.shape[1], rank)

    bench = InProcessBench({"sgd_factorise": zeros})
    with pytest.raises(Inconclusive, match="this proves nothing"):
        FactorisationProbe(SGD_FACTORISE).compare(bench, GeneratedInputs(False, 3).square)


# --- functions that are no factorisation --------------------------------------------------------------------


def _marks(exercise_id: str, function: Function, seed: int) -> tuple[float, dict[str, Outcome]]:
    name = {"1.1": "sgd_factorise", "3.1": "sgd_factorise_masked"}[exercise_id]
    exercise = next(e for e in exercises(seed) if e.id == exercise_id)
    results: tuple[CheckResult, ...] = run_checks(exercise, InProcessBench({name: function}))
    return mark(exercise_id, results, LAB.rubric)[0], {r.id.partition("-")[2]: r.outcome for r in results}


def _plain(make: Callable[[torch.Tensor, int], tuple[torch.Tensor, torch.Tensor]]) -> Function:
    return lambda A, rank, num_epochs=1000, lr=0.01: make(A, rank)


def _exact(A: torch.Tensor, rank: int) -> tuple[torch.Tensor, torch.Tensor]:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    k = min(rank, len(S))
    left, right = torch.zeros(A.shape[0], rank), torch.zeros(A.shape[1], rank)
    left[:, :k], right[:, :k] = U[:, :k] * S[:k], Vh[:k].T
    return left, right


NO_FACTORISATIONS: dict[str, Function] = {
    "zeros": _plain(lambda A, k: (torch.zeros(len(A), k), torch.zeros(A.shape[1], k))),
    "ones": _plain(lambda A, k: (torch.ones(len(A), k), torch.ones(A.shape[1], k))),
    "nan": _plain(lambda A, k: (torch.full((len(A), k), torch.nan), torch.full((A.shape[1], k), torch.nan))),
    "huge": _plain(lambda A, k: (torch.full((len(A), k), 1e30), torch.full((A.shape[1], k), 1e30))),
    "uniform draws": _plain(lambda A, k: (torch.rand(len(A), k), torch.rand(A.shape[1], k))),
    "uniform on large matrices, else zeros": _plain(
        lambda A, k: (
            (torch.rand(len(A), k), torch.rand(A.shape[1], k))
            if max(A.shape) > 10
            else (torch.zeros(len(A), k), torch.zeros(A.shape[1], k))
        )
    ),
    "the truncated SVD": _plain(_exact),
}


@pytest.mark.parametrize(("seed", "name"), covering((20, 4), tuple(NO_FACTORISATIONS)))
def test_what_is_no_factorisation_earns_next_to_nothing(seed: int, name: str) -> None:
    earned, outcomes = _marks("1.1", NO_FACTORISATIONS[name], seed)
    assert earned <= 0.2, outcomes
    assert outcomes["sweep"] is not Outcome.PASS


@pytest.mark.slow
def test_right_steps_that_never_fit_earn_at_most_a_third() -> None:
    def from_equal_columns(
        A: torch.Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01
    ) -> tuple[torch.Tensor, torch.Tensor]:
        U, V = torch.rand(A.shape[0], 1).repeat(1, rank), torch.rand(A.shape[1], 1).repeat(1, rank)
        for _ in range(num_epochs):
            for r in range(A.shape[0]):
                for c in range(A.shape[1]):
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
        return U, V

    earned, outcomes = _marks("1.1", from_equal_columns, 20)
    assert outcomes["rows"] is Outcome.PASS
    assert outcomes["fits"] is Outcome.FAIL
    assert earned == pytest.approx(LAB.rubric.caps["1.1-fits"])


@pytest.mark.slow
def test_the_least_observed_loss_of_rank_one_is_what_alternating_least_squares_find() -> None:
    A, M = data.A.astype(np.float64), data.M
    rng, found = np.random.default_rng(0), []
    for _ in range(60):
        v = rng.standard_normal(3)
        for _ in range(2_000):
            u = (M * A) @ v / (M @ (v * v))
            v = (M * A).T @ u / (M.T @ (u * u))
        found.append(low_rank.observed_loss(A, M, np.outer(u, v)))
    assert min(found) == pytest.approx(BEST_OF_RANK_ONE_OBSERVED, abs=1e-4)


def test_the_starts_that_are_judged_are_those_whose_steps_are_followed() -> None:
    """A function that draws as asked only where no step is taken is seen through."""

    def two_faced(
        A: torch.Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if num_epochs == 0:
            return torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
        U, V = solution.sgd_factorise(A, rank, num_epochs, lr)
        return torch.full_like(U, 0.5) if lr == 0 else U, torch.full_like(V, 0.5) if lr == 0 else V

    _, outcomes = _marks("1.1", two_faced, 20)
    assert outcomes["start"] is Outcome.FAIL


def test_a_start_differs_between_seeds() -> None:
    setting = GeneratedInputs(False, 3).square
    first: Factors = start_of(setting, 1)
    assert not np.array_equal(first[0], start_of(setting, 2)[0])
