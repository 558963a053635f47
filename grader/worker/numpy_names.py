"""Names that numpy 1 had and numpy 2 has not: they are given back, with what numpy 1 meant by them."""

import ast
from typing import Any, Final

import numpy as np

__all__ = ["restore", "restored_in"]

_ALIASES: Final[dict[str, str]] = {
    "float_": "float64",
    "complex_": "complex128",
    "longfloat": "longdouble",
    "singlecomplex": "complex64",
    "cfloat": "complex128",
    "longcomplex": "clongdouble",
    "clongfloat": "clongdouble",
    "string_": "bytes_",
    "unicode_": "str_",
    "Inf": "inf",
    "Infinity": "inf",
    "infty": "inf",
    "PINF": "inf",
    "NaN": "nan",
    "NAN": "nan",
    "product": "prod",
    "cumproduct": "cumprod",
    "sometrue": "any",
    "alltrue": "all",
    "trapz": "trapezoid",
    "row_stack": "vstack",
    "in1d": "isin",
    "round_": "round",
    "mat": "asmatrix",
}
"""The name in numpy 1, and the name of the same thing in numpy 2."""

_VALUES: Final[dict[str, Any]] = {
    "NINF": -np.inf,
    "PZERO": 0.0,
    "NZERO": -0.0,
    "float": float,
    "int": int,
    "complex": complex,
    "object": object,
    "str": str,
    "asfarray": lambda a, dtype=np.float64: np.asarray(a, dtype=dtype),
    "asscalar": lambda a: a.item(),
    "msort": lambda a: np.sort(a, axis=0),
}
"""The same, for what has no other name; numpy 1.24 had already removed some of them."""


def restore() -> None:
    """Give numpy the names that this version of it lacks."""
    for name, now in _ALIASES.items():
        if name not in vars(np) and now in vars(np):
            setattr(np, name, _flat_isin if name == "in1d" else getattr(np, now))
    for name, value in _VALUES.items():
        if name not in vars(np):
            setattr(np, name, value)


def _flat_isin(ar1: Any, ar2: Any, *args: Any, **kwargs: Any) -> Any:
    """`in1d`: like `isin`, but always flat."""
    return np.isin(np.ravel(ar1), ar2, *args, **kwargs)


_RESTORED: Final = frozenset(name for name in (*_ALIASES, *_VALUES) if name not in vars(np))


def restored_in(tree: ast.Module) -> tuple[str, ...]:
    """Those of the names that a program takes from numpy, in alphabetical order."""
    numpy, used = {"numpy", "np"}, set[str]()
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.Import):
            numpy |= {alias.asname or "numpy" for alias in node.names if alias.name == "numpy"}
        elif isinstance(node, ast.ImportFrom) and node.module == "numpy":
            used |= {alias.name for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in numpy:
            used.add(node.attr)
    return tuple(sorted(used & _RESTORED))
