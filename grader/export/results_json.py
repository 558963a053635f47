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
    """The whole file.

    `seed` is what the matrices, masks and starts were drawn from; `isolation` is what students' code ran in.
    """

    schema: int
    grader: str
    lab: str
    seed: int
    submissions: tuple[Report, ...]
    isolation: str


def results_json(reports: Sequence[Report], lab: str, seed: int, isolation: str) -> str:
    """The reports, in the order given, as indented JSON with a final line feed."""
    results = Results(SCHEMA, __version__, lab, seed, tuple(reports), isolation)
    return msgspec.json.format(msgspec.json.encode(results), indent=2).decode() + "\n"
