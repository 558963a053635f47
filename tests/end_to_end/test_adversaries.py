"""No program that knows the grader gets marks for work it did not do: some of each kind, with one seed.

``python -m tests.adversaries``, which `.ci/run` runs, asks it of all of them under this seed and others.
"""

import ast

import pytest

from reference import LAB
from tests.adversaries.grading import ADVERSARIES, KINDS, Earned, earned_under, judged_under, overpaid
from tests.adversaries.program import Adversary

SEED = 1
"""Not the lab's own, so that tables for that are judged as well."""


RIGHT_IN_PART = {
    ("right-but-exchanged", "1.1"): 0.95,
    ("right-for-square-matrices", "2.1"): 0.7,
    ("svd-factors-stated-for-1.2", "2.1"): 1.0,
    ("1.1-under-another-name", "3.1"): 0.6,
}
"""What adversaries did do, and get."""

EACH = 1
"""So many of each kind are graded here."""


def some_of(kind: str) -> list[Adversary]:
    """The first of a kind that need not be waited for."""
    return [a for a in judged_under(KINDS[kind], SEED, SEED) if not a.is_slow][:EACH]


@pytest.fixture(scope="module")
def earned() -> dict[str, list[Earned]]:
    """What some of each kind get under one seed, and those that did a part of what is asked."""
    names = {name for name, _ in RIGHT_IN_PART} | {a.name for kind in KINDS for a in some_of(kind)}
    found: dict[str, list[Earned]] = {}
    for each in earned_under(SEED, [a for a in ADVERSARIES if a.name in names]):
        found.setdefault(each.name, []).append(each)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_earns_more_than_their_honest_part_deserves(
    kind: str, earned: dict[str, list[Earned]]
) -> None:
    asked = some_of(kind)
    assert len(asked) == EACH
    above = overpaid(each for adversary in asked for each in earned[adversary.name])
    assert not {f"{each.name} {each.exercise}": each.marks for each in above}


@pytest.mark.slow
def test_what_is_right_in_an_adversary_earns_its_marks(earned: dict[str, list[Earned]]) -> None:
    got = {(each.name, each.exercise): each.marks for several in earned.values() for each in several}
    assert {key: got[key] for key in RIGHT_IN_PART} == RIGHT_IN_PART


@pytest.mark.parametrize("adversary", [a for a in ADVERSARIES if a.made_for], ids=lambda a: a.name)
def test_a_table_for_a_known_seed_holds_under_that_seed_only(adversary: Adversary) -> None:
    known = earned_under(LAB.seed, [adversary])
    assert all(each.marks >= 0.7 for each in known)


def test_there_are_many_adversaries_of_every_kind() -> None:
    assert len(ADVERSARIES) >= 100
    assert len(KINDS) >= 11
    assert all(len(several) >= 5 for several in KINDS.values())
    assert len({adversary.name for adversary in ADVERSARIES}) == len(ADVERSARIES)


def test_every_exercise_is_tried_by_ten_adversaries() -> None:
    for exercise in LAB.rubric.exercises:
        assert sum(exercise in adversary.most for adversary in ADVERSARIES) >= 10


@pytest.mark.parametrize("adversary", ADVERSARIES, ids=lambda a: a.name)
def test_an_adversary_is_a_program_with_a_label(adversary: Adversary) -> None:
    for name, text in adversary.files.items():
        assert not name.endswith(".py") or ast.parse(text).body
    assert adversary.exploits.endswith(".")
    for exercise, most in adversary.most.items():
        assert 0.0 <= most <= LAB.rubric.exercises[exercise].marks
    assert adversary.because or not any(adversary.most.values())
