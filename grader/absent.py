"""Packages that a submission needs and this machine lacks: what fails for that is not the student's mistake."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from grader.model import LoadReport
from grader.parsing import parsed

__all__ = ["absent_package"]

KNOWN: Final = frozenset(
    {"scipy", "sklearn", "pandas", "sympy", "seaborn", "PIL", "cv2", "skimage", "torchvision", "torchmetrics",
     "einops", "jaxtyping", "opt_einsum", "tensorly", "numba", "jax", "tensorflow", "keras", "cvxpy", "statsmodels",
     "networkx", "plotly", "polars", "xarray", "cupy", "pytorch_lightning", "lightning", "ignite"}
)  # fmt: skip
"""Modules that a solution may rest on. A module of any other name may be the student's own that was not handed in."""

_NO_MODULE: Final = re.compile(r"No module named '(\w+)")
_NO_NAME: Final = re.compile(r"name '(\w+)' is not defined")


def absent_package(loaded: LoadReport, message: str) -> str:
    """The package that a failure is owed to, told by Python's own words in the message; empty where to none."""
    module = _NO_MODULE.search(message)
    if module is not None:
        return module.group(1) if module.group(1) in KNOWN else ""
    name = _NO_NAME.search(message)
    lacking = {found.group(1) for f in loaded.failures if (found := _NO_MODULE.search(f.text))} & KNOWN
    if name is None or not lacking or loaded.source is None or loaded.source.problem:
        return ""
    return dict(_names(loaded.source.code, lacking)).get(name.group(1), "")


def _names(code: str, lacking: frozenset[str] | set[str]) -> Iterator[tuple[str, str]]:
    """The names that imports of the packages would bind, each with its package."""
    for node in ast.walk(parsed(code)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.partition(".")[0]
                if root in lacking:
                    yield alias.asname or root, root
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            root = node.module.partition(".")[0]
            if root in lacking:
                yield from ((alias.asname or alias.name, root) for alias in node.names)
