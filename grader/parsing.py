"""Python's own parser, used by one thread at a time and without its warnings.

While CPython turns a tree into objects it counts its depth for the whole interpreter. Where the garbage collector
runs a finaliser in between, another thread may parse, and the first one finds a depth that is not its own:
``SystemError: AST constructor recursion depth mismatch``. What it warns of in students' code is nobody's business
here, and filters of warnings are shared by all threads as well.
"""

import ast
import warnings
from threading import Lock
from typing import Final

__all__ = ["parsed"]

_lock: Final = Lock()


def parsed(code: str) -> ast.Module:
    """The syntax tree of a program. Raises SyntaxError or ValueError as `ast.parse` does."""
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)
