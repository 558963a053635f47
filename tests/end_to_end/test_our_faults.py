"""Faults of the grader, wherever they occur: marks stay open, students are named, others are not affected."""

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import Grade
from tests.support.submissions import RIGHT_SVD, Handed

FRAGILE = """
from grader.core.evidence import Answer, CheckedValue
from grader.lab import Check, Exercise, ExerciseRubric, Lab, Rubric
from grader.core.result import Finding, Outcome

STAGE, ERROR = {stage!r}, {error}

def struck(bench):
    source = bench.loaded.source
    return source is not None and "breaks" in source.code

def strike(stage, bench, otherwise):
    if stage == STAGE and struck(bench):
        raise ERROR
    return otherwise

def first(bench):
    return strike("check", bench, Finding(Outcome.PASS))

def last(bench):
    return Finding(Outcome.FAIL, "It is wrong.")

def checked_values(bench):
    if STAGE == "pages" and struck(bench):
        return (CheckedValue(what=object(), origin="", stated="", recomputed="", holds=None),)
    return strike("checked_values", bench, ())

def exercises(seed):
    return tuple(
        Exercise(
            id, id, "",
            (Check(id + "-first", "First", first if id == "1" else last), Check(id + "-last", "Last", last)),
            lambda bench, results: strike("diagnose", bench, ()) if id == "1" else (),
            lambda results: "",
            checked_values=checked_values if id == "1" else lambda bench: (),
            answers=lambda bench: strike("answers", bench, ()),
            illustrate=lambda bench, results: strike("pictures", bench, ()),
            counterexample=lambda bench, results: strike("counterexample", bench, None),
        )
        for id in ("1", "2")
    )

def rubric():
    return Rubric({{id: ExerciseRubric(1.0, {{id + "-first": 0.5, id + "-last": 0.5}}) for id in ("1", "2")}}, {{}})

LAB = Lab(
    "fragile", "Fragile", 1, (), exercises, rubric(), lambda: (),
    compare=lambda bench, results: strike("compare", bench, ()),
)
"""
"""A lab that breaks at one stage of one student's grading."""

ERRORS = (
    "RuntimeError('ours')",
    "MemoryError()",
    "RecursionError('deep')",
    "UnicodeEncodeError('utf-8', '\\ud800', 0, 1, 'surrogates')",
    "AssertionError()",
    "StopIteration()",
    "SystemError('x' * 10**6)",
)


def graded(
    grade: Grade, handed_in: Handed, tmp_path: Path, stage: str, error: str
) -> tuple[Any, dict[str, Any]]:
    """The run of a class in which one submission breaks the lab, and everybody's entry."""
    lab = tmp_path / "fragile"
    lab.mkdir(exist_ok=True)
    (lab / "__init__.py").write_text(FRAGILE.format(stage=stage, error=error), encoding="utf-8")
    folder = handed_in({"ada/lab.py": "x = 1.5\n", "bo/lab.py": "breaks = 1.5\n", "cy/lab.py": "y = 2.5\n"})
    done = grade(folder, "--lab", f"{lab}:LAB", "--out", tmp_path / "out", "--jobs", "1")
    assert "Traceback" not in done.stderr
    assert len(done.stderr) < 5_000
    found = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    return done, {entry["student"]: entry for entry in found["submissions"]}


def verdicts(entry: dict[str, Any]) -> list[tuple[float, str]]:
    return [(exercise["marks"], exercise["verdict"]) for exercise in entry["exercises"]]


UNTOUCHED = [(0.5, "partial"), (0.0, "none")]


@pytest.mark.parametrize("error", ERRORS)
def test_a_check_that_breaks_leaves_its_exercise_open_and_names_its_student(
    grade: Grade, handed_in: Handed, tmp_path: Path, error: str
) -> None:
    done, entries = graded(grade, handed_in, tmp_path, "check", error)
    assert done.returncode == 1
    assert "The grader itself failed on work of bo (1)" in done.stderr
    assert "ada" not in done.stderr and "cy" not in done.stderr
    assert verdicts(entries["bo"]) == [(0.0, "error"), (0.0, "none")]
    assert verdicts(entries["ada"]) == verdicts(entries["cy"]) == UNTOUCHED
    with (tmp_path / "out" / "gradebook.csv").open(encoding="utf-8") as table:
        rows = {row["student"]: row for row in csv.DictReader(table)}
    assert [rows["bo"][column] for column in ("1", "2", "total")] == ["", "0", ""]
    assert [rows["ada"][column] for column in ("1", "2", "total")] == ["0.5", "0", "0.5"]


