"""A person's marks and comments survive grading again, override automatic ones, and are in every output."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from grader.core.errors import TableError
from grader.core.result import CheckResult, ExerciseReport, Flag, FlagKind, HandMark, Outcome, Report, Verdict
from grader.core.submission import Identity
from grader.lab import ExerciseRubric, Rubric
from grader.marking.manual_marks import Entry, append, apply_manual_marks, in_words, read_marks
from grader.reporting.wording import flag_sentences
from reference import RUBRIC_PATH
from tests.support.command_line import Grade
from tests.support.submissions import RIGHT_SVD, WRONG_SVD, Handed

ONLY_21 = ("--exercise", "2.1")
COMMENT = "Clear reasons | <b>well</b> done; *see* me"


def results(folder: Path) -> dict[str, Any]:
    """The entries of `results.json` by student, each with its exercises by id."""
    entries = json.loads((folder / "results.json").read_text(encoding="utf-8"))["submissions"]
    return {
        entry["student"]: {**entry, "exercises": {e["id"]: e for e in entry["exercises"]}}
        for entry in entries
    }


# --- through the command line -----------------------------------------------------------------------------


@pytest.mark.slow
def test_a_mark_by_hand_survives_grading_again_and_stands_in_every_output(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"ada quill/lab.py": WRONG_SVD, "bob/lab.py": RIGHT_SVD})
    out = tmp_path / "out"
    args = (folder, *ONLY_21, "--out", out)
    assert grade(*args).returncode == 0
    before = results(out)["ada quill"]
    assert before["marks"] == 0.0

    done = grade("mark", "Ada Quill", "2.1", "0.8", "--comment", COMMENT, "--by", "M. Reed", "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Grade again" in done.stdout
    assert results(out)["ada quill"] == before, "entering a mark changes no result on its own"

    shown = grade(*args, env={"COLUMNS": "300"})
    assert (shown.returncode, shown.stderr) == (0, "")
    after = results(out)["ada quill"]
    exercise = after["exercises"]["2.1"]
    assert (after["marks"], exercise["marks"], exercise["automatic_marks"]) == (0.8, 0.8, 0.0)
    assert exercise["verdict"] == "partial"
    (given,) = exercise["by_hand"]
    when = given["when"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d[+-]\d\d:\d\d", when)
    assert given == {"item": "2.1", "marks": 0.8, "comment": COMMENT, "by": "M. Reed", "when": when}
    assert exercise["checks"] == before["exercises"]["2.1"]["checks"], "what was observed stays"
    assert results(out)["bob"]["exercises"]["2.1"]["by_hand"] == []

    (row, _) = csv.DictReader((out / "gradebook.csv").read_text(encoding="utf-8").splitlines())
    assert (row["2.1"], row["total"]) == ("0.8", "0.8")
    page = out / "students" / "ada quill"
    html, markdown = ((page / name).read_text(encoding="utf-8") for name in ("report.html", "report.md"))
    assert "<b>well" not in html + markdown
    texts = {
        "gradebook": row["by hand"],
        "html": html,
        "class page": (out / "index.html").read_text(encoding="utf-8"),
        "markdown": markdown,
        "terminal": shown.stdout,
        "plain": grade(*args, "--format", "plain").stdout,
    }
    for name, text in texts.items():
        for word in ("M. Reed", when.partition(" ")[0], "Clear reasons", "0.8 (automatic: 0)"):
            assert word in text, (name, word)


@pytest.mark.slow
def test_the_share_of_a_mark_that_the_rubric_keeps_for_words_waits_for_a_person(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    rubric = RUBRIC_PATH.read_text(encoding="utf-8")
    reserved = rubric.replace('"2.1-matrix" = 0.7', '"2.1-matrix" = 0.5').replace(
        '"2.1-why" = 0.0', '"2.1-why" = 0.2'
    )
    assert reserved.count('"2.1-why" = 0.2') == 1
    lab = (
        "from pathlib import Path\nimport msgspec\nfrom grader.lab.rubric import read_rubric\nfrom reference import LAB\n"
        'LAB = msgspec.structs.replace(LAB, rubric=read_rubric(Path(__file__).with_name("rubric.toml")))\n'
    )
    env = {"PYTHONPATH": str(handed_in({"words_lab.py": lab, "rubric.toml": reserved}, "labs"))}
    folder = handed_in({"ada/lab.py": RIGHT_SVD, "bob/lab.py": RIGHT_SVD})
    out = tmp_path / "out"
    args = (folder, *ONLY_21, "--lab", "words_lab:LAB", "--out", out)
    assert grade(*args, env=env).returncode == 0
    ada = results(out)["ada"]
    assert (ada["marks"], ada["exercises"]["2.1"]["verdict"]) == (0.8, "manual")
    assert "2.1: a person has to look." in ada["flags"]

    for student, marks in (("ada", "0.2"), ("bob", "0.05")):
        command = ("mark", student, "2.1-why", marks, "--by", "R", "--out", out, "--lab", "words_lab:LAB")
        assert grade(*command, env=env).returncode == 0
    assert grade(*args, env=env).returncode == 0
    found = results(out)
    assert {
        name: (entry["marks"], entry["exercises"]["2.1"]["verdict"], entry["flags"])
        for name, entry in found.items()
    } == {"ada": (1.0, "full", []), "bob": (0.85, "partial", [])}


def test_words_that_carry_no_marks_never_stand_between_right_work_and_full_marks(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"ada/lab.py": RIGHT_SVD, "bob/lab.py": RIGHT_SVD})
    assert grade(folder, *ONLY_21, "--out", tmp_path / "out").returncode == 0
    exercise = results(tmp_path / "out")["ada"]["exercises"]["2.1"]
    assert (exercise["verdict"], exercise["marks"]) == ("full", 1.0)
    (why,) = (check for check in exercise["checks"] if check["id"] == "2.1-why")
    assert why["outcome"] == "manual"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("mark", "ada", "2.1"), ("nothing to enter",)),
        (("mark", "ada", "2.7", "1"), ("2.7", "1.1, 1.2, 2.1")),
        (("mark", "ada", "2.1", "1.5"), ("valid range: 0–1",)),
        (("mark", "ada", "2.1", "nan"), ("valid range: 0–1",)),
        (("mark", "ada", "2.1-why", "0.5"), ("2.1-why", "worth nothing", "rubric.toml")),
        (("mark", "adda", "2.1", "1"), ("adda", "did you mean ada?")),
        (("mark", "ada", "2.1", "1", "--out", "elsewhere"), ("elsewhere", "grade first")),
    ],
)
def test_a_mark_that_makes_no_sense_is_refused_in_one_sentence(
    grade: Grade, tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "results.json").write_text('{"submissions": [{"student": "ada"}]}')
    done = grade(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert all(word in line for word in words), line
    assert not (tmp_path / "reports" / "marks.csv").exists()


def test_a_table_that_is_wrong_stops_before_anything_is_graded_and_names_the_line(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"ada/lab.py": "import time\ntime.sleep(1e9)\n", "bob/lab.py": ""})
    (tmp_path / "marks.csv").write_text("student,exercise,marks\nada,2.1,0.5\nada,2.1,lots\n")
    done = grade(folder, "--marks", tmp_path / "marks.csv", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "line 3: 'lots' is not a number" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_line_that_belongs_to_nobody_graded_is_named(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"ada/lab.py": "", "bob/lab.py": ""})
    (tmp_path / "marks.csv").write_text("student,exercise,marks\nada,2.1,0.5\nzoë [b],2.1,1\n")
    done = grade(folder, *ONLY_21, "--marks", tmp_path / "marks.csv", "--out", tmp_path / "out")
    assert done.returncode == 0
    assert results(tmp_path / "out")["ada"]["marks"] == 0.5
    assert "line 3" in done.stderr and "zoë [b]" in done.stderr


# --- the table --------------------------------------------------------------------------------------------

RUBRIC = Rubric({"1": ExerciseRubric(2.0, {"1-a": 1.5, "1-why": 0.5})}, {"slow": 0.25})


def report(a: Outcome = Outcome.PASS, marks: float = 1.5, cost: str = "") -> Report:
    """A report on one exercise with two checks, the second for a person."""
    checks = (
        CheckResult(id="1-a", title="A", outcome=a, cost=cost),
        CheckResult(id="1-why", title="Why", outcome=Outcome.MANUAL),
    )
    exercise = ExerciseReport(
        id="1",
        title="1",
        marks=marks,
        max_marks=2.0,
        verdict=Verdict.MANUAL,
        checks=checks,
        next_step="Go on.",
    )
    return Report(
        student="Ada",
        files=(),
        marks=marks,
        max_marks=2.0,
        flags=("Late.",),
        seconds=0.0,
        exercises=(exercise,),
        identity=Identity(id="s1", moodle="77"),
        undecided=(Flag(FlagKind.LOOK, "1"),),
    )


def given(item: str, marks: float | None, student: str = "Ada", comment: str = "") -> Entry:
    """An entry of the table."""
    return Entry(student, HandMark(item=item, marks=marks, comment=comment, by="R", when="today"), 2)


@pytest.mark.parametrize(
    ("entries", "marks", "verdict"),
    [
        ((given("1", 2.0),), 2.0, Verdict.FULL),
        ((given("1", 0.0),), 0.0, Verdict.NONE),
        ((given("1", 0.7),), 0.7, Verdict.PARTIAL),
        ((given("1-why", 0.5),), 2.0, Verdict.FULL),
        ((given("1-why", 0.0),), 1.5, Verdict.PARTIAL),
        ((given("1-a", 0.5), given("1-why", 0.5)), 1.0, Verdict.PARTIAL),
        ((given("1-why", 0.5), given("1", 1.0)), 1.0, Verdict.PARTIAL),
        ((given("1", 1.0), given("1", 2.0)), 2.0, Verdict.FULL),
        ((given("1-why", None, comment="Read."),), 1.5, Verdict.MANUAL),
        ((given("1", 2.0, student="s1"),), 2.0, Verdict.FULL),
        ((given("1", 2.0, student="participant 77"),), 2.0, Verdict.FULL),
        ((given("1", 2.0, student="Bo"),), 1.5, Verdict.MANUAL),
    ],
)
def test_what_a_person_gives_stands_in_the_place_of_what_checks_gave(
    entries: tuple[Entry, ...], marks: float, verdict: Verdict
) -> None:
    after = apply_manual_marks(report(), entries, RUBRIC)
    (exercise,) = after.exercises
    assert (after.marks, exercise.marks, exercise.verdict) == (marks, marks, verdict)
    assert "Late." in flag_sentences(after)
    assert ("1: a person has to look." in flag_sentences(after)) == (verdict is Verdict.MANUAL)
    assert (exercise.next_step == "") == (verdict is Verdict.FULL)


def test_a_sound_difference_still_costs_its_share_beside_marks_for_words() -> None:
    after = apply_manual_marks(report(marks=1.0, cost="slow"), (given("1-why", 0.5),), RUBRIC)
    assert after.marks == 1.5


def test_a_mark_settles_what_the_grader_itself_failed_on() -> None:
    broken = report(Outcome.ERROR)
    assert apply_manual_marks(broken, (given("1", 1.0),), RUBRIC).exercises[0].verdict is Verdict.PARTIAL


def test_sentences_say_how_much_by_whom_and_when() -> None:
    entries = (given("1", 1.0, comment="Fine."), given("1-why", None, comment="Read."))
    (exercise,) = apply_manual_marks(report(), entries, RUBRIC).exercises
    assert in_words(exercise) == (
        "1: 1 (automatic: 1.5) by R, today: Fine.",
        "1-why: comment by R, today: Read.",
    )


def test_what_is_appended_is_read_back_and_the_last_line_counts(tmp_path: Path) -> None:
    table = tmp_path / "new" / "marks.csv"
    first = HandMark(
        item="1", marks=0.5, comment='He said "no",\nthen ="yes"', by="Ö", when="2026-11-25 10:00"
    )
    append(table, "Ada", first)
    append(table, "Ada", HandMark(item="1", marks=1.25))
    entries = read_marks(table, RUBRIC)
    assert [(entry.student, entry.mark) for entry in entries] == [
        ("Ada", first),
        ("Ada", HandMark(item="1", marks=1.25)),
    ]
    assert apply_manual_marks(report(), entries, RUBRIC).marks == 1.25


def test_a_table_that_a_spreadsheet_saved_is_read_and_continued_in_its_form(tmp_path: Path) -> None:
    table = tmp_path / "marks.csv"
    table.write_bytes("\ufeffStudent;Seen;Exercise;Marks;Comment\r\nAda;x;1;1,5;gut\r\n".encode())
    append(table, "Bo", HandMark(item="1-why", marks=0.25, comment="ok"))
    assert table.read_text(encoding="utf-8-sig").splitlines()[2] == "Bo;;1-why;0.25;ok"
    assert [entry.mark.marks for entry in read_marks(table, RUBRIC)] == [1.5, 0.25]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("student,marks\nAda,1\n", ("no column 'exercise'", "student,exercise,marks")),
        ("student,exercise,marks\nAda,3,1\n", ("line 2", "no exercise or check '3'")),
        ("student,exercise,marks\n\nAda,1,2.5\n", ("line 3", "valid range: 0–2")),
        ("student,exercise,marks\nAda,1,-1\n", ("line 2", "valid range: 0–2")),
        ("student,exercise,marks\nAda,1,inf\n", ("line 2", "valid range: 0–2")),
        ("", ("is empty",)),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_its_line(
    tmp_path: Path, text: str, words: tuple[str, ...]
) -> None:
    (tmp_path / "marks.csv").write_text(text)
    with pytest.raises(TableError) as caught:
        read_marks(tmp_path / "marks.csv", RUBRIC)
    assert "marks.csv" in str(caught.value) and "\n" not in str(caught.value)
    assert all(word in str(caught.value) for word in words), str(caught.value)
