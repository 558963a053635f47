"""The command line as a user sees it: options, streams, exit statuses, interrupts."""

import csv
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import psutil
import pytest

from grader import __version__
from grader.cli import cli
from reference import LAB
from tests.support.command_line import Grade, environment, interruptible
from tests.support.paths import SUBMISSIONS
from tests.support.submissions import RIGHT_SVD, WRONG_SVD, Handed

RIGHT = SUBMISSIONS / "tamsin-quillfeather" / "lab1.py"
ESCAPE = "\x1b"


def results(folder: Path) -> Any:
    """`results.json` of a run."""
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


def marks(folder: Path) -> dict[str, float]:
    """The marks in a run's results.json, by student."""
    return {entry["student"]: entry["marks"] for entry in results(folder)["submissions"]}


def on_terminal(*arguments: str | Path, cwd: Path, **variables: str) -> tuple[str, str]:
    """Run the command line on a terminal, and return what it shows on stdout and on stderr."""
    ends = pty.openpty(), pty.openpty()
    shown = {ours: b"" for ours, _ in ends}
    with subprocess.Popen(
        [sys.executable, "-m", "grader.cli", *map(str, arguments)],
        cwd=cwd,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=ends[0][1],
        stderr=ends[1][1],
    ) as process:
        for _, theirs in ends:
            os.close(theirs)
        open_ = set(shown)
        while open_:
            for ours in select.select(sorted(open_), [], [], 120)[0]:
                try:
                    data = os.read(ours, 65536)
                except OSError:  # Linux says so where a terminal's other end was closed
                    data = b""
                shown[ours] += data
                if not data:
                    open_.discard(ours)
        process.wait(120)
    for ours, _ in ends:
        os.close(ours)
    out, err = (text.decode("utf-8", "replace") for text in shown.values())
    return out, err


# --- help and version -------------------------------------------------------------------------------------


def test_the_version_is_shown(grade: Grade) -> None:
    done = grade("--version")
    assert done.returncode == 0
    assert __version__ in done.stdout


@pytest.mark.parametrize("command", [(), ("check",), ("lab",), ("mark",), ("run",)])
def test_help_explains_every_option(grade: Grade, command: tuple[str, ...]) -> None:
    done = grade(*command, "--help")
    assert done.returncode == 0
    options = [
        p for p in cli.commands[command[0] if command else "run"].params if isinstance(p, click.Option)
    ]
    assert options
    for option in options:
        assert option.help
        for name in option.opts:
            assert re.search(rf"{name}\b", done.stdout), name


def test_help_names_every_command(grade: Grade) -> None:
    shown = grade("--help").stdout
    assert all(re.search(rf"^  {name} ", shown, re.MULTILINE) for name in cli.commands)


def test_help_loads_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "grader.cli", "--help"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert "click" in loaded
    assert not loaded & {"torch", "numpy", "jinja2", "msgspec", "rich", "psutil", "reference"}


def test_without_arguments_help_is_shown_as_a_usage_error(grade: Grade) -> None:
    done = grade()
    assert done.returncode == 2
    assert "PATH" in done.stdout + done.stderr


# --- grading ----------------------------------------------------------------------------------------------


@pytest.fixture
def two(handed_in: Handed) -> Path:
    """A class of one right and one wrong answer to 2.1."""
    return handed_in({"ada/lab.py": RIGHT_SVD, "bob/lab.py": WRONG_SVD})


def test_a_low_mark_is_no_failure_and_the_table_names_every_student_and_where_the_pages_are(
    grade: Grade, two: Path, tmp_path: Path
) -> None:
    done = grade(two, "--exercise", "2.1", "--out", tmp_path / "out", env={"COLUMNS": "120"})
    assert (done.returncode, done.stderr) == (0, "")
    assert marks(tmp_path / "out")["ada"] == 1.0 > marks(tmp_path / "out")["bob"]
    assert ESCAPE not in done.stdout
    lines = done.stdout.splitlines()
    assert any("ada" in line and "1 / 1" in line for line in lines)
    assert any("bob" in line for line in lines)
    assert str(tmp_path / "out" / "index.html") in done.stdout


