"""Gradebooks of Moodle and Canvas: filled in so that they can be imported, and otherwise unchanged."""

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.core.result import Report, Verdict
from grader.integrations.gradebooks.canvas import fill_gradebook
from grader.integrations.gradebooks.moodle import comment, feedback_zip, fill_worksheet
from grader.integrations.gradebooks.people import Person, match
from grader.integrations.gradebooks.sheet import sheet
from grader.reporting.gradebook_csv import gradebook_csv
from grader.reporting.results_json import results_json
from grader.reporting.terminal_tables import plain_table
from tests.support.command_line import Grade
from tests.support.small_reports import HOSTILE, report

MOODLE = (
    "\ufeffIdentifier,\"Full name\",\"ID number\",\"Email address\",Status,Grade,\"Maximum Grade\","
    "\"Grade can be changed\",\"Last modified (grade)\",\"Feedback comments\"\r\n"
    "\"Participant 1000001\",\"Lune Castellwick\",s01,lune@uni.test,\"Submitted for grading - \",,5.00,Yes,-,\r\n"
    "\"Participant 1000002\",\"Bo Ångerholm\",s02,bo@uni.test,\"No submission - \",2.00,5.00,No,-,\"kept <b>as is</b>\"\r\n"
    "\"Participant 1000003\",\"Wren O'Dallivar\",=s03,wren@uni.test,\"a \"\"quoted\"\"\nstatus\",1.00,5.00,Yes,-,\"By the tutor\"\r\n"
    "\"Participant 1000004\",\"Zeb Lorrimunt\",s04,zeb@uni.test,Submitted,,5.00,Yes,-,"
)  # fmt: skip

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Lab 0 (55),\"Lab 1, matrices (56)\",Current Score\n"
    ",,,,,,Manual Posting,\n"
    "    Points Possible,,,,,10.0,100.0,(read only)\n"
    "\"Castellwick, Lune\",201,s01,lune,G1,7.0,,70.0\n"
    "\"Ångerholm, Bo\",202,s02,bo,G1,,12.5,=1+1\n"
    "\"Student, Test\",299,,abc123,G1,,,\n"
)  # fmt: skip


def cells(data: bytes) -> list[list[str]]:
    """A file as `csv` reads it."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def changed(before: str, after: bytes) -> set[tuple[int, int]]:
    """Where two files differ, by row and column."""
    was, now = cells(before.encode()), cells(after)
    assert [len(row) for row in was] == [len(row) for row in now]
    return {
        (i, j) for i, row in enumerate(was) for j, cell in enumerate(row) if cell != now[i][j]
    }  # fmt: skip


# --- sheets -----------------------------------------------------------------------------------------------

TEXTS = st.text(st.sampled_from('ab ,;\t"\n=é\ufeff'), max_size=6)


@given(
    st.lists(st.lists(TEXTS, min_size=2, max_size=4), min_size=1, max_size=4),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(",;\t"),
    st.booleans(),
)
def test_a_sheet_reads_what_csv_reads_and_gives_back_every_byte(
    rows: list[list[str]], quoting: int, end: str, delimiter: str, bom: bool
) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=quoting, lineterminator=end, delimiter=delimiter)  # type: ignore[arg-type]
    writer.writerow(["a head", *"bcdef"])
    writer.writerows(rows)
    text = ("\ufeff" if bom else "") + buffer.getvalue()
    read = sheet(text)
    assert read.delimiter == delimiter
    assert read.filled({}) == text.encode()
    assert [[read.value(i, j) for j in range(len(row))] for i, row in enumerate(read.rows)][1:] == rows


@pytest.mark.parametrize(
    ("text", "value", "filled"),
    [
        ("a,b\n1,2\n", "x", "a,b\n1,x\n"),
        ("a,b\n1,2\n", 'x,"y"', 'a,b\n1,"x,""y"""\n'),
        ('a,b\n1,"2"\n', "x", 'a,b\n1,"x"\n'),
        ('"a","b"\r\n"1",\r\n', "x", '"a","b"\r\n"1","x"\r\n'),
        ('"a head",b\n1,\n', "x y", '"a head",b\n1,"x y"\n'),
        ("a;b\n1;2", "x,y", "a;b\n1;x,y"),
    ],
)
def test_a_cell_is_written_in_the_manner_of_its_file(text: str, value: str, filled: str) -> None:
    assert sheet(text).filled({(1, 1): value}) == filled.encode()


