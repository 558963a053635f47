"""What a bench works with: the program to observe, and where, in which processes and within which limits it runs."""

from pathlib import Path

from grader.core.limits import Limits
from grader.core.model import Frozen, Source
from grader.lab.spec import Function
from grader.sandbox.fork_server import ForkServer

__all__ = ["BenchContext"]


class BenchContext(Frozen, frozen=True, kw_only=True):
    """The same for the student's own file and for every edited version of it but its `source`."""

    fork_server: ForkServer
    """Starts the workers."""
    folder: Path
    """Where they run, with a copy of what was handed in."""
    source: Source | None
    """The program; None where nothing was handed in."""
    functions: tuple[Function, ...]
    """What the lab looks for in it."""
    limits: Limits
    seed: int
    """Of the run: what a file is loaded with is made from it."""
