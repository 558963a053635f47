"""A stated value counts for the exercise it belongs to: by its call, its words and what it stands with."""

from collections.abc import Callable, Mapping

import pytest

from grader.core.result import CheckResult, Outcome
from tests.reference.test_stated_results import HEAD
from tests.support.submissions import Handed
from tests.support.workers import ReportOf

Checks = Callable[[str], Mapping[str, CheckResult]]
"""The fixture `checks`."""

SVD = "P, S, Q = torch.linalg.svd(A)\nS[2] = 0\nB = P @ torch.diag(S) @ Q\nprint('2.1', B, ((A - B) ** 2).sum())\n"


@pytest.fixture
def checks(handed_in: Handed, report_of: ReportOf) -> Checks:
    """`checks(code)`: every check of 1.2, 2.1 and 3.2 for a file of the common head and the code."""

    def results(code: str) -> Mapping[str, CheckResult]:
        report = report_of(handed_in({"lab1.py": HEAD + code}) / "lab1.py", "1.2", "2.1", "3.2")
        return {check.id: check for exercise in report.exercises for check in exercise.checks}

    return results


@pytest.mark.parametrize(
    "loss",
    [
        "((A - U @ V.T) ** 2).mean()",
        "torch.norm(A - U @ V.T)",
        "(A - U @ V.T).sum() ** 2",
        "((A - U @ V.T) ** 2).sum() / 2",
    ],
)
def test_a_wrong_loss_is_not_rescued_by_the_right_error_of_2_1(checks: Checks, loss: str) -> None:
    found = checks(f"U, V = sgd_factorise(A, 2)\nprint(U, V)\nprint('loss: %.4f' % ({loss}))\n{SVD}")
    assert found["1.2-factors"].outcome is Outcome.PASS
    assert found["1.2-loss"].outcome is Outcome.FAIL
    assert found["2.1-error"].outcome is Outcome.PASS


CALLS = {
    "sgd_factorise(A, 2, num_epochs=100)": "100 epochs",
    "sgd_factorise(A, 2, lr=0.001)": "learning rate 0.001",
    "sgd_factorise(A.T, 2)": "transpose",
    "sgd_factorise(A + 0.5 * (A > 3.3), 2)": "(2,1) is 3.8359 instead of 3.3359",
}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_calculates_something_else_is_named_with_its_line(checks: Checks, call: str) -> None:
    found = checks(f"U, V = {call}\nprint(U)\nprint(V)\n")["1.2-factors"]
    assert found.outcome is Outcome.FAIL
    assert CALLS[call] in found.message and "`sgd_factorise` in line" in found.message


MASKED = {
    "sgd_factorise_masked(A, M, 1)": "rank 1",
    "sgd_factorise_masked(A, 1 - M, 2)": "ones and zeros exchanged",
    "sgd_factorise_masked(A, M.T, 2)": "hides (1,2) and (1,3)",
    "sgd_factorise(A * M, 2)": "zeros",
}


@pytest.mark.parametrize("call", MASKED)
def test_a_completion_of_something_else_is_not_accepted(checks: Checks, call: str) -> None:
    found = checks(f"Um, Vm = {call}\nprint('3.2 completed', Um @ Vm.T)\n")["3.2-completed"]
    assert found.outcome is not Outcome.PASS, found.message


SPOILED = {
    "Um @ Vm.T * M": "times the mask",
    "Vm @ Um.T": "transposed",
    "torch.where(M == 1, A, A[M == 1].mean())": "mean",
}


@pytest.mark.parametrize("shown", SPOILED)
def test_what_is_shown_in_place_of_the_completion_is_judged(checks: Checks, shown: str) -> None:
    found = checks(f"Um, Vm = sgd_factorise_masked(A, M, 2)\nprint('completed', {shown})\n")["3.2-completed"]
    assert found.outcome is Outcome.FAIL
    assert SPOILED[shown] in found.message


def test_factors_of_two_calls_are_not_multiplied(checks: Checks) -> None:
    found = checks("U, _ = sgd_factorise(A, 2)\n_, V = sgd_factorise(A, 2)\nprint(U)\nprint(V)\n")
    assert found["1.2-factors"].outcome is not Outcome.PASS
    assert "times" not in found["1.2-factors"].message


def test_an_experiment_beside_the_answer_does_not_spoil_it(checks: Checks) -> None:
    found = checks(
        "U, V = sgd_factorise(A, 2)\nprint(U, V)\nprint('loss', ((A - U @ V.T) ** 2).sum())\n"
        "for epochs in (1, 10, 100):\n    X, Y = sgd_factorise(A, 2, epochs)\n    print(epochs, ((A - X @ Y.T) ** 2).sum())\n"
    )
    assert found["1.2-factors"].outcome is Outcome.PASS
    assert found["1.2-loss"].outcome is Outcome.PASS


def test_three_factors_of_the_svd_state_its_product(checks: Checks) -> None:
    found = checks("P, S, Q = torch.linalg.svd(A)\nS[2] = 0\nprint('U', P)\nprint('S', S)\nprint('V', Q.T)\n")
    assert found["2.1-matrix"].outcome is Outcome.PASS


def test_a_root_that_is_called_squared_is_no_squared_error(checks: Checks) -> None:
    code = SVD.replace("((A - B) ** 2).sum()", "'squared error', torch.norm(A - B)")
    assert checks(code)["2.1-error"].outcome is not Outcome.PASS


def test_factors_that_are_thrown_away_are_said_to_be_there(checks: Checks) -> None:
    found = checks(
        "def main():\n    sgd_factorise(A, 2)\n    sgd_factorise_masked(A, M, 2)\n    return None\nmain()\n"
    )
    for name in ("1.2-factors", "3.2-completed"):
        assert found[name].outcome is Outcome.FAIL
        assert "returns factors, but they are neither printed nor kept" in found[name].message


def test_the_product_of_another_exercise_is_no_answer_whatever_it_is_called(checks: Checks) -> None:
    found = checks(
        "U, V = sgd_factorise(A, 2)\nUm, Vm = sgd_factorise_masked(A, M, 2)\nprint('3.2 completed', U @ V.T)\n"
    )["3.2-completed"]
    assert found.outcome is Outcome.FAIL
    assert "that is the calculation of 1.2" in found.message


def test_the_table_of_stated_values_agrees_with_the_check(handed_in: Handed, report_of: ReportOf) -> None:
    code = HEAD + "U, V = sgd_factorise(A, 2, num_epochs=100)\nprint(U)\nprint(V)\n"
    report = report_of(handed_in({"lab1.py": code}) / "lab1.py", "1.2")
    rows = report.exercises[0].checked_values
    assert rows and not any(row.holds for row in rows)
    assert "100 epochs" in rows[0].difference


def test_the_table_of_1_2_does_not_call_a_wrong_loss_right_for_the_error_of_2_1(
    handed_in: Handed, report_of: ReportOf
) -> None:
    code = (
        HEAD + f"U, V = sgd_factorise(A, 2)\nprint(U, V)\nprint('loss:', ((A - U @ V.T) ** 2).mean())\n{SVD}"
    )
    report = report_of(handed_in({"lab1.py": code}) / "lab1.py", "1.2")
    losses = [row for row in report.exercises[0].checked_values if row.what.startswith("loss")]
    assert losses and not any(row.holds for row in losses)