def test_a_quote_that_is_never_closed_is_told_with_its_line() -> None:
    with pytest.raises(ValueError, match="line 3 has a quote"):
        sheet('a,b\n1,2\n"3,4\n')


# --- people -----------------------------------------------------------------------------------------------

PEOPLE = (
    Person(row=1, name="Castellwick, Lune", keys={"canvas": "201", "email": "lune@uni.test"}),
    Person(row=2, name="Ångerholm, Bo", keys={"canvas": "202", "email": ""}),
    Person(row=3, name="Kim, Lee", keys={}),
    Person(row=4, name="Kim, Lee", keys={}),
)


@pytest.mark.parametrize(
    ("found", "row"),
    [
        (report("x", canvas="202"), 2),
        (report("x", email="LUNE@uni.test"), 1),
        (report("Lune Castellwick"), 1),
        (report("bo-ångerholm"), 2),
        (report("castellwicklune"), 1),
        (report("x", name="Bo Ångerholm"), 2),
        (report("Lee Kim"), None),
        (report("Nobody Known"), None),
    ],
)
def test_everybody_is_found_by_number_address_or_a_name_nobody_else_has(
    found: Report, row: int | None
) -> None:
    assert set(match(PEOPLE, [found]).reports) == ({row} if row else set())


def test_a_row_that_two_students_claim_is_given_to_neither() -> None:
    matched = match(PEOPLE, [report("Lune Castellwick"), report("other", canvas="201")])
    assert not matched.reports
    assert matched.strangers == ("Lune Castellwick", "other")


# --- Moodle -----------------------------------------------------------------------------------------------


def test_a_worksheet_changes_only_in_grades_and_comments_of_those_graded() -> None:
    filled = fill_worksheet(
        sheet(MOODLE), [report("Lune Castellwick", 4.25), report("zeb", 0.0, email="zeb@uni.test")]
    )
    assert changed(MOODLE, filled.data) == {(1, 5), (1, 9), (4, 5), (4, 9)}
    rows = cells(filled.data)
    assert (rows[1][5], rows[4][5]) == ("4.25", "0")
    assert filled.rows == 2
    # Cut the two cells out again, and every byte is what it was.
    text = filled.data.decode()
    for row in (1, 4):
        text = text.replace(f'"{rows[row][9]}"', "").replace(f",{rows[row][5]},5.00,Yes", ",,5.00,Yes")
    assert text == MOODLE


def test_a_locked_grade_and_a_comment_by_others_stay_and_are_told() -> None:
    reports = [report("a", moodle="1000002"), report("Wren O'Dallivar")]
    filled = fill_worksheet(sheet(MOODLE), reports)
    assert changed(MOODLE, filled.data) == {(3, 5)}
    assert any("does not allow changes" in note and "a" in note for note in filled.notes)
    assert any("own comment was kept for Wren" in note for note in filled.notes)


OPEN = (Verdict.MANUAL, Verdict.ERROR)


@pytest.mark.parametrize("verdict", OPEN)
def test_whose_marks_are_open_keeps_what_stands_in_the_worksheet_and_is_named(verdict: Verdict) -> None:
    reports = [report("Lune Castellwick", 1.0), report("Wren O'Dallivar", 0.0, verdict=verdict)]
    filled = fill_worksheet(sheet(MOODLE), reports)
    assert changed(MOODLE, filled.data) == {(1, 5), (1, 9)}
    assert filled.waiting == ("Wren O'Dallivar (1.1)",)
    assert filled.rows == 1


