"""Right solutions put together from what students vary, so that every two ways of writing meet in one of them.

``python -m tests.combinations [--show NAME]`` grades them all through the real pipeline and prints which lost marks;
every one of them solves its exercise, so that the exit status is 0 where none did. Ten ways of each part give a
million solutions; those of which every pair of ways occurs once are some hundred (pairwise testing).
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from typing import NamedTuple

import msgspec

from grader.collect import one
from grader.model import CheckResult, Outcome, Report
from grader.pipeline import grade_all
from grader.sandbox import Limits
from reference import LAB

__all__ = ["Solution", "graded", "solutions"]


class Part(NamedTuple):
    """One way to write a part of a solution."""

    name: str
    text: str
    end: str = ""
    """What has to be done with U and V before they are returned."""


class Solution(NamedTuple):
    """A right solution of one exercise, or a program that states the figures of the others."""

    exercise: str
    name: str
    code: str


HEADS = (
    Part("as on the sheet", "{A}, rank, num_epochs=1000, lr=0.01"),
    Part("typed", "{A:t}, rank: int, num_epochs: int = 1000, lr: float = 0.01"),
    Part("names of their own", "{X}, k, epochs=1000, alpha=0.01", "A, rank, num_epochs, lr = X, k, epochs, alpha"),
    Part("words in full", "{W}, n_factors, n_iter=1000, learning_rate=0.01",
         "A, rank, num_epochs, lr = matrix, n_factors, n_iter, learning_rate"),
    Part("by keyword", "{A}, rank, *, num_epochs=1000, lr=0.01"),
    Part("no defaults", "{A}, rank, num_epochs, lr"),
    Part("rate first", "{A}, rank, lr=0.01, num_epochs=1000"),
    Part("an option last", "{A}, rank, num_epochs=1000, lr=0.01, verbose=False"),
    Part("an option between", "{A}, rank, history=None, num_epochs=1000, lr=0.01"),
    Part("a default rank", "{A}, rank=2, num_epochs=1000, lr=0.01, seed=None"),
    Part("options by name", "{A}, rank, **options",
         'num_epochs, lr = options.get("num_epochs", 1000), options.get("lr", 0.01)'),
    Part("none for a default", "{A}, rank, num_epochs=None, lr=None",
         "num_epochs = 1000 if num_epochs is None else num_epochs\nlr = 0.01 if lr is None else lr"),
)  # fmt: skip

STARTS = (
    Part("torch.rand", "U, V = torch.rand(m, rank), torch.rand(n, rank)"),
    Part("V first", "V = torch.rand(n, rank)\nU = torch.rand(m, rank)"),
    Part("uniform_", "U = torch.empty(m, rank).uniform_()\nV = torch.empty(n, rank).uniform_(0, 1)"),
    Part("nn.init", "U = torch.nn.init.uniform_(torch.empty(m, rank))\nV = torch.nn.init.uniform_(torch.empty(n, rank))"),
    Part("numpy", "U = torch.from_numpy(np.random.rand(m, rank)).float()\n"
                  "V = torch.from_numpy(np.random.uniform(size=(n, rank))).float()"),
    Part("a generator", "numbers = torch.Generator().manual_seed(7)\n"
                        "U, V = torch.rand(m, rank, generator=numbers), torch.rand(n, rank, generator=numbers)"),
    Part("lists of rows", "U, V = [torch.rand(rank) for _ in range(m)], [torch.rand(rank) for _ in range(n)]",
         "U, V = torch.stack(U), torch.stack(V)"),
    Part("parameters", "U, V = (torch.nn.Parameter(torch.rand(size, rank), requires_grad=False) for size in (m, n))",
         "U, V = U.detach(), V.detach()"),
    Part("doubles", "A = A.double()\nU, V = torch.rand(m, rank).double(), torch.rand(n, rank, dtype=torch.float64)"),
    Part("a turned V", "U, V = torch.rand(m, rank), torch.rand(rank, n).t()"),
    Part("a distribution", "draw = torch.distributions.Uniform(0, 1)\n"
                           "U, V = draw.sample((m, rank)), draw.sample((n, rank))"),
)  # fmt: skip

LOOPS = (
    Part("two fors", "for r in range(m):\n    for c in range(n):\n        a = A[r, c]\n        {step}"),
    Part("columns outside", "for c in range(n):\n    for r in range(m):\n        a = A[r][c]\n        {step}"),
    Part("product", "for r, c in itertools.product(range(m), range(n)):\n    a = A[r, c]\n    {step}"),
    Part("enumerate", "for r, row in enumerate(A):\n    for c, a in enumerate(row):\n        {step}"),
    Part("flat", "for i in range(m * n):\n    r, c = divmod(i, n)\n    a = A[r, c]\n    {step}"),
    Part("ndindex", "for r, c in np.ndindex(m, n):\n    a = A[r, c]\n    {step}"),
    Part("while", "r = 0\nwhile r < m:\n    c = 0\n    while c < n:\n        a = A[r, c]\n        {step}\n"
                  "        c += 1\n    r += 1"),
    Part("a list of cells", "cells = [(r, c) for r in range(m) for c in range(n)]\n"
                            "for r, c in cells:\n    a = A[r, c].clone()\n    {step}"),
    Part("nonzero", "for r, c in torch.nonzero(torch.ones(m, n)).tolist():\n    a = A[r, c]\n    {step}"),
)  # fmt: skip

STEPS = (
    Part("as on the sheet", "e = a - U[r] @ V[c]\nU[r] += lr * e * V[c]\nV[c] += lr * e * U[r]"),
    Part("dot", "e = a - torch.dot(U[r], V[c])\nU[r] = U[r] + lr * e * V[c]\nV[c] = V[c] + lr * e * U[r]"),
    Part("sum", "e = a - (U[r] * V[c]).sum()\nU[r].add_(lr * e * V[c])\nV[c].add_(lr * e * U[r])"),
    Part("item", "e = (a - U[r].dot(V[c])).item()\nU[r] += lr * e * V[c]\nV[c] += lr * e * U[r]"),
    Part("over k", "e = a - sum(U[r][k] * V[c][k] for k in range(rank))\n"
                   "for k in range(rank):\n    U[r][k] += lr * e * V[c][k]\n    V[c][k] += lr * e * U[r][k]"),
    Part("gradients", "g = -(a - torch.inner(U[r], V[c]))\nU[r] -= lr * g * V[c]\nV[c] -= lr * g * U[r]"),
    Part("einsum", 'e = a - torch.einsum("k,k->", U[r], V[c])\nU[r] += e * lr * V[c]\nV[c] += e * lr * U[r]'),
    Part("views", "u, v = U[r], V[c]\ne = a - u @ v\nu += lr * e * v\nv += lr * e * u"),
    Part("alpha", "e = a - torch.matmul(U[r], V[c])\nU[r].add_(V[c], alpha=float(lr * e))\n"
                  "V[c].add_(U[r], alpha=float(lr * e))"),
    Part("a step of its own", "U[r], V[c] = step(a, U[r], V[c], lr)"),
)  # fmt: skip

SIGHTS = (
    Part("if", "if M[r, c] == 1:\n    {step}"),
    Part("continue", "seen = bool(M[r, c])\nif seen:\n    {step}"),
    Part("truthy", "if M[r][c]:\n    {step}"),
    Part("not hidden", "if not M[r, c] == 0:\n    {step}"),
    Part("item", "if int(M[r, c]) > 0:\n    {step}"),
    Part("a boolean copy", "if M.bool()[r, c]:\n    {step}"),
    Part("of a list", "if [r, c] in torch.nonzero(M).tolist():\n    {step}"),
)

RETURNS = (
    Part("a pair", "return U, V"),
    Part("a list", "return [U, V]"),
    Part("a dict", 'return {"U": U, "V": V}'),
    Part("a named tuple", "return Factors(U, V)"),
    Part("a dataclass", "return Result(V=V, U=U)"),
    Part("arrays", "return np.asarray(U), np.asarray(V)"),
    Part("lists", "return U.tolist(), V.tolist()"),
    Part("clones", "return U.clone().detach(), V.clone().detach()"),
)

PLACES = (
    Part("a function", "{function}"),
    Part("an own name", "{function}", "own"),
    Part("a static method", "class Lab:\n    @staticmethod\n    {function}"),
    Part("a method", "class Lab:\n    def __init__(self):\n        self.done = []\n\n    {method}"),
    Part("made with the rank", "", "made"),
    Part("within main", "def main():\n    {function}\n\n    print({name}.__name__)\n\n\nmain()"),
    Part("decorated", "def logged(f):\n    @functools.wraps(f)\n    def g(*args, **kwargs):\n"
                      "        return f(*args, **kwargs)\n    return g\n\n\n@logged\n{function}"),
    Part("without gradients", "@torch.no_grad()\n{function}"),
    Part("an alias", "{function}\n\n\nfactorise = {name}"),
    Part("under the guard", 'if __name__ == "__main__":\n    {function}'),
)  # fmt: skip

PRELUDE = """import dataclasses
import functools
import itertools
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


