"""An autograder for labs in numerical computing.

`grader` collects, runs, judges and reports submissions. A *lab* (see `grader.lab`), such as the one in the
`reference` package, supplies the exercises and the checks. In a notebook, ``from grader import check;
check("1.1", sgd_factorise)`` checks a function at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.integrations.notebook import check

__all__ = ["__version__", "check"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load `check`, and with it numpy and torch, on first access."""
    if name == "check":
        return import_module("grader.integrations.notebook").check
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
