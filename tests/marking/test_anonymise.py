"""Blind marking: no output contains a name, codes are stable, and the key is stored separately."""

import csv
import re
from pathlib import Path

import msgspec
import pytest

from grader.core.evidence import Excerpt
from grader.core.result import Diagnosis, Report
from grader.core.submission import Submission
from grader.marking.anonymise import Anonymiser, code_of
from reference import LAB
from tests.support.command_line import Grade
from tests.support.submissions import RIGHT_SVD, WRONG_SVD, Handed
from tests.tools.showcase import full_report

EXERCISES = LAB.exercises(LAB.seed)
NAMED = "# Ottoline Barrowfen, 12 May\n" + WRONG_SVD + "\nprint(1 / 0)\n"


def test_no_name_is_left_in_any_file_or_on_the_terminal(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in(
        {
            "Ottoline Barrowfen_1234567_assignsubmission_file/ottoline_b_lab1.py": NAMED,
            "Ottoline Barrowfen_1234567_assignsubmission_file/old/Barrowfen-draft.py": RIGHT_SVD,
            "jo-sandwick/jo_lab.py": RIGHT_SVD,
        }
    )
    out = tmp_path / "blind"
    done = grade(folder, "--out", out, "--exercise", "2.1", "--anonymise", env={"COLUMNS": "200"})
    assert done.returncode == 0, done.stderr
    names = re.compile(r"ottoline|barrowfen|sandwick|jo_lab|1234567", re.IGNORECASE)
    assert not names.search(done.stdout + done.stderr)
    files = [file for file in out.rglob("*") if file.is_file() and file.suffix != ".zip"]
    assert len(files) >= 9
    for file in files:
        assert not names.search(str(file.relative_to(out))), file
        assert not names.search(file.read_text(encoding="utf-8")), file
    with (tmp_path / "blind-names.csv").open(encoding="utf-8", newline="") as table:
        known = {row["code"]: row["student"] for row in csv.DictReader(table)}
    assert set(known) == {folder.name for folder in (out / "students").iterdir()}
    assert [name.partition("_")[0] for name in sorted(known.values())] == [
        "Ottoline Barrowfen",
        "jo-sandwick",
    ]


def test_codes_are_stable_and_differ_between_students_and_labs() -> None:
    assert code_of("Ada", "lab1") == code_of("Ada", "lab1")
    assert len({code_of("Ada", "lab1"), code_of("Bo", "lab1"), code_of("Ada", "lab2")}) == 3
    assert re.fullmatch(r"student-[a-z2-7]{10}", code_of("\udcff<script>", "lab1"))


def hidden(student: str, text: str, *files: str) -> str:
    """What is left of a text in the report on a student."""
    given = Submission(student, Path("/in"), tuple(Path("/in") / file for file in files))
    anonymiser = Anonymiser(LAB, EXERCISES, [given])
    code = anonymiser.submission(given).student
    report = Report(student=code, files=(), marks=0, max_marks=0, flags=(text,), seconds=0, exercises=())
    return anonymiser.report(report).flags[0].replace(code, "CODE")


@pytest.mark.parametrize(
    ("student", "text", "left"),
    [
        ("ada-fernsby", "By Ada Fernsby, 2024", "By CODE, 2024"),
        ("Ada Fernsby_7654321_assignsubmission_file", "fernsby, ada", "CODE"),
        ("Ada Fernsby_7654321_assignsubmission_file", "see Fernsby's code", "see CODE's code"),
        ("ada-fernsby", "adapted fernsbyish", "adapted fernsbyish"),
        ("Max Rank", "rank 2, max 3 and Max Rank", "rank 2, max 3 and CODE"),
        ("Zoë Žižkova", "zoë žižkova", "CODE"),
    ],
)
def test_a_name_is_replaced_however_it_is_written_and_ordinary_words_are_not(
    student: str, text: str, left: str
) -> None:
    assert hidden(student, text) == left


def test_files_get_numbers_for_names_wherever_they_are_mentioned() -> None:
    said = hidden(
        "ada", "code/jk_lab1.py line 3, jk_lab1.py and notes.ipynb", "code/jk_lab1.py", "notes.ipynb"
    )
    assert said == "file-1.py line 3, file-1.py and file-2.ipynb"


def test_evidence_is_searched_too_and_verdicts_stay_what_they_are() -> None:
    given = Submission("Ottoline Barrowfen", Path("/in"), (Path("/in/lab1.py"),))
    anonymiser = Anonymiser(LAB, EXERCISES, [given])
    whole = full_report(anonymiser.submission(given).student)
    first = whole.exercises[0]
    excerpt = Excerpt(file="lab1.py", first=1, code="# Ottoline Barrowfen\nx = 1\n")
    mistake = Diagnosis(id="ottoline", title="t", message="in lab1.py", excerpt=excerpt)
    report = msgspec.structs.replace(
        whole, exercises=(msgspec.structs.replace(first, diagnoses=(mistake,)), *whole.exercises[1:])
    )
    blind = anonymiser.report(report)
    told = blind.exercises[0].diagnoses[0]
    assert told.excerpt is not None
    assert told.excerpt.code.startswith("# student-") and told.excerpt.file == "file-1.py"
    assert told.message == "in file-1.py" and told.id == "ottoline"
    assert [e.verdict for e in blind.exercises] == [e.verdict for e in report.exercises]
    assert blind.marks == report.marks
