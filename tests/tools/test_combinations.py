"""A solution keeps its marks whatever correct ways of writing it combines."""

import ast
from itertools import combinations

import pytest

from tests.tools.combinations import graded, solutions
from tests.tools.ways import HEADS, PLACES, RETURNS, STEPS


@pytest.mark.slow
def test_a_few_combinations_of_right_ways_to_write_a_solution_keep_their_marks() -> None:
    made = list(solutions())[::100]
    judged = list(graded(made))
    assert len(judged) == len(made)
    assert not {solution.name: [check.id for check in checks] for solution, checks in judged if checks}


def test_every_two_ways_of_two_parts_meet_in_a_solution() -> None:
    names = [set(solution.name.split(", ")) for solution in solutions() if solution.exercise == "3.1"]
    for one, other in combinations((HEADS, STEPS, RETURNS, PLACES), 2):
        for first in one:
            for second in other:
                assert any({first.name, second.name} <= name for name in names), (first.name, second.name)


def test_every_combination_is_a_program() -> None:
    for solution in solutions():
        assert any(isinstance(node, ast.FunctionDef) for node in ast.walk(ast.parse(solution.code)))