@pytest.mark.parametrize("verdict", OPEN)
def test_whose_marks_are_open_keeps_what_stands_in_the_gradebook_and_is_named(verdict: Verdict) -> None:
    reports = [report("x", 5.0, canvas="201"), report("y", 0.0, verdict=verdict, canvas="202")]
    filled = fill_gradebook(sheet(CANVAS), reports, "56")
    assert changed(CANVAS, filled.data) == {(3, 6)}
    assert filled.waiting == ("y (1.1)",)


@pytest.mark.parametrize("verdict", OPEN)
def test_what_is_open_is_no_mark_in_our_own_tables(verdict: Verdict) -> None:
    reports = [report("ada", 3.0), report("bo", 0.5, verdict=verdict)]
    table = list(csv.reader(io.StringIO(gradebook_csv(reports, ["1.1"]))))
    assert [row[1:4] for row in table[1:]] == [["3", "3", "5"], ["", "", "5"]]
    lines = [line.split("\t")[:4] for line in plain_table(reports, ["1.1"]).splitlines()]
    assert lines[1:] == [["ada", "3", "3", "5"], ["bo", "pending", "pending", "5"]]


def test_an_export_names_on_stderr_whose_mark_is_open(grade: Grade, tmp_path: Path) -> None:
    reports = [report("Lune Castellwick", 1.0), report("Zeb Lorrimunt", 0.0, verdict=Verdict.ERROR)]
    (tmp_path / "results.json").write_text(results_json(reports, "lab1", 1, "strict"), encoding="utf-8")
    for platform, text in (("moodle", MOODLE), ("canvas", CANVAS)):
        given_file = tmp_path / f"{platform}-given.csv"
        given_file.write_text(text, encoding="utf-8")
        extra = ("--assignment", "56") if platform == "canvas" else ()
        done = grade("export", platform, given_file, "--out", tmp_path, *extra)
        if platform == "moodle":
            assert "mark is still open: Zeb Lorrimunt (1.1)" in done.stderr
            assert cells((tmp_path / "moodle.csv").read_bytes())[4][5] == ""
        assert "Traceback" not in done.stderr


def test_a_comment_of_ours_is_replaced_when_grading_again() -> None:
    first = fill_worksheet(sheet(MOODLE), [report("Lune Castellwick", 1.0)]).data.decode()
    second = fill_worksheet(sheet(first), [report("Lune Castellwick", 5.0)])
    assert cells(second.data)[1][9].startswith("5 of 5 marks")
    assert not second.notes


def test_marks_are_scaled_to_the_platforms_maximum_in_its_own_numbers() -> None:
    german = MOODLE.replace(",5.00,", ',"100,00",')
    filled = fill_worksheet(sheet(german), [report("Lune Castellwick", 4.5)])
    assert cells(filled.data)[1][5] == "90"
    thirds = fill_worksheet(sheet(german), [report("Lune Castellwick", 1.0, most=3.0)])
    assert cells(thirds.data)[1][5] == "33,3333"
    assert filled.notes == ("Marks out of 5 were scaled to 100.",)


def test_a_comment_is_html_in_which_nothing_a_student_wrote_is_markup_or_a_formula() -> None:
    said = comment(report("x", text=HOSTILE, verdict=Verdict.MANUAL))
    assert said.startswith("4.5 of 5 marks<br>")
    assert "<script" not in said and "&lt;script" in said
    assert "a person will look" in said
    assert not set(said) & set("\x00\x1b\r\n\u202e")