def test_fail_under_makes_a_low_mark_a_failure_and_plain_is_tab_separated(
    grade: Grade, two: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = grade(two, "--exercise", "2.1", "--out", out, "--format", "plain", "--fail-under", "100")
    assert done.returncode == 1
    assert marks(out)["ada"] == 1.0
    rows = list(csv.DictReader(done.stdout.splitlines(), delimiter="\t"))
    assert [row["student"] for row in rows] == ["ada", "bob"]
    assert (rows[0]["2.1"], rows[0]["total"], rows[0]["max"]) == ("1", "1", "1")


def test_only_the_exercises_asked_for_are_graded_counted_and_written_to_stdout_as_json(
    grade: Grade, two: Path, tmp_path: Path
) -> None:
    asked = ("--exercise", "2.1", "--exercise", "1.2", "--fail-under", "50", "--format", "json")
    done = grade(two / "ada", *asked, "--out", tmp_path / "out")
    assert done.returncode == 0
    assert done.stdout == (tmp_path / "out" / "results.json").read_text(encoding="utf-8")
    (entry,) = json.loads(done.stdout)["submissions"]
    assert [exercise["id"] for exercise in entry["exercises"]] == ["1.2", "2.1"]
    assert entry["max_marks"] == 2.0


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["7", "fresh"])
def test_a_right_submission_is_right_under_any_seed(grade: Grade, tmp_path: Path, seed: str) -> None:
    done = grade(RIGHT, "--seed", seed, "--out", tmp_path / "out", "--fail-under", "100")
    assert done.returncode == 0, done.stdout
    drawn = results(tmp_path / "out")["seed"]
    assert drawn == 7 if seed == "7" else drawn != LAB.seed


# --- settings ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_settings_come_from_pyproject_then_from_the_environment_then_from_flags(
    handed_in: Handed, grade: Grade, tmp_path: Path
) -> None:
    folder = handed_in({"ada.py": "", "bob.py": ""})
    place = tmp_path / "project" / "deep"
    place.mkdir(parents=True)
    (place.parent / "pyproject.toml").write_text(
        '[tool.grade]\nout = "from-file"\nformat = "plain"\nseed = 3\nfail-under = 50\n'
    )
    done = grade(folder, cwd=place)
    assert done.returncode == 1, "fail-under = 50 was missed"
    assert results(place / "from-file")["seed"] == 3
    assert done.stdout.startswith("student\t")

    variables = {
        "GRADE_OUT": "from-env",
        "GRADE_SEED": "4",
        "GRADE_FORMAT": "json",
        "GRADE_FAIL_UNDER": "0",
        "GRADE_JOBS": "1",
        "GRADE_LAB": "reference:LAB",
        "GRADE_TIME_LIMIT": "5",
    }
    done = grade(folder, cwd=place, env=variables)
    assert done.returncode == 0
    assert json.loads(done.stdout)["seed"] == results(place / "from-env")["seed"] == 4

    flags = ("--out", "from-flag", "--seed", "5", "--format", "plain", "--fail-under", "1")
    done = grade(folder, *flags, cwd=place, env=variables)
    assert done.returncode == 1
    assert done.stdout.startswith("student\t")
    assert results(place / "from-flag")["seed"] == 5


@pytest.mark.slow
def test_a_pyproject_without_a_table_for_us_is_no_concern(
    handed_in: Handed, grade: Grade, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    folder = handed_in({"ada.py": "", "bob.py": ""})
    assert grade(folder, cwd=tmp_path).returncode == 0
    assert (tmp_path / "reports" / "results.json").exists()


@pytest.mark.parametrize("variable", ["GRADE_SEED", "GRADE_FORMAT", "GRADE_JOBS", "GRADE_LAB"])
def test_a_variable_that_makes_no_sense_is_a_usage_error(
    handed_in: Handed, grade: Grade, variable: str
) -> None:
    done = grade(handed_in({"ada.py": "", "bob.py": ""}), env={variable: "no:sense"})
    assert done.returncode == 2
    assert "no:sense" in done.stderr or "'no'" in done.stderr
    assert "Traceback" not in done.stderr


# --- colours, terminals, hostile names --------------------------------------------------------------------


@pytest.mark.slow
def test_a_terminal_gets_a_progress_bar_on_stderr_only(handed_in: Handed, tmp_path: Path) -> None:
    out, err = on_terminal(handed_in({"ada.py": "", "bob.py": ""}), cwd=tmp_path)
    assert "Grading" in err
    assert "Grading" not in out


@pytest.mark.parametrize("format_", ["rich", pytest.param("plain", marks=pytest.mark.slow)])
def test_a_hostile_name_cannot_command_the_terminal(
    grade: Grade, handed_in: Handed, tmp_path: Path, format_: str
) -> None:
    folder = handed_in({"\x1b]0;owned\x07[red]name[b].py": "", "=cmd()\t.py": ""})
    done = grade(folder, "--out", tmp_path / "out", "--format", format_, env={"COLUMNS": "200"})
    assert done.returncode == 0
    assert ESCAPE not in done.stdout and "\x07" not in done.stdout
    assert "[red]name[b].py" in done.stdout
    with (tmp_path / "out" / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        cells = [row[0] for row in csv.reader(file)][1:]
    assert len(cells) == 2
    assert not any(cell.startswith("=") or ESCAPE in cell for cell in cells)


# --- check ------------------------------------------------------------------------------------------------


def _all_files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_check_says_that_a_right_file_is_right_and_writes_nothing(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"lab.py": RIGHT.read_text(encoding="utf-8")})
    before = _all_files(tmp_path)
    done = grade("check", folder / "lab.py", cwd=folder)
    assert done.returncode == 0, done.stdout
    assert "5 of 5 marks" in done.stdout
    assert done.stderr == ""
    assert _all_files(tmp_path) == before


def test_check_names_what_is_wrong_and_a_next_step_and_writes_nothing(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"lab.py": WRONG_SVD})
    before = _all_files(tmp_path)
    done = grade("check", "lab.py", "--exercise", "2.1", cwd=folder)
    assert done.returncode == 1
    (title,) = (c.title for e in LAB.exercises(LAB.seed) for c in e.checks if c.id == "2.1-matrix")
    for word in (title, "Your code gives", "The sheet's rule gives", "try: truncated_svd(", "→"):
        assert word in done.stdout, word
    assert _all_files(tmp_path) == before


