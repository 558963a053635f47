"""Work that fails because a package is not installed is left to a person; a missing file is not an excuse."""

import pytest

from grader.core.result import CheckResult, Outcome
from grader.execution.check_runner import run_checks
from reference import LAB
from reference.sheet import FUNCTIONS
from tests.support.workers import OpenBench

EXERCISES = {exercise.id: exercise for exercise in LAB.exercises(LAB.seed)}


def check(open_bench: OpenBench, code: str, check_id: str) -> CheckResult:
    """One check's result for a file."""
    bench = open_bench(code, functions=FUNCTIONS)
    results = run_checks(EXERCISES[check_id.partition("-")[0]], bench)
    return next(result for result in results if result.id == check_id)


@pytest.mark.parametrize(
    "code",
    [
        "import cupy as cp\ndef truncated_svd(A, rank):\n    return cp.linalg.svd(A)\n",
        "from cupy.linalg import svd as decompose\ndef truncated_svd(A, rank):\n    return decompose(A)\n",
        "def truncated_svd(A, rank):\n    import cupy\n    return cupy.linalg.svd(A)\n",
    ],
)
def test_a_function_that_needs_a_package_that_is_not_here_waits_for_a_person(
    open_bench: OpenBench, code: str
) -> None:
    result = check(open_bench, code, "2.1-matrix")
    assert result.outcome is Outcome.MANUAL
    assert "`cupy`" in result.message


def test_a_figure_that_such_a_package_would_have_made_waits_too(open_bench: OpenBench) -> None:
    code = "import torch, cupy\nB = cupy.asarray(torch.eye(3))\nprint('loss', B.sum())\n"
    assert check(open_bench, code, "1.2-loss").outcome is Outcome.MANUAL


def test_a_package_that_is_imported_and_not_used_excuses_nothing(open_bench: OpenBench) -> None:
    code = "import cupy\ndef truncated_svd(A, rank):\n    return A[oops]\n"
    assert check(open_bench, code, "2.1-matrix").outcome is Outcome.FAIL
    assert check(open_bench, code, "1.2-loss").outcome is Outcome.MISSING


def test_a_file_that_was_not_handed_in_is_no_package(open_bench: OpenBench) -> None:
    code = "from my_helpers import svd\ndef truncated_svd(A, rank):\n    return svd(A)\n"
    assert check(open_bench, code, "2.1-matrix").outcome is Outcome.FAIL
