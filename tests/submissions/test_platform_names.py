"""One class gives the same gradebook in the layout of every platform, and nothing is lost."""

import csv
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from grader.core.submission import Submission
from grader.submissions.discovery import collect, one
from grader.submissions.platform_names import read_name, superseded
from grader.submissions.roster import read_roster
from tests.support import class_layouts as layouts
from tests.support.class_layouts import CLASS, LAYOUTS, write, zipped
from tests.support.command_line import run_grade
from tests.support.sampling import first_of_each
from tests.support.submissions import RIGHT_SVD, WRONG_SVD, Handed

ONE = b"def descend(A): return A\n"

IMPORTING = (
    RIGHT_SVD.replace("import torch\n", "import torch\nfrom singular import kept\n")
    .replace("S[rank:] = 0", "S = kept(S, rank)")
    .encode()
)
"""A right answer that needs its other file, whatever a platform renamed it to."""

CUT = b"def kept(S, rank):\n    S[rank:] = 0\n    return S\n"

HANDED_IN: layouts.Handed = {
    CLASS[0]: {"lab1.py": RIGHT_SVD.encode()},
    CLASS[1]: {"my_lab.py": WRONG_SVD.encode(), "plot.png": b"\x89PNG"},
    CLASS[2]: {"singular.py": CUT, "lab_1.py": IMPORTING},
    CLASS[3]: {"notes/readme.txt": b"nothing yet", "lab1.py": b"import torch\nprint(torch.nope)\n" + RIGHT_SVD.encode()},
}  # fmt: skip


def flat(handed: layouts.Handed) -> layouts.Handed:
    """The same, as flat downloads hold it: files alone."""
    return {s: {name.rpartition("/")[2]: data for name, data in files.items()} for s, files in handed.items()}


def collected(staging: Path, *paths: Path) -> dict[str, Submission]:
    """The submissions under the paths, by student."""
    return {submission.student: submission for submission in collect(paths, staging=staging)}


def names(submission: Submission) -> list[str]:
    """The files as feedback calls them."""
    return [file.relative_to(submission.root).as_posix() for file in submission.files]


