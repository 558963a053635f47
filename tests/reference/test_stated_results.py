"""Stated values are judged by the equations they satisfy, and near misses are explained."""

from collections.abc import Callable

import pytest

from grader.core.result import CheckResult, Outcome
from tests.support.sampling import first_of_each
from tests.support.submissions import Handed
from tests.support.workers import ReportOf

HEAD = """
import torch
A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                if M[r, c]:
                    e = A[r, c] - U[r] @ V[c]
                    U[r] += lr * e * V[c]
                    V[c] += lr * e * U[r]
    return U, V
torch.manual_seed(0)
"""


Check = Callable[[str, str], CheckResult]
"""The fixture `check`."""


@pytest.fixture
def check(handed_in: Handed, report_of: ReportOf) -> Check:
    """`check(code, check_id)` is the result of one check for a file of the common head and the code."""

    def result_of(code: str, check_id: str) -> CheckResult:
        folder = handed_in({"lab1.py": HEAD + code})
        report = report_of(folder / "lab1.py", check_id.partition("-")[0])
        (result,) = [c for e in report.exercises for c in e.checks if c.id == check_id]
        return result

    return result_of


RIGHT = {
    "factors that stand alone, as in a cell": ("1.2-factors", "sgd_factorise(A, 2)"),
    "a loss that stands alone behind a matrix": (
        "1.2-loss",
        "U, V = sgd_factorise(A, 2)\nU @ V.T\ntorch.norm(A - U @ V.T) ** 2\ndel U, V",
    ),
    "a loss printed from U and V in variables": (
        "1.2-loss",
        "U, V = sgd_factorise(A, 2)\nprint('loss', ((A - U @ V.T) ** 2).sum())",
    ),
    "factors kept in a tuple under any name": ("1.2-factors", "banana = sgd_factorise(A, 2)"),
    "a product that is only printed": (
        "1.2-factors",
        "def main():\n    U, V = sgd_factorise(A, 2)\n    print(U @ V.T)\nmain()",
    ),
    "V kept as its transpose": ("1.2-factors", "U, V = sgd_factorise(A, 2)\nW = V.T.clone()\ndel V"),
    "the stated values of the sheet's own solution as text": (
        "1.2-loss",
        "print('''UV^T = [[0.2214, 0.5153, 0.3612], [3.2531, -0.0114, 1.9717],"
        " [3.0356, 0.5997, 2.1083]] with loss 0.1220''')",
    ),
    "an honest slow run that misses the second singular value": (
        "1.2-factors",
        "torch.manual_seed(7)\nU, V = sgd_factorise(A, 2)",
    ),
    "the best rank-2 matrix left in a variable": (
        "2.1-matrix",
        "P, S, Q = torch.linalg.svd(A)\nS[-1] = 0\nB = P @ torch.diag(S) @ Q",
    ),
    "the error of the SVD as a norm": (
        "2.1-error",
        "P, S, Q = torch.linalg.svd(A)\nprint('error', S[-1].item())",
    ),
    "a completion left in a variable": (
        "3.2-completed",
        "U, V = sgd_factorise_masked(A, M, 2)\ncompleted = U @ V.T",
    ),
    "a completion that keeps A where it is observed": (
        "3.2-completed",
        "def go():\n    U, V = sgd_factorise_masked(A, M, 2)\n"
        "    return torch.where(M == 1, A, U @ V.T)\nfull = go()",
    ),
}


@pytest.mark.parametrize("what", first_of_each(lambda what: RIGHT[what][0], RIGHT))
def test_a_right_figure_passes_however_it_is_stated(what: str, check: Check) -> None:
    check_id, code = RIGHT[what]
    result = check(code, check_id)
    assert result.outcome is Outcome.PASS, result.message


