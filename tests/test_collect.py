"""From paths to submissions: layouts of a class, duplicates, hidden files, the file to grade."""

from pathlib import Path

import pytest
from conftest import Handed

from grader.choose import choose
from grader.collect import MAX_FILES, collect, one
from grader.errors import PathError
from grader.lab import Function, Parameter

FUNCTIONS = (
    Function("descend", (Parameter("A"),), ("sgd",)),
    Function("cut", (Parameter("A"),)),
)
BOTH = "def descend(A): return A\ndef cut(A): return A\n"
ONE = "def descend(A): return A\n"


def students(*paths: Path) -> list[str]:
    """The names of the submissions under the paths."""
    return [submission.student for submission in collect(paths)]


def test_a_folder_of_folders_is_a_class_sorted_by_name(handed_in: Handed) -> None:
    folder = handed_in({"ola/lab.py": ONE, "ada/lab.py": ONE, "Bo Å/lab 1.py": ONE})
    assert students(folder) == ["Bo Å", "ada", "ola"]


def test_a_folder_of_files_is_a_class_of_files(handed_in: Handed) -> None:
    folder = handed_in({"ola.py": ONE, "ada.py": ONE, "notes.txt": "read me"})
    assert students(folder) == ["ada.py", "ola.py"]


def test_folders_and_files_side_by_side_are_all_students(handed_in: Handed) -> None:
    assert students(handed_in({"ola/lab.py": ONE, "ada.py": ONE})) == ["ada.py", "ola"]


def test_a_folder_with_a_single_file_is_one_student_named_by_the_folder(handed_in: Handed) -> None:
    folder = handed_in({"lab.py": ONE, "plot.png": b"\x89PNG"}, name="ola")
    (submission,) = collect([folder])
    assert submission.student == "ola"
    assert [file.name for file in submission.files] == ["lab.py", "plot.png"]


def test_a_file_is_a_student_of_its_own(handed_in: Handed) -> None:
    folder = handed_in({"ola.py": ONE, "ada.py": ONE})
    (submission,) = collect([folder / "ola.py"])
    assert submission.student == "ola.py"
    assert [file.name for file in submission.files] == ["ola.py"]


def test_an_empty_folder_is_a_student_who_handed_in_nothing(handed_in: Handed) -> None:
    folder = handed_in({"ola/lab.py": ONE})
    (folder / "ada").mkdir()
    assert [(s.student, len(s.files)) for s in collect([folder])] == [("ada", 0), ("ola", 1)]


def test_several_paths_are_one_class(handed_in: Handed) -> None:
    first, second = handed_in({"ola/lab.py": ONE}, "a"), handed_in({"ada/lab.py": ONE}, "b")
    assert students(first, second) == ["ada", "ola"]


def test_hidden_files_and_leavings_of_programs_are_left_out(handed_in: Handed) -> None:
    folder = handed_in(
        {
            "ola/lab.py": ONE,
            "ola/.ipynb_checkpoints/lab.py": ONE,
            "ola/__pycache__/lab.pyc": b"",
            "ola/~$lab.docx": b"",
            "ola/.DS_Store": b"",
            ".git/hooks/x.py": ONE,
            "__MACOSX/ola/._lab.py": b"",
        }
    )
    (submission,) = collect([folder])
    assert (submission.student, [f.name for f in submission.files]) == ("ola", ["lab.py"])


def test_files_in_folders_of_a_student_belong_to_the_student(handed_in: Handed) -> None:
    folder = handed_in({"ola/lab.py": ONE, "ola/deep/helper.py": "", "ada/lab.py": ONE})
    names = [f.relative_to(s.root).as_posix() for s in collect([folder]) for f in s.files]
    assert names == ["lab.py", "deep/helper.py", "lab.py"]


