"""From paths to submissions: layouts of a class, duplicates, hidden files, the file to grade."""

import os
import shutil
import unicodedata
from pathlib import Path

import pytest
from tests.support.submissions import Handed
from tests.support.class_layouts import zipped

from grader.core.errors import PathError
from grader.core.intake_limits import INTAKE, Intake
from grader.core.safe_files import look
from grader.grading.findings_cache import Cache
from grader.lab import Function, Parameter
from grader.marking.manual_marks import is_called
from grader.reporting.pages import page_folder
from grader.sandbox.workdir import remove, temporary_workdir
from grader.sources.selection import choose
from grader.submissions.discovery import MAX_FILES, collect, one

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


# --- links -------------------------------------------------------------------------------------------------


def test_a_link_beside_the_files_of_a_flat_class_is_left_out_and_named(handed_in: Handed) -> None:
    secret = handed_in({"secret.txt": "not yours"}, "teacher") / "secret.txt"
    folder = handed_in({"eve.py": ONE, "ada.py": ONE})
    (folder / "eve.md").symlink_to(secret)
    (folder / "mal.py").symlink_to(secret)
    ada, eve, mal = collect([folder])
    assert (ada.student, ada.notes) == ("ada.py", ())
    assert (eve.student, [file.name for file in eve.files]) == ("eve", ["eve.py"])
    assert "`eve.md` is a link" in eve.notes[0]
    assert (mal.student, mal.files) == ("mal.py", ())
    assert "`mal.py` is a link" in mal.notes[0]


def test_a_lone_link_is_nobodys_file(handed_in: Handed) -> None:
    secret = handed_in({"secret.md": "not yours"}, "teacher") / "secret.md"
    folder = handed_in({}, "class")
    (folder / "eve.md").symlink_to(secret)
    (submission,) = collect([folder])
    assert submission.files == () and "is a link" in submission.notes[0]


@pytest.mark.parametrize(
    "name",
    ["Eve Low_7_assignsubmission_file_lab.py", "lowe_7_12_lab.py", "Eve Low_7_assignsubmission_file_"],
)
def test_links_in_downloads_are_left_out_and_named(handed_in: Handed, name: str) -> None:
    secret = handed_in({"lab.py": BOTH}, "teacher")
    folder = handed_in({"Ada Quill_8_assignsubmission_file_lab.py": ONE, "quillada_8_12_lab.py": ONE})
    (folder / name).symlink_to(secret if name.endswith("_") else secret / "lab.py")
    found = collect([folder])
    assert not [file for each in found for file in each.files if file.read_text() == BOTH]
    if not name.endswith("_"):
        assert sum("is a link" in note for each in found for note in each.notes) == 1


def test_a_link_to_a_folder_is_said_to_the_instructor(
    handed_in: Handed, caplog: pytest.LogCaptureFixture
) -> None:
    folder = handed_in({"ola/lab.py": ONE, "ada/lab.py": ONE})
    (folder / "mallory").symlink_to(handed_in({"lab.py": BOTH}, "teacher"), target_is_directory=True)
    assert students(folder) == ["ada", "ola"]
    assert "mallory is a link" in caplog.text


def test_links_within_a_students_folder_are_named_to_whoever_marks(handed_in: Handed) -> None:
    folder = handed_in({"ola/lab.py": ONE, "ada/lab.py": ONE})
    (folder / "ola" / "all").symlink_to("/", target_is_directory=True)
    (folder / "ola" / "own.py").symlink_to("lab.py")
    notes = collect([folder])[1].notes
    assert len(notes) == 1 and "`all` is a link" in notes[0] and "`own.py` is a link" in notes[0]


def test_a_link_is_followed_where_it_is_all_that_the_command_line_names(handed_in: Handed) -> None:
    folder = handed_in({"ola/lab.py": ONE, "ada/lab.py": ONE})
    (folder.parent / "this-year").symlink_to(folder)
    assert students(folder.parent / "this-year") == ["ada", "ola"]
    (folder.parent / "latest.py").symlink_to(folder / "ola" / "lab.py")
    (submission,) = collect([folder.parent / "latest.py"])
    assert "is a link; it was followed" in submission.notes[0]


def test_among_other_paths_a_link_is_not_followed_and_costs_nobody_else_anything(handed_in: Handed) -> None:
    folder = handed_in({"ola/lab.py": ONE, "ada/lab.py": ONE})
    (folder / "eve").symlink_to(folder / "ada")
    (folder / "mal").symlink_to("nowhere")
    found = {s.student: s for s in collect(sorted(folder.iterdir()))}
    assert {name: len(s.files) for name, s in found.items()} == {"ada": 1, "eve": 0, "mal": 0, "ola": 1}
    assert all("is a link" in found[name].notes[0] for name in ("eve", "mal"))


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_hard_link_to_a_file_of_somebody_else_is_left_out_and_one_of_the_same_owner_is_not(
    handed_in: Handed,
) -> None:
    teacher = handed_in({"solution.py": BOTH}, "teacher")
    folder = handed_in({"eve/lab.py": ONE, "ada/lab.py": ONE, "flat.py": ONE})
    os.link(folder / "eve" / "lab.py", folder / "eve" / "again.py")
    os.link(teacher / "solution.py", folder / "eve" / "best.py")
    for path in (folder / "eve", folder / "eve" / "lab.py", folder / "ada", folder / "ada" / "lab.py"):
        os.chown(path, 12_345, 12_345)
    _, eve, _ = collect([folder])
    assert [file.name for file in eve.files] == ["again.py", "lab.py"]
    assert "`best.py` is a hard link to somebody else's file" in eve.notes[0]


