"""Combine correct ways of writing each part into solutions that cover every pair of ways.

``python -m tests.tools.combinations [--show NAME]`` grades all of them through the real pipeline and prints
those that lost marks. Every one of them solves its exercise, so the exit status is 0 if none did. Ten ways of
each part give a million solutions; about a hundred are enough to cover every pair of ways (pairwise testing).
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from typing import NamedTuple

import msgspec

from grader.core.result import CheckResult, Outcome, Report
from grader.grading.local_executor import LocalExecutor
from grader.grading.pipeline import grade_all
from grader.grading.run_plan import RunPlan
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.worker_client import Limits
from grader.submissions.discovery import one
from reference import LAB
from tests.tools.ways import (
    CUTS,
    DECOMPOSITIONS,
    GIVEN,
    HEADS,
    LOOPS,
    LOSSES,
    MATRICES,
    NOISE,
    NUMBERS,
    PLACES,
    PRELUDE,
    RETURNS,
    SCOPES,
    SHOWN,
    SIGHTS,
    STARTS,
    STEPS,
    SVD_HEADS,
    SVD_RETURNS,
    Part,
)

__all__ = ["Solution", "graded", "solutions"]


class Solution(NamedTuple):
    """A correct solution of one exercise, or a program that states the values of the others."""

    exercise: str
    name: str
    code: str


_ONE_MATRIX = {"{A}": "A", "{A:t}": "A: Tensor", "{X}": "X", "{W}": "matrix"}
_ARGUMENTS = {
    "2.1": _ONE_MATRIX,
    "1.1": _ONE_MATRIX,
    "3.1": {"{A}": "A, M", "{A:t}": "A: Tensor, M: Tensor", "{X}": "X, mask", "{W}": "matrix, mask"},
}
_NAMES = {"1.1": "sgd_factorise", "2.1": "truncated_svd", "3.1": "sgd_factorise_masked"}
STATED = ("1.2", "2.1", "3.2")
"""The exercises that ask for stated values."""
_OWN = {"1.1": "learn_two_matrices", "2.1": "cut_off", "3.1": "fill_in_what_is_missing"}


def solutions() -> Iterator[Solution]:
    """The solutions of 1.1, 2.1 and 3.1, then the programs that state values; always the same."""
    parts = (HEADS, STARTS, LOOPS, STEPS, RETURNS, PLACES)
    for chosen in _pairwise(parts):
        yield _factorisation("1.1", chosen)
    for chosen in _pairwise((SVD_HEADS, DECOMPOSITIONS, CUTS, SVD_RETURNS, PLACES)):
        yield _decomposition(chosen)
    for chosen in _pairwise((*parts, SIGHTS)):
        yield _factorisation("3.1", chosen)
    for chosen in _pairwise((SHOWN, MATRICES, NUMBERS, LOSSES, NOISE, SCOPES)):
        yield _stated(chosen)


def _pairwise(parts: tuple[tuple[Part, ...], ...]) -> Iterator[tuple[Part, ...]]:
    """Choices of one way for each part that cover every pair of ways of two parts."""
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
    """How many of the remaining pairs the choice of way x for part i covers."""
    return sum(((i, x, j, y) if i < j else (j, y, i, x)) in left for j, y in chosen.items())


def _factorisation(exercise: str, chosen: tuple[Part, ...]) -> Solution:
    head, start, loop, step, given, place, *sight = chosen
    seen = _indented(sight[0].text, step=step.text) if sight else step.text
    lines = [
        *_adapted(exercise, head),
        "m, n = A.shape",
        start.text,
        "for epoch in range(num_epochs):",
        "    " + _indented(loop.text, step=seen).replace("\n", "\n    "),
        *filter(None, [start.end]),
        given.text,
    ]
    return _placed(exercise, chosen, head, place, "\n".join(lines))


def _decomposition(chosen: tuple[Part, ...]) -> Solution:
    head, decomposition, cut, given, place = chosen
    lines = [*_adapted("2.1", head), decomposition.text, cut.text, given.text]
    return _placed("2.1", chosen, head, place, "\n".join(lines))


def _placed(exercise: str, chosen: tuple[Part, ...], head: Part, place: Part, body: str) -> Solution:
    """The function in its place in the program."""
    name = (_OWN if place.end == "own" else _NAMES)[exercise]
    parameters = head.text
    for key, text in _ARGUMENTS[exercise].items():
        parameters = parameters.replace(key, text)
    if place.end == "made":
        code = _made(exercise, head, parameters, body)
    else:
        function = f"def {name}({parameters}):\n    " + body.replace("\n", "\n    ")
        method = f"def {name}(self, {parameters}):\n    " + body.replace("\n", "\n    ")
        call = method.replace(f"def {name}(", "def __call__(")
        code = _indented(place.text, function=function, method=method, call=call).replace("{name}", name)
    return Solution(exercise, ", ".join(part.name for part in chosen), PRELUDE + code + "\n")


def _stated(chosen: tuple[Part, ...]) -> Solution:
    """A program that states the values for 1.2, 2.1 and 3.2."""
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
    """A class whose constructor takes the parameters other than the matrices."""
    matrices = next(text for key, text in _ARGUMENTS[exercise].items() if key in head.text)
    others = parameters.removeprefix(matrices + ", ").removesuffix(", /")
    names = [name.split("=")[0].split(":")[0].strip() for name in others.split(", ") if name != "*"]
    kept = [name.removeprefix("**") for name in names]
    held = "\n".join(f"        self.{name} = {name}" for name in kept)
    taken = "\n".join(f"        {name} = self.{name}" for name in kept)
    return (
        f"class Model:\n    def __init__(self, {others}):\n{held}\n\n    def fit(self, {matrices}):\n{taken}\n        "
        + body.replace("\n", "\n        ")
    )


def _indented(text: str, **inner: str) -> str:
    """The text with other texts inserted, each indented like its placeholder."""
    lines = []
    for line in text.split("\n"):
        for name, value in inner.items():
            if line.strip() == f"{{{name}}}":
                indent = line[: -len(line.lstrip())]
                line = indent + value.replace("\n", "\n" + indent)
        lines.append(line)
    return "\n".join(lines)


def graded(chosen: list[Solution], jobs: int = 2) -> Iterator[tuple[Solution, tuple[CheckResult, ...]]]:
    """Yield each solution, as it finishes, with the checks that it should have passed but did not."""
    with tempfile.TemporaryDirectory() as folder:
        by_name = {}
        submissions = []
        for number, solution in enumerate(chosen):
            name = f"s{number:03}"
            path = Path(folder, f"{name}.py")
            path.write_text(solution.code, encoding="utf-8")
            by_name[name] = solution
            submissions.append(msgspec.structs.replace(one(path), student=name))
        plan = RunPlan(lab=LAB, exercises=LAB.exercises(LAB.seed), seed=LAB.seed, limits=Limits(repairs=0))
        for report in grade_all(submissions, plan, LocalExecutor(plan, ForkServer(), jobs)):
            solution = by_name[report.student]
            yield solution, tuple(_lost(solution, report))


def _lost(solution: Solution, report: Report) -> Iterator[CheckResult]:
    """The failed checks, except that of the error in 2.1, which a function does not state."""
    wanted = (solution.exercise,) if solution.exercise else STATED
    ignored = ("2.1-error", "2.1-why") if solution.exercise else ("2.1-why", "3.2-meaning")
    for exercise in report.exercises:
        if exercise.id in wanted:
            yield from (
                check
                for check in exercise.checks
                if check.id not in ignored and (check.outcome is not Outcome.PASS or check.cost)
            )


def main(arguments: list[str] | None = None) -> int:
    """Print the correct solutions that lost marks; return 1 if there are any."""
    parser = argparse.ArgumentParser(
        description="Grade correct solutions that combine the ways in which students write each part."
    )
    parser.add_argument(
        "--show", metavar="NAME", help="print the solutions whose name contains this, and end"
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
