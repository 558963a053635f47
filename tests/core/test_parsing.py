"""Parsing in several threads at once, and a syntax tree with many readers."""

import ast
import gc
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from grader.core.parsing import parsed
from grader.diagnosis.edits import edits, sliced
from grader.marking.style_notes import style_notes
from grader.sources.python import from_code

PROGRAM = "\n".join(f"x{i} = f({i}, [a[{i}] + b for a in c], lambda q: (q, {{1: 2}}))" for i in range(100))


class Resting:
    """In a cycle, so that only the garbage collector ends it; then it lets other threads go on."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        time.sleep(1e-4)


@pytest.fixture
def busy_collector() -> Iterator[None]:
    """A garbage collector that runs all the time."""
    before = gc.get_threshold()
    gc.set_threshold(20)
    yield
    gc.set_threshold(*before)


def _at_depth(depth: int, parse: Callable[[], ast.Module]) -> ast.Module:
    return parse() if depth == 0 else _at_depth(depth - 1, parse)


def _many_times(depth: int) -> set[str]:
    seen = set()
    for number in range(40):
        for _ in range(5):
            Resting()
        new = f"{PROGRAM}\n# {depth} {number}"  # a program that was parsed before is not parsed again
        seen.add(ast.dump(_at_depth(depth, partial(parsed, new))))
    return seen


def test_threads_that_parse_at_once_do_not_upset_each_other(busy_collector: None) -> None:
    with ThreadPoolExecutor(4) as pool:
        trees = list(pool.map(_many_times, (0, 2, 4, 6)))
    assert set.union(*trees) == {ast.dump(ast.parse(PROGRAM))}


def test_whoever_reads_a_tree_leaves_it_as_it_is() -> None:
    """It is handed to the next who asks for the same program."""
    code = (Path(__file__).parents[1] / "corpus" / "right" / "lab_in_sheet_order.py").read_text(
        encoding="utf-8"
    )
    before = ast.dump(parsed(code), include_attributes=True)
    source = from_code(Path("lab1.py"), "lab1.py", code)
    style_notes(source)
    assert edits(code)
    sliced(code, ("sgd_factorise",))
    assert parsed(code) is parsed(code)
    assert ast.dump(parsed(code), include_attributes=True) == before
