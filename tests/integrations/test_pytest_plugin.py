"""`pytest --grade`: checks as test items, for editors' test panels and other tools around pytest."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.support.command_line import environment
from tests.support.paths import ROOT

POWER = ROOT / "docs" / "second-lab" / "power_lab"
CLASS = ROOT / "docs" / "second-lab" / "class"
RIGHT = (CLASS / "ansgar-thimblewick" / "lab2.py").read_text(encoding="utf-8")
WRONG = (CLASS / "lettice-oakenfold" / "lab_two.py").read_text(encoding="utf-8")
STEP = "One step multiplies by A and divides by the length"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A student's folder with a right and a wrong file, set up for the second lab."""
    (tmp_path / "pyproject.toml").write_text(
        f'[tool.grade]\nlab = "{POWER}:LAB"\n[tool.pytest.ini_options]\nminversion = "8"\n'
    )
    (tmp_path / "right.py").write_text(f"{RIGHT}\n(__import__('pathlib').Path('imported')).touch()\n")
    (tmp_path / "wrong.py").write_text(WRONG)
    return tmp_path


def run(place: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run pytest there as a student does."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:hypothesispytest", *arguments],
        cwd=place,
        env=environment(COLUMNS="200"),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def test_a_failure_shows_what_grade_check_shows(place: Path) -> None:
    done = run(place, "--grade", "wrong.py")
    assert done.returncode == 1
    assert "1 failed, 2 passed, 4 skipped" in done.stdout
    checked = subprocess.run(
        [sys.executable, "-m", "grader.cli", "check", "wrong.py"],
        cwd=place,
        env=environment(COLUMNS="200"),
        capture_output=True,
        encoding="utf-8",
        check=False,
    ).stdout
    for label in ("After 1 step", "got: ", "expected: ", "tolerance: ", "try: ", "→ "):
        (line,) = (line.strip() for line in checked.splitlines() if line.strip().startswith(label))
        assert line in done.stdout, label
    assert "what to do next" in done.stdout
    assert "1: The vector is never divided by its length." in done.stdout
    assert "Traceback" not in done.stdout and "grader/" not in done.stdout


@pytest.mark.slow
def test_lf_and_x_work(place: Path) -> None:
    run(place, "--grade", "wrong.py")
    again = run(place, "--grade", "wrong.py", "--lf", "-v")
    assert f"wrong.py::1 Power iteration::{STEP} FAILED" in again.stdout
    assert "1 failed" in again.stdout and "passed" not in again.stdout
    stopped = run(place, "--grade", "wrong.py", "-x")
    assert "1 failed, 1 passed" in stopped.stdout


@pytest.mark.slow
def test_items_are_chosen_by_name_and_by_node_id_and_the_file_is_never_imported(place: Path) -> None:
    done = run(place, "--grade", "right.py", "right.py::1 Power iteration", "-k", "multiplies", "-v")
    assert done.returncode == 0, done.stdout
    assert f"right.py::1 Power iteration::{STEP} PASSED" in done.stdout
    assert "1 passed, 4 deselected" in done.stdout
    assert not (place / "imported").exists()


@pytest.mark.slow
def test_workers_of_xdist_and_junit_see_the_same_items(place: Path) -> None:
    done = run(place, "--grade", "wrong.py", "--grade", "right.py", "-n", "2", "--junitxml", "junit.xml")
    assert done.returncode == 1
    assert "1 failed, 8 passed, 5 skipped" in done.stdout
    cases = {
        (case.get("classname"), case.get("name")): case
        for case in ET.parse(place / "junit.xml").iter("testcase")
    }
    failure = cases["wrong.1 Power iteration", STEP].find("failure")
    assert failure is not None and failure.text is not None
    assert failure.text.startswith(f"{STEP}\nAfter 1 step the vector differs.")
    assert cases["right.1 Power iteration", STEP].find("failure") is None
    assert cases["wrong.1 Power iteration", "The steps follow one another"].find("skipped") is not None


def test_a_line_in_conftest_is_enough_and_other_tests_run_beside(place: Path) -> None:
    (place / "conftest.py").write_text('grade_files = ["right.py"]\n')
    (place / "test_other.py").write_text("def test_of_their_own():\n    assert True\n")
    done = run(place, "--collect-only", "-q")
    assert f"right.py::1 Power iteration::{STEP}" in done.stdout
    assert "test_other.py::test_of_their_own" in done.stdout
    assert "wrong.py" not in done.stdout
    assert not (place / "imported").exists()


@pytest.mark.slow
def test_a_folder_is_one_submission(place: Path) -> None:
    folder = place / "handed-in"
    folder.mkdir()
    (folder / "lab2.py").write_text(RIGHT)
    (folder / "test_mine.py").write_text("raise SystemExit('never imported')\n")
    done = run(place, "--grade", "handed-in", "-v")
    assert done.returncode == 0, done.stdout
    assert f"handed-in::1 Power iteration::{STEP} PASSED" in done.stdout


def test_a_file_that_is_not_there_is_a_usage_error(place: Path) -> None:
    done = run(place, "--grade", "nothing.py")
    assert done.returncode == 4
    assert "there is no such file" in done.stderr


def test_without_grade_pytest_is_left_alone(place: Path) -> None:
    (place / "test_other.py").write_text(
        "import sys\ndef test_light():\n    assert 'torch' not in sys.modules\n"
    )
    done = run(place, "-q")
    assert "1 passed" in done.stdout
