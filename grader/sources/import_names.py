"""The imports of a program: the names they bind, and the modules they come from."""

import ast
from collections.abc import Iterator
from typing import Final

from grader.core.parsing import parsed

__all__ = ["USUAL_IMPORTS", "imports", "unimported"]

USUAL_IMPORTS: Final = {
    "torch": "import torch",
    "Tensor": "from torch import Tensor",
    "nn": "from torch import nn",
    "F": "import torch.nn.functional as F",
    "np": "import numpy as np",
    "numpy": "import numpy",
    "math": "import math",
    "random": "import random",
    "plt": "import matplotlib.pyplot as plt",
    "Tuple": "from typing import Tuple",
    "List": "from typing import List",
    "Optional": "from typing import Optional",
}
"""What a report's code relies on where it shows only the functions."""


def unimported(code: str) -> tuple[str, ...]:
    """The usual names that a program uses and nowhere imports or defines. Raises like the parser."""
    used: set[str] = set()
    bound = {name for name, _ in imports(code)}
    for node in ast.walk(parsed(code)):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    return tuple(name for name in USUAL_IMPORTS if name in used - bound)


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