def test_links_that_lead_out_are_not_followed(handed_in: Handed) -> None:
    folder = handed_in({"ola/lab.py": ONE, "ada/lab.py": ONE})
    secret = handed_in({"solution.py": BOTH}, "teacher")
    (folder / "ola" / "borrowed.py").symlink_to(secret / "solution.py")
    (folder / "ola" / "all").symlink_to(secret, target_is_directory=True)
    (folder / "mallory").symlink_to(secret, target_is_directory=True)
    assert [(s.student, [f.name for f in s.files]) for s in collect([folder])] == [
        ("ada", ["lab.py"]),
        ("ola", ["lab.py"]),
    ]


def test_a_flood_of_files_is_cut_and_noted(handed_in: Handed) -> None:
    folder = handed_in({f"ola/f{number}.txt": "" for number in range(MAX_FILES + 1)})
    submission = one(folder / "ola")
    assert len(submission.files) == MAX_FILES
    assert str(MAX_FILES) in submission.notes[0]


@pytest.mark.parametrize("second", ["ola", "OLA"])
def test_two_students_with_one_name_are_refused_with_both_places(handed_in: Handed, second: str) -> None:
    first, other = handed_in({"ola/lab.py": ONE}, "a"), handed_in({f"{second}/lab.py": ONE}, "b")
    with pytest.raises(PathError) as caught:
        collect([first, other])
    assert str((first / "ola").resolve()) in str(caught.value)
    assert str((other / second).resolve()) in str(caught.value)


def test_the_same_path_twice_is_refused(handed_in: Handed) -> None:
    folder = handed_in({"ola/lab.py": ONE, "ada/lab.py": ONE})
    with pytest.raises(PathError, match="called ada"):
        collect([folder, folder])


def test_a_folder_without_submissions_and_a_path_that_is_not_there_are_refused(handed_in: Handed) -> None:
    folder = handed_in({"notes.txt": "nothing to grade"})
    with pytest.raises(PathError, match="no submissions"):
        collect([folder])
    with pytest.raises(PathError, match="does not exist"):
        collect([folder / "absent"])


def _chosen(folder: Path) -> tuple[str, tuple[str, ...]]:
    source, flags = choose(one(folder), FUNCTIONS)
    assert source is not None
    return source.name, flags


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        ({"a.py": BOTH, "b.py": ONE}, "a.py"),
        ({"lab.py": ONE, "lab_final.py": ONE}, "lab_final.py"),
        ({"lab_v2.py": ONE, "lab_v10.py": ONE}, "lab_v10.py"),
        ({"lab.py": ONE, "lab_old.py": ONE}, "lab.py"),
        ({"lab.py": ONE, "lab - copy.py": ONE}, "lab.py"),
        ({"lab_final.py": "def broken(:\n", "lab.py": ONE}, "lab.py"),
        ({"zz_helpers.py": "def helper(x): return x\n", "lab.py": ONE}, "lab.py"),
        ({"lab.py": "def SGD(A): return A\n", "other.py": ""}, "lab.py"),
        ({"src/lab.py": ONE, "setup.py": "x = 1\n"}, "src/lab.py"),
    ],
)
def test_the_file_that_answers_the_lab_is_chosen(
    handed_in: Handed, files: dict[str, str], chosen: str
) -> None:
    assert _chosen(handed_in(files))[0] == chosen


def test_a_second_candidate_is_flagged_with_both_names(handed_in: Handed) -> None:
    _, flags = _chosen(handed_in({"lab.py": ONE, "lab_final.py": ONE}))
    assert len(flags) == 1
    assert "lab_final.py was graded" in flags[0]
    assert "lab.py" in flags[0].replace("lab_final.py", "")


def test_a_helper_beside_the_lab_is_not_flagged(handed_in: Handed) -> None:
    assert _chosen(handed_in({"lab.py": ONE, "helpers.py": "def helper(x): return x\n"}))[1] == ()


def test_files_without_code_are_named_for_a_person(handed_in: Handed) -> None:
    source, flags = choose(one(handed_in({"answers.docx": b"PK", "photo.jpg": b"\xff"})), FUNCTIONS)
    assert source is None
    assert "answers.docx" in flags[0] and "photo.jpg" in flags[0]
