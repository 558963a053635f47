"""The terminal output: the same content at any width, and without colour if none is wanted."""

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from grader.core.result import ExerciseReport, Outcome, Report, Verdict
from grader.core.submission import Submission
from grader.reporting.progress import ProgressDisplay
from grader.reporting.terminal_tables import class_table, print_by_line, student_view
from tests.support.command_line import Grade, environment
from tests.support.sampling import first_of_each
from tests.support.submissions import RIGHT_SVD, WRONG_SVD, Handed
from tests.tools.showcase import check, full_report, report, right, wrong


def shown(one: Report, width: int = 80, plain: bool = False) -> str:
    """The story of a report on a terminal of this width, without colours."""
    console = Console(width=width, file=io.StringIO(), no_color=True, highlight=False, emoji=False)
    console.print(student_view(one, plain))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(
    "said",
    [
        "The loop over rows ends at `rank` instead of the number of rows.",
        ">  5 |         for r in range(rank):",
        ">0.7895<",
        ">0.8317<",
        "Ask yourself: How often does the body of the loop",
        "yours: 8.241 → 5.387",
        "saddle σ₂²: 0.4842",
        "you state 0.0135, we get 0.1219: does not hold",
        "`sum` (line 12) shadows the built-in function",
        "Not final: a person still has to look at 3.2.",
    ],
)
def test_the_terminal_tells_the_story_of_the_page(said: str) -> None:
    assert said in shown(full_report(), 160)


@pytest.mark.parametrize("width", [24, 40, 80, 200])
def test_no_line_is_wider_than_the_terminal_and_matrices_stay_whole(width: int) -> None:
    text = shown(full_report(), width)
    assert max(map(len, text.split("\n"))) <= width
    assert len(re.findall(r"\[ *-?−?[>\d]", text)) >= 8


def test_matrices_stand_side_by_side_only_where_there_is_room() -> None:
    wide, narrow = shown(full_report(), 100), shown(full_report(), 30)
    assert re.search(r"A = .*U₀ = .*V₀ = ", wide)
    assert not re.search(r"A = .*U₀ = ", narrow)


def test_plain_text_is_words_alone_to_be_heard_in_order() -> None:
    text = shown(full_report(), 100, plain=True)
    assert not re.search("[✓✗◐→█▁▂▃▄▅▆▇─│┃╭]", text)
    assert "U. row 1: 0.5803; row 2: 0.7895 (differs)." in text
    assert "line 5: for r in range(rank):" in text
    assert "Your loss stops falling at 5.39" in text
    assert "Every row is visited (not passed)" in text
    assert "Do this next: " in text


def test_a_counterexample_replaces_the_raw_numbers_of_the_check() -> None:
    assert "got: U = " not in shown(report("someone", (wrong("1.1", "One"),)))
    assert "got: U = " in shown(report("someone", (wrong("1.1", "One", diagnoses=()),)))


def test_hostile_text_neither_steers_the_terminal_nor_is_read_as_markup() -> None:
    hostile = "\x1b]0;owned\x07[red]x[/red] :smile:"
    for plain in (False, True):
        text = shown(
            report(hostile, (wrong("1.1", hostile),), flags=(hostile,), style=(hostile,)), 200, plain
        )
        assert "\x1b" not in text and "\x07" not in text
        assert "[red]x[/red] :smile:" in text


# --- the real command line on a real terminal -------------------------------------------------------------


