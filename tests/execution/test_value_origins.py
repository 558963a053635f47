"""Printed digits are traced to the value behind them, and matrices to the call that returned them."""

import numpy as np
import pytest

from grader.core.observation import FoundIn, StatedValue
from grader.execution.bench import WorkerBench
from tests.support.workers import OpenBench

PAIR = "import torch\ndef pair(A):\n    for _ in range(1):\n        U, V = A / 3, A / 7\n    return U, V\n"
RUN = PAIR + "torch.manual_seed(0)\nA = torch.rand(3, 2)\n"


def printed(bench: WorkerBench) -> list[StatedValue]:
    """The values that the program printed."""
    return [value for value in bench.stated_values if value.found_in is FoundIn.PRINTED]


@pytest.mark.parametrize(
    "line",
    ["print(f'x = {x:.4f}')", "print('x = %.4f' % x)", "print('x = {:.4f}'.format(x))", "print(f'{x=:.4f}')"],
)
def test_the_value_behind_printed_digits_is_known(open_bench: OpenBench, line: str) -> None:
    (value,) = printed(open_bench(f"x = 1 / 7\n{line}"))
    assert value.exact is not None and float(value.exact) == 1 / 7


def test_a_value_that_the_program_rounded_is_known_to_its_digits_only(open_bench: OpenBench) -> None:
    (value,) = printed(open_bench(RUN + "print((pair(A)[0] * 1000).round() / 1000)"))
    assert value.exact is None and value.half_width == pytest.approx(5e-4)


def test_factors_are_traced_to_their_call_and_part(open_bench: OpenBench) -> None:
    bench = open_bench(RUN + "U, V = pair(A)\nU2, V2 = pair(A + 1)\nprint(U2)\nprint(V)")
    parts = {value.name: (value.call, value.part) for value in bench.stated_values if value.call is not None}
    assert parts["U"] == (0, 0) and parts["V2"] == (1, 1)
    first, second = printed(bench)
    assert (first.call, second.call) == (1, 0) and second.exact is not None


def test_digits_that_fit_no_recorded_value_are_traced_to_none(open_bench: OpenBench) -> None:
    (value,) = printed(open_bench("x = 1 / 7\nprint('x = 0.5')"))
    assert value.exact is None and value.call is None


def test_a_number_is_not_traced_to_a_call_by_its_digits(open_bench: OpenBench) -> None:
    code = "def half(x):\n    for _ in range(1):\n        y = x / 2\n    return y\ny = half(0.4444)\nprint('0.2222')"
    (value,) = printed(open_bench(code))
    assert value.exact is None and not np.isnan(value.values)
