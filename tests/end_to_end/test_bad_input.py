"""Bad input gets one clear line that names the place and the remedy, and affects nobody else."""

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from reference import LAB, RUBRIC_PATH
from tests.support.command_line import Grade
from tests.support.sampling import first_of_each
from tests.support.submissions import RIGHT_SVD, Handed

ONLY_21 = ("--exercise", "2.1")


def complaint(done: Any, status: int) -> str:
    """The one line on stderr of a run that ended with this status."""
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("grade: ")
    return str(line)


def test_a_path_that_does_not_exist_is_named(grade: Grade, tmp_path: Path) -> None:
    line = complaint(grade(tmp_path / "submisions"), 2)
    assert str(tmp_path / "submisions") in line
    assert "check the spelling" in line


def test_check_names_a_path_that_does_not_exist_too(grade: Grade) -> None:
    assert "lab1.py" in complaint(grade("check", "lab1.py"), 2)


def test_a_path_that_does_not_exist_among_others_stops_before_anything_is_written(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"ada/lab.py": RIGHT_SVD})
    complaint(grade(folder, tmp_path / "absent", "--out", tmp_path / "out"), 2)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("files", [{}, {"readme.txt": "hello"}, {".hidden/lab.py": "x = 1"}])
def test_a_folder_without_submissions_is_named(
    grade: Grade, handed_in: Handed, files: dict[str, str]
) -> None:
    folder = handed_in(files, "nobody")
    line = complaint(grade(folder), 2)
    assert str(folder) in line
    assert "no submissions" in line


