"""The result of filling in a platform's file."""

from grader.core.model import Frozen

__all__ = ["Filled"]


class Filled(Frozen, frozen=True):
    """The complete file, the number of rows with a mark, students it does not list, notes, and students with
    open marks."""

    data: bytes
    rows: int
    strangers: tuple[str, ...]
    notes: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
