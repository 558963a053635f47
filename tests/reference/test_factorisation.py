"""The check sequence decides by algebra: correct code passes in any precision, known mistakes clearly fail."""

from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.core.result import Outcome
from grader.execution.check_runner import run_checks
from grader.labkit import random_matrices
from reference import exercises
from reference.checks.call_spec import CallSpec
from reference.checks.factorisation import check_table
from reference.checks.factorisation_context import factorisation_context
from reference.checks.factorisation_inputs import GeneratedInputs
from reference.checks.factorisation_probe import FactorisationProbe
from reference.misconceptions import MASKED_MISCONCEPTIONS, MISCONCEPTIONS, Misconception
from reference.model import solution
from reference.rules.accepted_variants import VARIANTS, Variant
from reference.rules.update_rule import SHEET, Rule, run, run_with_bounds
from reference.sheet import SGD_FACTORISE, SGD_FACTORISE_MASKED
from tests.support.in_process_bench import InProcessBench, following
from tests.support.sampling import first_of_each, first_of_range

SIDES = st.integers(1, 6)
RANKS = st.integers(1, 3)
SEEDS = st.integers(0, 2**31 - 1)
DTYPES = st.sampled_from((torch.float32, torch.float64))
RIGHT = {
    "sgd_factorise": solution.sgd_factorise,
    "sgd_factorise_masked": solution.sgd_factorise_masked,
    "truncated_svd": solution.truncated_svd,
}


def in_precision(dtype: torch.dtype) -> InProcessBench:
    """The model solution, computing in the precision given whatever A comes in."""
    return InProcessBench(
        {name: lambda A, f=f, **rest: f(A.to(dtype, copy=True), **rest) for name, f in RIGHT.items()}
    )


ALL = tuple(
    (mistake, rule, masked)
    for masked in (False, True)
    for mistake in (*MISCONCEPTIONS, *(MASKED_MISCONCEPTIONS if masked else ()))
    for rule in mistake.rules
)


def setting(m: int, n: int, rank: int, seed: int, masked: bool, epochs: int = 1) -> CallSpec:
    rng = random_matrices.generator(seed)
    M = (rng.random((m, n)) < 0.7).astype(np.int64) if masked else None
    return CallSpec(random_matrices.signed(m, n, rng), rank, seed % 10_000, M, epochs=epochs)


@given(SIDES, SIDES, RANKS, SEEDS, st.booleans(), st.integers(1, 3), DTYPES)
@settings(max_examples=150, deadline=None)
def test_the_model_solution_agrees_with_the_rule_on_any_shape_rank_mask_and_seed(
    m: int, n: int, rank: int, seed: int, masked: bool, epochs: int, dtype: torch.dtype
) -> None:
    function = SGD_FACTORISE_MASKED if masked else SGD_FACTORISE
    bench = in_precision(dtype)
    probe = FactorisationProbe(function)
    asked = probe.informative(bench, setting(m, n, rank, seed, masked, epochs))
    assert probe.compare(bench, asked) is None


@pytest.mark.parametrize(
    ("seed", "dtype"),
    first_of_each(lambda case: "", list(product((20, 1, 77), (torch.float32, torch.float64)))),
)
def test_the_model_solution_passes_every_check_of_its_code(seed: int, dtype: torch.dtype) -> None:
    bench = in_precision(dtype)
    for exercise in exercises(seed):
        if exercise.id in ("1.1", "3.1"):
            for result in run_checks(exercise, bench):
                assert result.outcome is Outcome.PASS, (result.id, result.message)


@pytest.mark.slow
@given(st.sampled_from(ALL), SEEDS)
@settings(max_examples=120, deadline=None)
def test_every_known_mistake_fails_a_check_whatever_the_seed(
    mistaken: tuple[Misconception, Rule, bool], seed: int
) -> None:
    mistake, rule, masked = mistaken
    context = factorisation_context("3.1" if masked else "1.1", masked, seed)
    bench = InProcessBench({context.function.name: following(rule)})
    checks = check_table(context).checks()
    quick = [check for check in checks if check.id.partition("-")[2] not in ("defaults", "converges")]
    assert any(_fails(check.run(bench).outcome) for check in quick), mistake.id


