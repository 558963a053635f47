"""Rosters: any export is read, and everybody is matched with the right work or reported without any."""

import os
from pathlib import Path

import pytest
from tests.support.class_layouts import write

from grader.core.errors import TableError
from grader.core.submission import Submission
from grader.submissions.discovery import collect
from grader.submissions.roster import read_roster

ONE = b"def descend(A): return A\n"


def enrolled(tmp_path: Path, table: str, *names: str) -> dict[str, Submission]:
    """The class with files or folders of these names, under this roster."""
    (tmp_path / "roster.csv").write_text(table, encoding="utf-8")
    folder = write(
        tmp_path / "class", {name if name.endswith(".py") else f"{name}/lab1.py": ONE for name in names}
    )
    submissions = collect([folder], read_roster(tmp_path / "roster.csv"), tmp_path / "staging")
    return {submission.student: submission for submission in submissions}


TABLE = "name,id,email\nAda Quill,s101,aq7@lab.example\nBo Marsh,s102,bo@lab.example\n"


@pytest.mark.parametrize(
    "name",
    ["s101", "S101", "Ada Quill", "ada_quill", "quill-ada", "Quill, Ada", "QuillAda", "aq7", "lab1-aq7", "s101_lab1",
     "Lab 1 Ada Quill final", "aq7@lab.example", "Gruppe 3 - Ada Quill", "s101.py", "ada_quill_lab1.py"],
)  # fmt: skip
def test_work_is_mapped_by_name_id_or_address_in_any_spelling(tmp_path: Path, name: str) -> None:
    found = enrolled(tmp_path, TABLE, name, "somebody else")
    assert found["Ada Quill"].files
    assert found["Ada Quill"].identity.id == "s101"
    assert found["somebody else"].notes == ("Not on the roster.",)
    assert (found["Bo Marsh"].files, found["Bo Marsh"].notes) == ((), ("Nothing was handed in.",))


def test_work_that_may_be_of_two_people_is_assigned_to_neither(tmp_path: Path) -> None:
    found = enrolled(tmp_path, TABLE, "Ada Quill and Bo Marsh", "x")
    assert "Ada Quill, Bo Marsh" in found["Ada Quill and Bo Marsh"].notes[0]
    for name in ("Ada Quill", "Bo Marsh"):
        assert found[name].files == ()
        assert "Ada Quill and Bo Marsh may belong to this student" in found[name].notes[0]


def test_the_longest_part_of_a_name_decides(tmp_path: Path) -> None:
    table = "name,login\nAnn Oake,ann\nBea Ann,ann-bea\n"
    found = enrolled(tmp_path, table, "lab1-ann-bea", "lab1-ann")
    assert found["Bea Ann"].root.name == "lab1-ann-bea"
    assert found["Ann Oake"].root.name == "lab1-ann"


def test_a_short_id_or_a_single_name_is_not_read_into_a_longer_name(tmp_path: Path) -> None:
    found = enrolled(tmp_path, "name,id\nLab,1\nAda,12\n", "Lab 1", "12")
    assert not found["Lab"].files
    assert found["Lab 1"].notes == ("Not on the roster.",)
    assert found["Ada"].root.name == "12"


def test_the_newest_of_several_submissions_wins_and_it_is_said(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "class", {"ada quill/lab1.py": b"old", "s101-again/lab1.py": b"new", "bo/x.py": ONE}
    )
    os.utime(folder / "ada quill" / "lab1.py", (1_700_000_000, 1_700_000_000))
    os.utime(folder / "s101-again" / "lab1.py", (1_700_500_000, 1_700_500_000))
    (tmp_path / "roster.csv").write_text(TABLE)
    found = {s.student: s for s in collect([folder], read_roster(tmp_path / "roster.csv"), tmp_path / "st")}
    assert found["Ada Quill"].files[0].read_bytes() == b"new"
    (note,) = found["Ada Quill"].notes
    assert note.startswith("Handed in more than once: s101-again of 2023-11-20")
    assert "ada quill of 2023-11-14" in note


def test_the_newest_of_two_downloads_of_one_person_wins(tmp_path: Path) -> None:
    name = "Ada Quill_7_assignsubmission_file_/lab1.py"
    paths = [write(tmp_path / day, {name: day.encode()}) for day in ("monday", "friday")]
    os.utime(tmp_path / "monday" / name, (1_700_500_000, 1_700_500_000))
    os.utime(tmp_path / "friday" / name, (1_700_000_000, 1_700_000_000))
    (submission,) = collect(paths, staging=tmp_path / "staging")
    assert submission.files[0].read_bytes() == b"monday"
    assert "more than once" in submission.notes[0]


def test_two_people_of_one_name_are_told_apart(tmp_path: Path) -> None:
    found = enrolled(tmp_path, "name,id\nAda Quill,s101\nAda Quill,s202\n", "s202", "Ada Quill")
    assert found["Ada Quill (s202)"].files
    assert not found["Ada Quill (s101)"].files
    assert "Ada Quill (s101), Ada Quill (s202)" in found["Ada Quill"].notes[0]


def test_work_assigned_to_nobody_never_takes_a_name_from_the_roster(tmp_path: Path) -> None:
    found = enrolled(tmp_path, "name,login\nAda Quill,aq\nBo Marsh,adaquill\n", "Ada Quill", "x")
    assert found["Ada Quill (whose?)"].files
    assert not found["Ada Quill"].files and not found["Bo Marsh"].files


def test_accents_and_scripts_are_matched(tmp_path: Path) -> None:
    found = enrolled(tmp_path, "name\nÅsa Ångerholm\n李 小明\n", "angerholmasa", "李小明_lab1")
    assert found["Åsa Ångerholm"].files and found["李 小明"].files


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", ("is empty",)),
        (b"name,id\n", ("lists nobody",)),
        (b"colour,size\nred,3\n", ("colour, size", "Rename one of them to name")),
        (b"name,id\nAda,1\nAda,1\n", ("Ada twice",)),
        (b"name\n\xc3\x28\xff\n", ("UTF-8",)),
        (b'name,id\n"Ada,1\n', ("line 2",)),
    ],
)
def test_a_roster_that_cannot_be_used_is_refused_in_one_sentence(
    tmp_path: Path, data: bytes, words: tuple[str, ...]
) -> None:
    (tmp_path / "roster.csv").write_bytes(data)
    with pytest.raises(TableError) as caught:
        read_roster(tmp_path / "roster.csv")
    assert "roster.csv" in str(caught.value) and "\n" not in str(caught.value)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_roster_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"absent\.csv"):
        read_roster(tmp_path / "absent.csv")


def test_a_table_saved_by_a_spreadsheet_as_utf_16_is_read(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_bytes("Name\tID\nÅda Quill\ts1\n".encode("utf-16"))
    assert [(p.name, p.id) for p in read_roster(tmp_path / "roster.csv")] == [("Åda Quill", "s1")]
