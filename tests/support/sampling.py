"""Select fewer cases for everyday tests; `-m slow` runs all of them."""

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any

import pytest

__all__ = ["covering", "first_of_each", "first_of_range"]


def first_of_each(kind: Callable[[Any], object], cases: Iterable[Any]) -> list[Any]:
    """Cases for `parametrize`: all but the first one of each kind are marked as slow."""
    seen: set[object] = set()
    chosen = []
    for case in cases:
        chosen.append(_case(case if type(case) is tuple else (case,), slow=kind(case) in seen))
        seen.add(kind(case))
    return chosen


def covering(*values: Sequence[Any]) -> list[Any]:
    """Every combination for `parametrize`: all but a few that cover each value once are marked as slow."""
    places = [range(len(several)) for several in values]
    everyday = {tuple(i % len(several) for several in values) for i in range(max(map(len, values)))}
    return [
        _case(tuple(several[i] for several, i in zip(values, place, strict=True)), slow=place not in everyday)
        for place in product(*places)
    ]


def first_of_range(everyday: int, all_of_them: int) -> list[Any]:
    """Numbers for `parametrize`, as two ranges: the first few, and the rest, which is marked as slow."""
    return [
        pytest.param(range(everyday), id=f"first-{everyday}"),
        pytest.param(range(everyday, all_of_them), id="the-rest", marks=pytest.mark.slow),
    ]


def _case(case: tuple[Any, ...], *, slow: bool) -> Any:
    return pytest.param(*case, marks=[pytest.mark.slow] if slow else [])
