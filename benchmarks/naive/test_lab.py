"""The same lab checked by plain pytest: `STUDENT=lab1.py python -m pytest test_lab.py`.

Shapes, one epoch compared with the reference, other sizes, masks, hidden cells, the final loss and the
truncated SVD: the tasks of the sheet, with thresholds and as few runs as possible. If SPENT names a file, the
CPU seconds of the student's own statements and calls are written to it.
"""

import importlib.util
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch

from reference.model import solution

A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[1.0, 1.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0]])
BEST = 0.12191
SIZES = ((1, 1, 1), (1, 4, 1), (4, 1, 1), (4, 3, 2), (5, 3, 3))


@pytest.fixture(scope="session")
def student() -> Iterator[SimpleNamespace]:
    """The student's functions, executed once; every call adds its CPU time."""
    spent = 0.0

    def timed(work: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: object, **options: object) -> Any:
            nonlocal spent
            begun = time.process_time()
            try:
                return work(*arguments, **options)
            finally:
                spent += time.process_time() - begun

        return call

    module = _module(Path(os.environ["STUDENT"]), timed)
    names = ("sgd_factorise", "sgd_factorise_masked", "truncated_svd")
    yield SimpleNamespace(**{name: timed(getattr(module, name)) for name in names})
    if "SPENT" in os.environ:
        Path(os.environ["SPENT"]).write_text(str(spent))


def _module(path: Path, timed: Callable[[Callable[..., Any]], Callable[..., Any]]) -> ModuleType:
    specification = importlib.util.spec_from_file_location("submission", path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    timed(specification.loader.exec_module)(module)
    return module


def matrix(m: int, n: int) -> torch.Tensor:
    """A matrix of this size."""
    torch.manual_seed(m * 10 + n)
    return torch.rand(m, n) * 2 - 1


def product(factors: Any) -> torch.Tensor:
    """UVᵀ of the returned factors."""
    U, V = (torch.as_tensor(factor, dtype=torch.float32).detach() for factor in factors)
    return U @ V.T


def loss(factors: Any, target: torch.Tensor, mask: torch.Tensor | None = None) -> float:
    """The sum of squares over all cells, or over the observed ones."""
    error = (target - product(factors)) ** 2
    return float(error.sum() if mask is None else (error * mask).sum())


def test_factors_of_a_at_the_defaults(student: SimpleNamespace) -> None:
    U, V = student.sgd_factorise(A.clone(), 2)
    assert tuple(U.shape) == (3, 2) and tuple(V.shape) == (3, 2)
    assert BEST - 1e-3 <= loss((U, V), A) <= 0.6


def test_a_faster_rate_comes_near_the_best(student: SimpleNamespace) -> None:
    assert loss(student.sgd_factorise(A.clone(), 2, 1000, 0.05), A) <= 1.05 * BEST


@pytest.mark.parametrize(("m", "n", "rank"), SIZES)
def test_an_epoch_is_the_reference_s(student: SimpleNamespace, m: int, n: int, rank: int) -> None:
    for epochs in (1, 2, 3):
        torch.manual_seed(7)
        got = student.sgd_factorise(matrix(m, n), rank, epochs, 0.01)
        torch.manual_seed(7)
        wanted = solution.sgd_factorise(matrix(m, n), rank, epochs, 0.01)
        assert product(got).shape == (m, n)
        assert torch.allclose(product(got), product(wanted), atol=0.5)


def test_a_is_not_changed(student: SimpleNamespace) -> None:
    given = A.clone()
    student.sgd_factorise(given, 2, 2)
    assert torch.equal(given, A)


@pytest.mark.parametrize(("m", "n", "rank"), SIZES)
def test_a_masked_epoch_is_the_reference_s(student: SimpleNamespace, m: int, n: int, rank: int) -> None:
    for mask in (torch.ones(m, n), torch.zeros(m, n), (matrix(m, n) > 0).float()):
        torch.manual_seed(7)
        got = student.sgd_factorise_masked(matrix(m, n), mask, rank, 2, 0.01)
        torch.manual_seed(7)
        wanted = solution.sgd_factorise_masked(matrix(m, n), mask, rank, 2, 0.01)
        assert torch.allclose(product(got), product(wanted), atol=0.5)


def test_what_is_hidden_does_not_matter(student: SimpleNamespace) -> None:
    results = []
    for hidden in (A, A + 100 * (1 - M)):
        torch.manual_seed(7)
        results.append(product(student.sgd_factorise_masked(hidden.clone(), M, 2, 5, 0.01)))
    assert torch.allclose(results[0], results[1])


def test_the_masked_run_fits_what_is_observed(student: SimpleNamespace) -> None:
    U, V = student.sgd_factorise_masked(A.clone(), M, 2)
    assert tuple(U.shape) == (3, 2) and tuple(V.shape) == (3, 2)
    assert loss((U, V), A, M) <= 0.6
    assert loss(student.sgd_factorise_masked(A.clone(), M, 2, 1000, 0.05), A, M) <= 0.05


@pytest.mark.parametrize(("m", "n", "rank"), [(3, 3, 2), (4, 3, 2), (5, 3, 1), (3, 5, 2)])
def test_the_truncated_svd_is_the_best(student: SimpleNamespace, m: int, n: int, rank: int) -> None:
    given = A if (m, n) == (3, 3) else matrix(m, n)
    got = torch.as_tensor(student.truncated_svd(given.clone(), rank), dtype=torch.float32)
    U, S, Vh = torch.linalg.svd(given, full_matrices=False)
    assert torch.allclose(got, U[:, :rank] @ torch.diag(S[:rank]) @ Vh[:rank], atol=1e-4)
