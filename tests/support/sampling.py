"""Fewer cases every day, all of them where `-m slow` is asked for."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

__all__ = ["first_of_each"]


def first_of_each(
    kind: Callable[[Any], object], cases: Iterable[Any], *, marks: Sequence[Any] = ()
) -> list[Any]:
    """The cases for `parametrize`, of which all but the first of each kind are marked as slow."""
    seen: set[object] = set()
    chosen = []
    for case in cases:
        slow = () if kind(case) not in seen else (pytest.mark.slow,)
        seen.add(kind(case))
        values = case if isinstance(case, tuple) and type(case) is tuple else (case,)
        chosen.append(pytest.param(*values, marks=(*marks, *slow)))
    return chosen
