"""Grading again: unchanged work is not executed again, and changed work is never taken for unchanged."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from grader.core.result import CheckResult, Finding, Outcome
from grader.grading.findings_cache import KEPT_DAYS, Cache, fingerprint
from grader.grading.local_executor import LocalExecutor
from grader.grading.pipeline import grade_all
from grader.grading.run_plan import RunPlan
from grader.lab import Check, Exercise, ExerciseRubric, Lab, Rubric
from grader.marking.feedback_level import Feedback
from grader.marking.findings import ExaminedExercise, ExaminedSubmission
from grader.reporting.run_lock import exclusive
from grader.sandbox.fork_server import ForkServer
from grader.sandbox.worker_client import Limits
from grader.submissions.discovery import one
from reference import LAB
from tests.support.command_line import Grade, environment
from tests.support.submissions import RIGHT_SVD, WRONG_SVD, Handed

RANDOM = RIGHT_SVD + 'import time\nraise ValueError(f"run {time.time_ns()}")\n'
"""Fails in other words each time it is run, so that two runs can be told from one."""

TINY_LAB = """\
from pathlib import Path

from grader.lab import Lab
from grader.lab.rubric import read_rubric
from reference import LAB as WHOLE


def exercises(seed):
    return tuple(exercise for exercise in WHOLE.exercises(seed) if exercise.id == "2.1")


LAB = Lab(
    "tiny", "Tiny", 1, WHOLE.functions, exercises, read_rubric(Path(__file__).with_name("rubric.toml")), WHOLE.demonstrate
)
"""

TINY_RUBRIC = """\
[exercises."2.1"]
marks = {marks}
[exercises."2.1".checks]
"2.1-matrix" = {matrix}
"2.1-shapes" = 0.0
"2.1-error" = 1.0
"2.1-why" = 0.0
[costs]
"""


def stated(out: Path) -> str:
    """What the first student's file failed with, which differs from run to run."""
    flags = json.loads((out / "results.json").read_text())["submissions"][0]["flags"]
    (words,) = (match[0] for flag in flags if (match := re.search(r"run \d+", flag)))
    return words


@pytest.fixture
def caching(tmp_path: Path) -> dict[str, str]:
    """The environment of runs that keep findings in a folder of this test."""
    return {"GRADE_CACHE": "yes", "GRADE_CACHE_DIR": str(tmp_path / "cache")}


def test_what_is_unchanged_is_not_run_again_and_gives_the_same_bytes(
    grade: Grade, handed_in: Handed, tmp_path: Path, caching: dict[str, str]
) -> None:
    folder = handed_in({"ada/lab.py": RANDOM})
    again = (folder, "--exercise", "2.1")
    assert grade(*again, "--out", tmp_path / "a", env=caching).returncode == 0
    second = grade(*again, "--out", tmp_path / "b", env=caching)
    assert "1 of 1 were taken from an earlier run" in second.stdout
    assert (tmp_path / "a" / "results.json").read_bytes() == (tmp_path / "b" / "results.json").read_bytes()
    assert (tmp_path / "b" / "students" / "ada" / "report.html").exists()
    grade(*again, "--out", tmp_path / "c", "--no-cache", env=caching)
    assert stated(tmp_path / "c") != stated(tmp_path / "a")
    (folder / "ada" / "lab.py").write_text(RANDOM + "# another last line\n")
    grade(*again, "--out", tmp_path / "d", env=caching)
    assert stated(tmp_path / "d") != stated(tmp_path / "a")


@pytest.mark.slow
def test_pages_and_archive_that_would_come_out_the_same_are_not_written_again(
    grade: Grade, handed_in: Handed, tmp_path: Path, caching: dict[str, str]
) -> None:
    folder = handed_in({"ada/lab.py": WRONG_SVD, "bo/lab.py": RIGHT_SVD})
    out = tmp_path / "out"

    def written(*options: str) -> dict[str, int]:
        done = grade(folder, "--exercise", "2.1", "--out", out, *options, env=caching)
        assert done.returncode == 0, done.stderr
        files = (*out.glob("students/*/*"), out / "reports.zip")
        return {file.relative_to(out).as_posix(): file.stat().st_mtime_ns for file in files}

    first = written()
    assert len(first) == 7
    page = out / "students" / "ada" / "report.html"
    whole = page.read_bytes()
    page.write_bytes(whole[:1000])
    again = written()
    assert page.read_bytes() == whole, "what is damaged is made again"
    assert {name for name in first if again[name] == first[name]} == {n for n in first if "ada" not in n}
    told_less = written("--feedback", "marks")
    assert {"students/ada/report.html", "reports.zip"} <= {n for n in again if told_less[n] != again[n]}


