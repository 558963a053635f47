"""The model solution, its batched version, the matrices for testing code, and the lab's published numbers."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader.labkit import dkw_tolerance, low_rank, random_matrices, uniform_distance
from reference import data
from reference.model import batched_solution, published_numbers, solution
from tests.support.spectra import rank_deficient

A = torch.tensor(data.A)
M = torch.tensor(data.M)

sides = st.integers(1, 6)
ranks = st.integers(1, 3)
seeds = st.integers(0, 2**32 - 1)


def starts(seed: int, m: int, n: int, rank: int) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    return solution.sgd_factorise(torch.zeros(m, n, dtype=torch.float64), rank, num_epochs=0)


# --- the model solution -----------------------------------------------------------------------------------


def test_the_run_at_seed_zero_gives_the_published_product_and_completion():
    torch.manual_seed(0)
    U, V = solution.sgd_factorise(A, 2)
    masked_U, masked_V = solution.sgd_factorise_masked(A, M, 2)
    product = [[0.2214, 0.5153, 0.3612], [3.2531, -0.0114, 1.9717], [3.0356, 0.5997, 2.1083]]
    completed = [[0.3561, 0.5951, 0.1518], [2.1802, 0.0496, 1.8334], [2.9360, 0.8643, 2.2685]]
    np.testing.assert_allclose(U @ V.T, product, atol=6e-5)
    np.testing.assert_allclose(masked_U @ masked_V.T, completed, atol=6e-5)


def test_without_epochs_the_start_is_u_then_v_as_torch_draws_them():
    torch.manual_seed(7)
    U0, V0 = torch.rand(4, 2), torch.rand(5, 2)
    torch.manual_seed(7)
    U, V = solution.sgd_factorise(torch.ones(4, 5), 2, num_epochs=0)
    torch.manual_seed(7)
    masked_U, masked_V = solution.sgd_factorise_masked(torch.ones(4, 5), torch.ones(4, 5), 2, num_epochs=0)
    assert torch.equal(U, U0) and torch.equal(V, V0)
    assert torch.equal(masked_U, U0) and torch.equal(masked_V, V0)


def test_v_is_updated_with_the_u_just_updated():
    a, lr = 2.0, 0.1
    U0, V0 = starts(3, 1, 1, 1)
    u, v = U0.item(), V0.item()
    e = a - u * v
    u += lr * e * v
    v += lr * e * u
    torch.manual_seed(3)
    U, V = solution.sgd_factorise(torch.tensor([[a]], dtype=torch.float64), 1, num_epochs=1, lr=lr)
    assert (U.item(), V.item()) == pytest.approx((u, v), rel=1e-15)


def test_each_cell_sees_the_updates_of_those_before_it_in_its_row_and_column():
    U0, V0 = starts(4, 2, 2, 1)
    u, v = U0[:, 0].tolist(), V0[:, 0].tolist()
    cells = [[1.5, -2.0], [0.5, 3.0]]
    for r, c in ((0, 0), (0, 1), (1, 0), (1, 1)):
        e = cells[r][c] - u[r] * v[c]
        u[r] += 0.2 * e * v[c]
        v[c] += 0.2 * e * u[r]
    torch.manual_seed(4)
    U, V = solution.sgd_factorise(torch.tensor(cells, dtype=torch.float64), 1, num_epochs=1, lr=0.2)
    np.testing.assert_allclose(U[:, 0], u, rtol=1e-14)
    np.testing.assert_allclose(V[:, 0], v, rtol=1e-14)


def test_a_mask_of_ones_changes_nothing_and_a_mask_of_zeros_leaves_the_start():
    runs = []
    for mask in (torch.ones(3, 3), torch.zeros(3, 3)):
        torch.manual_seed(5)
        runs.append(solution.sgd_factorise_masked(A, mask, 2, num_epochs=3))
    torch.manual_seed(5)
    plain = solution.sgd_factorise(A, 2, num_epochs=3)
    torch.manual_seed(5)
    start = solution.sgd_factorise(A, 2, num_epochs=0)
    assert all(torch.equal(got, wanted) for got, wanted in zip(runs[0], plain, strict=True))
    assert all(torch.equal(got, wanted) for got, wanted in zip(runs[1], start, strict=True))
    assert not torch.equal(plain[0], start[0])


@pytest.mark.parametrize("dtype", data.MASK_DTYPES.values(), ids=data.MASK_DTYPES.keys())
def test_hidden_cells_do_not_matter_whatever_the_mask_is_made_of(dtype):
    mask = torch.tensor(data.M.astype(dtype))
    ends = []
    for cells in (data.A, data.hidden_changed(data.A, data.M, 1)):
        torch.manual_seed(6)
        ends.append(solution.sgd_factorise_masked(torch.tensor(cells), mask, 2, num_epochs=5))
    assert torch.equal(ends[0][0], ends[1][0]) and torch.equal(ends[0][1], ends[1][1])


def test_the_arguments_are_left_as_they_were():
    cells, mask = A.clone(), M.clone()
    solution.sgd_factorise(cells, 2, num_epochs=2)
    solution.sgd_factorise_masked(cells, mask, 2, num_epochs=2)
    solution.truncated_svd(cells, 2)
    assert torch.equal(cells, A) and torch.equal(mask, M)


@given(m=sides, n=sides, rank=ranks, seed=seeds)
@settings(max_examples=50, deadline=None)
def test_the_truncated_svd_is_the_best_approximation(m, n, rank, seed):
    cells = random_matrices.signed(m, n, seed).astype(np.float64)
    got = solution.truncated_svd(torch.tensor(cells), rank).numpy()
    assert low_rank.loss(cells, got) == pytest.approx(low_rank.eckart_young(cells, rank), rel=1e-9, abs=1e-20)
    assert np.linalg.matrix_rank(got, tol=1e-9) <= rank


# --- its batched twin -------------------------------------------------------------------------------------


@given(
    m=sides,
    n=sides,
    rank=ranks,
    seed=seeds,
    epochs=st.integers(0, 3),
    lr=st.sampled_from((0.0, 0.01, 0.1)),
    masked=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_the_batched_twin_equals_the_solution_from_every_start(m, n, rank, seed, epochs, lr, masked):
    rng = random_matrices.generator(seed)
    cells = torch.tensor(random_matrices.signed(m, n, rng).astype(np.float64))
    mask = torch.tensor(rng.integers(0, 2, size=(m, n))) if masked else None
    run_seeds = range(3)
    U0, V0 = (torch.stack(parts) for parts in zip(*(starts(s, m, n, rank) for s in run_seeds), strict=True))
    U, V = batched_solution.factorise(cells, U0, V0, epochs, lr, mask)
    for i in run_seeds:
        torch.manual_seed(i)
        if mask is None:
            wanted = solution.sgd_factorise(cells, rank, epochs, lr)
        else:
            wanted = solution.sgd_factorise_masked(cells, mask, rank, epochs, lr)
        torch.testing.assert_close((U[i], V[i]), wanted, rtol=1e-12, atol=1e-13)


def test_a_thousand_batched_epochs_end_where_the_solution_ends():
    torch.manual_seed(0)
    U0, V0 = torch.rand(3, 2), torch.rand(3, 2)
    torch.manual_seed(0)
    wanted = solution.sgd_factorise(A, 2)
    U, V = batched_solution.factorise(A, U0[None], V0[None])
    torch.testing.assert_close((U[0], V[0]), wanted, rtol=1e-4, atol=1e-4)


def test_starts_are_independent_of_how_they_are_split_into_chunks(monkeypatch):
    U0, V0 = batched_solution.uniform_starts(7, 3, 3, 2, 11)
    whole = batched_solution.factorise(A, U0, V0, num_epochs=20)
    monkeypatch.setattr(batched_solution, "CHUNK", 3)
    split = batched_solution.factorise(A, U0, V0, num_epochs=20)
    torch.testing.assert_close(split, whole, rtol=1e-5, atol=1e-6)
    assert split[0].shape == (7, 3, 2) and split[1].shape == (7, 3, 2)


def test_a_start_that_diverges_disturbs_no_other():
    U0, V0 = batched_solution.uniform_starts(2, 3, 3, 2, 11)
    U0[0] *= 100
    U, V = batched_solution.factorise(A, U0, V0, num_epochs=50, lr=0.05)
    alone = batched_solution.factorise(A, U0[1:], V0[1:], num_epochs=50, lr=0.05)
    assert not torch.isfinite(U[0]).all()
    torch.testing.assert_close((U[1:], V[1:]), alone, rtol=1e-5, atol=1e-6)


def test_the_batched_twin_reads_no_hidden_cell_and_changes_no_argument():
    cells = A.clone()
    cells[M == 0] = torch.nan
    U0, V0 = batched_solution.uniform_starts(2, 3, 3, 2, 11)
    kept = [t.clone() for t in (cells, U0, V0)]
    U, V = batched_solution.factorise(cells, U0, V0, num_epochs=5, M=M)
    wanted = batched_solution.factorise(A, U0, V0, num_epochs=5, M=M)
    assert torch.equal(U, wanted[0]) and torch.equal(V, wanted[1])
    for now, before in zip((cells, U0, V0), kept, strict=True):
        torch.testing.assert_close(now, before, rtol=0, atol=0, equal_nan=True)


def test_starts_and_masks_that_do_not_fit_are_refused():
    U0, V0 = batched_solution.uniform_starts(2, 3, 3, 2, 11)
    with pytest.raises(ValueError, match="starts"):
        batched_solution.factorise(torch.ones(3, 4), U0, V0)
    with pytest.raises(ValueError, match="starts"):
        batched_solution.factorise(A, U0, V0[:1])
    with pytest.raises(ValueError, match="mask"):
        batched_solution.factorise(A, U0, V0, M=torch.ones(1, 3))


def test_uniform_starts_are_uniform_seeded_and_leave_the_global_generator_alone():
    before = torch.get_rng_state()
    U0, V0 = batched_solution.uniform_starts(2000, 3, 4, 2, 11)
    again = batched_solution.uniform_starts(2000, 3, 4, 2, torch.Generator().manual_seed(11))
    assert torch.equal(torch.get_rng_state(), before)
    assert U0.shape == (2000, 3, 2) and V0.shape == (2000, 4, 2)
    assert torch.equal(U0, again[0]) and torch.equal(V0, again[1])
    for part in (U0, V0):
        assert uniform_distance(part.numpy()) < dkw_tolerance(part.numel(), 1e-6)


# --- the matrices and masks -------------------------------------------------------------------------------


def test_the_matrix_and_mask_of_the_sheet_cannot_be_changed():
    for array in (data.A, data.M):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 9
    assert (data.A.dtype, data.M.dtype) == (np.float32, np.int64)
    assert np.argwhere(data.M == 0).tolist() == [[1, 0], [2, 1]]


SPECTRA = {
    "well separated": random_matrices.well_separated,
    "nearly repeated": lambda size: random_matrices.nearly_repeated(size, 1) if size > 1 else (1.0,),
    "rank-deficient": lambda size: rank_deficient(size, size - 1),
}


@pytest.mark.parametrize("name", SPECTRA)
@given(m=sides, n=sides, seed=seeds)
@settings(max_examples=30, deadline=None)
def test_a_matrix_has_the_singular_values_asked_for(name, m, n, seed):
    wanted = SPECTRA[name](min(m, n))
    drawn = random_matrices.with_spectrum(wanted, m, n, seed)
    assert drawn.shape == (m, n) and drawn.dtype == np.float32
    assert len(wanted) == min(m, n) and sorted(wanted, reverse=True) == list(wanted)
    np.testing.assert_allclose(low_rank.singular_values(drawn), wanted, atol=1e-5)


def test_missing_singular_values_are_zero_and_impossible_ones_refused():
    assert low_rank.singular_values(random_matrices.with_spectrum((3.0,), 4, 3, 1)) == pytest.approx(
        [3, 0, 0], abs=1e-6
    )
    for impossible in ((2.0, 1.0), (-1.0,)):
        with pytest.raises(ValueError, match="singular values"):
            random_matrices.with_spectrum(impossible, 1, 4, 1)


def test_impossible_spectra_and_masks_are_refused():
    with pytest.raises(ValueError, match="neighbours"):
        random_matrices.nearly_repeated(2, 2)
    with pytest.raises(ValueError, match="both hide and show"):
        data.scattered(1, 1, 0)


def test_singular_vectors_prefer_no_direction():
    """Without the sign fix LAPACK's Q has a first column whose first entry is never positive."""
    rng = random_matrices.generator(2)
    positive = [random_matrices.with_spectrum((1.0,), 1, 2, rng)[0, 0] > 0 for _ in range(200)]
    first_rows = [random_matrices._orthonormal(3, 1, rng)[0, 0] > 0 for _ in range(200)]
    assert 60 < sum(positive) < 140
    assert 60 < sum(first_rows) < 140


