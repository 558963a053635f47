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


def test_a_product_of_factors_of_two_calls_is_named_as_one(checks: Checks) -> None:
    found = checks(
        "U, _ = sgd_factorise(A, 2)\n_, V = sgd_factorise(A, 2)\nP = U @ V.T\nprint('P', P)\nprint('loss', ((A - P) ** 2).sum())\n"
    )
    assert found["1.2-factors"].outcome is found["1.2-loss"].outcome is Outcome.FAIL
    assert "two different calls" in found["1.2-factors"].message


def test_what_is_called_the_final_answer_is_judged_and_not_the_draft(checks: Checks) -> None:
    found = checks(
        "U, V = sgd_factorise(A, 2)\nprint('a first try:', U, V)\nU, V = sgd_factorise(A, 3)\nprint('final answer:', U, V)\n"
    )["1.2-factors"]
    assert found.outcome is Outcome.FAIL and "rank 3 instead of 2" in found.message


def test_a_wrong_answer_with_the_exercise_s_number_is_not_rescued_by_an_unnumbered_check(
    checks: Checks,
) -> None:
    found = checks(
        "U, V = sgd_factorise(A, 2)\nE = (A - U @ V.T) ** 2\nprint('to be sure:', E.sum())\n"
        "print('1.2: U =', U, 'V =', V, 'loss =', E.mean())\n"
    )["1.2-loss"]
    assert found.outcome is Outcome.FAIL and "mean" in found.message


def test_the_loss_of_1_2_is_not_the_error_of_a_wrong_matrix_that_is_shown_with_its_own(
    checks: Checks,
) -> None:
    found = checks(
        "U, V = sgd_factorise(A, 2)\nprint(U)\nprint(V)\nprint('loss', 0.1219)\n"
        "P, S, Q = torch.linalg.svd(A)\nS[2] = 0\nB = P.T @ torch.diag(S) @ Q\nprint(B)\nprint('loss', ((A - B) ** 2).sum())\n"
    )
    assert found["2.1-error"].outcome is not Outcome.PASS


def test_a_norm_that_nothing_calls_a_loss_is_not_rescued_by_the_error_of_2_1(checks: Checks) -> None:
    found = checks(
        "U, V = sgd_factorise(A, 2)\nP = U @ V.T\nG, S, Q = torch.linalg.svd(A)\nS[2] = 0\nB = G @ torch.diag(S) @ Q\n"
        "print('1.2', P, torch.norm(A - P))\nprint('2.1', B, torch.norm(A - B) ** 2)\n"
    )
    assert found["1.2-loss"].outcome is Outcome.FAIL and "norm itself" in found["1.2-loss"].message
    assert found["2.1-error"].outcome is Outcome.PASS


def test_a_reconstruction_inside_an_expression_is_there(checks: Checks) -> None:
    found = checks(
        "P, S, Q = torch.linalg.svd(A)\nS[2] = 0\nprint('2.1', ((A - P @ torch.diag(S) @ Q) ** 2).sum())\n"
    )
    assert found["2.1-matrix"].outcome is found["2.1-error"].outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("epochs", "outcome"), [("100", Outcome.FAIL), ("few", Outcome.FAIL), ("1000", Outcome.PASS)]
)
def test_a_loop_outside_a_function_is_asked_for_its_epochs(
    checks: Checks, epochs: str, outcome: Outcome
) -> None:
    found = checks(
        f"few = 100\nU, V = torch.rand(3, 2), torch.rand(3, 2)\nfor epoch in range({epochs}):\n    for r in range(3):\n"
        "        for c in range(3):\n            e = A[r, c] - U[r] @ V[c]\n            U[r] += 0.01 * e * V[c]\n"
        "            V[c] += 0.01 * e * U[r]\nprint(U)\nprint(V)\n"
    )["1.2-factors"]
    assert found.outcome is outcome
    assert ("runs 100 epochs" in found.message) == (outcome is Outcome.FAIL)


