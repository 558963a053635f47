"""Feedback on a mistake: it is named, located and shown, but never solved for the student."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from grader.sources.syntax_hints import suggestion
from tests.support.command_line import Grade, run_grade
from tests.support.submissions import Handed

RIGHT = """\
import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U = torch.rand(m, rank)
    V = torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
"""
CLASS = {
    "Anouk Verlinden": RIGHT.replace("for r in range(m)", "for r in range(rank)"),
    "Bram Ostervelt": RIGHT.replace("for r in range(m)", "for r in range(rank)").replace("epoch", "step"),
    "Daan Roelfsen": RIGHT.replace("for c in range(n):", "for c in range(n)"),
    "Elif Karahisar": RIGHT.replace("U[r] @ V[c]", "U[r] @ V"),
}
DIVERGING = {"Cato Lindqvorst": RIGHT.replace("e = A[r, c] - U[r] @ V[c]", "e = U[r] @ V[c] - A[r, c]")}
"""Wrong in one sign. Most of its edits diverge as it does, and so its repair is searched for longest."""


Graded = dict[str, dict[str, Any]]
"""Results.json and the pages' text, by the level of feedback."""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The class above at every level of feedback."""
    return at_every_level(tmp_path_factory.mktemp("levels"), CLASS)


def at_every_level(folder: Path, students: dict[str, str]) -> Graded:
    """As a teacher does it who looks at one level after the other: findings are kept, and told anew."""
    for student, code in students.items():
        (folder / "class" / student).mkdir(parents=True)
        (folder / "class" / student / "lab1.py").write_text(code, encoding="utf-8")
    found: Graded = {}
    kept = {"GRADE_CACHE": "yes", "GRADE_CACHE_DIR": str(folder / "cache")}
    for level in ("marks", "hints", "full"):
        done = run_grade(
            "class", "--exercise", "1.1", "--feedback", level, "--out", level, cwd=folder, env=kept
        )
        assert done.returncode == 0, done.stderr
        results = json.loads((folder / level / "results.json").read_text(encoding="utf-8"))
        pages = {
            student: "\n".join(
                page.read_text(encoding="utf-8")
                for page in sorted((folder / level / "students" / student).glob("report.*"))
            )
            for student in students
        }
        found[level] = {"results": results, "pages": pages}
    return found


def first(graded: Graded, level: str, student: str) -> dict[str, Any]:
    (entry,) = [s for s in graded[level]["results"]["submissions"] if s["student"] == student]
    diagnoses: list[dict[str, Any]] = entry["exercises"][0]["diagnoses"]
    return diagnoses[0]


def added_lines(diff: str) -> list[str]:
    return [
        line[1:].strip() for line in diff.splitlines() if line.startswith("+") and not line.startswith("+++")
    ]


def test_a_hint_names_the_mistake_its_line_and_asks_the_leading_question(graded: Graded) -> None:
    assert_told(graded, "Anouk Verlinden", "rows-over-rank", 8)


@pytest.mark.slow
def test_a_hint_for_a_run_that_diverges_names_its_mistake_without_the_corrected_line(tmp_path: Path) -> None:
    graded = at_every_level(tmp_path, DIVERGING)
    assert_told(graded, "Cato Lindqvorst", "error-sign-flipped", 10)
    assert_not_solved(graded, "Cato Lindqvorst", DIVERGING["Cato Lindqvorst"])


def assert_told(graded: Graded, student: str, id_: str, line: int) -> None:
    """The mistake has its name, its line, a question, and an input that shows it."""
    diagnosis = first(graded, "hints", student)
    assert (diagnosis["id"], diagnosis["line"], diagnosis["verified"]) == (id_, line, True)
    assert diagnosis["concept"] and diagnosis["question"].endswith("?")
    assert line in diagnosis["excerpt"]["marked"]
    assert diagnosis["witness"]["wanted"] and diagnosis["witness"]["got"]


def test_no_hint_contains_a_corrected_line(graded: Graded) -> None:
    for student in ("Anouk Verlinden", "Bram Ostervelt"):
        assert_not_solved(graded, student, CLASS[student])


def assert_not_solved(graded: Graded, student: str, code: str) -> None:
    """The lines that a full report mends stand nowhere in a hint."""
    own = {line.strip() for line in code.splitlines()}
    corrected = [line for line in added_lines(first(graded, "full", student)["repair"]) if line not in own]
    assert corrected
    (entry,) = [s for s in graded["hints"]["results"]["submissions"] if s["student"] == student]
    told = json.dumps(entry, ensure_ascii=False) + graded["hints"]["pages"][student]
    assert not any(line in told for line in corrected)
    assert first(graded, "hints", student)["repair"] == ""