@given(shape=st.sampled_from(sorted(random_matrices.SHAPES.values())), seed=seeds)
def test_signed_matrices_stay_away_from_zero(shape, seed):
    drawn = random_matrices.signed(*shape, seed)
    assert drawn.shape == shape and drawn.dtype == np.float32
    assert np.all((np.abs(drawn) >= 0.5) & (np.abs(drawn) <= 2.0))


def test_signed_matrices_have_both_signs():
    drawn = random_matrices.signed(20, 20, 3)
    assert 100 < np.sum(drawn > 0) < 300
    for seed in range(50):
        assert set(np.sign(random_matrices.signed(1, 2, seed)).ravel()) == {-1.0, 1.0}


@given(rank=st.integers(1, 4), sign=st.sampled_from((-1, 1)), seed=seeds)
def test_the_error_at_one_cell_has_the_sign_asked_for_from_every_start(rank, sign, seed):
    A = random_matrices.one_cell(rank, sign, seed)
    assert A.shape == (1, 1) and A.dtype == np.float32
    assert all(sign * (A[0, 0] - product) > 0.99 for product in (0.0, float(rank)))


def test_the_same_seed_draws_the_same_and_a_generator_goes_on():
    rng = random_matrices.generator(9)
    first, second = random_matrices.signed(3, 3, rng), random_matrices.signed(3, 3, rng)
    assert np.array_equal(first, random_matrices.signed(3, 3, 9))
    assert not np.array_equal(first, second)


