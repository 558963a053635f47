"""Work that is there and could not be read or run is said to be there, with the reason, in each exercise it costs."""

import json
from pathlib import Path

import pytest

from grader.core.result import CheckResult, Outcome
from grader.execution.check_runner import run_checks
from reference import LAB
from reference.sheet import FUNCTIONS
from tests.support.submissions import Handed
from tests.support.workers import OpenBench, ReportOf

EXERCISES = {exercise.id: exercise for exercise in LAB.exercises(LAB.seed)}

A = """\
A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])
"""
FACTORISE = """\
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
"""
STATED = """\
U, V = sgd_factorise(A, 2)
print(U, V)
print("loss", ((A - U @ V.T) ** 2).sum())
"""
COMPLETED = "P, Q = sgd_factorise_masked(A, M, 2)\nprint('completed', P @ Q.T)\n"


def check(open_bench: OpenBench, code: str, check_id: str) -> CheckResult:
    """One check's result for a script."""
    results = run_checks(EXERCISES[check_id.partition("-")[0]], open_bench(code, functions=FUNCTIONS))
    return next(result for result in results if result.id == check_id)


def check_of(report_of: ReportOf, folder: Path, check_id: str) -> CheckResult:
    """One check's result for files that were handed in."""
    (exercise,) = report_of(folder, check_id.partition("-")[0]).exercises
    return next(result for result in exercise.checks if result.id == check_id)


def notebook(*cells: str) -> str:
    """A notebook with these code cells."""
    code = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": code})


@pytest.mark.parametrize("check_id", ["1.2-factors", "1.2-loss"])
def test_a_statement_that_ends_with_an_error_is_named_in_the_exercise_it_costs(
    open_bench: OpenBench, check_id: str
) -> None:
    code = f"import torch\n{A}{FACTORISE}{STATED.replace('A, 2', 'A, 2, epoochs')}"
    result = check(open_bench, code, check_id)
    assert result.outcome is Outcome.FAIL
    assert "The code for it is there, but could not be run: " in result.message
    assert "line 14, `U, V = sgd_factorise(A, 2, epoochs)`, ended with NameError" in result.message


def test_an_error_within_the_function_is_told_with_the_call_and_its_own_line(open_bench: OpenBench) -> None:
    code = f"import torch\n{A}{FACTORISE}{STATED}".replace("rand(n, rank)", "randd(n, rank)")
    message = check(open_bench, code, "1.2-factors").message
    assert "`U, V = sgd_factorise(A, 2)`, ended in line 6 with AttributeError" in message


def test_a_call_with_a_misspelt_name_is_no_absence(open_bench: OpenBench) -> None:
    code = f"import torch\n{A}{FACTORISE}{STATED.replace('sgd_', 'sdg_')}"
    result = check(open_bench, code, "1.2-factors")
    assert result.outcome is Outcome.FAIL
    assert "name 'sdg_factorise' is not defined" in result.message


def test_a_statement_of_another_exercise_is_no_sign_of_this_one(open_bench: OpenBench) -> None:
    code = f"import torch\n{A}{FACTORISE}{STATED.replace('A, 2', 'A, 2, epoochs')}"
    for check_id in ("3.1-found", "3.2-completed", "2.1-matrix"):
        assert check(open_bench, code, check_id).outcome is Outcome.MISSING


def test_the_cell_that_python_cannot_read_is_named_in_every_exercise_it_costs(
    report_of: ReportOf, handed_in: Handed
) -> None:
    broken = FACTORISE.replace("range(m):", "range(m)")
    folder = handed_in({"lab1.ipynb": notebook(f"import torch\n{A}", broken, STATED)})
    for check_id in ("1.1-found", "1.2-factors", "1.2-loss"):
        result = check_of(report_of, folder, check_id)
        assert result.outcome is Outcome.FAIL
        assert "lab1.ipynb cell 2 line 5 (SyntaxError: expected ':')" in result.message
        assert result.remedy == "Mend lab1.ipynb cell 2 line 5 first, then check again."
    assert check_of(report_of, folder, "3.2-completed").outcome is Outcome.MISSING


def test_a_file_that_python_cannot_read_costs_every_exercise_and_says_so(
    report_of: ReportOf, handed_in: Handed
) -> None:
    folder = handed_in({"lab1.py": f"import torch\n{A}{FACTORISE}{STATED}print('end'\n"})
    for check_id in ("1.1-found", "1.2-factors", "1.2-loss", "3.2-completed"):
        result = check_of(report_of, folder, check_id)
        assert result.outcome is Outcome.FAIL
        assert "lab1.py line 17: Python cannot read the file" in result.message


def test_a_function_that_is_only_called_is_not_simply_missing(open_bench: OpenBench) -> None:
    code = f"import torch\nfrom my_solution import sgd_factorise\n{A}{STATED}"
    result = check(open_bench, code, "1.1-found")
    assert result.outcome is Outcome.FAIL
    assert "`sgd_factorise` is called" in result.message
    assert "No module named 'my_solution'" in result.message


def test_a_result_that_needs_a_package_that_is_not_here_waits_for_a_person(open_bench: OpenBench) -> None:
    code = f"import torch\nimport cupy as cp\n{A}{FACTORISE}{STATED.replace('A, 2', 'cp.asarray(A), 2')}"
    result = check(open_bench, code, "1.2-factors")
    assert result.outcome is Outcome.MANUAL
    assert "`import cupy as cp`" in result.message and "It needs `cupy`" in result.message


