"""The benchmarks run, report their measurements, and have a section on the page. No test measures time."""

import importlib
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import record, soak
from benchmarks.common import classes, plots
from benchmarks.common.results import fitted
from benchmarks.common.tables import MISSED, Line, markdown, report
from benchmarks.common.watching import Moment, Watched, watch
from grader.core.evidence import Curve, LinePlot
from tests.support.command_line import environment
from tests.support.paths import ROOT

TINY: dict[str, Sequence[str]] = {
    "check": ("--runs", "1"),
    "isolation": ("--rounds", "2"),
    "pages": ("--students", "5"),
    "planning": (),
    "probing": ("--labs", "1"),
    "run": ("--sizes", "1,2,3", "--beside", "1", "--profiled", "1", "--kept", "2", "--wrong", "1"),
    "seeds": ("--seeds", "1", "--only", "right/svd_full_slices"),
    "soak": ("--size", "4", "--every", "0.3"),
    "startup": ("--runs", "1"),
}
"""For each benchmark, the arguments with which it finishes soonest."""

QUICK = ("pages", "planning", "startup")
"""The benchmarks that start no worker; the others run every night."""


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in TINY]
)
def test_a_benchmark_prints_a_table_of_what_it_measured(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = importlib.import_module(f"benchmarks.{name}").main(TINY[name])
    *_, table = capsys.readouterr().out.strip().split("\n\n")
    header, rule, *rows = table.splitlines()
    assert header.split() == ["|", "|", "measured", "|", "goal", "|", "held", "|"]
    assert set(rule) <= set("|-: ")
    assert rows and all(row.split("|")[2].strip() for row in rows)
    assert status == (MISSED if "**no**" in table else 0)


def test_every_benchmark_is_tried_and_has_its_section_and_marks_on_the_page() -> None:
    page = record.PAGE.read_text(encoding="utf-8")
    assert tuple(sorted(TINY)) == record.names()
    assert tuple(re.findall(r"^## `(.*)`$", page, re.MULTILINE)) == record.names()
    for name in record.names():
        section = page.partition(f"## `{name}`")[2].partition("\n## ")[0]
        assert f"<!-- begin {name} -->" in section and f"<!-- end {name} -->" in section


def test_a_table_takes_the_place_of_the_last_one_and_nothing_else_changes() -> None:
    page = "before\n<!-- begin a -->\nold\n<!-- end a -->\nafter <!-- begin b -->\nkept\n<!-- end b -->\n"
    new = record.replaced(page, "a", r"| \1 |")
    assert new == page.replace("old\n", "\n| \\1 |\n\n")
    assert record.replaced(new, "a", "old again") == page.replace("old\n", "\nold again\n\n")


def test_a_name_without_marks_on_the_page_is_refused() -> None:
    with pytest.raises(ValueError, match="occur 0 times on the page"):
        record.replaced("<!-- begin a -->\n", "a", "text")


def test_what_is_recorded_says_how_to_repeat_it() -> None:
    said = record.circumstances("python -m benchmarks.pages", 1.0)
    assert "`python -m benchmarks.pages`" in said
    assert re.search(r"\d+ cores, Python 3\.\d+\.\d+ · \d{4}-\d\d-\d\d · commit [0-9a-f]{7,}", said)


def test_a_missed_goal_is_reported_and_gives_a_status_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert report([Line("a", "1 s", "≤ 2 s", True), Line("b", "3")]) == 0
    assert report([Line("a", "3 s", "≤ 2 s", False), Line("b", "3")]) == MISSED != 1
    assert capsys.readouterr().out.count("**no**") == 1


def test_columns_of_a_table_are_as_wide_as_their_longest_entry() -> None:
    table = markdown(("name", "n"), [("first", "1"), ("b", "1000")]).splitlines()
    assert table[1:3] == ["| ----- | ---: |", "| first |    1 |"]
    assert len({len(line) for line in table}) == 1


# --- what several share -----------------------------------------------------------------------------------


def test_a_class_is_the_same_for_the_same_seed_and_no_two_files_are_alike(tmp_path: Path) -> None:
    labs = classes.right_labs()
    assert len(labs) > 15
    drawn = classes.draw(labs, 3 * len(labs), seed=5)
    assert drawn == classes.draw(labs, 3 * len(labs), seed=5) != classes.draw(labs, 3 * len(labs), seed=6)
    assert {drawn.count(lab) for lab in labs} == {3}, "each as often as the others"
    files = classes.write_class(tmp_path, drawn)
    assert len({file.read_bytes() for file in files}) == len(files) == len({file.parent for file in files})


def test_a_command_s_memory_descriptors_and_time_are_seen_and_what_it_started_too() -> None:
    child = "import time\nx = bytearray(50_000_000)\nwhile time.process_time() < 0.3: pass"
    code = f"import subprocess, sys; x = bytearray(90_000_000); subprocess.run([sys.executable, '-c', {child!r}]); print('x' * 99_999)"
    seen = watch([sys.executable, "-c", code], environment(), every=0.02)
    assert seen.status == 0 and len(seen.output) == 100_000
    assert 90 < seen.peak < 140, "of the command alone"
    assert seen.cpu > 0.3
    assert max(moment.processes for moment in seen.moments) == 2
    assert all(moment.descriptors > 0 for moment in seen.moments)


def test_a_straight_line_is_found_with_how_far_off_it_is() -> None:
    line = fitted([1, 2, 4], [5.0, 7.0, 11.0])
    assert line is not None
    assert (round(line.start, 6), round(line.each, 6), round(line.residual, 6)) == (3.0, 2.0, 0.0)
    bent = fitted([1, 2, 3], [1.0, 1.0, 4.0])
    assert bent is not None and bent.residual > 0.4
    assert fitted([1, 2], [1.0, 2.0]) is None


def test_a_plot_stands_alone_as_a_picture() -> None:
    curve = Curve(name="measured", points=((1.0, 2.0), (2.0, 4.0)))
    plot = LinePlot(title="t", alternative="2, then 4", x_label="students", y_label="s", curves=(curve,))
    drawn = plots.svg(plot)
    assert drawn.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ') and drawn.endswith(
        "</svg>\n"
    )
    assert 'aria-label="2, then 4"' in drawn and "<style>" in drawn and 'class="curve0"' in drawn


@pytest.mark.slow
def test_plain_tests_pass_on_a_right_lab_and_fail_on_a_mistake() -> None:
    wrong = ROOT / "tests" / "corpus" / "wrong" / "lab_rows_over_rank.py"
    twin = ROOT / "benchmarks" / "naive" / "test_lab.py"
    for lab in (classes.usual_labs()[0], wrong):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", twin],
            env=environment(STUDENT=str(lab)),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == (lab == wrong), f"{lab}\n{done.stdout}"


def test_a_long_run_that_left_something_is_reported() -> None:
    moment = Moment(seconds=1.0, memory=50.0, descriptors=9, processes=4, workers=())
    grown = Moment(seconds=9.0, memory=90.0, descriptors=99, processes=4, workers=())
    done = Watched(status=0, output="", wall=9.0, cpu=9.0, peak=90.0, moments=(moment, moment, grown))
    results = [{"student": "ada", "marks": 5.0, "exercises": [{"verdict": "full"}]}]
    lines = soak.lines(done, {"ada": (0.0, 1.0), "bo": (0.0, 1.0)}, results, (2, 2, 50), ("4711",), 3)
    assert [line.what.partition(",")[0] for line in lines if line.held is False] == [
        "lost", "marks that nobody deserves", "processes left", "temporary files left", "descriptors",
        "temporary folders", "MB of the grader",
    ]  # fmt: skip