def _fails(outcome: Outcome) -> bool:
    return outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("variant", "masked"),
    first_of_each(
        lambda case: case[0].cost == "order", [(v, masked) for masked in (False, True) for v in VARIANTS]
    ),
    ids=lambda v: f"{v.cost}-{VARIANTS.index(v)}" if isinstance(v, Variant) else str(v),
)
def test_a_sound_variant_is_recognised_for_what_it_is(variant: Variant, masked: bool) -> None:
    exercise = next(e for e in exercises(5) if e.id == ("3.1" if masked else "1.1"))
    function = SGD_FACTORISE_MASKED if masked else SGD_FACTORISE
    bench = InProcessBench({function.name: following(variant.rule)})
    results = run_checks(exercise, bench)
    assert {result.outcome for result in results} == {Outcome.PASS}, [r.message for r in results]
    assert {result.cost for result in results if result.cost} == {variant.cost}


def test_a_column_major_sweep_is_the_sheets_rule_bit_for_bit() -> None:
    by_columns = Rule("columns", cells=lambda m, n, rank: [(r, c) for c in range(n) for r in range(m)])
    for seed in range(50):
        s = setting(1 + seed % 6, 1 + seed % 5, 1 + seed % 3, seed, seed % 2 == 0, epochs=3)
        start = _start(s)
        for ours, theirs in zip(
            run(SHEET, s.A, s.M, start, 3, s.lr), run(by_columns, s.A, s.M, start, 3, s.lr), strict=True
        ):
            assert np.array_equal(ours, theirs)


def _start(s: CallSpec) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(s.seed)
    m, n = s.A.shape
    return rng.random((m, s.rank)), rng.random((n, s.rank))


@pytest.mark.parametrize(
    ("mistake", "masked"),
    first_of_each(
        lambda case: case[0].concept,
        [(m, False) for m in MISCONCEPTIONS] + [(m, True) for m in (*MISCONCEPTIONS, *MASKED_MISCONCEPTIONS)],
    ),
    ids=lambda v: getattr(v, "id", ""),
)
def test_right_and_wrong_are_three_orders_of_magnitude_apart_in_every_check(
    mistake: Misconception, masked: bool
) -> None:
    """A mistake that fails a check misses it by a thousand tolerances; each mistake fails at least one.

    Of mistakes that occur in every strength (a decay, a rounding), the most common one is used.
    """
    separations = {
        name: max(_separation(s, mistake.rules[0]) for s in settings)
        for name, settings in GeneratedInputs(masked, 20).by_check().items()
    }
    assert max(separations.values()) >= 1_000, separations
    assert all(apart >= 1_000 or apart <= 1 for apart in separations.values()), separations


def _separation(s: CallSpec, rule: Rule) -> float:
    """The largest distance from the sheet's rule over the tolerance at that entry."""
    start = _start(s)
    wanted, bounds = run_with_bounds(SHEET, s.A, s.M, start, s.epochs, s.lr)
    try:
        got = run(rule, s.A, s.M, start, s.epochs, s.lr)
    except (IndexError, ValueError):
        return np.inf
    if not all(np.isfinite(part).all() for part in got):
        return np.inf
    return max(
        float((np.abs(g - w) / (4 * b + 2.0**-24)).max()) for g, w, b in zip(got, wanted, bounds, strict=True)
    )


@given(SIDES, SIDES, RANKS, SEEDS, st.integers(1, 3))
@settings(max_examples=100, deadline=None)
def test_the_bound_holds_for_float32_whatever_the_order_of_summation(
    m: int, n: int, rank: int, seed: int, epochs: int
) -> None:
    s = setting(m, n, rank, seed, masked=False)
    rng = np.random.default_rng(seed)
    U, V = (rng.random((size, rank)).astype(np.float32) for size in (m, n))
    wanted, bounds = run_with_bounds(SHEET, s.A, None, (U.astype(float), V.astype(float)), epochs, s.lr)
    for _ in range(epochs):
        for r in range(m):
            for c in range(n):
                order = rng.permutation(rank)
                e = s.A[r, c] - np.sum((U[r] * V[c])[order], dtype=np.float32)
                U[r] = U[r] + np.float32(s.lr) * e * V[c]
                V[c] = V[c] + np.float32(s.lr) * e * U[r]
    for got, want, bound in zip((U, V), wanted, bounds, strict=True):
        assert (np.abs(got - want) <= bound + 2.0**-24).all()


@pytest.mark.slow
def test_nan_agrees_with_no_rule_however_it_got_there() -> None:
    def from_hidden(A: torch.Tensor, M: torch.Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01):  # type: ignore[no-untyped-def]
        A = A.masked_fill(M == 0, float("nan"))
        U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
        for _ in range(num_epochs):
            e = M * (A - U @ V.T)
            U, V = U + lr * e @ V, V + lr * e.T @ U
        return U, V

    bench = InProcessBench({"sgd_factorise_masked": from_hidden})
    results = {result.id: result for result in run_checks(exercises(20)[-2], bench)}
    assert results["3.1-defaults"].outcome is not Outcome.PASS
    assert results["3.1-converges"].outcome is not Outcome.PASS