NEAR = {
    "a mean for a sum": (
        "1.2-loss",
        "U, V = sgd_factorise(A, 2)\nprint('loss', ((A - U @ V.T) ** 2).mean())",
        "mean of the squared differences",
    ),
    "a norm that was not squared": (
        "1.2-loss",
        "U, V = sgd_factorise(A, 2)\nprint('loss', torch.linalg.norm(A - U @ V.T))",
        "the norm itself",
    ),
    "a loss no matrix of rank 2 can have": (
        "1.2-loss",
        "U, V = sgd_factorise(A, 2)\nprint('loss', 0.0731)",
        "Eckart–Young",
    ),
    "the loss of the observed cells for the loss of all": (
        "1.2-loss",
        "U, V = sgd_factorise(A, 2)\nprint('loss', (M * (A - U @ V.T) ** 2).sum())",
        "observed in 3.2",
    ),
    "the loss of another pair": (
        "1.2-loss",
        "U, V = sgd_factorise(A, 2)\nX, Y = sgd_factorise_masked(A, M, 2)\n"
        "print('loss', ((A - X @ Y.T) ** 2).sum())",
        "another product",
    ),
    "A mistyped in one cell": (
        "1.2-loss",
        "A[0, 1] = 0.6050\nU, V = sgd_factorise(A, 2)\nprint('loss', ((A - U @ V.T) ** 2).sum())",
        "(1,2) is 0.6050 instead of 0.6005",
    ),
    "a run that diverged": (
        "1.2-factors",
        "U, V = sgd_factorise(A, 2, lr=5.0)",
        "not finite",
    ),
    "only the first singular value kept": (
        "2.1-matrix",
        "P, S, Q = torch.linalg.svd(A)\nS[1:] = 0\nB = P @ torch.diag(S) @ Q",
        "One singular value too few is kept",
    ),
    "the mean of the error of the SVD": (
        "2.1-error",
        "P, S, Q = torch.linalg.svd(A)\nS[-1] = 0\nprint('error', ((A - P @ torch.diag(S) @ Q) ** 2).mean())",
        "a ninth",
    ),
    "a factorisation of all of A for the completion": (
        "3.2-completed",
        "U, V = sgd_factorise(A, 2)\nB = U @ V.T",
        "all of A",
    ),
}


@pytest.mark.parametrize("what", first_of_each(lambda what: NEAR[what][0], NEAR))
def test_a_near_miss_fails_and_is_explained(what: str, check: Check) -> None:
    check_id, code, words = NEAR[what]
    result = check(code, check_id)
    assert result.outcome is Outcome.FAIL
    assert words in result.message


@pytest.mark.parametrize("check_id", ["1.2-factors", "1.2-loss", "2.1-matrix", "2.1-error"])
def test_what_is_not_stated_is_missing_and_not_wrong(check_id: str, check: Check) -> None:
    assert check("print('I ran out of time')", check_id).outcome is Outcome.MISSING


@pytest.mark.parametrize("said", ["loss 1", "error: 0", "<img src=x onerror=alert(1)>", "loss after epoch 1"])
def test_a_whole_number_alone_is_no_loss_whatever_it_is_called(said: str, check: Check) -> None:
    """Rounded to a whole number, 1 may be anything from 0.5 to 1.5, and so it may be a loss of 0.6."""
    assert check(f"print('{said}')", "1.2-loss").outcome is Outcome.MISSING


def test_a_factorisation_counts_although_its_names_are_taken_again_for_the_completion(
    handed_in: Handed, report_of: ReportOf
) -> None:
    code = (
        "U, V = sgd_factorise(A, 2)\nprint('loss', ((A - U @ V.T) ** 2).sum())\n"
        "U, V = sgd_factorise_masked(A, M, 2)\nprint(U @ V.T)"
    )
    report = report_of(handed_in({"lab1.py": HEAD + code}) / "lab1.py", "1.2", "3.2")
    outcomes = {check.id: check.outcome for e in report.exercises for check in e.checks}
    assert outcomes["1.2-factors"] is Outcome.PASS
    assert outcomes["1.2-loss"] is Outcome.PASS
    assert outcomes["3.2-completed"] is Outcome.PASS


def test_a_best_matrix_from_the_svd_alone_is_no_factorisation_by_descent(check: Check) -> None:
    code = "P, S, Q = torch.linalg.svd(A)\nS[-1] = 0\nB = P @ torch.diag(S) @ Q\nprint(B)"
    assert check(code, "1.2-factors").outcome is Outcome.MISSING


def test_zero_filled_hidden_cells_are_no_completion(check: Check) -> None:
    code = (
        "def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):\n"
        "    return sgd_factorise(A * M, rank, num_epochs, lr)\n"
        "U, V = sgd_factorise_masked(A, M, 2)\nB = U @ V.T"
    )
    assert check(code, "3.2-completed").outcome is not Outcome.PASS
