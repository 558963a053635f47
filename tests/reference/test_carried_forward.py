"""A result that is wrong only because the student's own function is: it follows, and says from what."""

import json
from pathlib import Path

import msgspec

from grader.core.result import ExerciseReport, Outcome, Verdict
from grader.marking.marks import mark
from reference import LAB
from tests.reference.test_stated_results import HEAD
from tests.support.command_line import Grade
from tests.support.submissions import Handed
from tests.support.workers import ReportOf

ONE_COLUMN_SHORT = HEAD.replace("range(A.shape[1]):", "range(A.shape[1] - 1):")
"""Both functions leave out the last column: what they return does not fit there."""

ANSWERS = """\
U, V = sgd_factorise(A, 2)
print('U', U)
print('V', V)
print('loss', ((A - U @ V.T) ** 2).sum())
Um, Vm = sgd_factorise_masked(A, M, 2)
print('completed', Um @ Vm.T)
"""


def reported(handed_in: Handed, report_of: ReportOf, code: str) -> dict[str, ExerciseReport]:
    """The reports on 1.2 and 3.2 of a program."""
    report = report_of(handed_in({"lab1.py": code}) / "lab1.py", "1.2", "3.2")
    return {exercise.id: exercise for exercise in report.exercises}


def outcome(report: ExerciseReport, check: str) -> Outcome:
    """The outcome of a check."""
    return next(result.outcome for result in report.checks if result.id == check)


def test_what_a_wrong_function_gives_follows_from_it_and_its_own_loss_is_right(
    handed_in: Handed, report_of: ReportOf
) -> None:
    found = reported(handed_in, report_of, ONE_COLUMN_SHORT + ANSWERS)
    assert outcome(found["1.2"], "1.2-factors") is Outcome.FOLLOWS
    assert outcome(found["1.2"], "1.2-loss") is Outcome.PASS
    assert outcome(found["3.2"], "3.2-completed") is Outcome.FOLLOWS
    assert found["1.2"].verdict is found["3.2"].verdict is Verdict.FOLLOWS
    assert found["1.2"].marks == 0.4 and found["3.2"].marks == 0.0
    assert "Correct 1.1 first" in found["1.2"].next_step and "Correct 3.1 first" in found["3.2"].next_step


def test_the_rubric_says_what_it_costs(handed_in: Handed, report_of: ReportOf) -> None:
    found = reported(handed_in, report_of, ONE_COLUMN_SHORT + ANSWERS)
    generous = msgspec.structs.replace(LAB.rubric, follows={"1.2-factors": 0.5, "3.2-completed": 1.0})
    assert mark("1.2", found["1.2"].checks, generous)[0] == 0.7
    assert mark("3.2", found["3.2"].checks, generous) == (1.0, 1.0, Verdict.FULL)


def test_a_wrong_loss_of_what_follows_is_named(handed_in: Handed, report_of: ReportOf) -> None:
    found = reported(handed_in, report_of, ONE_COLUMN_SHORT + ANSWERS.replace("** 2).sum()", "** 2).mean()"))[
        "1.2"
    ]
    loss = next(result for result in found.checks if result.id == "1.2-loss")
    assert loss.outcome is Outcome.FAIL and "mean" in loss.message
    assert found.verdict is Verdict.NONE


def test_a_call_that_asks_for_something_else_does_not_follow(handed_in: Handed, report_of: ReportOf) -> None:
    found = reported(handed_in, report_of, ONE_COLUMN_SHORT + ANSWERS.replace("(A, 2)", "(A, 2, 10)"))
    assert outcome(found["1.2"], "1.2-factors") is Outcome.FAIL


def test_what_does_not_depend_on_a_follows_from_nothing(handed_in: Handed, report_of: ReportOf) -> None:
    idle = HEAD.replace("range(num_epochs)", "range(0)")
    found = reported(handed_in, report_of, idle + ANSWERS)
    assert outcome(found["1.2"], "1.2-factors") is Outcome.FAIL
    assert found["1.2"].marks == found["3.2"].marks == 0.0


def test_a_right_function_whose_run_was_unlucky_follows_from_nothing(
    handed_in: Handed, report_of: ReportOf
) -> None:
    found = reported(handed_in, report_of, HEAD + ANSWERS)
    assert found["1.2"].verdict is found["3.2"].verdict is Verdict.FULL


def test_reports_say_so_in_words_and_for_programs(grade: Grade, handed_in: Handed, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = grade(
        handed_in({"quill/lab1.py": ONE_COLUMN_SHORT + ANSWERS}),
        "--out",
        out,
        "--no-cache",
        "--diagnose-budget",
        "0",
    )
    assert done.returncode == 0, done.stderr
    (student,) = json.loads((out / "results.json").read_text(encoding="utf-8"))["submissions"]
    verdicts = {exercise["id"]: exercise["verdict"] for exercise in student["exercises"]}
    assert verdicts["1.2"] == verdicts["3.2"] == "follows"
    for page in ("report.html", "report.md", "report.txt"):
        (file,) = out.rglob(page)
        text = " ".join(file.read_text(encoding="utf-8").split())
        assert "ollows from an earlier exercise" in text and "Correct 1.1 first" in text


def test_factors_that_diverged_are_said_to_be_there_and_to_come_from_the_function(
    handed_in: Handed, report_of: ReportOf
) -> None:
    uphill = HEAD.replace("+= lr", "-= lr")
    found = reported(handed_in, report_of, uphill + ANSWERS)
    for exercise, check in (("1.2", "1.2-factors"), ("1.2", "1.2-loss"), ("3.2", "3.2-completed")):
        result = next(each for each in found[exercise].checks if each.id == check)
        assert result.outcome is Outcome.FAIL and "diverged" in result.message
        assert "The function is wrong: see" in result.message
        assert found[exercise].marks == 0.0
