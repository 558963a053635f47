"""Nothing that one student hands in stops the intake of another, whatever error the system returns."""

import csv
import errno
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.command_line import Grade, environment
from tests.support.paths import ROOT
from tests.support.submissions import RIGHT_SVD, Handed
from tests.support.class_layouts import zipped

from grader.core.errors import NoRoomError
from grader.core.intake_limits import Allowance
from grader.submissions.archives import unpack
from grader.submissions.discovery import collect, one

ONE = "def descend(A): return A\n"
PACKED = zipped({"lab.py": ONE.encode()})


@pytest.mark.parametrize(
    ("options", "least"), [(("--few",), 10), pytest.param((), 100, marks=pytest.mark.slow)], ids=["few", "all"]
)
def test_every_exception_there_is_costs_its_own_student_at_most_wherever_it_comes_from(
    tmp_path: Path, options: tuple[str, ...], least: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.tools.throwing", str(tmp_path), *options],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    *wrong, summary = done.stdout.splitlines()
    assert wrong == []
    places, exceptions = (int(word) for word in summary.split() if word.isdecimal())
    assert places >= 20
    assert exceptions >= least


def thrown(error: BaseException) -> Callable[[Path, str, Path, Allowance], tuple[str, ...]]:
    """Something that unpacks archives, but eve's."""

    def answer(archive: Path, name: str, folder: Path, allowance: Allowance) -> tuple[str, ...]:
        if "eve" in name:
            raise error
        return unpack(archive, name, folder, allowance)

    return answer


@pytest.mark.parametrize(
    "error", [RuntimeError("the process was lost"), MemoryError(), OSError(errno.EIO, "broken")]
)
def test_what_unpacking_elsewhere_raises_costs_that_student_only(
    handed_in: Handed, staging: Path, error: Exception
) -> None:
    folder = handed_in({"ada.zip": PACKED, "eve.zip": PACKED, "bo/eve.zip": PACKED, "bo/lab.py": ONE})
    found = {s.student: s for s in collect([folder], staging=staging, unpack=thrown(error))}
    assert {student: len(s.files) for student, s in found.items()} == {"ada": 1, "bo": 0, "eve": 0}
    for student in ("bo", "eve"):
        (note,) = found[student].notes
        assert "cannot be used" in note and note.endswith("."), note


def test_a_full_disk_and_an_interrupt_end_the_run(handed_in: Handed, staging: Path) -> None:
    folder = handed_in({"ada.zip": PACKED, "eve.zip": PACKED})
    for error, told in (
        (NoRoomError("no room"), NoRoomError),
        (OSError(errno.ENOSPC, "full"), NoRoomError),
        (OSError(errno.EDQUOT, "full"), NoRoomError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ):
        with pytest.raises(told):
            collect([folder], staging=staging / told.__name__ / str(error), unpack=thrown(error))


def test_a_single_submission_that_cannot_be_unpacked_says_so(handed_in: Handed, staging: Path) -> None:
    folder = handed_in({"eve/eve.zip": PACKED, "eve/lab.py": ONE})
    submission = one(folder / "eve", staging, thrown(RuntimeError("lost")))
    assert submission.files == () and "lost" in submission.notes[0]


def test_more_archives_than_anybody_hands_in_are_named_and_not_opened(
    handed_in: Handed, staging: Path
) -> None:
    folder = handed_in(
        {f"eve/{n:02d}.zip": zipped({f"{n}.py": b"x = 1\n"}) for n in range(25)} | {"ada.py": ONE}
    )
    _, eve = collect([folder], staging=staging)
    assert len(eve.files) == 20
    (note,) = eve.notes
    assert "only the first 20 were opened" in note and "20.zip" in note and note.endswith("24.zip.")


def test_remarks_about_one_submission_have_an_end(handed_in: Handed, staging: Path) -> None:
    folder = handed_in({f"eve/{n:03d}.rar": b"Rar!" for n in range(300)} | {"ada.py": ONE})
    _, eve = collect([folder], staging=staging)
    assert len(eve.notes) == 21
    assert eve.notes[-1] == "There are 280 more notes of this kind."


# --- names in every table ---------------------------------------------------------------------------------

NAMES = (
    "new\nline",
    "tab\tstop",
    "car\rriage",
    "clear\x1b[2Jscreen",
    "left\u202edaer si thgir",
    "\u2028separators\u2029",
    "marks\u200f\u061c of direction",
    "bytes\udcff\udcfe",
    "=SUM(A1)",
    "::error::command",
    "<b>&amp;",
    "`code` | *star*",
    "a" * 250,
    "%0Apercent",
)


@pytest.fixture
def named(handed_in: Handed) -> Path:
    """A class of such names, with such files."""
    folder = handed_in({"ada/lab.py": RIGHT_SVD})
    for name in NAMES:
        (folder / name).mkdir()
        (folder / name / f"{name[:200]}.py").write_text(RIGHT_SVD)
        (folder / name / f"{name[:200]}.md").symlink_to("/etc/hostname")
    return folder


def test_no_name_breaks_a_table_a_page_or_a_line(grade: Grade, named: Path, tmp_path: Path) -> None:
    out, junit = tmp_path / "out", tmp_path / "junit.xml"
    done = grade(
        named,
        "--exercise",
        "2.1",
        "--out",
        out,
        "--format",
        "plain",
        "--junit",
        junit,
        "--diagnose-budget",
        "0",
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.split("\n")
    assert len(lines) == 1 + len(NAMES) + 1 + 1
    assert all(line.count("\t") == 4 for line in lines[:-1])
    entries = json.loads((out / "results.json").read_text(encoding="utf-8"))["submissions"]
    assert {entry["student"]: entry["marks"] for entry in entries} == {
        name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"): 1.0 for name in (*NAMES, "ada")
    }
    flags = {entry["student"]: entry["flags"] for entry in entries}
    assert all(any("is a link" in flag for flag in flags[student]) for student in flags if student != "ada")
    assert not any("\n" in flag or "\x1b" in flag for each in flags.values() for flag in each)
    with (out / "gradebook.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    assert [row["total"] for row in rows] == ["1"] * (len(NAMES) + 1)
    assert len(ET.parse(junit).getroot().findall(".//testsuite")) == len(NAMES) + 1
    folders = [folder.name for folder in (out / "students").iterdir()]
    assert len({folder.casefold() for folder in folders}) == len(NAMES) + 1
    assert all(folder.isprintable() and not set(folder) & set('<>:"/\\|?*') for folder in folders)
    assert all((out / "students" / folder / "report.html").is_file() for folder in folders)


@pytest.mark.slow
def test_no_name_becomes_a_command_of_githubs(grade: Grade, named: Path, tmp_path: Path) -> None:
    done = grade(
        named, "--exercise", "1.1", "--out", tmp_path / "out", "--format", "github", "--diagnose-budget", "0",
        env={"GITHUB_WORKSPACE": str(named)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    commands, token = [], ""
    for line in done.stdout.split("\n"):
        if line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        elif token:
            token = "" if line == f"::{token}::" else token
        elif line.startswith("::"):
            commands.append(line)
    told = [line for line in commands if not line.startswith(("::group::", "::endgroup::"))]
    assert len(told) == len(NAMES) + 1 and len(commands) == 3 * len(told)
    assert all(
        re.match(r"::(error|warning|notice) (file=[^,:]*,)?(line=\d+,)?title=[^:]*::", line) for line in told
    )
    assert not any(letter in done.stdout for letter in "\x1b\r\u202e\u2028")
