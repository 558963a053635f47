"""Whatever right ways of writing meet in one solution, it keeps its marks."""

import ast
from itertools import combinations

import pytest

from tests.combinations import HEADS, PLACES, RETURNS, STEPS, graded, solutions


@pytest.mark.long
def test_no_combination_of_right_ways_to_write_a_solution_loses_marks() -> None:
    made = list(solutions())
    judged = list(graded(made))
    assert len(judged) == len(made)
    lost = {solution.name: [check.id for check in checks] for solution, checks in judged if checks}
    assert not lost


def test_every_two_ways_of_two_parts_meet_in_a_solution() -> None:
    names = [set(solution.name.split(", ")) for solution in solutions() if solution.exercise == "3.1"]
    for one, other in combinations((HEADS, STEPS, RETURNS, PLACES), 2):
        for first in one:
            for second in other:
                assert any({first.name, second.name} <= name for name in names), (first.name, second.name)


def test_every_combination_is_a_program() -> None:
    for solution in solutions():
        assert any(isinstance(node, ast.FunctionDef) for node in ast.walk(ast.parse(solution.code)))