def test_feedback_goes_into_the_folders_of_the_download() -> None:
    reports = [
        report("Lune Castellwick", moodle="1000001", folder="Lune Castellwick_1000001_assignsubmission_file"),
        report("Bo", moodle="1000002", folder="Bo Ångerholm_1000002_assignsubmission_file_", flat=True),
        report("Zeb Lorrimunt"),
        report("Nobody"),
    ]
    made = feedback_zip(reports, lambda each: each.student.encode(), sheet(MOODLE))
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name).decode() for name in archive.namelist()}
    assert found == {
        "Lune Castellwick_1000001_assignsubmission_file/report.html": "Lune Castellwick",
        "Bo Ångerholm_1000002_assignsubmission_file_report.html": "Bo",
        "Zeb Lorrimunt_1000004_assignsubmission_file_/report.html": "Zeb Lorrimunt",
    }
    assert made.strangers == ("Nobody",)
    assert feedback_zip(reports, lambda each: each.student.encode(), sheet(MOODLE)).data == made.data


# --- Canvas -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("assignment", ["56", "lab 1, matrices", "Lab 1, matrices (56)"])
def test_a_gradebook_changes_only_in_the_assignments_column(assignment: str) -> None:
    reports = [report("x", 4.5, canvas="201"), report("Bo Ångerholm", 5.0)]
    filled = fill_gradebook(sheet(CANVAS), reports, assignment)
    assert changed(CANVAS, filled.data) == {(3, 6), (4, 6)}
    assert [row[6] for row in cells(filled.data)[3:]] == ["90", "100", ""]
    assert filled.notes == ("Marks out of 5 were scaled to 100.",)


def test_the_test_student_is_nobody() -> None:
    assert fill_gradebook(sheet(CANVAS), [report("Test Student")], "56").strangers == ("Test Student",)


# --- the command line -------------------------------------------------------------------------------------


def graded(folder: Path, reports: Sequence[Report]) -> Path:
    """A folder of results."""
    folder.mkdir()
    (folder / "results.json").write_text(results_json(reports, "lab1", 20, "strict"), encoding="utf-8")
    return folder


def test_export_writes_the_filled_file_and_says_who_is_not_in_it(grade: Grade, tmp_path: Path) -> None:
    (tmp_path / "moodle-in.csv").write_bytes(MOODLE.encode())
    out = graded(tmp_path / "out", [report("Lune Castellwick"), report("Nobody\x1b")])
    done = grade("export", "moodle", tmp_path / "moodle-in.csv", "--out", out)
    assert done.returncode == 1
    assert "does not list Nobody\\u001b" in done.stderr
    assert changed(MOODLE, (out / "moodle.csv").read_bytes()) == {(1, 5), (1, 9)}
    assert (tmp_path / "moodle-in.csv").read_bytes() == MOODLE.encode()


def test_export_for_canvas_asks_which_assignment_and_takes_it(grade: Grade, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(CANVAS, encoding="utf-8")
    out = graded(tmp_path / "out", [report("Lune Castellwick")])
    asked = grade("export", "canvas", tmp_path / "in.csv", "--out", out)
    assert asked.returncode == 2
    assert "Lab 0 (55), Lab 1, matrices (56)" in asked.stderr
    done = grade(
        "export",
        "canvas",
        tmp_path / "in.csv",
        "--out",
        out,
        "--assignment",
        "56",
        "--to",
        tmp_path / "c.csv",
    )
    assert done.returncode == 0, done.stderr
    assert changed(CANVAS, (tmp_path / "c.csv").read_bytes()) == {(3, 6)}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n", "not a Moodle grading worksheet"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b'Identifier,Grade\n"1,2\n', "line 2 has a quote"),
        (b"", "not a Moodle grading worksheet"),
    ],
)
def test_a_file_that_is_no_worksheet_is_one_sentence(
    grade: Grade, tmp_path: Path, content: bytes, words: str
) -> None:
    (tmp_path / "in.csv").write_bytes(content)
    done = grade("export", "moodle", tmp_path / "in.csv", "--out", graded(tmp_path / "out", [report("a")]))
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert words in line


def test_without_results_export_says_to_grade_first(grade: Grade, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(CANVAS, encoding="utf-8")
    done = grade("export", "canvas", tmp_path / "in.csv", "--out", tmp_path / "nothing")
    assert done.returncode == 2
    assert "grade first" in done.stderr
