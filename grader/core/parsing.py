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

__all__ = ["MAX_CODE", "parsed", "too_long", "too_much"]

_lock: Final = Lock()

REMEMBERED: Final = 20_000
"""Characters of a program whose tree is kept for those who ask next: a tree takes a hundred times as much."""

MAX_CODE: Final = 400_000
"""Characters of a program; a long solution has 20,000."""

MAX_LINES: Final = 5_000

MAX_NODES: Final = 100_000
"""Of its tree: a long solution has 5,000."""

MAX_DEPTH: Final = 150
"""Of its tree: who goes through it takes a few calls for each level, and Python allows a thousand."""

MAX_BITS: Final = 3_000
"""Of a whole number: Python writes no more than 4300 digits."""


def parsed(code: str) -> ast.Module:
    """The syntax tree of a program, shared with whoever asks for the same: to be read, not changed.

    What students wrote is parsed in a confined process first, and comes no further where it is `too_much`.
    Raises SyntaxError or ValueError as `ast.parse` does.
    """
    return _remembered(code) if len(code) <= REMEMBERED else _tree(code)


def too_long(code: str) -> str:
    """What is too long about a program to be parsed at all, as a sentence without its end; empty where nothing is."""
    if len(code) > MAX_CODE:
        return f"the code has more than {MAX_CODE:,} characters, more than any solution needs"
    if code.count("\n") > MAX_LINES:
        return f"the code has more than {MAX_LINES:,} lines, more than any solution needs"
    return ""


def too_much(code: str) -> str:
    """The same for a program that parses and is too large, or too deep, to be looked through."""
    if what := too_long(code):
        return what
    level: list[ast.AST] = [parsed(code)]
    count = 0
    for _ in range(MAX_DEPTH):
        if not level:
            return ""
        count += len(level)
        if count > MAX_NODES:
            return "the code has more expressions than any solution needs"
        for node in level:
            if (
                isinstance(node, ast.Constant)
                and type(node.value) is int
                and node.value.bit_length() > MAX_BITS
            ):
                return f"line {node.lineno} contains a number with too many digits"
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return f"line {_line(level)} is nested more than {MAX_DEPTH} deep" if level else ""


def _line(nodes: list[ast.AST]) -> int:
    return next((line for node in nodes if (line := getattr(node, "lineno", None)) is not None), 1)


def _tree(code: str) -> ast.Module:
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)


_remembered: Final = lru_cache(maxsize=16)(_tree)