def test_two_students_with_the_same_name_are_both_graded_and_flagged(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    first = handed_in({"ada/lab.py": RIGHT_SVD, "Col Lide/lab.py": RIGHT_SVD}, "monday")
    second = handed_in({"ada/lab.py": "x = 2", "col lide/lab.py": "x = 2"}, "friday")
    done = grade(first, second, *ONLY_21, "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    entries = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))["submissions"]
    assert {entry["student"]: entry["marks"] for entry in entries} == {
        "Col Lide (monday)": 1.0,
        "ada (friday)": 0.0,
        "ada (monday)": 1.0,
        "col lide (friday)": 0.0,
    }
    assert all(any("find out whose each one is" in flag for flag in entry["flags"]) for entry in entries)


def test_one_path_given_twice_is_named(grade: Grade, handed_in: Handed) -> None:
    folder = handed_in({"ada/lab.py": "x = 1", "bo/lab.py": "x = 1"})
    line = complaint(grade(folder, folder), 2)
    assert "ada" in line and "once" in line


@pytest.mark.parametrize("place", ["file/out", "file", "/proc/nowhere/out"])
def test_a_place_that_cannot_be_written_is_named_before_anything_is_graded(
    grade: Grade, handed_in: Handed, tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    folder = handed_in({"ada/lab.py": "import time\ntime.sleep(1e9)\n", "bob/lab.py": ""})
    line = complaint(grade(folder, "--out", tmp_path / place), 2)
    assert str(tmp_path / place) in line
    assert "--out" in line
    assert (tmp_path / "file").read_text() == "in the way"


def test_an_exercise_the_lab_does_not_have_is_named_with_those_it_has(
    grade: Grade, handed_in: Handed
) -> None:
    line = complaint(grade(handed_in({"ada/lab.py": ""}), "--exercise", "1.9"), 2)
    assert "1.9" in line
    assert all(exercise.id in line for exercise in LAB.exercises(LAB.seed))


@pytest.mark.parametrize("name", ["no_such_lab:LAB", "reference:NOPE", "json:dumps", "json"])
def test_a_lab_that_cannot_be_loaded_is_named(grade: Grade, handed_in: Handed, name: str) -> None:
    folder = handed_in({"ada/lab.py": ""})
    for command in ((folder, "--lab", name), ("lab", "--lab", name), ("check", folder, "--lab", name)):
        assert name.partition(":")[0] in complaint(grade(*command), 2)


@pytest.mark.parametrize("seed", ["-1", "1.5", "soon", ""])
def test_a_seed_that_is_no_number_is_named(grade: Grade, handed_in: Handed, seed: str) -> None:
    folder = handed_in({"ada.py": "", "bob.py": ""})
    done = grade(folder, "--seed", seed)
    if seed == "":
        assert done.returncode == 0, "an empty seed is the default"
        return
    assert seed in complaint(done, 2)


@pytest.mark.parametrize(
    "flags",
    [("--jobs", "0"), ("--fail-under", "101"), ("--format", "xml"), ("--time-limit", "0"), ("--nope",)],
)
def test_a_flag_that_makes_no_sense_is_a_usage_error(
    grade: Grade, handed_in: Handed, flags: tuple[str, ...]
) -> None:
    done = grade(handed_in({"ada/lab.py": ""}), *flags)
    assert done.returncode == 2
    assert flags[0] in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[tool.grade]\njobz = 1\n", "jobz"),
        ('[tool.grade]\njobs = "many"\n', "jobs"),
        ("[tool.grade\n", "line 1"),
        ("[tool]\ngrade = 5\n", ""),
    ],
)
def test_settings_that_cannot_be_used_are_named_with_their_file(
    grade: Grade, handed_in: Handed, tmp_path: Path, text: str, word: str
) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    line = complaint(grade(handed_in({"ada/lab.py": ""}), cwd=tmp_path), 2)
    assert str(tmp_path / "pyproject.toml") in line
    assert word in line


# --- a rubric that is wrong -------------------------------------------------------------------------------

SECOND_LAB = """
from pathlib import Path
import msgspec
from grader.lab.rubric import read_rubric
from reference import LAB as ORIGINAL
LAB = msgspec.structs.replace(ORIGINAL, rubric=read_rubric(Path(__file__).with_name("rubric.toml")))
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (r'^"2.1-matrix" = [\d.]+', '"2.1-matrix" = 0.123', ("2.1", "add up")),
        (r'^"2.1-matrix"', '"2.1-matrx"', ("2.1-matrx", "no check")),
        (r'^"2.1-shapes" = .*', "", ("2.1-shapes", "missing")),
        (r'^\[exercises."3.2"', '[exercises."3.3"', ("3.3", "no exercise")),
        (r'^"2.1-matrix" = [\d.]+', '"2.1-matrix" = ', ("line",)),
    ],
)
def test_a_rubric_that_is_wrong_is_refused_before_anything_is_graded(
    grade: Grade, handed_in: Handed, tmp_path: Path, old: str, new: str, words: tuple[str, ...]
) -> None:
    rubric = RUBRIC_PATH.read_text(encoding="utf-8")
    changed = re.sub(old, new, rubric, flags=re.MULTILINE)
    assert changed != rubric
    labs = handed_in({"second_lab.py": SECOND_LAB, "rubric.toml": changed}, "labs")
    folder = handed_in({"ada/lab.py": ""})
    done = grade(folder, "--lab", "second_lab:LAB", "--out", tmp_path / "out", env={"PYTHONPATH": str(labs)})
    line = complaint(done, 2)
    assert "rubric.toml" in line
    assert all(word in line for word in words), line
    assert not (tmp_path / "out").exists()


def test_the_same_lab_with_a_sound_rubric_is_used(grade: Grade, handed_in: Handed, tmp_path: Path) -> None:
    rubric = RUBRIC_PATH.read_text(encoding="utf-8").replace("marks = 1.0", "marks = 1")
    labs = handed_in({"second_lab.py": SECOND_LAB, "rubric.toml": rubric}, "labs")
    folder = handed_in({"ada.py": "", "bob.py": ""})
    done = grade(folder, "--lab", "second_lab:LAB", "--out", tmp_path / "out", env={"PYTHONPATH": str(labs)})
    assert done.returncode == 0, done.stderr


# --- files that cannot be read ----------------------------------------------------------------------------

UNREADABLE = {
    "empty": (b"", "is empty"),
    "blank": (b"\n\n  \n", "is empty"),
    "binary": (b"\x7fELF\x00\x01\x02", "not a text file"),
    "zip": (b"PK\x03\x04\x14\x00\x00\x00", "not a text file"),
    "latin": ("x = 'é'\n".encode("latin-1"), "UTF-8"),
    "unknown-coding": (b"# -*- coding: klingon -*-\nx = 1\n", "UTF-8"),
    "broken": (b"x = 1\ndef f(:\n    pass\n", "line 2"),
    "huge": (b"x = 1\n" * 200_000, "1 MB"),
    "nested": (b"x = " + b"(" * 3_000 + b")" * 3_000 + b"\n", "line 1"),
}


def test_files_that_cannot_be_read_cost_only_their_own_marks(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    files = {f"{name}/lab.py": content for name, (content, _) in UNREADABLE.items()}
    folder = handed_in({**files, "right/lab.py": RIGHT_SVD})
    done = grade(folder, *ONLY_21, "--out", tmp_path / "out", "--format", "plain")
    assert (done.returncode, done.stderr) == (0, "")
    entries = {
        entry["student"]: entry
        for entry in json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))[
            "submissions"
        ]
    }
    assert entries["right"]["marks"] == 1.0
    for name, (_, word) in UNREADABLE.items():
        assert entries[name]["marks"] == 0.0
        (flag,) = (flag for flag in entries[name]["flags"] if "lab.py" in flag)
        assert word in flag, flag
        assert "\n" not in flag
        page = (tmp_path / "out" / "students" / name / "report.md").read_text(encoding="utf-8")
        assert word in page


@pytest.mark.parametrize("name", ["empty", "binary", "latin", "broken"])
def test_check_names_a_file_that_cannot_be_read(grade: Grade, handed_in: Handed, name: str) -> None:
    content, word = UNREADABLE[name]
    folder = handed_in({"lab.py": content})
    done = grade("check", folder / "lab.py", *ONLY_21, env={"COLUMNS": "200"})
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert any("lab.py" in line and word in line for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    "content",
    first_of_each(
        lambda _: "",
        [
            "# -*- coding: latin-1 -*-\nname = 'é'\n".encode("latin-1") + RIGHT_SVD.encode(),
            b"\xef\xbb\xbf" + RIGHT_SVD.encode(),
            RIGHT_SVD.encode("utf-16"),
            RIGHT_SVD.replace("\n", "\r\n").encode(),
            RIGHT_SVD.rstrip("\n").encode(),
            ("# 行列 — ünïcode ✓\n" + RIGHT_SVD).encode(),
        ],
    ),
)
def test_files_in_other_encodings_and_line_ends_are_read(
    grade: Grade, handed_in: Handed, content: bytes
) -> None:
    done = grade("check", handed_in({"lab.py": content}) / "lab.py", *ONLY_21)
    assert done.returncode == 0, done.stdout


def test_what_is_no_file_and_no_folder_is_named(grade: Grade, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.py"
    os.mkfifo(pipe)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert str(pipe) in complaint(grade(pipe), 2)
    assert str(pipe) in complaint(grade("check", pipe), 2)


def test_names_that_are_no_text_are_shown_and_cost_nobody_anything(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"ada/lab.py": RIGHT_SVD, "bob/lab.py": RIGHT_SVD})
    (folder / "ada" / "lab.py").rename(os.fsdecode(os.fsencode(folder / "ada") + b"/l\xff.py"))
    (folder / "bob").rename(os.fsdecode(os.fsencode(folder) + b"/b\xff"))
    done = grade(folder, *ONLY_21, "--out", tmp_path / "out", "--format", "plain")
    assert (done.returncode, done.stderr) == (0, "")
    entries = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))["submissions"]
    assert [(e["student"], e["files"], e["marks"]) for e in entries] == [
        ("ada", ["l\ufffd.py"], 1.0),
        ("b\ufffd", ["lab.py"], 1.0),
    ]
