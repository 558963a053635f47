"""The sample class in `submissions/`, graded as by an instructor: every verdict, diagnosis and page."""

import csv
import fcntl
import json
import os
import shutil
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from grader import __version__
from grader.core.result import Outcome, Verdict
from grader.reporting.pages import page_folder
from reference import LAB
from tests.support.command_line import run_grade
from tests.support.paths import ROOT, SUBMISSIONS

# One process grades the class for all of these tests (with pytest-xdist: one of its workers).
pytestmark = pytest.mark.xdist_group("sample class")

EXPECTED: dict[str, dict[str, Any]] = tomllib.loads(
    (ROOT / "tests" / "end_to_end" / "sample_class.toml").read_text(encoding="utf-8")
)["students"]
EXERCISES = ("1.1", "1.2", "2.1", "3.1", "3.2")


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of results of the whole class, graded once for all processes of this test run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    out = shared / "sample-class"
    with (shared / "sample-class.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (out / "results.json").exists():
            done = run_grade(SUBMISSIONS, "--out", out, "--time-limit", "2", cwd=shared)
            assert (done.returncode, done.stderr) == (0, "")
            (out / "stdout.txt").write_text(done.stdout, encoding="utf-8")
    return out


@pytest.fixture
def results(graded: Path) -> dict[str, Any]:
    """The whole of `results.json`."""
    found: dict[str, Any] = json.loads((graded / "results.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def students(results: dict[str, Any]) -> dict[str, Any]:
    """The entries of `results.json` by student."""
    return {entry["student"]: entry for entry in results["submissions"]}


def exercise_of(entry: dict[str, Any], id: str) -> dict[str, Any]:
    """One exercise of a student's entry."""
    (found,) = (exercise for exercise in entry["exercises"] if exercise["id"] == id)
    return found  # type: ignore[no-any-return]


def check_of(entry: dict[str, Any], id: str) -> dict[str, Any]:
    """One check of a student's entry."""
    (found,) = (check for exercise in entry["exercises"] for check in exercise["checks"] if check["id"] == id)
    return found  # type: ignore[no-any-return]


# --- verdicts ---------------------------------------------------------------------------------------------


def test_every_folder_has_its_expectation_and_at_least_fourteen_there_are() -> None:
    assert {folder.name for folder in SUBMISSIONS.iterdir() if folder.is_dir()} == EXPECTED.keys()
    assert len(EXPECTED) >= 14


@pytest.mark.parametrize("id", EXERCISES)
@pytest.mark.parametrize("student", EXPECTED)
def test_an_exercise_gets_the_verdict_it_should(students: dict[str, Any], student: str, id: str) -> None:
    wanted = EXPECTED[student]["verdicts"][id]
    exercise = exercise_of(students[student], id)
    why = [(check["id"], check["message"]) for check in exercise["checks"] if check["outcome"] != "pass"]
    if wanted == "notfull":
        assert exercise["verdict"] != "full"
        assert exercise["marks"] < exercise["max_marks"]
    else:
        assert exercise["verdict"] == wanted, why


@pytest.mark.parametrize("student", EXPECTED)
def test_verdicts_and_marks_agree(students: dict[str, Any], student: str) -> None:
    for exercise in students[student]["exercises"]:
        verdict, marks, most = exercise["verdict"], exercise["marks"], exercise["max_marks"]
        assert 0 <= marks <= most == 1.0
        assert (marks == most) == (verdict == "full")
        if verdict in ("none", "missing"):
            assert marks == 0
        if verdict == "partial":
            assert marks > 0
        assert bool(exercise["next_step"]) <= (verdict != "full")


def test_nothing_in_the_sample_class_is_our_own_fault(results: dict[str, Any]) -> None:
    assert '"error"' not in json.dumps([entry["exercises"] for entry in results["submissions"]])


# --- diagnoses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("student", EXPECTED)
def test_what_is_said_is_what_was_planted_at_its_line_and_nothing_else(
    students: dict[str, Any], student: str
) -> None:
    said = {
        exercise["id"]: " ".join(_at_line(diagnosis) for diagnosis in exercise["diagnoses"])
        for exercise in students[student]["exercises"]
        if exercise["diagnoses"]
    }
    assert said == EXPECTED[student].get("diagnoses", {})
    assert all(d["verified"] for e in students[student]["exercises"] for d in e["diagnoses"])


def _at_line(diagnosis: dict[str, Any]) -> str:
    return diagnosis["id"] + (f"@{diagnosis['line']}" if diagnosis["line"] is not None else "")


def test_no_exercise_with_full_marks_is_diagnosed(results: dict[str, Any]) -> None:
    for entry in results["submissions"]:
        for exercise in entry["exercises"]:
            if exercise["verdict"] == "full":
                assert exercise["diagnoses"] == [], entry["student"]


def test_no_student_whose_work_is_right_is_told_of_a_mistake(results: dict[str, Any]) -> None:
    right = {s for s, expected in EXPECTED.items() if set(expected["verdicts"].values()) == {"full"}}
    told = {s["student"] for s in results["submissions"] for e in s["exercises"] if e["diagnoses"]}
    assert right and not right & told


@pytest.mark.parametrize(
    ("student", "check", "words"),
    [
        ("marisol-tackabury", "1.2-loss", "mean of the squared"),
        ("marisol-tackabury", "2.1-matrix", "One singular value too few is kept"),
        ("Lune Castellwick", "2.1-matrix", "The smallest singular values are kept"),
        ("edda-mirrowby", "1.1-returns", "returned None"),
        ("thaddea-vornclough", "1.1-shapes", "V is transposed"),
        ("otso-haverlainen", "1.1-found", "line 17"),
        ("perpetua-wagglestone", "1.1-returns", "did not return"),
        ("radomir-skylarque", "1.2-factors", "diverged"),
        ("fenwick-ashgrole", "1.2-loss", "the norm itself (the root of the loss)"),
    ],
)
def test_a_mistake_outside_the_bank_is_told_in_the_message(
    students: dict[str, Any], student: str, check: str, words: str
) -> None:
    found = check_of(students[student], check)
    assert found["outcome"] == "fail"
    assert words in found["message"]


def test_an_update_with_the_old_u_is_noted_as_sound_but_different(students: dict[str, Any]) -> None:
    for id in ("1.1", "3.1"):
        (note,) = exercise_of(students["cosmo_tarrybeck"], id)["notes"]
        assert "old U[r]" in note


def test_what_a_person_should_know_is_flagged(students: dict[str, Any]) -> None:
    def flags(student: str) -> str:
        return " ".join(students[student]["flags"])

    assert "line 17" in flags("otso-haverlainen")
    for exercise in ("1.2", "3.2"):
        assert f"{exercise}: the stated values (printed, " in flags("philippa-dunmarrow")
    assert "lab1_final.py was graded" in flags("sunniva-marchpane")
    assert "seaborn" in flags("jessamy-kittlewharf")
    assert "still running" in flags("perpetua-wagglestone")
    assert students["tamsin-quillfeather"]["flags"] == []


# --- results.json -----------------------------------------------------------------------------------------


def test_results_json_keeps_its_contract(results: dict[str, Any]) -> None:
    assert {"schema", "grader", "lab", "seed", "submissions"} <= results.keys()
    assert (results["schema"], results["grader"], results["lab"], results["seed"]) == (
        1,
        __version__,
        LAB.id,
        LAB.seed,
    )
    names = [entry["student"] for entry in results["submissions"]]
    assert names == sorted(EXPECTED)
    checks = {e.id: [(c.id, c.title) for c in e.checks] for e in LAB.exercises(LAB.seed)}
    for entry in results["submissions"]:
        assert entry.keys() >= {"student", "files", "marks", "max_marks", "flags", "seconds", "exercises"}
        assert entry["max_marks"] == 5.0
        assert entry["marks"] == pytest.approx(sum(e["marks"] for e in entry["exercises"]), abs=1e-4)
        assert entry["seconds"] > 0
        folder = SUBMISSIONS / entry["student"]
        assert entry["files"] == sorted(f.name for f in folder.iterdir() if not f.name.startswith("."))
        assert [exercise["id"] for exercise in entry["exercises"]] == list(EXERCISES)
        for exercise in entry["exercises"]:
            assert exercise.keys() >= {
                *("id", "title", "marks", "max_marks", "verdict", "notes", "diagnoses", "checks")
            }
            assert exercise["verdict"] in {verdict.value for verdict in Verdict}
            assert [(c["id"], c["title"]) for c in exercise["checks"]] == checks[exercise["id"]]
            for check in exercise["checks"]:
                assert check.keys() >= {
                    *("id", "title", "outcome", "message", "got", "wanted", "tolerance", "call")
                }
                assert check["outcome"] in {outcome.value for outcome in Outcome}
                if check["outcome"] in ("fail", "missing", "manual", "error"):
                    assert check["message"]
            for diagnosis in exercise["diagnoses"]:
                assert diagnosis.keys() >= {"id", "title", "message", "file", "line", "verified"}
                assert diagnosis["file"] in entry["files"]


SUBSET = ("Bo Ångerholm", "philippa-dunmarrow", "gideon-plumbrook", "otso-haverlainen", "edda-mirrowby")


def _without_seconds(folder: Path) -> tuple[str, list[dict[str, Any]]]:
    text = (folder / "results.json").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines(keepends=True) if not line.lstrip().startswith('"seconds":')]
    entries = json.loads(text)["submissions"]
    return "".join(kept), [{k: v for k, v in entry.items() if k != "seconds"} for entry in entries]


@pytest.mark.slow
def test_the_number_of_jobs_and_the_rest_of_the_class_change_nothing(graded: Path, tmp_path: Path) -> None:
    for student in SUBSET:
        shutil.copytree(SUBMISSIONS / student, tmp_path / "class" / student)
    for name, jobs in (("a", ()), ("b", ("--jobs", "1"))):
        done = run_grade("class", "--out", tmp_path / name, "--time-limit", "2", *jobs, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
    first, entries = _without_seconds(tmp_path / "a")
    second, _ = _without_seconds(tmp_path / "b")
    assert first == second
    assert first != (tmp_path / "a" / "results.json").read_text(encoding="utf-8")
    _, whole = _without_seconds(graded)
    assert entries == [entry for entry in whole if entry["student"] in SUBSET]


# --- pages ------------------------------------------------------------------------------------------------


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if name == "href" and value]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("student", EXPECTED)
def test_every_student_has_both_pages_and_they_tell_the_story(
    graded: Path, students: dict[str, Any], student: str
) -> None:
    folder = graded / "students" / page_folder(student)
    html = _Page((folder / "report.html").read_text(encoding="utf-8")).text
    markdown = (folder / "report.md").read_text(encoding="utf-8")
    assert student in html
    for exercise in students[student]["exercises"]:
        assert exercise["title"] in html
        assert exercise["title"] in markdown
        for check in exercise["checks"]:
            if check["outcome"] == "fail":
                assert check["title"].replace("`", "") in html
        for diagnosis in exercise["diagnoses"]:
            assert diagnosis["title"] in html


def test_the_class_page_leads_to_every_student(graded: Path) -> None:
    page = _Page((graded / "index.html").read_text(encoding="utf-8"))
    for student in EXPECTED:
        assert student in page.text
    targets = {graded / unquote(link) for link in page.links if link.startswith("students/")}
    pages = {target.with_name(target.name.partition("#")[0]) for target in targets}
    assert len(pages) == len(EXPECTED)
    assert all(page.is_file() for page in pages)


def test_the_gradebook_says_the_same_as_results_json(graded: Path, students: dict[str, Any]) -> None:
    with (graded / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["student"] for row in rows] == list(students)
    for row in rows:
        entry = students[row["student"]]
        waiting = {e["id"] for e in entry["exercises"] if e["verdict"] in ("manual", "error")}
        assert row["total"] == ("" if waiting else f"{entry['marks']:g}")
        assert float(row["max"]) == entry["max_marks"]
        cells = ["" if e["id"] in waiting else f"{e['marks']:g}" for e in entry["exercises"]]
        assert [row[id] for id in EXERCISES] == cells
        assert all(flag in row["flags"] for flag in entry["flags"])


def test_the_terminal_shows_every_student_once(graded: Path) -> None:
    shown = (graded / "stdout.txt").read_text(encoding="utf-8")
    for student in EXPECTED:
        assert shown.count(student[:8]) == 1, student


def test_nothing_but_results_is_written(graded: Path) -> None:
    names = {file.name for file in graded.rglob("*") if file.is_file()}
    assert names == {
        "index.html",
        "gradebook.csv",
        "results.json",
        "report.html",
        "report.md",
        "stdout.txt",
        "report.txt",
        "reports.zip",
        ".lock",
    }
