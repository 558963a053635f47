"""Python's own parser, used by one thread at a time and with its warnings off.

While CPython converts a tree to objects, it counts the depth for the whole interpreter. If the garbage
collector runs a finaliser in between, another thread may parse, and the first thread finds a depth that is
not its own: ``SystemError: AST constructor recursion depth mismatch``. Warnings about student code concern
nobody here, and all threads share the warning filters as well.
"""

import ast
import warnings
from functools import lru_cache
from threading import Lock
from typing import Final

__all__ = ["MAX_CODE", "parsed", "parses", "too_long", "too_much"]

_lock: Final = Lock()

REMEMBERED: Final = 20_000
"""Characters of a program whose tree is cached: a tree takes a hundred times as much memory."""

MAX_CODE: Final = 400_000
"""Characters of a program; a long solution has 20,000."""

MAX_LINES: Final = 5_000

MAX_NODES: Final = 100_000
"""Nodes of its tree; a long solution has 5,000."""

MAX_DEPTH: Final = 150
"""Levels of its tree: walking it takes a few calls per level, and Python allows a thousand."""

MAX_BITS: Final = 3_000
"""Digits of an integer: Python converts at most 4300."""


def parsed(code: str) -> ast.Module:
    """The syntax tree of a program, shared among callers: do not change it.

    Student code is first parsed in a confined process and gets no further if it is `too_much`. Raises
    SyntaxError or ValueError like `ast.parse`.
    """
    return _remembered(code) if len(code) <= REMEMBERED else _tree(code)


def parses(code: str) -> bool:
    """Whether this Python can read a program."""
    try:
        parsed(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def too_long(code: str) -> str:
    """Why a program is too long to parse, as a sentence without its full stop; empty if it is not."""
    if len(code) > MAX_CODE:
        return f"the code has more than {MAX_CODE:,} characters, more than any solution needs"
    if code.count("\n") > MAX_LINES:
        return f"the code has more than {MAX_LINES:,} lines, more than any solution needs"
    return ""


def too_much(code: str) -> str:
    """Why a program that parses is too large, or too deep, to walk; empty if it is not."""
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
