"""Facts that checks learn about a submission are stored with it, and nowhere else."""

from typing import Any

import torch

from grader.core.result import Outcome
from grader.execution.check_runner import run_checks
from grader.lab import Fact, Learned
from reference import exercises
from reference.checks.call_constraints import CallConstraints
from tests.support.in_process_bench import InProcessBench

EPOCHS = Fact[int]("epochs asked for", "sgd_factorise")


def test_what_was_put_last_is_read_by_an_equal_key() -> None:
    learned = Learned()
    assert learned.get(EPOCHS) is None
    learned.put(EPOCHS, 10)
    learned.put(EPOCHS, 100)
    assert learned.get(Fact[int]("epochs asked for", "sgd_factorise")) == 100
    assert learned.get(Fact[int]("epochs asked for", "sgd_factorise_masked")) is None


def test_what_is_made_once_is_not_made_again() -> None:
    learned, made = Learned(), list[int]()

    def make() -> int:
        made.append(7)
        return 7

    assert [learned.once(EPOCHS, make), learned.once(EPOCHS, make)] == [7, 7]
    assert made == [7]


def refusing_few_epochs(A: torch.Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01) -> Any:
    """A right factorisation that reports ten times, and so divides by 0 where fewer epochs are asked for."""
    U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
    for epoch in range(num_epochs):
        if num_epochs < 10:
            raise ValueError(f"cannot report ten times in {num_epochs} epochs ({epoch})")
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


def test_a_check_stores_how_a_function_has_to_be_called_and_no_other_bench_knows_of_it() -> None:
    exercise = exercises(20)[0]
    fact = Fact[CallConstraints]("call constraints", "sgd_factorise")
    first, second = (InProcessBench({"sgd_factorise": refusing_few_epochs}) for _ in range(2))
    returns = next(check for check in exercise.checks if check.id == "1.1-returns")
    assert returns.run(first).outcome is Outcome.PASS
    stored = first.learned.get(fact)
    assert stored is not None and stored.more == 10
    assert second.learned.get(fact) is None
    assert {r.outcome for r in run_checks(exercise, first)} == {Outcome.PASS}
