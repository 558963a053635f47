"""Functions with a hard-coded number of epochs or learning rate: whole runs from a predicted start."""

from typing import Any

import numpy as np
import pytest
import torch

from grader.core.result import Outcome
from grader.execution.check_runner import run_checks
from grader.labkit import drawn_by_numpy, drawn_by_torch
from reference import exercises
from reference.sheet import FUNCTIONS
from tests.support.sampling import first_of_each
from tests.support.workers import OpenBench


@pytest.mark.parametrize("seed", [0, 1, 9_999, 2**31])
@pytest.mark.parametrize("count", [1, 6, 15, 16, 17, 1000])
def test_what_generators_draw_is_foretold(seed: int, count: int) -> None:
    torch.manual_seed(seed)
    np.random.seed(seed)
    assert np.array_equal(drawn_by_torch(seed, count), torch.rand(count).double().numpy())
    assert np.array_equal(drawn_by_numpy(seed, count), np.random.rand(count))


RUN = """
import torch
def descend(A, M, rank, num_epochs=1000, lr=0.01):
    U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r, c in M.nonzero().tolist():
            e = A[r, c] - U[r] @ V[c]
            U[r] += lr * e * V[c]
            V[c] += lr * e * U[r]
    return U, V
"""


def judged(open_bench: OpenBench, exercise: str, code: str) -> dict[str, Any]:
    """The outcomes of the checks by name, and the diagnoses."""
    bench = open_bench(RUN + code, functions=FUNCTIONS)
    checked = next(e for e in exercises(20) if e.id == exercise)
    results = run_checks(checked, bench)
    outcomes: dict[str, Any] = {result.id.partition("-")[2]: result.outcome for result in results}
    return outcomes | {"diagnoses": [diagnosis.id for diagnosis in checked.diagnose(bench, results)]}


def test_a_function_without_epochs_and_rate_loses_what_rests_on_them_only(open_bench: OpenBench) -> None:
    outcomes = judged(
        open_bench, "1.1", "def sgd_factorise(A, rank): return descend(A, torch.ones_like(A), rank)"
    )
    assert outcomes.pop("diagnoses") == ["constants-inside"]
    assert {check for check, outcome in outcomes.items() if outcome is Outcome.FAIL} == {"epochs", "rate"}
    assert {check for check, outcome in outcomes.items() if outcome is Outcome.SKIPPED} == {"defaults"}


@pytest.mark.slow
def test_a_masked_function_without_a_rate_is_followed_for_the_epochs_it_takes(open_bench: OpenBench) -> None:
    outcomes = judged(
        open_bench,
        "3.1",
        "def sgd_factorise_masked(A, M, rank, num_epochs=1000): return descend(A, M, rank, num_epochs)",
    )
    assert outcomes.pop("diagnoses") == ["constants-inside"]
    assert {check for check, outcome in outcomes.items() if outcome is Outcome.FAIL} == {"rate"}


@pytest.mark.parametrize(
    ("parameters", "body"),
    [
        pytest.param(
            "A, rank, num_epochs=1000",
            "return descend(A, torch.ones_like(A), rank)",
            marks=pytest.mark.slow,
        ),
        *first_of_each(
            lambda case: "U, V =" in case[1],
            [
                ("A, rank", "return descend(A, torch.ones_like(A), rank, lr=0.005)"),
                ("A, rank", "return descend(A, torch.ones_like(A), rank, num_epochs=800)"),
                ("A, rank", "U, V = descend(A, torch.ones_like(A), rank)\n    return U, V + 1e-3"),
                ("A, rank", "return descend(A[:rank], torch.ones_like(A[:rank]), rank)"),
                ("A, rank", "U, V = descend(A, torch.ones_like(A), rank)\n    A -= U @ V.T\n    return U, V"),
            ],
        ),
    ],
)
def test_a_function_without_them_that_is_wrong_besides_earns_nothing(
    open_bench: OpenBench, parameters: str, body: str
) -> None:
    outcomes = judged(open_bench, "1.1", f"def sgd_factorise({parameters}):\n    {body}\n")
    assert outcomes.pop("diagnoses") == []
    assert outcomes["found"] is Outcome.FAIL
    assert set(outcomes.values()) == {Outcome.FAIL, Outcome.SKIPPED}


@pytest.mark.parametrize(
    ("constant", "diagnosis", "check"),
    [
        pytest.param("num_epochs = 1000", "epochs-hard-coded", "epochs", marks=pytest.mark.slow),
        ("lr = 0.01", "lr-hard-coded", "rate"),
    ],
)
def test_a_parameter_that_is_taken_and_ignored_costs_what_a_missing_one_does(
    open_bench: OpenBench, constant: str, diagnosis: str, check: str
) -> None:
    outcomes = judged(
        open_bench,
        "1.1",
        "def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):\n"
        f"    {constant}\n    return descend(A, torch.ones_like(A), rank, num_epochs, lr)\n",
    )
    assert outcomes.pop("diagnoses") == [diagnosis]
    assert {name for name, outcome in outcomes.items() if outcome is Outcome.FAIL} == {check}
    assert {name for name, outcome in outcomes.items() if outcome is Outcome.SKIPPED} == {"defaults"}
