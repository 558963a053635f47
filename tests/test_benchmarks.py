"""Benchmarks run, say what they measured, and have their place on the page. No test here is about time."""

import importlib
import re
from collections.abc import Sequence

import pytest

from benchmarks import record
from benchmarks.common.tables import MISSED, Line, markdown, report

TINY: dict[str, Sequence[str]] = {
    "check": ("--runs", "1"),
    "isolation": ("--rounds", "2"),
    "pages": ("--students", "5"),
    "probing": ("--labs", "1"),
    "seeds": ("--seeds", "1", "--only", "right/svd_full_slices"),
    "startup": ("--runs", "1"),
}
"""For each benchmark the arguments with which it is done soonest."""

QUICK = ("pages", "startup")
"""Those that start no worker; the others are run every night."""


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.long) for name in TINY]
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
    with pytest.raises(ValueError, match="stand on the page 0 times"):
        record.replaced("<!-- begin a -->\n", "a", "text")


def test_what_is_recorded_says_how_to_repeat_it() -> None:
    said = record.circumstances("python -m benchmarks.pages", 1.0)
    assert "`python -m benchmarks.pages`" in said
    assert re.search(r"\d+ cores, Python 3\.\d+\.\d+ · \d{4}-\d\d-\d\d · commit [0-9a-f]{7,}", said)


def test_a_missed_goal_is_told_and_gives_a_status_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert report([Line("a", "1 s", "≤ 2 s", True), Line("b", "3")]) == 0
    assert report([Line("a", "3 s", "≤ 2 s", False), Line("b", "3")]) == MISSED != 1
    assert capsys.readouterr().out.count("**no**") == 1


def test_columns_of_a_table_are_as_wide_as_their_longest_entry() -> None:
    table = markdown(("name", "n"), [("first", "1"), ("b", "1000")]).splitlines()
    assert table[1:3] == ["| ----- | ---: |", "| first |    1 |"]
    assert len({len(line) for line in table}) == 1