def test_masks_hide_what_their_names_say():
    assert data.all_observed(2, 3).tolist() == [[1, 1, 1], [1, 1, 1]]
    assert data.all_hidden(2, 3).tolist() == [[0, 0, 0], [0, 0, 0]]
    assert data.row_hidden(2, 3, 1).tolist() == [[1, 1, 1], [0, 0, 0]]
    assert data.column_hidden(2, 3, 0).tolist() == [[0, 1, 1], [0, 1, 1]]
    assert data.one_observed(2, 3, 1, 2).tolist() == [[0, 0, 0], [0, 0, 1]]


@given(m=sides, n=sides, seed=seeds, hidden=st.floats(0.0, 1.0))
def test_a_scattered_mask_hides_some_cells_and_shows_some(m, n, seed, hidden):
    assume(m * n > 1)
    mask = data.scattered(m, n, seed, hidden)
    assert set(np.unique(mask)) == {0, 1} and mask[0, 0] == 1
    assert abs(np.sum(mask == 0) - hidden * m * n) <= 1


@given(seed=seeds, scale=st.sampled_from((1e-6, 1.0, 1e6)), dtype=st.sampled_from((np.float32, np.float64)))
def test_changed_hidden_cells_are_finite_and_different_and_the_rest_untouched(seed, scale, dtype):
    rng = random_matrices.generator(seed)
    before = (random_matrices.signed(4, 5, rng) * scale).astype(dtype)
    mask = data.scattered(4, 5, rng)
    after = data.hidden_changed(before, mask, rng)
    assert after.dtype == dtype and np.all(np.isfinite(after))
    assert np.array_equal(after[mask == 1], before[mask == 1])
    assert np.all(np.abs(after - before)[mask == 0] >= 0.99 * (1 + np.abs(before[mask == 0])))


