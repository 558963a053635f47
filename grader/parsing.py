"""Python's own parser, used by one thread at a time and without its warnings.

While CPython turns a tree into objects it counts its depth for the whole interpreter. Where the garbage collector
runs a finaliser in between, another thread may parse, and the first one finds a depth that is not its own:
``SystemError: AST constructor recursion depth mismatch``. What it warns of in students' code is nobody's business
here, and filters of warnings are shared by all threads as well.
"""

import ast
import warnings
from functools import lru_cache
from threading import Lock
from typing import Final

__all__ = ["parsed"]

_lock: Final = Lock()


REMEMBERED: Final = 20_000
"""Characters of a program whose tree is kept for those who ask next: a tree takes a hundred times as much."""


def parsed(code: str) -> ast.Module:
    """The syntax tree of a program, shared with whoever asks for the same: to be read, not changed.

    Raises SyntaxError or ValueError as `ast.parse` does.
    """
    return _remembered(code) if len(code) <= REMEMBERED else _tree(code)


def _tree(code: str) -> ast.Module:
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)


_remembered: Final = lru_cache(maxsize=16)(_tree)
