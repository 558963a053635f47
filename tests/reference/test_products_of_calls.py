"""Whatever a program does with its factors, no product is reported of factors that different calls returned."""

import random

import numpy as np
import pytest

from reference.checks.stated_matrices import stated_by
from tests.support.workers import OpenBench

COUNTED = """\
import torch
A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
calls = []
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    calls.append(rank)
    start = 10.0 * len(calls)
    return start + torch.arange(6.0).reshape(3, 2) / 10, start + 5 + torch.arange(6.0).reshape(3, 2) / 10
"""
"""The factors of call k hold numbers from 10 k on, so that every number says which call it is of."""

NAMES = ("U", "V", "W", "X", "left", "right", "U2", "V2", "best_U", "best_V")

STATEMENTS = (
    "{a}, {b} = sgd_factorise(A, 2)",
    "{a}, {b} = sgd_factorise(A, 2)",
    "{a}, _ = sgd_factorise(A, 2)",
    "_, {b} = sgd_factorise(A, 2)",
    "{a} = sgd_factorise(A, 2)[0]",
    "results = [sgd_factorise(A, 2) for _ in range(2)]",
    "kept = dict(zip(['{a}', '{b}'], sgd_factorise(A, 2)))",
    "{a} = {b}",
    "print({a})",
    "print('{a} =', {a})",
    "print({a}, {b})",
    "print('{a}', {a}, '{b}', {b})",
    "print(f'{a}: {{{a}}}')",
    "print({a}.tolist())",
    "print('result', {b}.numpy().round(2))",
    "del {a}",
)


def drawn_script(rng: random.Random) -> str:
    """A program of calls, prints and names that are used again, each statement for itself."""
    lines = []
    for _ in range(rng.randint(4, 12)):
        a, b = rng.sample(NAMES, 2)
        lines.append(rng.choice(STATEMENTS).format(a=a, b=b))
    if rng.random() < 0.3:
        lines = ["def main():", *(f"    {line}" for line in lines), "main()"]
    return COUNTED + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "seed", [*range(8), *(pytest.param(s, marks=pytest.mark.slow) for s in range(8, 40))]
)
def test_no_reported_product_mixes_calls(open_bench: OpenBench, seed: int) -> None:
    script = drawn_script(random.Random(seed))
    bench = open_bench(script)
    for candidate in stated_by(bench):
        if candidate.is_product:
            values = [np.frombuffer(entries, np.float64) for _, entries in candidate.parts]
            calls = {int(number // 10) for entries in values for number in entries}
            assert len(calls) == 1, f"{candidate.origin} in\n{script}"


def test_factors_of_one_call_are_multiplied(open_bench: OpenBench) -> None:
    bench = open_bench(
        f"{COUNTED}U, V = sgd_factorise(A, 2)\nW, X = sgd_factorise(A, 2)\nprint(U, W)\nprint(X, V)\n"
    )
    of_calls = {
        int(np.frombuffer(entries, np.float64)[0] // 10)
        for candidate in stated_by(bench)
        if candidate.is_product
        for _, entries in candidate.parts
    }
    assert of_calls == {1, 2}