@pytest.mark.parametrize("swapped", ["lab.py", "deep"])
def test_a_link_that_takes_a_files_place_after_it_was_found_is_not_followed(
    handed_in: Handed, swapped: str
) -> None:
    secret = handed_in({"lab.py": "secret = 1", "deep/own.py": "secret = 2"}, "teacher")
    folder = handed_in({"lab.py": ONE, "deep/own.py": ONE}, "eve")
    submission = one(folder)
    if (folder / swapped).is_dir():
        shutil.rmtree(folder / swapped)
    else:
        (folder / swapped).unlink()
    (folder / swapped).symlink_to(secret / swapped)
    with temporary_workdir(submission.root, submission.files) as copy:
        found = {file.name: file.read_text() for file in copy.rglob("*.py")}
    assert set(found.values()) == {ONE} and len(found) == 1
    with pytest.raises(OSError):
        Cache(folder, "x").key(submission)


# --- names -------------------------------------------------------------------------------------------------

TWINS = {
    "case": ("Col Lide", "col lide"),
    "composed": (unicodedata.normalize("NFC", "Åsa Öst"), unicodedata.normalize("NFD", "Åsa Öst")),
    "a dot": ("ada", "ada."),
    "a space": ("ada", "ada "),
    "nothing seen": ("ada", "a\u200bda"),
    "from right to left": ("ada", "ada\u200f"),
    "wide letters": ("ada", "\uff41da"),
}


@pytest.mark.parametrize("kind", TWINS)
def test_names_in_one_spelling_are_both_graded_told_apart_and_flagged(handed_in: Handed, kind: str) -> None:
    folder = handed_in({f"{name}/lab.py": f"x = {name!r}\n" for name in (*TWINS[kind], "ola")})
    found = collect([folder])
    assert len(found) == 3 and all(len(s.files) == 1 for s in found)
    twins = [s for s in found if s.student != "ola"]
    assert [s.root.name for s in sorted(twins, key=lambda s: s.root.name)] == sorted(TWINS[kind])
    assert all(any("find out whose each one is" in note for note in s.notes) for s in twins)
    for student in [s.student for s in twins]:
        assert [s.student for s in found if is_called(student, s.student, s.identity)] == [student]
    pages = [unicodedata.normalize("NFC", page_folder(s.student)).casefold().rstrip(" .") for s in found]
    assert len(set(pages)) == 3
    (ola,) = (s for s in found if s.student == "ola")
    assert ola.notes == ()


def test_what_tells_twins_apart_is_nobodys_name(handed_in: Handed) -> None:
    folder = handed_in({f"{name}/lab.py": ONE for name in ("Ada", "ada", "ADA (1)", "ada (2)")})
    names = students(folder)
    assert len({name.casefold() for name in names}) == 4
    assert {"ADA (1)", "ada (2)"} < set(names)


@pytest.mark.parametrize("second", ["ola", "OLA"])
def test_two_students_of_one_name_in_two_places_are_told_apart_by_them(
    handed_in: Handed, second: str
) -> None:
    first, other = handed_in({"ola/lab.py": ONE}, "monday"), handed_in({f"{second}/lab.py": ONE}, "friday")
    (first / "bo").mkdir()
    (other / "cy").mkdir()
    found = collect([first, other])
    assert {s.student for s in found} == {"ola (monday)", f"{second} (friday)", "bo", "cy"}
    assert all(s.notes for s in found if s.student not in ("bo", "cy"))


def test_two_flat_files_that_look_the_same_are_two_students(handed_in: Handed) -> None:
    assert len(students(handed_in({"ada.py": ONE, "ADA.py": ONE, "bo.py": ONE}))) == 3


# --- names that begin with a dot ---------------------------------------------------------------------------


def test_a_students_folder_that_begins_with_a_dot_is_graded_and_flagged(handed_in: Handed) -> None:
    folder = handed_in({"ola/lab.py": ONE, ".ada/lab.py": ONE, ".bo/notes.txt": "", "ola/.old/lab.py": ONE})
    ada, ola = collect([folder])
    assert (ada.student, len(ada.files)) == (".ada", 1)
    assert "begins with a dot" in ada.notes[0]
    assert (ola.student, [f.name for f in ola.files], ola.notes) == ("ola", ["lab.py"], ())