def test_the_repair_is_shown_to_the_person_marking_only(graded: Graded) -> None:
    diagnosis = first(graded, "full", "Anouk Verlinden")
    assert "-        for r in range(rank):" in diagnosis["repair"]
    assert re.search(r"all \d+ checks pass", diagnosis["evidence"])


def test_at_the_level_of_marks_no_mistake_is_named(graded: Graded) -> None:
    for entry in graded["marks"]["results"]["submissions"]:
        for exercise in entry["exercises"]:
            assert exercise["diagnoses"] == [] and exercise["next_step"] == ""
            assert exercise["checks"]


def test_marks_are_the_same_at_every_level(graded: Graded) -> None:
    marks = [[s["marks"] for s in graded[level]["results"]["submissions"]] for level in graded]
    assert marks[0] == marks[1] == marks[2]


def test_mistakes_that_students_share_are_counted_most_frequent_first(
    graded: Graded,
) -> None:
    shared = graded["hints"]["results"]["mistakes"]
    assert shared[0]["id"] == "rows-over-rank"
    assert shared[0]["students"] == ["Anouk Verlinden", "Bram Ostervelt"]
    assert [len(m["students"]) for m in shared] == sorted((len(m["students"]) for m in shared), reverse=True)


def test_a_syntax_error_is_placed_and_the_missing_token_named(graded: Graded) -> None:
    diagnosis = first(graded, "hints", "Daan Roelfsen")
    assert (diagnosis["id"], diagnosis["line"]) == ("syntax-error", 9)
    assert "`:` seems to be missing" in diagnosis["message"]


def test_a_call_that_raises_is_placed_with_the_shapes_it_met(graded: Graded) -> None:
    diagnosis = first(graded, "full", "Elif Karahisar")
    assert diagnosis["line"] == 10
    (entry,) = [s for s in graded["full"]["results"]["submissions"] if s["student"] == "Elif Karahisar"]
    told = json.dumps(entry, ensure_ascii=False)
    assert "U has shape" in told and "V has shape" in told


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("def f(x)\n    return x\n", "At the end of line 1 a `:`"),
        ("x = (1 + 2\ny = 3\n", "line 1 a closing parenthesis"),
        ("x = [1, 2\n", "line 1 a closing bracket"),
        ("x = (1 + 2))\n", "one closing parenthesis `)` too many"),
        ("if x = 1:\n    pass\n", "`=` assigns"),
        ("x = 'abc\n", "quotation mark"),
        ("for i in range(3):\n    x = 1\n      y = 2\n", "Line 3 is indented"),
        ("x = [1 2]\n", "a comma seems to be missing"),
    ],
)
def test_one_token_that_makes_a_file_readable_is_suggested(broken: str, words: str) -> None:
    try:
        compile(broken, "lab1.py", "exec")
    except SyntaxError as error:
        assert words in suggestion(broken, error.lineno)
    else:
        pytest.fail("the example is no syntax error")


def test_nothing_is_suggested_where_no_single_token_helps() -> None:
    assert suggestion("def f(:\n  ((\n", 1) == ""


@pytest.mark.slow
def test_without_a_budget_the_mistake_is_named_at_its_function(grade: Grade, handed_in: Handed) -> None:
    folder = handed_in({"lab1.py": CLASS["Anouk Verlinden"]})
    done = grade(
        "check", folder / "lab1.py", "--exercise", "1.1", "--diagnose-budget", "0", "--format", "json"
    )
    (diagnosis,) = json.loads(done.stdout)["submissions"][0]["exercises"][0]["diagnoses"]
    assert (diagnosis["id"], diagnosis["line"], diagnosis["repair"]) == ("rows-over-rank", 3, "")


@pytest.mark.slow
def test_the_same_submission_gets_the_same_diagnosis_whatever_the_jobs(grade: Grade, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    for student, code in (CLASS | DIVERGING).items():
        (folder / f"{student}.py").write_text(code, encoding="utf-8")
    told = []
    for jobs in ("1", "2"):
        done = grade(folder, "--exercise", "1.1", "--jobs", jobs, "--feedback", "full", "--format", "json")
        told.append(re.sub(r'"seconds": [\d.]+', "", done.stdout))
    assert told[0] == told[1]