# --- the same gradebook -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """`gradebook(layout)` grades the class in a layout, once."""

    @cache
    def graded(layout: str) -> str:
        folder = tmp_path_factory.mktemp(layout)
        (folder / "roster.csv").write_text(layouts.MOODLE_PARTICIPANTS, encoding="utf-8")
        path = LAYOUTS[layout](folder / "class", flat(HANDED_IN))
        done = run_grade(
            path,
            "--roster",
            "roster.csv",
            "--exercise",
            "2.1",
            "--out",
            "out",
            "--format",
            "plain",
            cwd=folder,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return (folder / "out" / "gradebook.csv").read_text(encoding="utf-8")

    return graded


@pytest.mark.parametrize(
    "layout", first_of_each(lambda _: "", [name for name in LAYOUTS if name != "folders"])
)
def test_every_layout_of_a_class_gives_the_same_gradebook(
    gradebook: Callable[[str], str], layout: str
) -> None:
    expected = gradebook("folders")
    rows = list(csv.DictReader(expected.splitlines()))
    assert {row["student"]: row["2.1"] for row in rows} == {
        CLASS[0].name: "1",
        CLASS[1].name: "0",
        CLASS[2].name: "1",
        CLASS[3].name: "1",
        CLASS[4].name: "0",
    }
    assert {(row["student"], row["id"], row["email"], row["group"]) for row in rows} == {
        (s.name, s.id, s.email, s.group) for s in CLASS
    }
    assert gradebook(layout) == expected


@pytest.mark.parametrize(
    "roster", ["MOODLE_PARTICIPANTS", "MOODLE_WORKSHEET", "CANVAS_GRADEBOOK", "GITHUB_CLASSROOM", "OWN_TABLE"]
)
def test_every_export_of_the_class_maps_every_layout(tmp_path: Path, staging: Path, roster: str) -> None:
    table = tmp_path / "roster.csv"
    table.write_text(getattr(layouts, roster), encoding="utf-8", newline="")
    people = read_roster(table)
    assert [(person.name, person.id) for person in people] == [(s.name, s.id) for s in CLASS]
    for name, layout in LAYOUTS.items():
        path = layout(tmp_path / name, flat(HANDED_IN))
        submissions = collect([path], people, staging / name)
        assert {s.student: names(s) for s in submissions} == {
            student.name: sorted(flat(HANDED_IN).get(student, {})) for student in CLASS
        }, name
        assert [s.student for s in submissions if s.notes] == [CLASS[4].name]


def test_what_the_download_calls_a_student_is_kept_for_handing_back(tmp_path: Path, staging: Path) -> None:
    handed = {CLASS[0]: {"lab1.py": ONE, "more.py": ONE}}
    moodle = collected(staging, layouts.moodle_folders(tmp_path / "m", handed))[CLASS[0].name]
    assert moodle.identity.moodle == "3301"
    assert moodle.identity.folder == "Ottoline Fernsby_3301_assignsubmission_file_"
    assert not moodle.identity.flat
    unpacked = collected(staging / "2", layouts.moodle_flat(tmp_path / "f", handed))[CLASS[0].name]
    assert unpacked.identity.folder == "Ottoline Fernsby_3301_assignsubmission_file_"
    assert unpacked.identity.flat
    canvas = collected(staging / "3", layouts.canvas(tmp_path / "c", handed))["fernsbyottoline"]
    assert (canvas.identity.canvas, canvas.identity.folder) == ("7101", "fernsbyottoline_7101_")


# --- Moodle and Canvas ------------------------------------------------------------------------------------


def test_files_and_the_text_typed_online_are_one_submission(tmp_path: Path, staging: Path) -> None:
    for kind in ("folders", "flat"):
        end = "_" if kind == "flat" else "/"
        folder = write(
            tmp_path / kind,
            {
                f"Ada Quill_1_assignsubmission_onlinetext{end}onlinetext.html": b"<p>Rank 2 is best.</p>",
                f"Ada Quill_1_assignsubmission_file{end}lab1.py": ONE,
                f"Bo Marsh_2_assignsubmission_file{end}lab1.py": ONE,
            },
        )
        found = collected(staging / kind, folder)
        assert names(found["Ada Quill"]) == ["lab1.py", "onlinetext.html"]
        assert found["Ada Quill"].identity.folder.startswith("Ada Quill_1_assignsubmission_file")
        assert names(found["Bo Marsh"]) == ["lab1.py"]


def test_blind_marking_keeps_participants_apart(tmp_path: Path, staging: Path) -> None:
    folder = write(
        tmp_path / "m",
        {f"Participant_{n}_assignsubmission_file_/lab1.py": ONE for n in (11, 12)},
    )
    assert list(collected(staging, folder)) == ["Participant 11", "Participant 12"]
    folder = write(tmp_path / "c", {f"anon_{n}_5_lab1.py": ONE for n in ("aB3xZ", "Qq71y")})
    assert list(collected(staging / "c", folder)) == ["anon Qq71y", "anon aB3xZ"]


def test_two_people_of_one_name_are_told_apart_by_their_numbers(tmp_path: Path, staging: Path) -> None:
    folder = write(tmp_path / "m", {f"Ada Quill_{n}_assignsubmission_file_/lab1.py": ONE for n in (11, 12)})
    assert list(collected(staging, folder)) == ["Ada Quill (11)", "Ada Quill (12)"]


def test_late_work_is_said_to_be_late(tmp_path: Path, staging: Path) -> None:
    folder = write(tmp_path / "c", {"quillada_LATE_1_5_lab1.py": ONE, "marshbo_2_6_lab1.py": ONE})
    found = collected(staging, folder)
    assert found["marshbo"].notes == ()
    assert found["quillada"].notes == ("The download marks as late: lab1.py.",)
    assert names(found["quillada"]) == ["lab1.py"]


def test_what_canvas_numbered_is_newest_and_the_older_ones_are_named(tmp_path: Path, staging: Path) -> None:
    folder = write(
        tmp_path / "c",
        {
            "quillada_1_5_lab1.py": b"old = 1\n",
            "quillada_1_8_lab1-2.py": b"newest = 1\n",
            "quillada_1_7_lab1-1.py": b"newer = 1\n",
            "quillada_1_9_report.md": b"text",
            "marshbo_2_9_lab-1.py": b"own = 1\n",
            "marshbo_2_8_lab-2.py": b"own = 2\n",
            "roe_3_7_lab.py": b"later = 1\n",
            "roe_3_6_lab.py": b"sooner = 1\n",
        },
    )
    found = collected(staging, folder)
    assert names(found["quillada"]) == ["lab1-2.py", "report.md"]
    assert all(any(old in note and "lab1-2.py is newer" in note for note in found["quillada"].notes)
               for old in ("lab1.py", "lab1-1.py"))  # fmt: skip
    assert names(found["marshbo"]) == ["lab-1.py", "lab-2.py"], "numbers of the student's own"
    assert found["marshbo"].notes == ()
    assert [file.read_bytes() for file in found["roe"].files] == [b"later = 1\n"]
    assert "more than once" in found["roe"].notes[0]


def test_a_module_handed_in_again_keeps_the_name_under_which_it_is_imported(
    tmp_path: Path, staging: Path
) -> None:
    folder = write(
        tmp_path / "c",
        {
            "quillada_1_5_lab1-1.py": b"from helpers import cut\n",
            "quillada_1_6_helpers-1.py": b"def cut(A): return A\n",
            "quillada_1_7_other-1.py": b"",
        },
    )
    (found,) = collect([folder], staging=staging)
    assert names(found) == ["helpers.py", "lab1-1.py", "other-1.py"]
    assert found.notes == (
        "helpers-1.py is read as helpers.py, because another file imports it under that name.",
    )


@pytest.mark.parametrize(
    "name", ["lab1.py", "ada_quill_lab1.py", "quill_40211_lab1.py", "a_1_2_..", "x_assignsubmission_file_"]
)
def test_names_that_no_platform_makes_are_left_as_they_are(name: str) -> None:
    assert read_name(name, folder=False) is None


def test_versions_are_replaced_only_where_the_first_is_there() -> None:
    assert superseded(["lab.py", "lab (1).py", "a-1.py", "a-2.py", "x.tar.gz", "x-3.tar.gz"]) == {
        "lab.py": "lab (1).py",
        "x.tar.gz": "x-3.tar.gz",
    }


# --- folders, files and archives --------------------------------------------------------------------------


def test_single_folders_around_a_class_and_within_a_submission_are_stepped_through(
    tmp_path: Path, staging: Path
) -> None:
    folder = write(
        tmp_path / "outer", {"Lab 1/2026/ada/lab1/final/lab1.py": ONE, "Lab 1/2026/bob/src/lab1.py": ONE}
    )
    found = collected(staging, folder)
    assert {student: names(s) for student, s in found.items()} == {"ada": ["lab1.py"], "bob": ["lab1.py"]}


def test_files_that_differ_in_their_ending_only_are_one_students(tmp_path: Path, staging: Path) -> None:
    folder = write(
        tmp_path / "flat",
        {"ada.py": ONE, "bob.docx": b"PK", "cleo.py": ONE, "cleo.zip": zipped({"extra.py": ONE})},
    )
    found = collected(staging, folder)
    assert {student: names(s) for student, s in found.items()} == {
        "ada.py": ["ada.py"], "bob.docx": ["bob.docx"], "cleo": ["cleo.py", "extra.py"],
    }  # fmt: skip


def test_an_archive_beside_the_folder_it_was_unpacked_to_is_not_a_second_student(
    tmp_path: Path, staging: Path
) -> None:
    folder = write(
        tmp_path / "c", {"ada.zip": zipped({"lab1.py": ONE}), "ada/lab1.py": ONE, "bob/lab1.py": ONE}
    )
    assert list(collected(staging, folder)) == ["ada", "bob"]


def test_an_archive_among_a_students_files_is_unpacked_in_its_place(tmp_path: Path, staging: Path) -> None:
    folder = write(
        tmp_path / "ada",
        {
            "report.md": b"text",
            "code.zip": zipped({"work/lab1.py": ONE, "work/helpers.py": ONE}),
            "old.zip": zipped({"lab1.py": b"old"}),
        },
    )
    submission = one(folder, staging)
    assert names(submission) == ["helpers.py", "lab1.py", "old/lab1.py", "report.md"]
    assert submission.files[1].read_bytes() == ONE


def test_an_archive_in_an_archive_is_named_and_not_opened(tmp_path: Path, staging: Path) -> None:
    inner = zipped({"lab1.py": ONE})
    folder = write(
        tmp_path / "c",
        {"ada/lab.zip": zipped({"inner.zip": inner, "b/c.tar.gz": b"", "x.py": ONE}), "bob/lab.py": ONE},
    )
    ada = collected(staging, folder)["ada"]
    assert names(ada) == ["x.py"]
    (note,) = ada.notes
    assert "inner.zip" in note and "b/c.tar.gz" in note and "not opened" in note


def test_an_archive_of_itself_without_end_is_not_followed(tmp_path: Path, staging: Path) -> None:
    deep = zipped({"lab1.py": ONE})
    for _ in range(5):
        deep = zipped({"class.zip": deep})
    folder = write(tmp_path / "c", {"class.zip": deep})
    (submission,) = collect([folder / "class.zip"], staging=staging)
    assert submission.files == ()
    assert "not opened" in submission.notes[0]


def test_a_single_archive_is_one_student_for_check(tmp_path: Path, staging: Path) -> None:
    folder = write(tmp_path, {"lab.zip": zipped({"lab1/lab1.py": ONE, "lab1/helpers.py": b""})})
    assert names(one(folder / "lab.zip", staging)) == ["helpers.py", "lab1.py"]


# --- bad input --------------------------------------------------------------------------------------------


def test_archives_that_cannot_be_opened_cost_one_line_each_and_nobody_else_anything(
    handed_in: Handed, tmp_path: Path
) -> None:
    good = zipped({"lab1.py": RIGHT_SVD.encode()})
    bad = {
        "bomb": (zipped({"zeros": bytes(32 * 1024**2)}), "harmful"),
        "cut": (good[:-40], "cut off"),
        "inside": (zipped({"lab.zip": good}), "another archive"),
        "mislabelled": (RIGHT_SVD.encode(), "not an archive"),
        "outside": (zipped({"../../lab1.py": b"evil"}), "leads out"),
        "rar": (b"Rar!\x1a\x07\x01\x00", "RAR"),
    }
    neighbours = {"read.me": b"", "src/lab1.py": IMPORTING, "src/singular.py": CUT}
    folder = handed_in(
        {
            **{f"{name}/lab1.zip": data for name, (data, _) in bad.items()},
            "right/lab1.zip": good,
            "neighbours/lab1.zip": zipped(neighbours),
        }
    )
    done = run_grade(folder, "--exercise", "2.1", "--out", "out", "--format", "plain", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    entries: dict[str, Any] = {
        entry["student"]: entry
        for entry in json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))[
            "submissions"
        ]
    }
    assert entries["right"]["marks"] == 1.0
    assert entries["right"]["files"] == ["lab1.py"]
    assert entries["neighbours"]["marks"] == 1.0, "a file imports its neighbours from a folder of their own"
    for name, (_, words) in bad.items():
        (flag,) = entries[name]["flags"]
        assert words in flag and "lab1.zip" in flag
    assert not (tmp_path / "lab1.py").exists()


@pytest.mark.parametrize(
    "data",
    first_of_each(
        lambda _: "", [zipped({"../x.py": ONE, "ada/lab.py": ONE})[:200], b"PK\3\4 and no more", b""]
    ),
)
def test_a_class_archive_that_cannot_be_opened_is_a_usage_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "class.zip").write_bytes(data)
    done = run_grade("class.zip", "--out", "out", cwd=tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("grade: class.zip ")
    assert not (tmp_path / "out").exists()


def test_nothing_unpacked_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "lab.zip").write_bytes(zipped({"lab1.py": RIGHT_SVD.encode()}))
    done = run_grade(
        "check", "lab.zip", "--exercise", "2.1", cwd=tmp_path, env={"TMPDIR": str(tmp_path / "tmp")}
    )
    assert done.returncode == 0, done.stdout
    assert not list((tmp_path / "tmp").iterdir())
