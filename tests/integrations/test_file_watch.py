"""`grade check --watch`: check again whenever a student saves, until everything is correct."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import environment, interruptible
from tests.support.submissions import RIGHT_SVD, WRONG_SVD, Handed


def watching(place: Path, *arguments: str) -> "subprocess.Popen[str]":
    """Start the check; both streams are pipes, and nothing interrupts it but what a test sends."""
    return subprocess.Popen(
        [sys.executable, "-m", "grader.cli", "check", *arguments, "--watch", "--exercise", "2.1"],
        cwd=place,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=interruptible,
    )


def waited(process: "subprocess.Popen[str]") -> str:
    """The line that says it waits for the next save."""
    assert process.stderr is not None
    return process.stderr.readline()


@pytest.mark.parametrize("what", ["lab.py", pytest.param(".", marks=pytest.mark.slow)])
def test_a_save_is_checked_at_once_and_all_right_ends_it(handed_in: Handed, what: str) -> None:
    place = handed_in({"lab.py": WRONG_SVD})
    with watching(place, what) as process:
        assert "Save" in waited(process)
        draft = place / "draft"  # most editors write beside the file, then put it in its place
        draft.write_text(RIGHT_SVD)
        draft.replace(place / "lab.py")
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "Your code gives" in out and "1 of 1 marks" in out.rpartition("Your code gives")[2]


def test_other_files_beside_are_nobody_s_save_and_an_interrupt_ends_it(handed_in: Handed) -> None:
    place = handed_in({"lab.py": WRONG_SVD})
    with watching(place, "lab.py") as process:
        assert "Save" in waited(process)
        (place / "notes.txt").write_text("not my lab")
        (place / "lab.py").write_text(f"{WRONG_SVD}# again\n")
        assert "Save" in waited(process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert out.count("lab.py: 0 of 1 marks") == 2
    assert err.strip() == "grade: Interrupted."
