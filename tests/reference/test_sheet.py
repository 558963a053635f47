"""Functions of the sheet are found under other names, and not mistaken for other functions of the sheet."""

from grader.core.result import Outcome, Verdict
from tests.reference.test_stated_results import HEAD
from tests.support.submissions import Handed
from tests.support.workers import ReportOf

FILMS = """
def gd_factorise_masked(A, M, rank, num_epochs=1000, lr=1e-5):
    U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        E = (A - U @ V.T) * M
        U += lr * E @ V
        V += lr * E.T @ U
    return U, V
"""


def test_the_function_for_films_is_not_taken_for_the_masked_factorisation_beside_it(
    handed_in: Handed, report_of: ReportOf
) -> None:
    code = HEAD.replace("sgd_factorise_masked", "partial_descent") + FILMS
    report = report_of(handed_in({"lab1.py": code}) / "lab1.py", "3.1")
    assert report.exercises[0].verdict is Verdict.FULL


def test_it_is_judged_where_nothing_else_is_there(handed_in: Handed, report_of: ReportOf) -> None:
    report = report_of(handed_in({"lab1.py": "import torch" + FILMS}) / "lab1.py", "3.1")
    assert report.exercises[0].verdict is Verdict.PARTIAL


def test_a_helper_that_multiplies_factors_is_no_truncated_svd(handed_in: Handed, report_of: ReportOf) -> None:
    code = HEAD + (
        "def reconstruct(A, rank):\n    U, V = sgd_factorise(A, rank)\n    return U @ V.T\n"
        "print('1.2', reconstruct(A, 2))\nP, S, Q = torch.linalg.svd(A)\nS[2] = 0\nprint('2.1', P @ torch.diag(S) @ Q)\n"
    )
    report = report_of(handed_in({"lab1.py": code}) / "lab1.py", "1.2", "2.1")
    outcomes = {check.id: check.outcome for exercise in report.exercises for check in exercise.checks}
    assert outcomes["2.1-matrix"] is Outcome.PASS
    assert outcomes["1.2-factors"] is Outcome.PASS