class Factors(NamedTuple):
    U: torch.Tensor
    V: torch.Tensor


@dataclasses.dataclass
class Result:
    U: torch.Tensor
    V: torch.Tensor


def step(a, u, v, lr):
    e = a - torch.dot(u, v)
    u = u + lr * e * v
    return u, v + lr * e * u


"""

SHOWN = (
    Part("factors", "{U}\n{V}"),
    Part("the product", "{P}"),
    Part("all three", "{U}\n{V}\n{P}"),
)

MATRICES = (
    Part("alone", "print({x})"),
    Part("with its name", 'print("{name}:", {x})'),
    Part("below its name", 'print("{name} =\\n", {x})'),
    Part("in a sentence", 'print(f"{name} is\\n{{x}}")'),
    Part("as an array", 'print("{name}", {x}.numpy())'),
    Part("as a list", 'print("{name} =", {x}.tolist())'),
    Part("rounded", 'print("{name}:", np.round({x}.numpy(), 4))'),
    Part("row by row", 'print("{name}")\nfor row in {x}:\n    print(row)'),
    Part("lists by row", 'print("{name}:")\nfor row in {x}.tolist():\n    print(row)'),
    Part("a table", 'print("{name}")\nfor row in {x}:\n    print("  ".join(f"{x:8.4f}" for x in row))'),
    Part(
        "a table of commas",
        'print("{name}:")\nfor row in {x}.tolist():\n    print(", ".join("%.5f" % x for x in row))',
    ),
    Part("more digits", 'torch.set_printoptions(precision=6)\nprint("{name}", {x})'),
    Part("no exponents", "np.set_printoptions(suppress=True, precision=5)\nprint({x}.numpy())"),
    Part("displayed", "display({x})"),
    Part("pretty", 'import pprint\nprint("{name}")\npprint.pprint({x}.tolist())'),
)

NUMBERS = (
    Part("a tensor", 'print("loss:", {x})'),
    Part("an item", 'print("Loss", {x}.item())'),
    Part("four digits", 'print(f"loss = {{x}:.4f}")'),
    Part("in a sentence", 'print("The reconstruction error is %.5f." % {x})'),
    Part("a formula", 'print("||A - A_hat||_F^2 =", round(float({x}), 4))'),
    Part("alone", "print({x})"),
    Part("an exponent", 'print(f"Squared error: {{x}:.4e}")'),
    Part("a tuple", 'print(("loss", float({x})))'),
)

LOSSES = (
    Part("sum of squares", "((A - {P}) ** 2).sum()"),
    Part("squared norm", "torch.norm(A - {P}) ** 2"),
    Part("mse_loss", 'torch.nn.functional.mse_loss({P}, A, reduction="sum")'),
    Part("trace", "torch.trace((A - {P}).T @ (A - {P}))"),
    Part("times nine", "torch.mean((A - {P}).pow(2)) * A.numel()"),
)

NOISE = (
    Part("none", "pass"),
    Part("shapes", "print(A.shape, A.dtype)"),
    Part("the matrix given", 'print("A =", A)'),
    Part("progress", 'print("epoch 1000/1000 done in 0.17 s (lr 0.01)")'),
    Part("a line", 'print("=" * 30, "Exercise", "=" * 30)'),
)

SCOPES = (Part("at the top", "{program}"), Part("in main", "def main():\n    {program}\n\n\nmain()"))

GIVEN = """A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    return sgd_factorise_masked(A, torch.ones_like(A), rank, num_epochs, lr)


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r, c in M.nonzero().tolist():
            U[r], V[c] = step(A[r, c], U[r], V[c], lr)
    return U, V


