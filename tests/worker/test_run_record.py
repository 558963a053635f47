"""What a program calls, shows and replaces while it is loaded is recorded, and changes nothing that it does."""

import numpy as np
import pytest

from grader import protocol
from grader.lab import array_of
from tests.support.workers import OpenBench

SCALE = (
    "import torch\ndef scale(A, factor=2.0):\n    for _ in range(1):\n        A = A * factor\n    return A\n"
)
ONES = "A = torch.ones(2, 2)\n"


def names(call: tuple[tuple[str, protocol.Value], ...]) -> list[str]:
    """The names of the arguments."""
    return [name for name, _ in call]


@pytest.mark.parametrize(
    "program",
    [
        "B = scale(A)",
        "def main():\n    print(scale(A))\nmain()",
        "def main(factor=2.0):\n    scale(A, factor)\nif __name__ == '__main__':\n    main()",
        "kept = {}\nkept[int(scale(A).sum())] = A @ A",
        "def exercise(A):\n    return scale(A).sum()\nexercise(A)",
    ],
)
def test_a_call_is_recorded_with_its_arguments_and_its_result(open_bench: OpenBench, program: str) -> None:
    bench = open_bench(SCALE + ONES + program)
    (call,) = (call for call in bench.loaded.calls if call.name == "scale")
    assert names(call.arguments) == ["A", "factor"]
    result = array_of(call.result)
    assert result is not None and np.array_equal(result, np.full((2, 2), 2.0))


def test_arguments_are_those_before_the_call(open_bench: OpenBench) -> None:
    bench = open_bench(
        f"import torch\n{ONES}def work(A):\n    for _ in range(1):\n        A += 1\n    return A\nwork(A)"
    )
    (given,) = (array_of(value) for _, value in bench.loaded.calls[0].arguments)
    assert given is not None and np.array_equal(given, np.ones((2, 2)))


def test_calls_inside_a_loop_of_the_student_s_function_are_not_recorded(open_bench: OpenBench) -> None:
    bench = open_bench(
        "import torch\ndef step(x):\n    return x + 1\ndef work(A):\n    x = A.sum()\n    for _ in range(1000):\n"
        f"        x = step(x)\n    return x\n{ONES}work(A)"
    )
    assert [call.name for call in bench.loaded.calls] == ["work"]


def test_of_many_calls_from_one_line_the_first_and_the_last_are_kept(open_bench: OpenBench) -> None:
    bench = open_bench(f"{SCALE}{ONES}for k in range(1000):\n    scale(A, float(k))")
    factors = [float(array_of(dict(call.arguments)["factor"]) or 0.0) for call in bench.loaded.calls]
    assert factors[:3] == [0.0, 1.0, 2.0] and factors[-1] == 999.0 and len(factors) <= 10


def test_a_function_looks_the_same_as_without_a_record(open_bench: OpenBench) -> None:
    bench = open_bench(
        SCALE
        + "import inspect\nsame = float(scale is globals()['scale'] and 'factor' in inspect.getsource(scale))\n"
        "count = float(scale.__code__.co_argcount)"
    )
    assert {v.name: float(v.values) for v in bench.stated_values} == {"same": 1.0, "count": 2.0}


def test_a_program_that_takes_the_record_away_loses_only_the_record(open_bench: OpenBench) -> None:
    bench = open_bench(
        "import builtins\nbuiltins.__record_shown__ = None\nx = 1.5\nprint(f'y = {x}')\nz = 2.5"
    )
    assert {v.name: float(v.values) for v in bench.stated_values}["z"] == 2.5


def test_a_value_that_a_variable_had_before_is_still_stated(open_bench: OpenBench) -> None:
    bench = open_bench("x = 1.5\nx = 2.5")
    assert [(v.origin, float(v.values)) for v in bench.stated_values] == [
        ("variable `x` before line 2", 1.5),
        ("variable `x`", 2.5),
    ]


@pytest.mark.parametrize(
    ("program", "origin"),
    [
        ("import matplotlib.pyplot as plt\nplt.title('loss %.4f' % 0.1219)", "title of a plot, line 2"),
        ("import logging\nlogging.warning('loss 0.1219')", "written to stderr, line 1"),
        ("import sys\nprint('loss 0.1219', file=sys.stderr)", "written to stderr, line 1"),
        ("from IPython.display import Math, display\ndisplay(Math('L = 0.1219'))", "printed, line 1"),
        (
            "from IPython.display import HTML\nHTML('<table><tr><td>loss</td><td>0.1219</td></tr></table>')",
            "printed, line 2",
        ),
    ],
)
def test_what_is_shown_in_other_ways_is_stated(open_bench: OpenBench, program: str, origin: str) -> None:
    bench = open_bench(program)
    assert (origin, 0.1219) in [
        (v.origin, float(v.values)) for v in bench.stated_values if v.values.size == 1
    ]


def test_an_import_from_the_future_holds_for_every_statement(open_bench: OpenBench) -> None:
    bench = open_bench(
        "from __future__ import annotations\nimport torch\ndef work(A: 'Unknown' | None) -> Nowhere:\n    return A"
    )
    assert not bench.loaded.failures


def test_a_program_sees_its_own_name_and_no_arguments(open_bench: OpenBench) -> None:
    bench = open_bench(
        "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--rank', type=float, default=2.0)\n"
        "rank = parser.parse_args().rank"
    )
    assert not bench.loaded.failures
    assert [float(v.values) for v in bench.stated_values if v.name == "rank"] == [2.0]


def test_a_statement_nested_as_deeply_as_is_read_runs(open_bench: OpenBench) -> None:
    bench = open_bench(
        f"def half(x):\n    return x / 2\nx = half(3.0) + {' + '.join(['1.0'] * 140)}\nprint(half(x))"
    )
    assert not bench.loaded.failures
    assert {v.name: float(v.values) for v in bench.stated_values}["x"] == 141.5