@pytest.mark.slow
def test_another_rubric_marks_again_without_running_student_code(
    grade: Grade, handed_in: Handed, tmp_path: Path, caching: dict[str, str]
) -> None:
    lab = handed_in(
        {"__init__.py": TINY_LAB, "rubric.toml": TINY_RUBRIC.format(marks=2, matrix=1)}, "tinylab"
    )
    arguments = (handed_in({"ada/lab.py": RANDOM}), "--lab", "tinylab:LAB")
    variables = {**caching, "PYTHONPATH": str(tmp_path)}

    def graded(name: str) -> tuple[float, float, str]:
        done = grade(*arguments, "--out", tmp_path / name, env=variables)
        assert done.returncode == 0, done.stderr
        (report,) = json.loads((tmp_path / name / "results.json").read_text())["submissions"]
        return report["marks"], report["max_marks"], stated(tmp_path / name)

    before = graded("before")
    (lab / "rubric.toml").write_text(TINY_RUBRIC.format(marks=6, matrix=5))
    after = graded("after")
    assert before[:2] == (2.0, 2.0)
    assert after[:2] == (6.0, 6.0)
    assert after[2] == before[2], "the student's code was not run again"
    (lab / "__init__.py").write_text(TINY_LAB + "# another lab\n")
    assert graded("changed")[2] != before[2], "another lab runs it again"


@pytest.mark.slow
def test_a_run_that_was_killed_goes_on_where_it_stopped(
    grade: Grade, handed_in: Handed, tmp_path: Path, caching: dict[str, str]
) -> None:
    folder = handed_in({"a/lab.py": RANDOM, "b/lab.py": "while True: pass\n"})
    out = tmp_path / "out"
    command = [sys.executable, "-m", "grader.cli", folder, "--out", out, "--exercise", "2.1", "--jobs", "1"]
    with subprocess.Popen(
        [*map(str, command), "--time-limit", "2"],
        cwd=tmp_path,
        env=environment(**caching),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        page = out / "students" / "a" / "report.md"
        deadline = time.monotonic() + 60
        while not page.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    first = page.read_text()
    assert not (out / "results.json").exists()
    done = grade(folder, "--out", out, "--exercise", "2.1", "--time-limit", "2", env=caching)
    assert done.returncode == 0, done.stderr
    assert "1 of 2 were taken from an earlier run" in done.stdout
    assert stated(out) in first
    assert len(json.loads((out / "results.json").read_text())["submissions"]) == 2


def test_a_second_run_on_the_same_folder_is_refused_and_the_first_is_not_disturbed(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"ada.py": "", "bob.py": ""})
    out = tmp_path / "out"
    with exclusive(out):
        done = grade(folder, "--out", out)
        assert done.returncode == 2
        assert "Another run is writing to" in done.stderr and str(out) in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert [file.name for file in out.iterdir() if file.name != ".lock"] == []
    assert grade(folder, "--out", out).returncode == 0


# --- keys -------------------------------------------------------------------------------------------------


def kept_name(folder: Path, run: str = "x") -> str:
    """The name of the folder's entry."""
    return Cache(folder, run).key(one(folder))


def test_an_entry_is_named_by_every_file_its_name_and_the_run(handed_in: Handed) -> None:
    folder = handed_in({"lab.py": "a = 1\n", "data/notes.txt": "b"}, "ada")
    names = {kept_name(folder), kept_name(folder, "y")}
    (folder / "lab.py").write_text("a = 2\n")
    names.add(kept_name(folder))
    (folder / "data" / "notes.txt").rename(folder / "data" / "other.txt")
    names.add(kept_name(folder))
    (folder / "data" / "other.txt").write_text("c")
    names.add(kept_name(folder))
    assert len(names) == 5


