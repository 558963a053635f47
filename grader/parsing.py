"""Python's own parser, used by one thread at a time.

While CPython turns a tree into objects it counts its depth for the whole interpreter. Where the garbage collector
runs a finaliser in between, another thread may parse, and the first one finds a depth that is not its own:
``SystemError: AST constructor recursion depth mismatch``.
"""

import ast
from threading import Lock
from typing import Final

__all__ = ["parsed"]

_lock: Final = Lock()


def parsed(code: str) -> ast.Module:
    """The syntax tree of a program. Raises SyntaxError or ValueError as `ast.parse` does."""
    with _lock:
        return ast.parse(code)
