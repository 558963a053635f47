"""A wrong truncated SVD with an unusual name is found by its mistake, and never preferred to a correct one."""

import pytest
import torch

from grader.core.result import CheckResult, Outcome
from grader.grading.examine import examine_exercise
from grader.lab import Exercise
from grader.marking.findings import ExaminedExercise
from reference import LAB, data
from reference.sheet import FUNCTIONS
from tests.support.workers import OpenBench

(SVD,) = (exercise for exercise in LAB.exercises(LAB.seed) if exercise.id == "2.1")

HEAD = "import torch\n"
KEEPS_SMALLEST = """
def squash(A):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S[0] = 0
    return U @ torch.diag(S) @ Vh
"""
V_TRANSPOSED = """
def drop_last_singular_value(X):
    U, S, V = torch.linalg.svd(X, full_matrices=False)
    S[-1] = 0
    return U @ torch.diag(S) @ V.T
"""
ONE_TOO_MANY = """
def shrink(X, k):
    U, S, Vh = torch.linalg.svd(X, full_matrices=False)
    return U[:, :k - 1] * S[:k - 1] @ Vh[:k - 1]
"""
RESIDUAL = """
def rest(X, k):
    U, S, Vh = torch.linalg.svd(X, full_matrices=False)
    return X - U[:, :k] * S[:k] @ Vh[:k]
"""
HELPERS = """
def copied(A, k=2): return A.clone()
def turned(A): return A.T
def centred(A): return A - A.mean(dim=0)
def values(A): return torch.diag(torch.linalg.svdvals(A))
def identity(A): return torch.eye(len(A))
def nothing(A): return A * 0
def parts(A): return torch.linalg.svd(A)
def rounded(A, digits=1): return A.round(decimals=digits)
"""


def examined(open_bench: OpenBench, code: str) -> ExaminedExercise:
    """Exercise 2.1 of a file, judged and diagnosed without a search for repairs."""
    exercise: Exercise = SVD
    return examine_exercise(exercise, open_bench(HEAD + code, functions=FUNCTIONS), FUNCTIONS)


def matrix(found: ExaminedExercise) -> CheckResult:
    """What became of the matrix."""
    return next(check for check in found.checks if check.id == "2.1-matrix")


@pytest.mark.parametrize(
    ("code", "name", "mistake"),
    [
        (KEEPS_SMALLEST, "squash", "svd-keeps-smallest"),
        (V_TRANSPOSED, "drop_last_singular_value", "svd-wrong-transpose"),
        (ONE_TOO_MANY, "shrink", "svd-keeps-one-too-few"),
        (RESIDUAL, "rest", "svd-zeroes-largest"),
    ],
)
def test_a_mistaken_svd_of_any_name_is_found_and_its_mistake_named(
    open_bench: OpenBench, code: str, name: str, mistake: str
) -> None:
    found = examined(open_bench, code)
    assert matrix(found).outcome is Outcome.FAIL
    assert f"Found as `{name}` by what it does" in " ".join(matrix(found).notes)
    assert matrix(found).call.startswith(f"{name}(torch.tensor(")
    assert [diagnosis.id for diagnosis in found.diagnoses] == [mistake]


def test_helpers_are_not_taken_for_an_attempt(open_bench: OpenBench) -> None:
    found = examined(open_bench, HELPERS)
    assert matrix(found).outcome is Outcome.MISSING
    assert found.diagnoses == ()


def test_a_descent_is_not_taken_for_an_attempt_whatever_it_gives(open_bench: OpenBench) -> None:
    code = KEEPS_SMALLEST.replace("squash(A)", "sgd_factorise(A, rank, num_epochs=1000, lr=0.01)")
    assert matrix(examined(open_bench, code)).outcome is Outcome.MISSING


def test_a_right_figure_counts_whatever_the_functions_beside_it_give(open_bench: OpenBench) -> None:
    stated_value = f"A = torch.tensor({data.A.tolist()})\nB = A - rest(A, 2)\n"
    assert matrix(examined(open_bench, RESIDUAL + stated_value)).outcome is Outcome.PASS


@pytest.mark.parametrize("code", [KEEPS_SMALLEST, V_TRANSPOSED])
def test_the_smallest_example_of_a_function_without_a_rank_asks_for_the_last_value_only(
    open_bench: OpenBench, code: str
) -> None:
    (diagnosis,) = examined(open_bench, code).diagnoses
    assert diagnosis.counterexample is not None
    (given,), (wanted,), (got,) = (
        diagnosis.counterexample.given,
        diagnosis.counterexample.wanted,
        diagnosis.counterexample.got,
    )
    A, best, theirs = (torch.tensor(grid.rows, dtype=torch.float64) for grid in (given, wanted, got))
    assert torch.linalg.matrix_rank(best, atol=1e-6) == min(A.shape) - 1
    assert ((A - theirs) ** 2).sum() > ((A - best) ** 2).sum()


def test_a_descent_that_comes_to_the_best_approximation_is_not_taken_for_an_svd(
    open_bench: OpenBench,
) -> None:
    code = """
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return U[:, :rank] * S[:rank], Vh[:rank].T
"""
    assert matrix(examined(open_bench, code)).outcome is Outcome.MISSING