def on_a_terminal(*arguments: str | Path, cwd: Path, **env: str) -> str:
    """Run the command line with a terminal for its stdout and stderr, and return all it wrote there."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "grader.cli", *map(str, arguments)]
    process = subprocess.Popen(
        command, cwd=cwd, env=environment(**env), stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not piece:
            break
        written += piece
    os.close(ours)
    process.wait(timeout=60)
    return written.decode(errors="replace").replace("\r\n", "\n")


COLOUR = re.compile(r"\x1b\[[\d;]*3[1-7][\d;]*m")


@pytest.mark.parametrize("width", [24, 80, 200])
def test_a_table_printed_line_by_line_looks_as_if_it_were_printed_at_once(width: int) -> None:
    names = ("Tove Marrowby", "a name " * 30, "[bold]no markup[/bold]\u202e", "渡り鳥")
    reports = [msgspec.structs.replace(full_report(), student=name) for name in names]
    table = class_table(reports, [exercise.id for exercise in full_report().exercises])
    at_once, by_line = (
        Console(width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
        for _ in range(2)
    )
    at_once.print(table)
    print_by_line(by_line, table)
    assert isinstance(at_once.file, io.StringIO) and isinstance(by_line.file, io.StringIO)
    assert by_line.file.getvalue() == at_once.file.getvalue() != ""


def test_there_is_colour_on_a_terminal_and_none_with_no_color_or_plain(
    handed_in: Handed, tmp_path: Path
) -> None:
    file = handed_in({"lab.py": ""}) / "lab.py"
    arguments = ("check", file, "--exercise", "2.1")
    assert COLOUR.search(on_a_terminal(*arguments, cwd=tmp_path, COLUMNS="100"))
    assert not COLOUR.search(on_a_terminal(*arguments, cwd=tmp_path, COLUMNS="100", NO_COLOR="1"))
    plain = on_a_terminal(*arguments, "--format", "plain", cwd=tmp_path, COLUMNS="100")
    assert "\x1b" not in plain
    assert "nothing found" in plain


def test_progress_counts_and_names_the_current_student_on_a_terminal(
    handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"ada-fernsby/lab.py": RIGHT_SVD, "bo-quill/lab.py": WRONG_SVD})
    arguments = (folder, "--exercise", "2.1", "--jobs", "1", "--out", tmp_path / "out")
    text = on_a_terminal(*arguments, cwd=tmp_path, COLUMNS="120", LINES="40")
    assert "Grading ada-fernsby" in text and "Grading bo-quill" in text
    assert "1/2" in text
    assert re.search(r"1 (not there yet|with full marks)", text)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "env"), first_of_each(lambda _: "", [(("--format", "plain"), {}), ((), {"TERM": "dumb"})])
)
def test_progress_is_a_line_now_and_then_for_plain_output_and_dumb_terminals(
    handed_in: Handed, tmp_path: Path, more: tuple[str, ...], env: dict[str, str]
) -> None:
    folder = handed_in({"ada-fernsby/lab.py": RIGHT_SVD})
    arguments = (folder, "--exercise", "2.1", "--out", tmp_path / "out")
    text = on_a_terminal(*arguments, *more, cwd=tmp_path, COLUMNS="120", **env)
    assert "1 of 1 graded, finished: 1 with full marks." in text
    assert "\x1b[2K" not in text


def test_counts_tell_full_marks_work_to_look_at_and_the_rest_apart() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100, color_system=None)
    manual = ExerciseReport(id="1", title="t", marks=0, max_marks=1, verdict=Verdict.MANUAL)
    everyone = [
        report("a", (right("1", "t"),)),
        report("b", (wrong("1", "t"),)),
        report("c", (manual, right("2", "t"))),
        report("d", (right("1", "t"),)),
    ]
    with ProgressDisplay(console, len(everyone), plain=True) as display:
        for one in everyone:
            display.started(Submission(one.student, Path(), ()))
            display.finished(one)
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert "4 of 4 graded, finished: 1 not there yet, 1 to look at, 2 with full marks." in said


def test_what_a_check_says_of_itself_is_shown_whatever_its_words_begin_with() -> None:
    own = check(0, Outcome.MANUAL, "Could not be looked at: see “the scan”.")
    after = msgspec.structs.replace(own, id="x-after", blocked_by=own.id)
    exercise = msgspec.structs.replace(right("1", "t"), checks=(own, after), verdict=Verdict.MANUAL)
    said = shown(report("ada", (exercise,)), 100)
    assert said.count("see “the scan”") == 1
    assert "1 more need something that was not found" in said


@pytest.mark.slow
def test_what_was_not_handed_in_is_told_once_and_its_answer_not_at_all(
    grade: Grade, handed_in: Handed
) -> None:
    file = handed_in({"lab1.py": "import torch\n\ndef double(A):\n    return 2 * A\n"}) / "lab1.py"
    shown_to_the_student = grade("check", file).stdout
    assert shown_to_the_student.count("No function named `sgd_factorise` was found.") == 1
    assert "16 more need something that was not found" in shown_to_the_student
    assert "Could not be looked at" not in shown_to_the_student
    assert "expected:" not in shown_to_the_student
    assert "0.1219 = σ₃²" not in shown_to_the_student
    assert "expected: 0.1219 = σ₃²" in grade("check", file, "--feedback", "full").stdout
