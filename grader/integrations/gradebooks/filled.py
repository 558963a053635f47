"""What came of filling in a platform's file."""

from grader.core.model import Frozen

__all__ = ["Filled"]


class Filled(Frozen, frozen=True):
    """The whole file, how many rows got a mark, whom it does not list, what else to know, and whose mark is still open."""

    data: bytes
    rows: int
    strangers: tuple[str, ...]
    notes: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
