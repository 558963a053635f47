"""Solutions without torch: they are called with arrays, as they would call themselves."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import Grade
from tests.support.submissions import Handed

RIGHT = """
import numpy as np

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U, V = np.random.rand(m, rank), np.random.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] = U[r] + lr * e * V[c]
                V[c] = V[c] + lr * e * U[r]
    return U, V

def truncated_svd(A, rank):
    U, s, Vt = np.linalg.svd(A)
    return U[:, :rank] @ np.diag(s[:rank]) @ Vt[:rank] + 0 * A
"""


def exercises_of(grade: Grade, folder: Path, out: Path) -> dict[str, dict[str, object]]:
    """The exercises of the only submission, as results.json has them."""
    assert grade(folder, "--out", out).returncode == 0
    (report,) = json.loads((out / "results.json").read_text())["submissions"]
    return {exercise["id"]: exercise for exercise in report["exercises"]}


def test_functions_that_add_arrays_to_arrays_earn_their_marks(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"ada/lab1.py": RIGHT})
    found = exercises_of(grade, folder, tmp_path / "out")
    assert found["1.1"]["marks"] == 1


@pytest.mark.slow
def test_the_call_that_shows_their_mistake_is_one_they_can_paste(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"ada/lab1.py": RIGHT.replace("range(m)", "range(m - 1)")})
    found = exercises_of(grade, folder, tmp_path / "out")
    calls = [
        check["call"] for check in found["1.1"]["checks"] if check["outcome"] == "fail" and check["call"]
    ]
    assert calls
    assert all(call.startswith("np.random.seed(") and "np.array(" in call for call in calls)
