"""A lab in several programs: the values that each one states count, conflicting definitions do not."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from grader.core.result import Report
from grader.sandbox.worker_client import Limits
from tests.support.submissions import Handed
from tests.support.workers import ReportOf

MATRIX = "A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])\n"
DESCENT = """
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
"""
MASKED = DESCENT.replace("sgd_factorise(A, ", "sgd_factorise_masked(A, M, ").replace(
    "                e =", "                if M[r, c] == 0: continue\n                e ="
)
RUN = "torch.manual_seed(0)\nU, V = sgd_factorise(A, 2)\nloss = ((A - U @ V.T) ** 2).sum()\n"
SVD = "U, S, V = torch.linalg.svd(A)\nS[2] = 0\nB = U @ torch.diag(S) @ V\nerror = ((A - B) ** 2).sum()\n"
COMPLETED = "M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])\nU, V = sgd_factorise_masked(A, M, 2)\n"
FIRST = f"import torch\n{DESCENT}{MATRIX}{RUN}"
SECOND = f"import torch\n{MATRIX}{SVD}"
THIRD = f"import torch\n{DESCENT}{MASKED}{MATRIX}torch.manual_seed(1)\n{COMPLETED}"


Graded = Callable[..., Report]
"""The fixture `graded`."""


@pytest.fixture
def graded(report_of: ReportOf) -> Graded:
    """`graded(folder, call_seconds=…)`: the folder as one student's submission, without a search for repairs."""

    def without_repairs(folder: Path, call_seconds: float = 10.0) -> Report:
        return report_of(folder, limits=Limits(repairs=0, call_seconds=call_seconds))

    return without_repairs


def marks(report: Report) -> Mapping[str, float]:
    """Marks by exercise."""
    return {exercise.id: exercise.marks for exercise in report.exercises}


@pytest.mark.slow
def test_one_program_a_part_earns_what_one_program_for_all_does(handed_in: Handed, graded: Graded) -> None:
    parts = {"ex1.py": FIRST, "ex2.py": SECOND, "ex3.py": THIRD}
    apart = graded(handed_in(parts, "apart"))
    whole = graded(handed_in({"lab1.py": f"{THIRD}{RUN}print(U, V, loss)\n{SVD}{COMPLETED}"}, "whole"))
    assert marks(apart) == marks(whole) == {"1.1": 1, "1.2": 1, "2.1": 1, "3.1": 1, "3.2": 1}
    assert "The values stated by ex1.py, ex2.py, each run separately, count as well." in apart.flags


def test_names_that_the_next_part_takes_again_are_not_lost(handed_in: Handed, graded: Graded) -> None:
    second = SECOND.replace("U, S, V =", "def truncated_svd(A, rank): return B\nU, S, V =")
    third = THIRD.replace(DESCENT, "")  # no file holds all, so that they are put together
    report = graded(handed_in({"a.py": FIRST, "b.py": second, "c.py": third}))
    assert marks(report)["1.2"] == 1
    assert marks(report)["3.2"] == 1


def test_factors_of_two_programs_are_not_multiplied(handed_in: Handed, graded: Graded) -> None:
    first = f"import torch\n{DESCENT}{MATRIX}torch.manual_seed(0)\nU, _ = sgd_factorise(A, 2)\n"
    third = THIRD.replace("U, V = sgd", "_, V = sgd")
    report = graded(handed_in({"ex1.py": first, "ex3.py": third}))
    assert marks(report)["1.2"] == 0


def test_an_older_version_of_a_function_counts_for_nothing(handed_in: Handed, graded: Graded) -> None:
    old = FIRST.replace("lr * e * U[r]", "lr * e * U[r] * 1")
    new = f"import torch\n{DESCENT}{MATRIX}"
    report = graded(handed_in({"lab1_old.py": old, "lab1_final.py": new}))
    assert marks(report)["1.1"] == 1
    assert marks(report)["1.2"] == 0
    assert "lab1_final.py and lab1_old.py disagree: `sgd_factorise` differs between them." in report.flags


def test_a_part_that_never_ends_costs_itself_only(handed_in: Handed, graded: Graded) -> None:
    parts = {"ex1.py": FIRST, "ex2.py": "while True:\n    pass\n"}
    report = graded(handed_in(parts), call_seconds=1.0)
    assert marks(report)["1.1"] == marks(report)["1.2"] == 1
    assert any(flag.startswith("ex2.py line 1 could not be run") for flag in report.flags)


def test_a_file_called_like_a_module_is_no_program_of_its_own(handed_in: Handed, graded: Graded) -> None:
    names = ("json.py", "numpy.py", "helper.py", "tools/__init__.py", "test_lab.py")
    others = dict.fromkeys(names, "print('loss', 0.3)\nraise RuntimeError('was run')\n")
    report = graded(handed_in({"lab1.py": f"import torch, helper\n{DESCENT}", **others}))
    assert marks(report)["1.1"] == 1
    assert not [flag for flag in report.flags if "each run separately" in flag]