def test_a_completion_that_ended_with_an_error_is_not_mistaken_for_the_factorisation(
    open_bench: OpenBench,
) -> None:
    masked = FACTORISE.replace("sgd_factorise(A, ", "sgd_factorise_masked(A, M, ").replace(
        "lr * e", "lrr * e"
    )
    result = check(open_bench, f"import torch\n{A}{FACTORISE}{masked}{STATED}{COMPLETED}", "3.2-completed")
    assert result.outcome is Outcome.FAIL
    assert "name 'lrr' is not defined" in result.message


def test_a_result_beyond_the_memory_of_the_grader_waits_for_a_person_and_costs_nothing_else(
    open_bench: OpenBench,
) -> None:
    large = STATED.replace("sgd_factorise(A, 2)", "sgd_factorise(A.repeat(60_000, 60_000), 2)")
    code = f"import torch\n{A}{FACTORISE}{large}"
    assert check(open_bench, code, "1.1-defaults").outcome is Outcome.PASS
    result = check(open_bench, code, "1.2-factors")
    assert result.outcome is Outcome.MANUAL
    assert "needs more memory than a submission may use here" in result.message


def test_a_statement_that_ends_the_worker_for_lack_of_memory_is_the_only_one_lost(
    open_bench: OpenBench,
) -> None:
    hog = "kept = [sgd_factorise(A, 2)]\nwhile True:\n    kept.append(torch.empty(4_000_000))\n"
    code = f"import torch\n{A}{FACTORISE}{hog}print('still here')\n"
    bench = open_bench(code, functions=FUNCTIONS)
    (failure,) = bench.loaded.failures
    assert failure.text == "it used up all the memory it may have"
    assert "still here" in bench.loaded.printed


def test_a_result_that_used_up_the_memory_waits_for_a_person(open_bench: OpenBench) -> None:
    hog = "while True:\n    print(sgd_factorise(A, 2, 1))\n    kept.append(torch.empty(4_000_000))\n"
    result = check(open_bench, f"import torch\nkept = []\n{A}{FACTORISE}{hog}", "1.2-factors")
    assert result.outcome is Outcome.MANUAL
    assert "`while True:`, did not come to an end: it used up all the memory it may have" in result.message


@pytest.mark.parametrize(
    ("statement", "needs"),
    [
        ("type Matrix = torch.Tensor\n", "Python 3.12 for a `type` statement"),
        ("def first[T](values: list[T]) -> T:\n    return values[0]\n", "Python 3.12 for type parameters"),
        ("names = {'a': 1}\nprint(f'{names['a']}')\n", "Python 3.12 for quotes"),
        ("class Box[T = int]:\n    pass\n", "Python 3.13 for a default of a type parameter"),
        ("try:\n    pass\nexcept KeyError, ValueError:\n    pass\n", "Python 3.14 for `except`"),
        ("print(t'{A}')\n", "Python 3.14 for a t-string"),
    ],
)
def test_syntax_of_a_newer_python_waits_for_a_person_in_every_exercise(
    report_of: ReportOf, handed_in: Handed, statement: str, needs: str
) -> None:
    folder = handed_in({"lab1.py": f"import torch\n{A}{statement}{FACTORISE}{STATED}"})
    for check_id in ("1.1-found", "1.2-factors", "3.2-completed"):
        result = check_of(report_of, folder, check_id)
        assert result.outcome is Outcome.MANUAL
        assert needs in result.message


def test_a_cell_of_a_newer_python_costs_only_what_is_missing(report_of: ReportOf, handed_in: Handed) -> None:
    newer = FACTORISE.replace("sgd_factorise(", "sgd_factorise[T](")
    folder = handed_in({"lab1.ipynb": notebook(f"import torch\n{A}", newer, STATED)})
    result = check_of(report_of, folder, "1.1-found")
    assert result.outcome is Outcome.MANUAL
    assert "cell 2 line 1" in result.message and "Python 3.12" in result.message


def test_a_definition_that_ends_with_an_error_is_named(open_bench: OpenBench) -> None:
    code = f"import torch\n{A}@torch.jitt\n{FACTORISE}{STATED}"
    result = check(open_bench, code, "1.1-found")
    assert result.outcome is Outcome.FAIL
    assert "`sgd_factorise` is there, but could not be run: " in result.message
    assert "AttributeError" in result.message


def test_a_statement_that_fails_is_no_sign_of_an_exercise_it_has_nothing_to_do_with(
    open_bench: OpenBench,
) -> None:
    code = f"import torch\n{A}{FACTORISE}{STATED}print(M.no_such_thing)\n"
    for check_id in ("2.1-matrix", "2.1-error", "3.1-found"):
        assert check(open_bench, code, check_id).outcome is Outcome.MISSING


def test_an_empty_file_holds_nothing(report_of: ReportOf, handed_in: Handed) -> None:
    folder = handed_in({"lab1.py": "  \n"})
    for check_id in ("1.1-found", "1.2-factors", "2.1-matrix"):
        result = check_of(report_of, folder, check_id)
        assert result.outcome is Outcome.MISSING
        assert "lab1.py is empty" in result.message


def test_a_file_that_is_no_text_is_there_and_was_not_read(report_of: ReportOf, tmp_path: Path) -> None:
    (tmp_path / "lab1.py").write_bytes(b"\x80\x81 = 3\n")
    for check_id in ("1.1-found", "1.2-factors"):
        result = check_of(report_of, tmp_path, check_id)
        assert result.outcome is Outcome.FAIL
        assert "lab1.py is not UTF-8 text" in result.message