def test_a_matrix_called_completed_is_judged_and_not_the_factors_beside_it(checks: Checks) -> None:
    found = checks("U, V = sgd_factorise_masked(A, M, 2)\ncompleted = A * M\n")["3.2-completed"]
    assert found.outcome is Outcome.FAIL and "nothing is completed" in found.message


def test_a_given_matrix_shown_last_in_place_of_a_kept_completion_is_for_a_person(checks: Checks) -> None:
    found = checks("U, V = sgd_factorise_masked(A, M, 2)\nB = U @ V.T\nprint('result', A * M)\n")
    assert found["3.2-completed"].outcome is Outcome.MANUAL


def test_a_loss_in_a_report_is_judged_by_what_its_program_kept(
    handed_in: Handed, report_of: ReportOf
) -> None:
    program = (
        "U, V = sgd_factorise(A, 2)\nP = U @ V.T\nother_U, other_V = sgd_factorise(A, 2)\n"
        "loss = ((A - other_U @ other_V.T) ** 2).sum()\nprint(P)\nprint(loss)\n"
    )
    shown = report_of(handed_in({"lab1.py": HEAD + program}) / "lab1.py", "1.2")
    checked = {check.id: check for check in shown.exercises[0].checks}
    assert checked["1.2-loss"].outcome is not Outcome.PASS


def test_a_matrix_that_is_displayed_as_latex_is_stated(checks: Checks) -> None:
    rows = '" \\\\\\\\ ".join(" & ".join(f"{x:.4f}" for x in row) for row in U @ V.T)'
    found = checks(
        "U, V = sgd_factorise_masked(A, M, 2)\n"
        f'print("completed: \\\\begin{{bmatrix}}" + {rows} + "\\\\end{{bmatrix}}")\ndel U, V\n'
    )["3.2-completed"]
    assert found.outcome is Outcome.PASS and "printed" in found.message


MISTAKES_THAT_SHOW = {
    "U, V = sgd_factorise(A, 1)\nprint('1.2', U, V)\n": ("1.2-factors", "rank 1"),
    "print('U', torch.rand(3, 1) * 0 + torch.tensor([[0.1], [3.8], [3.7]]))\n"
    "print('V', torch.tensor([[0.83], [0.09], [0.55]]))\n": ("1.2-factors", "one column each"),
    "P, S, Q = torch.linalg.svd(A)\nU, V = P * S, Q.T\nprint('U', U)\nprint('V', V)\n": (
        "1.2-factors",
        "three columns each",
    ),
    "P, S, Q = torch.linalg.svd(A)\nU, V = P[:, :2] * S[:2], Q[:2].T\nprint('1.2 U', U, 'V', V)\n": (
        "1.2-factors",
        "singular value decomposition",
    ),
    "print('2.1 reconstruction', A)\n": ("2.1-matrix", "no singular value was set to zero"),
    "print('2.1 squared error', 0.34916)\n": ("2.1-error", "norm itself"),
    "print('2.1 loss', 0.06096)\n": ("2.1-error", "half"),
    "print('3.2 completed', A)\n": ("3.2-completed", "is A itself"),
    "B = A.clone()\nB[0, 0] += 0.1\nprint('3.2 completed', B)\n": ("3.2-completed", "A's own values"),
}


@pytest.mark.parametrize("code", MISTAKES_THAT_SHOW)
def test_a_mistake_that_a_stated_value_itself_shows_is_named(checks: Checks, code: str) -> None:
    check, words = MISTAKES_THAT_SHOW[code]
    found = checks(code)[check]
    assert found.outcome is Outcome.FAIL and words in found.message


def test_what_the_svd_returned_is_not_said_to_come_from_another_call(checks: Checks) -> None:
    found = checks(
        "P, S, Q = torch.linalg.svd(A)\nU, V = sgd_factorise_masked(A, torch.ones(3, 3), 2)\ndel U, V\n"
    )["3.2-completed"]
    assert found.outcome is Outcome.FAIL
    assert "mask hides nothing" in found.message and "variable" not in found.message
