"""`results.json`: the machine-readable result others build on.

Deterministic: the same input, lab, seed and version give the same bytes apart from `seconds`.
"""

from collections.abc import Sequence

import msgspec

from grader import __version__
from grader.model import Frozen, Report

__all__ = ["SCHEMA", "Results", "results_json"]

SCHEMA = 1


class Results(Frozen, frozen=True):
    """The whole file."""

    schema: int
    """Raised when a field changes its meaning or goes."""
    grader: str
    """The grader's version."""
    lab: str
    """The id of the lab."""
    seed: int
    """What the matrices, masks and starts were drawn from."""
    submissions: tuple[Report, ...]
    """Every student graded, sorted by name."""
    isolation: str
    """What students' code ran in: `strict` or `process`."""


def results_json(reports: Sequence[Report], lab: str, seed: int, isolation: str) -> str:
    """The reports, in the order given, as indented JSON with a final line feed."""
    results = Results(SCHEMA, __version__, lab, seed, tuple(reports), isolation)
    return msgspec.json.format(msgspec.json.encode(results), indent=2).decode() + "\n"
