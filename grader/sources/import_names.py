"""The imports of a program: the names they bind, and the modules they come from."""

import ast
from collections.abc import Iterator

from grader.core.parsing import parsed

__all__ = ["imports"]


def imports(code: str) -> Iterator[tuple[str, str]]:
    """Each name that an import anywhere in the program binds, with its top-level module.

    For `from . import name`, the name itself is the module. Raises SyntaxError or ValueError like the parser.
    """
    for node in ast.walk(parsed(code)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.partition(".")[0]
                yield alias.asname or root, root
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, (node.module or alias.name).partition(".")[0]
