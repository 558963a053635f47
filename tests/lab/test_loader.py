"""Labs of any subject: found by name, by path or as installed packages, and graded by the same grader."""

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from grader import check
from grader.core.errors import LabError
from grader.core.result import Outcome, Verdict
from grader.grading.examine import assess
from grader.integrations.in_process_bench import InProcessBench
from grader.lab.loader import installed_labs, load_lab
from tests.support.command_line import Grade
from tests.support.paths import ROOT

Array = npt.NDArray[np.float64]

SECOND = ROOT / "docs" / "second-lab"
POWER = f"{SECOND / 'power_lab'}:LAB"


def verdicts(folder: Path) -> dict[str, list[str]]:
    """The verdict of each exercise, by student."""
    entries = json.loads((folder / "results.json").read_text(encoding="utf-8"))["submissions"]
    return {entry["student"]: [exercise["verdict"] for exercise in entry["exercises"]] for entry in entries}


def test_the_second_lab_grades_its_class(grade: Grade, tmp_path: Path) -> None:
    done = grade(SECOND / "class", "--lab", POWER, "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert verdicts(tmp_path / "out") == {
        "ansgar-thimblewick": ["full", "full"],
        "lettice-oakenfold": ["none", "full"],
        "mirabel-sorrowgate": ["missing", "full"],
    }
    page = (tmp_path / "out" / "students" / "lettice-oakenfold" / "report.html").read_text(encoding="utf-8")
    assert "never divided by its length" in page
    assert "Lab 2" in page


def test_the_second_lab_takes_its_own_solution_under_any_seed() -> None:
    lab = load_lab(POWER)
    solution = importlib.import_module("power_lab.solution")
    bench = InProcessBench(lab.functions, {"power_iteration": solution.power_iteration}, {})
    for seed in (1, 2, 12345):
        report = assess(lab.exercises(seed)[0], lab, bench)
        assert report.verdict is Verdict.FULL, report


@pytest.mark.parametrize(
    ("normalise", "told"),
    [
        (lambda y: y, "never divided by its length"),
        (lambda y: y / np.abs(y).max(), "divided by its largest entry"),
        (lambda y: y / y.sum(), "divided by the sum of its entries"),
        (lambda y: y[:1], "The call raised"),
        (lambda y: y * np.nan, "not finite"),
    ],
)
def test_the_second_lab_names_what_is_wrong(normalise: Callable[[Array], Array], told: str) -> None:
    def power_iteration(A: Array, x: Array, num_steps: int = 100) -> tuple[float, Array]:
        for _ in range(num_steps):
            x = normalise(A @ x)
        return float(x @ A @ x / (x @ x)), x

    assert told in repr(check("1", power_iteration, lab=POWER))


def test_the_second_lab_sees_steps_left_out_and_a_wrong_quotient() -> None:
    def impatient(A: Array, x: Array, num_steps: int = 100) -> tuple[float, Array]:
        x = A @ x / np.linalg.norm(A @ x)
        return float(x.sum()), x

    checked = check("1", impatient, lab=POWER)
    assert checked.exercise is not None
    failed = [c.id for c in checked.exercise.checks if c.outcome is Outcome.FAIL]
    assert failed == ["1-steps", "1-quotient"]


def test_the_only_installed_lab_is_the_default() -> None:
    assert list(installed_labs()) == ["lab1"]
    assert load_lab() is load_lab("lab1") is load_lab("reference:LAB") is load_lab("reference")


def test_a_lab_given_by_its_path_is_loaded_once_and_leaves_the_path_alone() -> None:
    before = list(sys.path)
    assert load_lab(POWER) is load_lab(str(SECOND / "power_lab"))
    assert sys.path == before


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("no_such_package:LAB", "cannot be loaded"),
        ("./no/such/folder:LAB", "neither a package nor a Python file"),
        ("reference:NOTHING", "has no lab named 'NOTHING'"),
        ("reference:RUBRIC_PATH", "is not a lab"),
        (f"{ROOT / 'tests' / 'support' / 'paths.py'}:LAB", "has no lab named"),
        (f"{ROOT / 'docs' / 'second-lab' / 'class' / 'ansgar-thimblewick' / 'lab2.py'}:B", "is not a lab"),
    ],
)
def test_a_lab_that_cannot_be_loaded_is_one_sentence(name: str, sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        load_lab(name)


def test_a_lab_that_fails_where_it_is_loaded_says_in_which_line(tmp_path: Path) -> None:
    file = tmp_path / "broken_lab.py"
    file.write_text("x = 1\ny = x / 0\n")
    with pytest.raises(LabError, match=r"ZeroDivisionError.*broken_lab.py line 2"):
        load_lab(f"{file}:LAB")


def test_a_lab_that_is_called_like_another_module_is_not_mistaken_for_it(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("LAB = 1\n")
    with pytest.raises(LabError, match="another module is named json"):
        load_lab(f"{tmp_path / 'json.py'}:LAB")
