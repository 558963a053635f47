"""A function that takes m and n from outside is told so, and its other mistakes are named all the same."""

import pytest

from grader.core.result import Diagnosis
from tests.support.submissions import Handed
from tests.support.workers import ReportOf

CODE = """\
import torch
A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
m, n = A.shape
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
"""


def diagnoses(report_of: ReportOf, handed_in: Handed, code: str) -> tuple[Diagnosis, ...]:
    """Those of exercise 1.1."""
    (exercise,) = report_of(handed_in({"lab1.py": code}), "1.1").exercises
    return exercise.diagnoses


@pytest.mark.parametrize(
    "given", ["m, n = A.shape", "m = A.shape[0]; n = A.shape[1]", "m = len(A); n = len(A[0])", "m = 3; n = 3"]
)
def test_sizes_from_outside_are_the_one_mistake(report_of: ReportOf, handed_in: Handed, given: str) -> None:
    (only,) = diagnoses(report_of, handed_in, CODE.replace("m, n = A.shape", given))
    assert only.title == "`m` and `n` come from outside the function, not from the matrix that it is given."
    assert (only.verified, only.line) == (True, 5)
    assert "all 17 checks pass" in only.evidence
    assert "+    m" in only.repair


def test_the_real_mistake_is_named_as_well(report_of: ReportOf, handed_in: Handed) -> None:
    found = diagnoses(report_of, handed_in, CODE.replace("U[r] += lr", "U[r] -= lr"))
    assert [each.title for each in found[1:]] == ["The step of U goes the wrong way."]
    assert found[0].id == "size-from-outside"
    assert "in the copy with the sizes of its own matrix" in found[1].evidence


@pytest.mark.slow
def test_sizes_that_are_read_from_the_argument_are_no_mistake(report_of: ReportOf, handed_in: Handed) -> None:
    code = CODE.replace("    U = torch.rand(m", "    m, n = A.shape\n    U = torch.rand(m").replace(
        "+= lr", "-= lr"
    )
    assert "size-from-outside" not in {each.id for each in diagnoses(report_of, handed_in, code)}
