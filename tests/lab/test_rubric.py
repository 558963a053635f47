"""Rubrics as data: a rubric that cannot be used is rejected with one sentence that names the place."""

from pathlib import Path

import pytest

from grader.core.errors import RubricError
from grader.core.result import Finding, Outcome
from grader.lab import Check, Exercise, Rubric
from grader.lab.rubric import check_rubric, read_rubric
from reference import LAB, RUBRIC_PATH

GOOD = """
[exercises."1"]
marks = 1.0
[exercises."1".checks]
"1-a" = 0.25
"1-b" = 0.75
[costs]
slow = 0.1
"""


def exercise(id: str, *checks: str) -> Exercise:
    """An invented exercise with checks of these names."""
    all_checks = tuple(Check(name, name, lambda bench: Finding(Outcome.PASS)) for name in checks)
    return Exercise(id, id, "", all_checks, lambda bench, results: (), lambda results: "")


def read(folder: Path, text: str | bytes) -> Rubric:
    """Read a rubric of this text."""
    file = folder / "rubric.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_rubric(file)


def test_a_sound_rubric_is_read_and_fits_its_lab(tmp_path: Path) -> None:
    rubric = read(tmp_path, GOOD)
    assert rubric.exercises["1"].checks == {"1-a": 0.25, "1-b": 0.75}
    assert rubric.costs == {"slow": 0.1}
    check_rubric(rubric, (exercise("1", "1-a", "1-b"),))


def test_tenths_that_add_up_in_decimal_add_up(tmp_path: Path) -> None:
    checks = "".join(f'"1-{number}" = 0.1\n' for number in range(10))
    assert read(tmp_path, f'[exercises."1"]\nmarks = 1.0\n[exercises."1".checks]\n{checks}[costs]\n')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD.replace("0.75", "0.7"), ("exercise 1", "0.95", "1")),
        (GOOD.replace("marks = 1.0", "marks = 2"), ("exercise 1", "2")),
        (GOOD.replace("0.25", "-0.25").replace("0.75", "1.25"), ("exercise 1", "negative")),
        (GOOD.replace("0.25", "nan"), ("exercise 1",)),
        (GOOD.replace("0.25", '"a quarter"'), ("str",)),
        (GOOD.replace("marks = 1.0\n", ""), ("marks",)),
        (GOOD.replace("[costs]", "[costs"), ("line 7",)),
        (GOOD.encode() + b"\xff", ()),
        ("", ("exercises",)),
    ],
)
def test_a_rubric_that_cannot_be_used_is_refused_with_its_file(
    tmp_path: Path, text: str | bytes, words: tuple[str, ...]
) -> None:
    with pytest.raises(RubricError) as caught:
        read(tmp_path, text)
    sentence = str(caught.value)
    assert "rubric.toml" in sentence
    assert "\n" not in sentence
    assert all(word in sentence for word in words), sentence


def test_a_rubric_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RubricError, match=r"absent\.toml"):
        read_rubric(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("exercises", "words"),
    [
        ((exercise("1", "1-a"),), ("1-b", "no check")),
        ((exercise("1", "1-a", "1-b", "1-c"),), ("1-c", "missing")),
        ((exercise("1", "1-a", "1-b"), exercise("2", "2-a")), ("exercise 2", "missing")),
        ((exercise("3", "1-a", "1-b"),), ("no exercise 1", "3")),
    ],
)
def test_a_rubric_and_a_lab_that_name_different_things_are_refused(
    tmp_path: Path, exercises: tuple[Exercise, ...], words: tuple[str, ...]
) -> None:
    rubric = read(tmp_path, GOOD)
    with pytest.raises(RubricError) as caught:
        check_rubric(rubric, exercises)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_the_lab_is_worth_five_exercises_of_one_mark_each() -> None:
    rubric = read_rubric(RUBRIC_PATH)
    assert {id: entry.marks for id, entry in rubric.exercises.items()} == dict.fromkeys(
        ("1.1", "1.2", "2.1", "3.1", "3.2"), 1.0
    )


def test_the_checks_of_the_lab_need_only_checks_before_them_in_the_same_exercise() -> None:
    for exercise in LAB.exercises(LAB.seed):
        before: list[str] = []
        for check in exercise.checks:
            assert check.id not in before
            assert set(check.needs) | set(check.implied_by) <= set(before), check.id
            before.append(check.id)


def test_every_seed_gives_the_same_checks() -> None:
    def ids(seed: int) -> list[tuple[str, str]]:
        return [(check.id, check.title) for exercise in LAB.exercises(seed) for check in exercise.checks]

    assert ids(0) == ids(7) == ids(LAB.seed)
