"""Reading takes linear time: the steps of every pattern and helper for a text of one, two and four sizes."""

import ast
import importlib
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest

from grader.sources import latex, mathtext, stated_text
from tests.support.paths import ROOT
from tests.tools.steps import Counted, largest_bound, worst_texts

MODULES = (
    "grader.execution.missing_packages",
    "grader.core.escaping",
    *(
        ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for file in sorted((ROOT / "grader" / "sources").rglob("*.py"))
        if file.stem != "__init__"
    ),
)
"""All that looks for patterns in what students wrote."""

GROWTH = 6.0
"""Of the steps where a text is four times as long: 4 where they grow with it, 16 where they grow with its
square."""


def _patterns_of(module: ModuleType) -> Iterator[tuple[str, "re.Pattern[str]"]]:
    for name, value in vars(module).items():
        if isinstance(value, re.Pattern):
            yield name, value
        elif isinstance(value, dict | tuple):
            inner = value.values() if isinstance(value, dict) else value
            yield from ((name, each) for each in inner if isinstance(each, re.Pattern))


def _source(module: str) -> ast.Module:
    return ast.parse((ROOT / Path(*module.split(".")).with_suffix(".py")).read_text(encoding="utf-8"))


def _uses(module: str, name: str) -> set[str]:
    """The methods that are called of what has a name in a module."""
    return {
        node.func.attr
        for node in ast.walk(_source(module))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == name
    }


PATTERNS = {
    (module, name, pattern.pattern): pattern
    for module in MODULES
    for name, pattern in _patterns_of(importlib.import_module(module))
}
PATTERNS["grader.sources.latex", "_pattern", ""] = latex._pattern({"verbatim", "minted*"}, {"input": 1})


ANCHORED = {
    (module, name)
    for module, name, _ in PATTERNS
    if (used := _uses(module, name)) and used <= {"match", "fullmatch"}
} | {("grader.sources.lexical", "_REST")}
"""Patterns that are tried at one place only, and not at every place of a text."""


def test_there_are_patterns_to_count() -> None:
    assert len(PATTERNS) >= 50
    assert sum(module == "grader.sources.stated_text" for module, _, _ in PATTERNS) >= 15


@pytest.mark.parametrize("module", MODULES)
def test_every_pattern_stands_at_the_top_of_its_module_where_it_is_counted(module: str) -> None:
    tree = _source(module)
    inside = {
        id(call)
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        for call in ast.walk(node)
    }
    used = {
        node.func.attr
        for node in ast.walk(tree)
        if id(node) in inside
        and isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
    }
    allowed = {
        "grader.sources.latex": {"compile", "escape"},
        "grader.sources.syntax_hints": {"finditer", "escape"},
    }
    assert used <= allowed.get(module, set()), "its steps are not counted"


@pytest.mark.parametrize("key", PATTERNS, ids=lambda key: f"{key[0]}-{key[1]}")
def test_the_steps_of_a_pattern_grow_with_the_length_of_its_worst_text(key: tuple[str, str, str]) -> None:
    pattern = PATTERNS[key]
    size = max(150, 2 * largest_bound(pattern))  # longer than anything in it that is bounded
    # the same texts, once, twice and four times as long
    texts = [sorted(worst_texts(pattern, size * times)) for times in (1, 2, 4)]
    anchored = key[:2] in ANCHORED
    most = [max(steps_of(pattern, text, anchored) for text in each) for each in texts]
    assert most[1] <= GROWTH / 2 * most[0]
    assert most[2] <= GROWTH * most[0]


def steps_of(pattern: "re.Pattern[str]", text: str, anchored: bool = False) -> int:
    """Steps of finding all matches, or one at the beginning; and the matches are those that `re` finds."""
    counted = Counted(pattern)
    if anchored:
        found = counted.match(text)
        assert found == [match.span() for match in [pattern.match(text)] if match]
    else:
        found = counted.finditer(text)
        assert found == [match.span() for match in pattern.finditer(text)]
    return counted.steps


@pytest.mark.parametrize("slow", [r"\d+a", r"(?<=x)\s*\s*y", r"(?:a+)+b", r"[^\n]*\d\.\d\d", r"a(?=[^b]*b)"])
def test_a_pattern_that_goes_back_is_found_out(slow: str) -> None:
    pattern = re.compile(slow)
    size = 24 if "+)+" in slow else 60
    texts = [worst_texts(pattern, size), worst_texts(pattern, size * (1 if size == 24 else 4))]
    if size == 24:
        assert steps_of(pattern, "a" * 14) > 4 * steps_of(pattern, "a" * 11)
        return
    most = [max(steps_of(pattern, text) for text in each) for each in texts]
    assert most[1] > GROWTH * most[0]


# --- the helpers around the patterns ----------------------------------------------------------------------


def lines_run(work: Callable[[], Any]) -> int:
    """Lines of ours that a piece of work runs."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if "/grader/" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


UNITS = [
    "of 1.2 ", "[[1.]]", "[", "[]", "[[", "1.5 2.5\n", "[1.5 2.5]\n", "1.5 | 2.5 |\n", "9", "1.", "1e", "-", "1,", "1,2345",
    "1x10^2", "1x10^ ", "q.", "1.2 = ", "loss (1.2): 0.5 ", "exercise 1.1 ", "10²", "a 1.5 ", "\n", " ", "tensor([[1.]])",
    "[[1., 2.],\n [3., 4.]]\n", "0.5 and the next one is ", "in 2.1 0.123 ",
]  # fmt: skip
"""What texts that cost most are made of."""


@pytest.mark.parametrize("unit", UNITS)
def test_looking_for_what_a_text_states_runs_no_more_lines_than_it_is_long(unit: str) -> None:
    runs = [lines_run(lambda n=n: list(stated_text.stated_in(unit * n))) for n in (30, 60, 120)]
    assert runs[2] <= GROWTH * runs[0] and runs[1] <= GROWTH / 2 * runs[0], runs


@pytest.mark.parametrize(
    "unit", ["$a ", "$a$ ", "$$a ", r"\[ a ", r"\( a ", r"\begin{matrix} 1 & 2 ", r"\cancel{1 ", "~~a "]
)
def test_looking_for_mathematics_runs_no_more_lines_than_a_text_is_long(unit: str) -> None:
    runs = [lines_run(lambda n=n: list(mathtext._stretches(unit * n))) for n in (50, 100, 200)]
    assert runs[2] <= GROWTH * runs[0] and runs[1] <= GROWTH / 2 * runs[0], runs
