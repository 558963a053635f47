"""`grade diff`: whose marks changed between two runs, and why."""

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader.core.model import CheckResult, HandMark, Outcome, Report
from grader.reporting.results_json import results_json
from tests.support.command_line import Grade
from tests.support.small_reports import report


def run(folder: Path, reports: Sequence[Report], seed: int = 20) -> Path:
    """A folder of results."""
    folder.mkdir()
    (folder / "results.json").write_text(results_json(reports, "lab1", seed, "strict"), encoding="utf-8")
    return folder


def with_exercise(whole: Report, **changes: object) -> Report:
    """The report with its one exercise changed, and its marks with it."""
    exercise = msgspec.structs.replace(whole.exercises[0], **changes)
    return msgspec.structs.replace(
        whole, exercises=(exercise,), marks=exercise.marks, max_marks=exercise.max_marks
    )


def test_who_changed_and_why_is_said_and_who_did_not_is_counted(grade: Grade, tmp_path: Path) -> None:
    check = CheckResult(id="1.1-rows", title="Every row is visited", outcome=Outcome.FAIL)
    ada = with_exercise(report("ada", 0.5), checks=(check,))
    better = with_exercise(
        report("ada", 0.5), checks=(msgspec.structs.replace(check, outcome=Outcome.PASS),), marks=1.0
    )
    hand = HandMark(item="1.1", marks=2.0, comment="well argued")
    old = run(tmp_path / "old", [ada, report("bob"), report("cy", 1.0), report("dee", 1.0), report("gone")])
    new = run(
        tmp_path / "new",
        [
            better,
            report("bob"),
            with_exercise(report("cy", 1.0), marks=2.0, by_hand=(hand,)),
            with_exercise(report("dee", 1.0), marks=0.75),
            report("new"),
        ],
        seed=21,
    )
    done = grade("diff", old, new)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Different seed: 20 → 21",
        "ada: 0.5 → 1",
        "  1.1: 0.5 → 1",
        "    “Every row is visited”: fail → pass.",
        "cy: 1 → 2",
        "  1.1: 1 → 2",
        "    Marked by hand: 1.1 2.",
        "dee: 1 → 0.75",
        "  1.1: 1 → 0.75",
        "    The findings are the same, but the rubric differs.",
        "gone: 4.5 → –",
        "  only in the old run",
        "new: – → 4.5",
        "  only in the new run",
        "5 changed, 1 unchanged.",
    ]
    rows = [line.split("\t") for line in grade("diff", old, new, "--format", "plain").stdout.splitlines()]
    assert rows[1] == ["ada", "1.1", "0.5", "1", "“Every row is visited”: fail → pass."]
    shown = json.loads(grade("diff", old / "results.json", new, "--format", "json").stdout)
    assert [change["student"] for change in shown["changes"]] == ["ada", "cy", "dee", "gone", "new"]
    assert grade("diff", old, new, "--exit-code").returncode == 1
    assert grade("diff", old, old, "--exit-code").returncode == 0


def test_what_is_no_run_is_one_sentence(grade: Grade, tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text('{"schema": 1}')
    for place, words in ((tmp_path, "contains no results"), (tmp_path / "nothing", "grade first")):
        done = grade("diff", place, place)
        assert done.returncode == 2
        (line,) = done.stderr.splitlines()
        assert words in line


def test_a_hostile_name_cannot_command_the_terminal(grade: Grade, tmp_path: Path) -> None:
    old = run(tmp_path / "old", [report("\x1b[31mred\tname\n", 1.0)])
    new = run(tmp_path / "new", [report("\x1b[31mred\tname\n", 2.0)])
    for format_ in ("rich", "plain"):
        shown = grade("diff", old, new, "--format", format_).stdout
        assert "\x1b" not in shown
