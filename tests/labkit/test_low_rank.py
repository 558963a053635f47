"""The theorems that the grader relies on, tested with random matrices."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader.labkit import dkw_tolerance, low_rank, random_matrices, uniform_distance
from reference import data
from reference.model import solution
from tests.support.spectra import rank_deficient

sides = st.integers(1, 6)
ranks = st.integers(1, 3)
seeds = st.integers(0, 2**32 - 1)
half_widths = st.sampled_from((0.0, 5e-5, 0.005, 0.5, 3.0))

PRINTED = [[0.2214, 0.5153, 0.3612], [3.2531, -0.0114, 1.9717], [3.0356, 0.5997, 2.1083]]


# --- Eckart and Young -------------------------------------------------------------------------------------


@given(m=sides, n=sides, rank=ranks, seed=seeds)
@settings(max_examples=60, deadline=None)
def test_no_matrix_of_low_rank_beats_the_eckart_young_bound(m, n, rank, seed):
    rng = random_matrices.generator(seed)
    A = random_matrices.signed(m, n, rng)
    least = low_rank.eckart_young(A, rank)
    left = np.linalg.svd(low_rank.best_approximation(A, rank))[0][:, :rank]
    for size in (1e-6, 1e-3, 0.1, 1.0):
        subspace = left + size * rng.standard_normal(left.shape)
        right = np.linalg.lstsq(subspace, A.astype(np.float64), rcond=None)[0]  # the best for this subspace
        assert low_rank.loss(A, subspace @ right) >= least * (1 - 1e-12) - 1e-24
    U, V = rng.standard_normal((m, rank)), rng.standard_normal((n, rank))
    assert low_rank.loss(A, U @ V.T) >= least


@given(m=sides, n=sides, rank=ranks, seed=seeds)
@settings(max_examples=60, deadline=None)
def test_the_best_approximation_attains_the_bound_at_its_rank(m, n, rank, seed):
    A = random_matrices.signed(m, n, seed)
    best = low_rank.best_approximation(A, rank)
    assert low_rank.loss(A, best) == pytest.approx(low_rank.eckart_young(A, rank), rel=1e-10, abs=1e-24)
    assert np.linalg.matrix_rank(best, tol=1e-10) <= rank


def test_the_bound_is_zero_where_the_matrix_has_that_rank_and_the_whole_norm_at_rank_zero():
    A = random_matrices.with_spectrum(rank_deficient(4, 2), 4, 5, 1)
    assert low_rank.eckart_young(A, 2) == pytest.approx(0.0, abs=1e-12)
    assert low_rank.eckart_young(A, 9) == 0.0
    assert low_rank.eckart_young(A, 0) == pytest.approx(low_rank.loss(A, np.zeros((4, 5))))


def test_something_that_is_no_matrix_is_refused():
    for wrong in ([1.0, 2.0], 3.0, np.zeros((2, 2, 2))):
        with pytest.raises(ValueError, match="two dimensions"):
            low_rank.singular_values(wrong)


# --- saddles ----------------------------------------------------------------------------------------------


def critical_point(A, dropped, rank):
    U, s, Vt = np.linalg.svd(A)
    kept = [i for i in range(len(s)) if i + 1 not in dropped]
    left, right = np.zeros((A.shape[0], rank)), np.zeros((A.shape[1], rank))
    left[:, : len(kept)] = U[:, kept] * np.sqrt(s[kept])
    right[:, : len(kept)] = Vt[kept].T * np.sqrt(s[kept])
    return torch.tensor(left), torch.tensor(right)


@pytest.mark.parametrize("rank", (1, 2))
def test_every_level_is_critical_and_every_one_above_the_least_curves_downwards(rank):
    A = random_matrices.with_spectrum(random_matrices.well_separated(3), 3, 4, 5).astype(np.float64)
    wanted = torch.tensor(A)

    def f(flat):
        U, V = flat[: 3 * rank].reshape(3, rank), flat[3 * rank :].reshape(4, rank)
        return ((wanted - U @ V.T) ** 2).sum()

    levels = low_rank.saddle_levels(A, rank)
    for i, (dropped, level) in enumerate(levels):
        at = torch.cat([part.flatten() for part in critical_point(A, dropped, rank)])
        assert f(at).item() == pytest.approx(level)
        assert torch.autograd.functional.jacobian(f, at).abs().max() < 1e-10
        lowest = torch.linalg.eigvalsh(torch.autograd.functional.hessian(f, at))[0]
        assert lowest > -1e-9 if i == 0 else lowest < -0.1


@given(m=sides, n=sides, rank=st.integers(0, 7), seed=seeds)
@settings(deadline=None)
def test_levels_rise_from_the_least_loss_to_the_whole_norm_one_for_each_choice(m, n, rank, seed):
    A = random_matrices.signed(m, n, seed)
    levels = low_rank.saddle_levels(A, rank)
    values = [level for _, level in levels]
    size = min(m, n)
    assert values == sorted(values)
    assert values[0] == pytest.approx(low_rank.eckart_young(A, rank), rel=1e-12)
    assert values[-1] == pytest.approx(np.sum(A.astype(np.float64) ** 2), rel=1e-12)
    assert len({dropped for dropped, _ in levels}) == sum(comb(size, k) for k in range(min(rank, size) + 1))


def test_the_saddles_of_the_sheet_are_named_by_what_they_drop():
    named = low_rank.saddle_levels(data.A, 2)
    assert [dropped for dropped, _ in named[:3]] == [(3,), (2,), (2, 3)]
    assert [level for _, level in named[:3]] == pytest.approx([0.12191083, 0.48424646, 0.60615729], abs=1e-7)


def test_too_many_singular_values_to_list_their_subsets_are_refused():
    with pytest.raises(ValueError, match="17 singular values"):
        low_rank.saddle_levels(np.eye(17), 2)


# --- losses and rounding ----------------------------------------------------------------------------------


def test_a_loss_is_a_sum_of_squares_over_the_cells_the_mask_shows():
    A, P = [[1.0, 2.0], [3.0, np.nan]], [[0.0, 0.0], [0.5, 7.0]]
    assert low_rank.observed_loss(A, [[1, 0], [True, 0]], P) == 1.0 + 6.25
    assert low_rank.loss([[1.0, 2.0]], [[0.0, 0.0]]) == 5.0
    assert np.isnan(low_rank.loss(A, P))


def test_matrices_of_different_shape_are_never_broadcast():
    with pytest.raises(ValueError, match="differ"):
        low_rank.loss([[1.0, 2.0]], [[1.0]])
    with pytest.raises(ValueError, match="differ"):
        low_rank.observed_loss([[1.0, 2.0]], [[1]], [[1.0, 2.0]])
    with pytest.raises(ValueError, match="differ"):
        low_rank.rounded_loss_interval([[1.0, 2.0]], [[1.0]], 0.1)


def exact_loss(A, P, seen):
    cells = zip(A[seen].tolist(), P[seen].tolist(), strict=True)
    return sum(((Fraction(a) - Fraction(p)) ** 2 for a, p in cells), Fraction(0))


@given(m=sides, n=sides, seed=seeds, h=half_widths, masked=st.booleans(), per_entry=st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_interval_contains_the_exact_loss_of_everything_that_rounds_to_the_matrix(
    m, n, seed, h, masked, per_entry
):
    rng = random_matrices.generator(seed)
    A, P = rng.standard_normal((m, n)), rng.standard_normal((m, n))
    M = rng.integers(0, 2, size=(m, n)) if masked else np.ones((m, n), dtype=int)
    widths = h * rng.random((m, n)) if per_entry else np.full((m, n), h)
    interval = low_rank.rounded_loss_interval(A, P, widths if per_entry else h, M if masked else None)
    for other in (P, P + widths * rng.uniform(-1, 1, (m, n))):
        if np.all(np.abs(other - P) <= widths):
            assert Fraction(interval.low) <= exact_loss(A, other, M == 1) <= Fraction(interval.high)


@given(a=st.floats(-10, 10), p=st.floats(-10, 10), h=st.floats(0, 10), steps=st.none() | st.integers(-3, 3))
@settings(max_examples=300, deadline=None)
def test_the_interval_is_rigorous_in_floating_point_even_where_distance_and_rounding_cancel(a, p, h, steps):
    if steps is not None:
        h = abs(a - p) * (1 + steps * 2.0**-52)
    assume(h == 0 or h > 1e-100)
    distance, rounding = abs(Fraction(a) - Fraction(p)), Fraction(h)
    assume(distance == 0 or distance > 1e-100)
    low, high = low_rank.rounded_loss_interval([[a]], [[p]], h)
    assert 0 <= Fraction(low) <= max(Fraction(0), distance - rounding) ** 2
    assert Fraction(high) >= (distance + rounding) ** 2


@given(m=sides, n=sides, seed=seeds, h=half_widths)
@settings(deadline=None)
def test_both_ends_of_the_interval_are_attained(m, n, seed, h):
    rng = random_matrices.generator(seed)
    A, P = rng.standard_normal((m, n)), rng.standard_normal((m, n))
    toward = np.sign(A - P)
    interval = low_rank.rounded_loss_interval(A, P, h)
    nearest = low_rank.loss(A, P + np.minimum(h, np.abs(A - P)) * toward)
    assert interval.low == pytest.approx(nearest, rel=1e-10, abs=1e-12)
    assert interval.high == pytest.approx(low_rank.loss(A, P - h * toward), rel=1e-10)


def test_the_printed_product_of_the_sheet_allows_its_loss_and_not_a_mean_or_a_root():
    low, high = low_rank.rounded_loss_interval(data.A, PRINTED, 5e-5)
    assert low < 0.1220 < high
    assert high - low < 3e-4
    assert not low < 0.0135 < high and not low < 0.349 < high


@given(m=sides, n=sides, rank=ranks, seed=seeds, h=half_widths, h_v=st.none() | half_widths)
@settings(max_examples=100, deadline=None)
def test_rounded_factors_move_the_product_by_no_more_than_its_half_width(m, n, rank, seed, h, h_v):
    rng = random_matrices.generator(seed)
    U, V = rng.standard_normal((m, rank)), rng.standard_normal((n, rank))
    width = low_rank.product_half_width(U, V, h, h_v)
    of_v = h if h_v is None else h_v
    assert width.shape == (m, n)
    for _ in range(5):
        # One rounding inside the bound, so that adding E to U cannot round past it.
        E = (1 - 1e-12) * h * rng.choice((-1.0, 1.0), size=U.shape)
        F = (1 - 1e-12) * of_v * rng.choice((-1.0, 1.0), size=V.shape)
        if np.all(np.abs((U + E) - U) <= h) and np.all(np.abs((V + F) - V) <= of_v):
            assert np.all(np.abs((U + E) @ (V + F).T - U @ V.T) <= width + 1e-15)
    outward = (np.abs(U) + h) @ (np.abs(V) + of_v).T - np.abs(U) @ np.abs(V).T
    np.testing.assert_allclose(width, outward, rtol=1e-8, atol=1e-13)


# --- chance -----------------------------------------------------------------------------------------------


@given(st.lists(st.floats(-0.5, 1.5) | st.sampled_from((0.0, 0.25, 1.0)), min_size=1, max_size=20))
def test_the_distance_is_the_largest_gap_just_before_or_at_a_sample_point(sample):
    x = np.array(sample)
    gaps = [abs(share - min(max(t, 0.0), 1.0)) for t in sample for share in (np.mean(x <= t), np.mean(x < t))]
    assert uniform_distance(sample) == pytest.approx(max(gaps), abs=1e-12)


def test_the_best_spread_sample_is_half_a_step_away_and_a_single_value_at_zero_a_whole_one():
    assert uniform_distance((np.arange(10) + 0.5) / 10) == pytest.approx(0.05)
    assert uniform_distance([[0.0]]) == 1.0


def test_samples_that_are_empty_or_hold_nan_are_refused():
    for wrong in ([], [0.5, np.nan]):
        with pytest.raises(ValueError, match="no nan"):
            uniform_distance(wrong)


def test_uniform_samples_exceed_the_tolerance_as_often_as_allowed_and_not_much_less():
    draws = random_matrices.generator(3).random((4000, 50))
    tolerance = dkw_tolerance(50, 0.1)
    share = np.mean([uniform_distance(sample) > tolerance for sample in draws])
    assert 0.05 < share < 0.1 + 3 * np.sqrt(0.1 * 0.9 / 4000)


@pytest.mark.parametrize("wrong", ("normal", "centred", "zeros", "halved"))
def test_starts_that_are_not_uniform_exceed_the_tolerance(wrong):
    rng = random_matrices.generator(4)
    sample = {
        "normal": rng.standard_normal(500),
        "centred": rng.random(500) - 0.5,
        "zeros": np.zeros(500),
        "halved": rng.random(500) / 2,
    }[wrong]
    assert uniform_distance(sample) > dkw_tolerance(500, 1e-9)


@given(n=st.integers(1, 10**6), failure=st.floats(1e-12, 0.5))
def test_the_tolerance_solves_massarts_inequality(n, failure):
    t = dkw_tolerance(n, failure)
    assert 2 * np.exp(-2 * n * t**2) == pytest.approx(failure)


def test_no_draws_or_a_probability_out_of_range_are_refused():
    for n, failure in ((0, 0.1), (5, 0.0), (5, 1.0)):
        with pytest.raises(ValueError, match="no tolerance"):
            dkw_tolerance(n, failure)


# --- the SVD in floating point ----------------------------------------------------------------------------

SPECTRA = {
    "well separated": lambda size, rank: random_matrices.well_separated(size),
    "nearly repeated": random_matrices.nearly_repeated,
    "rank-deficient": rank_deficient,
}


@pytest.mark.parametrize("name", SPECTRA)
@given(m=st.integers(3, 8), n=st.integers(3, 8), rank=st.integers(1, 2), seed=seeds)
@settings(max_examples=40, deadline=None)
def test_a_float32_truncation_is_within_its_tolerance(name, m, n, rank, seed):
    A = random_matrices.with_spectrum(SPECTRA[name](min(m, n), rank), m, n, seed)
    P = solution.truncated_svd(torch.tensor(A), rank).numpy()
    tolerance = low_rank.svd_tolerance(A, rank, 2.0**-23)
    assert P.dtype == np.float32
    assert low_rank.singular_values(P)[rank] <= tolerance.singular_value
    assert abs(low_rank.loss(A, P) - low_rank.eckart_young(A, rank)) <= tolerance.excess_loss


def test_the_tolerance_tells_a_truncation_from_a_descent_and_from_no_truncation():
    A = data.A
    tolerance = low_rank.svd_tolerance(A, 2, 2.0**-23)
    assert low_rank.loss(A, PRINTED) - low_rank.eckart_young(A, 2) > 3 * tolerance.excess_loss
    assert low_rank.singular_values(A)[2] > 10_000 * tolerance.singular_value