@pytest.mark.parametrize(
    "stage", ["diagnose", "checked_values", "answers", "pictures", "counterexample", "compare"]
)
def test_what_no_mark_depends_on_may_break_and_costs_no_mark(
    grade: Grade, handed_in: Handed, tmp_path: Path, stage: str
) -> None:
    _, entries = graded(grade, handed_in, tmp_path, stage, "RuntimeError('ours')")
    assert all(verdicts(entry) == UNTOUCHED for entry in entries.values())
    assert len(entries) == 3


def test_pages_and_entries_that_cannot_be_written_leave_their_student_open_and_nobody_else(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    done, entries = graded(grade, handed_in, tmp_path, "pages", "None")
    assert done.returncode == 1
    assert "The grader itself failed on work of bo (1, 2)" in done.stderr
    assert verdicts(entries["bo"]) == [(0.0, "error"), (0.0, "error")]
    assert verdicts(entries["ada"]) == verdicts(entries["cy"]) == UNTOUCHED
    assert all(
        (tmp_path / "out" / "students" / name / "report.html").is_file() for name in ("ada", "bo", "cy")
    )


def test_a_mark_by_hand_settles_what_is_open(grade: Grade, handed_in: Handed, tmp_path: Path) -> None:
    done, _ = graded(grade, handed_in, tmp_path, "check", "RuntimeError('ours')")
    lab = f"{tmp_path / 'fragile'}:LAB"
    out = ("--out", tmp_path / "out")
    given = grade("mark", "bo", "1", "0.75", "--lab", lab, *out)
    assert given.returncode == 0, given.stderr
    done = grade(tmp_path / "class", "--lab", lab, *out)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    (bo,) = (entry for entry in found["submissions"] if entry["student"] == "bo")
    assert verdicts(bo) == [(0.75, "partial"), (0.0, "none")]


def test_findings_that_cannot_be_used_again_are_found_again(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"ada/lab.py": RIGHT_SVD, "bo/lab.py": RIGHT_SVD + "# another\n"})
    cache = ("--cache", "--cache-dir", tmp_path / "kept", "--exercise", "2.1", "--out", tmp_path / "out")
    first = grade(folder, *cache)
    assert first.returncode == 0, first.stderr
    for number, file in enumerate(sorted((tmp_path / "kept").glob("??/*.json"))):
        kept = json.loads(file.read_text(encoding="utf-8"))
        spoilt = (
            {**kept, "exercises": []}
            if number
            else {
                **kept,
                "exercises": [
                    {**kept["exercises"][0], "checks": [{"id": "2.1-none", "title": "", "outcome": "pass"}]}
                ],
            }
        )
        file.write_text(json.dumps(spoilt), encoding="utf-8")
    again = grade(folder, *cache)
    assert again.returncode == 0, again.stderr
    found = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert [entry["marks"] for entry in found["submissions"]] == [1.0, 1.0]


@pytest.mark.parametrize(
    "code",
    [
        "import os, shutil\nshutil.rmtree(os.getcwd())\nos._exit(0)\n",
        "import os\nhere = os.getcwd()\nos.rename(here, here + '-away')\nos._exit(0)\n",
    ],
    ids=["removed", "moved"],
)
def test_who_takes_the_folder_of_their_workers_away_costs_themselves_their_marks(
    grade: Grade, handed_in: Handed, tmp_path: Path, code: str
) -> None:
    folder = handed_in({"ada/lab.py": RIGHT_SVD, "bo/lab.py": code + RIGHT_SVD})
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = grade(
        folder, "--exercise", "2.1", "--isolation", "process", "--out", tmp_path / "out", "--jobs", "1",
        env={"TMPDIR": os.fspath(temporary)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    entries = {entry["student"]: entry for entry in found["submissions"]}
    assert verdicts(entries["ada"]) == [(1.0, "full")]
    assert entries["bo"]["marks"] == 0.0
    assert any("removed its own folder" in flag for flag in entries["bo"]["flags"])