@pytest.mark.slow
def test_check_prints_json_for_programs(grade: Grade, handed_in: Handed) -> None:
    done = grade("check", handed_in({"lab.py": ""}) / "lab.py", "--format", "json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["submissions"][0]["student"] == "lab.py"


def test_check_takes_a_folder_for_one_student(grade: Grade, handed_in: Handed) -> None:
    folder = handed_in({"lab.py": RIGHT_SVD, "data/notes.py": ""})
    done = grade("check", folder, "--exercise", "2.1", "--format", "json")
    assert [entry["student"] for entry in json.loads(done.stdout)["submissions"]] == [folder.name]
    assert done.returncode == 0


# --- lab --------------------------------------------------------------------------------------------------


def test_lab_lists_every_check_with_its_marks(grade: Grade) -> None:
    done = grade("lab", "--no-numbers", env={"COLUMNS": "600"})
    assert done.returncode == 0
    for entry in LAB.rubric.exercises.values():
        for check, worth in entry.checks.items():
            assert re.search(rf"{re.escape(check)} .* {worth:g} ", done.stdout), check
    for exercise in LAB.exercises(LAB.seed):
        assert exercise.title in done.stdout
        for check in exercise.checks:
            assert check.title in done.stdout
    for check, share in LAB.rubric.caps.items():
        assert f"At most {share:.0%} of that if {check} does not hold." in done.stdout


@pytest.mark.slow
def test_lab_recomputes_every_published_number_and_all_come_out(grade: Grade) -> None:
    done = grade("lab", env={"COLUMNS": "600"})
    assert done.returncode == 0
    said = re.search(r"(\d+) of (\d+) numbers match", done.stdout)
    assert said is not None
    assert said[1] == said[2]
    assert int(said[1]) >= 20
    assert not re.search(r"\bNO\b", done.stdout)


# --- interrupts -------------------------------------------------------------------------------------------


def _until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def test_an_interrupt_keeps_what_was_graded_and_leaves_no_process_behind(
    handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in(
        {
            "a-right/lab.py": RIGHT_SVD,
            "b-hangs/lab.py": "while True: pass\n",
            "c-hangs/lab.py": "while True: pass\n",
        }
    )
    out, temporary = tmp_path / "out", tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-m", "grader.cli", folder, "--out", out, "--exercise", "2.1"]
    with subprocess.Popen(
        [*map(str, command), "--jobs", "1", "--time-limit", "600"],
        cwd=tmp_path,
        env=environment(TMPDIR=str(temporary)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=interruptible,
    ) as process:
        page = out / "students" / "a-right" / "report.md"
        assert _until(page.exists)
        assert _until(lambda: any(temporary.iterdir()))
        others = psutil.Process(process.pid).children(recursive=True)
        assert others
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in stderr
    assert "1 of 3" in stderr
    assert "a-right" in stdout
    assert marks(out) == {"a-right": 1.0}
    assert (out / "index.html").exists() and (out / "gradebook.csv").exists()
    assert not (out / "students" / "b-hangs").exists()
    assert _until(lambda: not any(process.is_running() for process in others))
    assert list(temporary.iterdir()) == []