def test_the_same_files_under_another_name_have_the_same_entry(handed_in: Handed) -> None:
    assert kept_name(handed_in({"lab.py": "a"}, "ada")) == kept_name(handed_in({"lab.py": "a"}, "bob"))


def test_a_run_is_known_by_lab_exercises_seed_limits_and_isolation() -> None:
    def plan() -> RunPlan:
        return RunPlan(lab=LAB, exercises=LAB.exercises(1), seed=1, limits=Limits())

    runs = {
        fingerprint(plan(), "strict"),
        fingerprint(plan(), "process"),
        fingerprint(msgspec.structs.replace(plan(), exercises=plan().exercises[:1]), "strict"),
        fingerprint(msgspec.structs.replace(plan(), seed=2), "strict"),
        fingerprint(msgspec.structs.replace(plan(), limits=Limits(call_seconds=1.0)), "strict"),
    }
    assert len(runs) == 5
    assert None not in runs
    assert fingerprint(plan(), "strict") in runs


def test_how_much_is_told_and_where_it_is_examined_decide_nothing_about_findings() -> None:
    plan = RunPlan(lab=LAB, exercises=LAB.exercises(1), seed=1, limits=Limits())
    other = msgspec.structs.replace(
        plan, feedback=Feedback.FULL, isolation="strict", lab_name="reference:LAB"
    )
    assert fingerprint(plan) == fingerprint(other)


# --- entries ----------------------------------------------------------------------------------------------

FOUND = ExaminedSubmission(
    ("lab.py",),
    ("a flag",),
    1.234,
    (ExaminedExercise("1", (CheckResult(id="c", title="C", outcome=Outcome.PASS),)),),
)
KEY = "ab" + "0" * 62


def test_what_is_put_is_got_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache", "run")
    assert cache.get(KEY) is None
    cache.put(KEY, FOUND)
    assert cache.get(KEY) == FOUND
    assert (tmp_path / "cache").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", [b"", b"{", b'{"files": 5}', b"\xff\xfe", b"\x80\x04K\x01."])
def test_a_damaged_entry_is_no_entry(tmp_path: Path, damage: bytes) -> None:
    cache = Cache(tmp_path, "run")
    cache.put(KEY, FOUND)
    (file,) = tmp_path.rglob("*.json")
    file.write_bytes(damage)
    assert cache.get(KEY) is None


def test_a_folder_that_cannot_be_written_keeps_nothing_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "below", "run")
    cache.put(KEY, FOUND)
    assert cache.get(KEY) is None


def test_entries_nobody_uses_go_and_used_ones_stay(tmp_path: Path) -> None:
    cache = Cache(tmp_path, "run")
    other = "cd" + KEY[2:]
    for key in (KEY, other):
        cache.put(key, FOUND)
    for file in tmp_path.rglob("*.json"):
        os.utime(file, (0, time.time() - (KEPT_DAYS + 1) * 86400))
    assert cache.get(KEY) is not None
    cache.prune()
    assert cache.get(KEY) is not None
    assert cache.get(other) is None


def test_what_failed_by_our_own_fault_is_not_kept(handed_in: Handed, tmp_path: Path) -> None:
    def broken(bench: object) -> Finding:
        raise RuntimeError("our fault")

    def exercises(seed: int) -> tuple[Exercise, ...]:
        check = Check("c", "A check of ours that fails", broken)
        return (Exercise("1", "One", "", (check,), lambda bench, results: (), lambda results: ""),)

    rubric = Rubric({"1": ExerciseRubric(1.0, {"c": 1.0})}, {})
    lab = Lab("broken", "Broken", 1, (), exercises, rubric, lambda: ())
    cache = Cache(tmp_path / "cache", "run")
    plan = RunPlan(lab=lab, exercises=exercises(1), seed=1, limits=Limits())
    (report,) = grade_all(
        [one(handed_in({"lab.py": ""}))], plan, LocalExecutor(plan, ForkServer(), 1), cache=cache
    )
    assert report.exercises[0].checks[0].outcome is Outcome.ERROR
    assert not list(tmp_path.glob("cache/**/*.json"))