def test_a_flat_file_and_a_folder_in_a_packed_class_that_begin_with_a_dot_are_too(
    handed_in: Handed, staging: Path
) -> None:
    folder = handed_in({"ola.py": ONE, ".eve.py": ONE, "._ola.py": ONE, ".#ola.py": ONE, "bo.py": ONE})
    assert students(folder) == [".eve.py", "bo.py", "ola.py"]
    packed = zipped(
        {"ola/lab.py": ONE.encode(), ".eve/lab.py": ONE.encode(), ".git/x.py": b"", "bo/lab.py": b""}
    )
    (folder.parent / "class.zip").write_bytes(packed)
    assert [s.student for s in collect([folder.parent / "class.zip"], staging=staging)] == [
        ".eve",
        "bo",
        "ola",
    ]


@pytest.mark.parametrize(
    "name",
    [".git", ".github", ".ipynb_checkpoints", ".venv", ".vscode", ".idea", ".pytest_cache", ".Trash-0"],
)
def test_hidden_folders_of_programs_are_nobody(handed_in: Handed, name: str) -> None:
    assert students(handed_in({"ola/lab.py": ONE, "bo/lab.py": ONE, f"{name}/lab.py": ONE})) == ["bo", "ola"]


def test_hidden_work_alone_makes_no_class_and_is_named(handed_in: Handed) -> None:
    with pytest.raises(PathError, match=r"\.ada begins with a dot: rename it"):
        collect([handed_in({".ada/lab.py": ONE})])


# --- limits ------------------------------------------------------------------------------------------------


def test_folders_without_end_are_left_where_they_are(handed_in: Handed) -> None:
    folder = handed_in({"ola/lab.py": ONE, "ada/lab.py": ONE})
    place = os.open(folder / "ola", os.O_RDONLY)
    for _ in range(1_200):  # beyond what a path can say
        os.mkdir("deep", dir_fd=place)
        inner = os.open("deep", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)
    try:
        _, ola = collect([folder])
        assert [file.name for file in ola.files] == ["lab.py"]
        assert f"more than {INTAKE.depth} folders deep" in ola.notes[0]
    finally:
        remove(folder / "ola")


def test_what_is_too_much_is_named_and_the_rest_is_read(handed_in: Handed) -> None:
    folder = handed_in({"lab.py": ONE}, "ola")
    for number in range(3):
        with (folder / f"data{number}.bin").open("wb") as file:
            file.truncate(40)
    found = look(folder, Intake(file_size=50, size=100))
    assert [file.name for file in found.files] == ["data0.bin", "data1.bin"]
    assert "`lab.py` exceeds" in found.notes[0] or "`data2.bin` exceeds" in found.notes[0]
    assert "`data0.bin` is larger" in look(folder, Intake(file_size=39)).notes[0]
    assert "path that is too long" in look(folder, Intake(path=len(str(folder)) + 6)).notes[0]
    assert "more than 2 entries" in look(folder, Intake(seen=2)).notes[0]


def test_paths_longer_than_a_system_call_takes_are_named_and_the_rest_is_graded(handed_in: Handed) -> None:
    folder = handed_in({"lab.py": ONE}, "ola")
    place = os.open(folder, os.O_RDONLY)
    for _ in range(50):
        os.mkdir("d" * 200, dir_fd=place)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(os.open("hidden.py", os.O_CREAT | os.O_WRONLY, dir_fd=place))
    os.close(place)
    try:
        submission = one(folder)
        assert [file.name for file in submission.files] == ["lab.py"]
        assert "path that is too long" in submission.notes[0]
    finally:
        remove(folder)


def test_files_at_the_top_come_before_those_in_folders_where_there_are_too_many(handed_in: Handed) -> None:
    folder = handed_in({f"a/{n}.txt": "" for n in range(20)} | {"lab.py": ONE}, "ola")
    assert folder / "lab.py" in look(folder, Intake(files=5)).files


def test_a_virtual_environment_is_known_by_what_is_in_it(handed_in: Handed) -> None:
    folder = handed_in({"lab.py": ONE, "dl/pyvenv.cfg": "", "dl/lib/big.py": ONE}, "ola")
    assert [file.name for file in one(folder).files] == ["lab.py"]


def test_a_time_that_no_calendar_has_costs_nobody_anything(handed_in: Handed) -> None:
    name = "Ada Quill_7_assignsubmission_file_/lab1.py"
    paths = [handed_in({name: day}, day) for day in ("monday", "friday")]
    os.utime(paths[0] / name, (2.0**62 / 10**9, 2.0**62 / 10**9))
    (submission,) = collect(paths)
    assert "more than once" in submission.notes[0]


def test_one_bad_path_among_others_costs_the_others_nothing(handed_in: Handed) -> None:
    folder = handed_in({"ada/lab.py": ONE, "bad.zip": b"PK\3\4", "bo/lab.py": ONE, "lone/x.zip": b"PK\3\4"})
    (folder / "empty").mkdir()
    os.mkfifo(folder / "pipe.py")
    found = {s.student: s for s in collect(sorted(folder.iterdir()))}
    assert {name for name, s in found.items() if s.files} == {"ada", "bo"}
    assert {name for name, s in found.items() if s.notes} == {"bad.zip", "empty", "pipe.py", "x.zip"}


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
    assert source is not None and not source.code
    assert source.unread == ("Only a person can read answers.docx, photo.jpg.",)
    assert "answers.docx" in flags[0] and "photo.jpg" in flags[0]