def test_a_start_of_nan_is_refused_in_words_and_not_an_error_of_ours() -> None:
    def no_start(A: torch.Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01):  # type: ignore[no-untyped-def]
        if num_epochs == 0 or lr < 1e-20:
            return torch.full((A.shape[0], rank), float("nan")), torch.rand(A.shape[1], rank)
        return torch.ones(A.shape[0], rank), torch.ones(A.shape[1], rank)

    results = {r.id: r for r in run_checks(exercises(20)[0], InProcessBench({"sgd_factorise": no_start}))}
    assert results["1.1-still"].outcome is Outcome.FAIL
    assert "not finite" in results["1.1-still"].message
    assert results["1.1-start"].outcome is Outcome.SKIPPED
    assert all(result.outcome is not Outcome.ERROR for result in results.values())


@pytest.mark.parametrize("seeds", first_of_range(30, 150))
@pytest.mark.parametrize(
    "cost", first_of_each(lambda cost: "", ["", "v-first", "simultaneous", "full-batch"])
)
def test_what_rounds_to_float32_stays_well_within_the_bounds_of_every_check_with_any_seed(
    cost: str, seeds: range
) -> None:
    rule = next((variant.rule for variant in VARIANTS if variant.cost == cost), SHEET)
    for seed in seeds:
        for s in GeneratedInputs(False, seed).all():
            start = tuple(f.astype(np.float32) for f in _start(s))
            got = _in_float32(cost, s, *start)
            wanted, width = run_with_bounds(rule, s.A, None, start, s.epochs, s.lr)
            for ours, theirs, most in zip(wanted, got, width, strict=True):
                assert (np.abs(theirs - ours) <= 2 * most + 2.0**-24).all(), (seed, s)


def _in_float32(cost: str, s: CallSpec, U: np.ndarray, V: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sheet's update, or a sound one, written out and computed in float32."""
    U, V, lr = U.copy(), V.copy(), np.float32(s.lr)
    for _ in range(s.epochs):
        if cost == "full-batch":
            E = s.A - U @ V.T
            U, V = U + lr * (E @ V), V + lr * (E.T @ U)
            continue
        for r in range(len(U)):
            for c in range(len(V)):
                e, u = s.A[r, c] - U[r] @ V[c], U[r].copy()
                if cost == "v-first":
                    V[c] += lr * e * U[r]
                U[r] += lr * e * V[c]
                if cost != "v-first":
                    V[c] += lr * e * (u if cost == "simultaneous" else U[r])
    return U, V


STARTS = {
    "uniform": (lambda m, k: torch.rand(m, k), "pass", ""),
    "of three halves": (lambda m, k: 1.5 * torch.randn(m, k), "pass", "start"),
    "one more": (lambda m, k: torch.rand(m, k) + 1, "pass", "start"),
    "a little narrower": (lambda m, k: 0.98 * torch.rand(m, k), "pass", "start"),
    "mean of two": (lambda m, k: (torch.rand(m, k) + torch.rand(m, k)) / 2, "pass", "start"),
    "squashed normal": (lambda m, k: torch.sigmoid(torch.randn(m, k)), "pass", "start"),
    "one column repeated": (lambda m, k: torch.rand(m, 1).repeat(1, k), "fail", ""),
    "one row repeated": (lambda m, k: torch.rand(1, k).repeat(m, 1), "fail", ""),
    "tenths": (lambda m, k: torch.randint(0, 10, (m, k)) / 10, "fail", ""),
}


@pytest.mark.parametrize("seeds", first_of_range(4, 60))
@pytest.mark.parametrize("start", first_of_each(lambda start: STARTS[start][1:], STARTS))
def test_no_draw_decides_what_a_start_is_taken_for(start: str, seeds: range) -> None:
    draw, outcome, cost = STARTS[start]

    def begins(A: torch.Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01):  # type: ignore[no-untyped-def]
        return draw(A.shape[0], rank), draw(A.shape[1], rank)

    for seed in seeds:
        bench = InProcessBench({"sgd_factorise": begins})
        (check,) = (c for c in exercises(seed)[0].checks if c.id == "1.1-start")
        found = check.run(bench)
        assert (found.outcome, found.cost) == (Outcome(outcome), cost), (seed, found.got)