"""

_ARGUMENTS = {
    "1.1": {"{A}": "A", "{A:t}": "A: Tensor", "{X}": "X", "{W}": "matrix"},
    "3.1": {"{A}": "A, M", "{A:t}": "A: Tensor, M: Tensor", "{X}": "X, mask", "{W}": "matrix, mask"},
}
_NAMES = {"1.1": "sgd_factorise", "3.1": "sgd_factorise_masked"}
STATED = ("1.2", "2.1", "3.2")
"""The exercises whose figures a program states."""
_OWN = {"1.1": "learn_two_matrices", "3.1": "fill_in_what_is_missing"}


def solutions() -> Iterator[Solution]:
    """The solutions of 1.1, then those of 3.1, always the same."""
    parts = (HEADS, STARTS, LOOPS, STEPS, RETURNS, PLACES)
    for chosen in _pairwise(parts):
        yield _written("1.1", chosen)
    for chosen in _pairwise((*parts, SIGHTS)):
        yield _written("3.1", chosen)
    for chosen in _pairwise((SHOWN, MATRICES, NUMBERS, LOSSES, NOISE, SCOPES)):
        yield _stated(chosen)


def _pairwise(parts: tuple[tuple[Part, ...], ...]) -> Iterator[tuple[Part, ...]]:
    """Choices of one way of each part, so many that every two ways of two parts occur together."""
    left = {
        (i, x, j, y)
        for i, j in combinations(range(len(parts)), 2)
        for x, y in product(range(len(parts[i])), range(len(parts[j])))
    }
    while left:
        first = min(left)
        chosen = {first[0]: first[1], first[2]: first[3]}
        for i in range(len(parts)):
            if i not in chosen:
                chosen[i] = max(range(len(parts[i])), key=lambda x: _gain(left, chosen, i, x))
        left -= {(i, chosen[i], j, chosen[j]) for i, j in combinations(range(len(parts)), 2)}
        yield tuple(ways[chosen[i]] for i, ways in enumerate(parts))


def _gain(left: set[tuple[int, int, int, int]], chosen: dict[int, int], i: int, x: int) -> int:
    """How many pairs that are left the choice of way x for part i adds."""
    return sum(((i, x, j, y) if i < j else (j, y, i, x)) in left for j, y in chosen.items())


def _written(exercise: str, chosen: tuple[Part, ...]) -> Solution:
    head, start, loop, step, given, place, *sight = chosen
    seen = _indented(sight[0].text, step=step.text) if sight else step.text
    own = place.end == "own"
    name = (_OWN if own else _NAMES)[exercise]
    body = "\n".join(
        (
            *_adapted(exercise, head),
            "m, n = A.shape",
            start.text,
            "for epoch in range(num_epochs):",
            "    " + _indented(loop.text, step=seen).replace("\n", "\n    "),
            *filter(None, [start.end]),
            given.text,
        )
    )
    parameters = head.text
    for key, text in _ARGUMENTS[exercise].items():
        parameters = parameters.replace(key, text)
    if place.end == "made":
        code = _made(exercise, head, parameters, body)
    else:
        function = f"def {name}({parameters}):\n    " + body.replace("\n", "\n    ")
        method = f"def {name}(self, {parameters}):\n    " + body.replace("\n", "\n    ")
        code = _indented(place.text, function=function, method=method).replace("{name}", name)
    return Solution(exercise, ", ".join(part.name for part in chosen), PRELUDE + code + "\n")


def _stated(chosen: tuple[Part, ...]) -> Solution:
    """A program that states what 1.2, 2.1 and 3.2 ask for."""
    shown, matrix, number, loss, noise, scope = chosen

    def show(name: str, x: str) -> str:
        return matrix.text.replace("{name}", name).replace("{x}", x)

    def state(x: str, of: str) -> str:
        return f"{x} = {loss.text.replace('{P}', of)}\n" + number.text.replace("{x}", x)

    program = "\n".join(
        (
            "torch.manual_seed(0)",
            noise.text,
            "U, V = sgd_factorise(A, 2)",
            "P = U @ V.T",
            shown.text.replace("{U}", show("U", "U"))
            .replace("{V}", show("V", "V"))
            .replace("{P}", show("U V^T", "P")),
            state("loss", "P"),
            noise.text,
            "W, S, Z = torch.linalg.svd(A)",
            "S[2] = 0",
            "A2 = W @ torch.diag(S) @ Z",
            show("best rank 2", "A2"),
            state("error", "A2"),
            noise.text,
            "U3, V3 = sgd_factorise_masked(A, M, 2)",
            "A3 = U3 @ V3.T",
            show("completed", "A3"),
        )
    )
    code = _indented(scope.text, program=program)
    return Solution("", ", ".join(part.name for part in chosen), PRELUDE + GIVEN + code + "\n")


def _adapted(exercise: str, head: Part) -> Iterator[str]:
    if head.end:
        yield head.end
    if exercise == "3.1" and ("{X}" in head.text or "{W}" in head.text):
        yield "M = mask"


def _made(exercise: str, head: Part, parameters: str, body: str) -> str:
    """A class that is made with what the head takes beside the matrices."""
    matrices = next(text for key, text in _ARGUMENTS[exercise].items() if key in head.text)
    others = parameters.removeprefix(matrices + ", ")
    names = [name.split("=")[0].split(":")[0].strip() for name in others.split(", ") if name != "*"]
    kept = [name.removeprefix("**") for name in names]
    held = "\n".join(f"        self.{name} = {name}" for name in kept)
    taken = "\n".join(f"        {name} = self.{name}" for name in kept)
    return (
        f"class Model:\n    def __init__(self, {others}):\n{held}\n\n    def fit(self, {matrices}):\n{taken}\n        "
        + body.replace("\n", "\n        ")
    )


def _indented(text: str, **inner: str) -> str:
    """The text with other texts put in, each as far to the right as where it stands."""
    lines = []
    for line in text.split("\n"):
        for name, value in inner.items():
            if line.strip() == f"{{{name}}}":
                indent = line[: -len(line.lstrip())]
                line = indent + value.replace("\n", "\n" + indent)
        lines.append(line)
    return "\n".join(lines)


def graded(chosen: list[Solution], jobs: int = 2) -> Iterator[tuple[Solution, tuple[CheckResult, ...]]]:
    """Each solution with the checks that count against it and did not pass, as they finish."""
    exercises = LAB.exercises(LAB.seed)
    with tempfile.TemporaryDirectory() as folder:
        by_name = {}
        submissions = []
        for number, solution in enumerate(chosen):
            name = f"s{number:03}"
            path = Path(folder, f"{name}.py")
            path.write_text(solution.code, encoding="utf-8")
            by_name[name] = solution
            submissions.append(msgspec.structs.replace(one(path), student=name))
        for report in grade_all(submissions, LAB, exercises, LAB.seed, Limits(repairs=0), jobs):
            solution = by_name[report.student]
            yield solution, tuple(_lost(solution, report))


def _lost(solution: Solution, report: Report) -> Iterator[CheckResult]:
    wanted = (solution.exercise,) if solution.exercise else STATED
    for exercise in report.exercises:
        worth = LAB.rubric.exercises[exercise.id].checks
        if exercise.id in wanted:
            yield from (
                c for c in exercise.checks if worth[c.id] > 0 and (c.outcome is not Outcome.PASS or c.cost)
            )


def main(arguments: list[str] | None = None) -> int:
    """Print the right solutions that lost marks; 1 where there are any."""
    parser = argparse.ArgumentParser(
        description="Grade right solutions put together from what students vary."
    )
    parser.add_argument(
        "--show", metavar="NAME", help="print the solutions whose name has this in it, and end"
    )
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args(arguments)
    made = list(solutions())
    if given.show:
        print(*(s.code for s in made if given.show in f"{s.exercise} {s.name}"), sep="\n# ---\n")
        return 0
    lost = 0
    for solution, checks in graded(made, given.jobs):
        if checks:
            lost += 1
            print(f"{solution.exercise} [{solution.name}]")
            print(*(f"    {check.id} {check.outcome}: {check.message}" for check in checks[:3]), sep="\n")
    print(f"{len(made)} right solutions, {lost} lost marks")
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
