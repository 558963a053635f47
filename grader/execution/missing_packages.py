"""Packages that a submission needs and this machine lacks: the resulting failures are not the student's
mistake."""

import re
from typing import Final

from grader.core.model import LoadReport
from grader.sources.import_names import imports

__all__ = ["missing_package"]

KNOWN: Final = frozenset(
    {"scipy", "sklearn", "pandas", "sympy", "seaborn", "PIL", "cv2", "skimage", "torchvision", "torchmetrics",
     "einops", "jaxtyping", "opt_einsum", "tensorly", "numba", "jax", "tensorflow", "keras", "cvxpy", "statsmodels",
     "networkx", "plotly", "polars", "xarray", "cupy", "pytorch_lightning", "lightning", "ignite"}
)  # fmt: skip
"""Modules that a solution may depend on. A module with any other name may be the student's own that was not
handed in."""

_NO_MODULE: Final = re.compile(r"No module named '(\w+)")
_NO_NAME: Final = re.compile(r"name '(\w+)' is not defined")


def missing_package(loaded: LoadReport, message: str) -> str:
    """The missing package behind a failure, from Python's own words in the message; empty if there is none."""
    named = _NO_MODULE.search(message)
    if named is not None:
        return named.group(1) if named.group(1) in KNOWN else ""
    name = _NO_NAME.search(message)
    lacking = {found.group(1) for f in loaded.failures if (found := _NO_MODULE.search(f.text))} & KNOWN
    if name is None or not lacking or loaded.source is None or loaded.source.problem:
        return ""
    bound = {alias: module for alias, module in imports(loaded.source.code) if module in lacking}
    return bound.get(name.group(1), "")
