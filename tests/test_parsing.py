"""Parsing in several threads at once."""

import ast
import gc
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.parsing import parsed

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


def _at_depth(depth: int, parse: Callable[[str], ast.Module]) -> ast.Module:
    return parse(PROGRAM) if depth == 0 else _at_depth(depth - 1, parse)


def _many_times(depth: int) -> set[str]:
    seen = set()
    for _ in range(40):
        for _ in range(5):
            Resting()
        seen.add(ast.dump(_at_depth(depth, parsed)))
    return seen


def test_threads_that_parse_at_once_do_not_upset_each_other(busy_collector: None) -> None:
    with ThreadPoolExecutor(4) as pool:
        trees = list(pool.map(_many_times, (0, 2, 4, 6)))
    assert set.union(*trees) == {ast.dump(ast.parse(PROGRAM))}