def test_hidden_cells_that_hold_nan_become_finite():
    cells = np.where(data.M == 0, np.nan, data.A)
    assert np.all(np.isfinite(data.hidden_changed(cells, data.M, 0)))


# --- the published numbers --------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_published_number_of_the_lab_can_be_recomputed():
    before = torch.get_rng_state()
    shown = published_numbers.demonstrate()
    assert [f"{d.name}: {d.published}, not {d.computed}" for d in shown if not d.holds] == []
    assert len({d.name for d in shown}) == len(shown)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_figure_off_by_one_in_its_last_digit_does_not_hold():
    assert published_numbers._digits("loss", 0.1220, 0.12204).holds
    assert not published_numbers._digits("loss", 0.1220, 0.1221).holds
    assert not published_numbers._digits("loss", [0.1, 0.2], [0.1, 0.2001]).holds
    assert not published_numbers._digits("loss", [0.1], [0.1, 0.1]).holds
    assert not published_numbers._digits("loss", 0.1220, np.nan).holds


def test_a_share_or_median_beyond_sampling_error_does_not_hold():
    hits = np.arange(published_numbers.STARTS) < 0.15 * published_numbers.STARTS
    assert published_numbers._share("share", 15, hits).holds
    assert not published_numbers._share("share", 17, hits).holds
    losses = np.linspace(0.0, 1.0, published_numbers.STARTS)
    assert published_numbers._median("median", 0.51, losses).holds
    assert not published_numbers._median("median", 0.52, losses).holds


def test_matrices_bounds_and_demonstration_are_imported_without_torch():
    modules = "reference.data, grader.labkit.low_rank, reference.model.published_numbers"
    code = f"import sys, {modules}; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
