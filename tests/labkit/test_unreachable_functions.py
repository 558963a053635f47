"""A function that exists but cannot be called is left to a person, not reported as missing."""

import pytest

from grader.core.result import Outcome
from grader.execution.check_runner import run_checks
from reference import LAB
from reference.sheet import FUNCTIONS
from tests.support.workers import OpenBench

CHECKED = next(exercise for exercise in LAB.exercises(LAB.seed) if exercise.id == "1.1")


def found(open_bench: OpenBench, code: str) -> tuple[Outcome, str]:
    """What came of looking for the function of 1.1."""
    results = run_checks(CHECKED, open_bench(code, functions=FUNCTIONS))
    assert {result.outcome for result in results[1:]} <= {Outcome.SKIPPED, Outcome.MANUAL, Outcome.MISSING}
    return results[0].outcome, results[0].message


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def main():\n    lr = 0.1\n    def sgd_factorise(A, rank): return lr\n", "inside `main`"),
        ("def main(lr):\n    def inner():\n        def sgdFactorise(A): return lr\n    inner()\n", "inside `inner`"),
        ("class Lab:\n    def __init__(self, path, /): self.path = path\n    def sgd_factorise(self): pass\n", "inside `Lab`"),
        ("class Lab:\n    def __init__(self, name): self.name = name\n    def sgd_factorise(self): return 1\n", "nor its class takes `rank`"),
    ],
)  # fmt: skip
def test_a_function_that_cannot_be_called_waits_for_a_person(
    open_bench: OpenBench, code: str, words: str
) -> None:
    outcome, message = found(open_bench, code)
    assert outcome is Outcome.MANUAL
    assert words in message


def test_a_function_of_another_name_within_another_is_none_of_the_sheets(open_bench: OpenBench) -> None:
    outcome, _ = found(open_bench, "def main():\n    lr = 0.1\n    def train(A, rank): return lr\n")
    assert outcome is Outcome.MISSING
