"""What a search for repairs may use, and what it gives: verified repairs with the places of their edits."""

from typing import Final

from grader.core.model import Frozen

__all__ = ["DEFAULT_BUDGET", "Budget", "EditLocation", "Repair", "SearchResult"]


class Budget(Frozen, frozen=True):
    """What a search may use, counted so that it means the same on every machine."""

    candidates: int = 260
    """Programs run, the verifying runs included."""
    calls: int = 2200
    """Calls made, each by its weight."""
    hangs: int = 2
    """Programs that had to be stopped or died."""
    wanted: int = 2
    """Repairs after which the search ends."""
    after: int = 40
    """Further programs run after the first repair, to find others beside it."""


DEFAULT_BUDGET: Final = Budget()


class EditLocation(Frozen, frozen=True):
    """One edit of a repair: the kind of slip, its line in the original file, and a sentence that gives no code."""

    kind: str
    line: int
    original: str
    """The line as the student wrote it."""
    sentence: str
    number: int = 0
    """The line of `Source.code`, counted from 1."""


class Repair(Frozen, frozen=True):
    """A verified repair: with these edits every check counted passes."""

    places: tuple[EditLocation, ...]
    diff: str
    """Unified, of the code as it was run; for the person marking."""
    code: str
    """The whole program with the edits made."""
    passed: int
    """Checks that passed with it."""
    remaining: tuple[str, ...]
    """Ids of mistakes that the lab still names with it."""
    without: tuple[str, ...]
    """For each place the program with all edits but this one; empty where they cannot be made apart."""
    costs: tuple[str, ...]
    """What a sound difference that remains costs, by the rubric's lines."""
    candidates: int
    calls: int
    """Programs run and calls made up to here."""


class SearchResult(Frozen, frozen=True):
    """What a search found and used."""

    repairs: tuple[Repair, ...]
    candidates: int = 0
    calls: int = 0
    hangs: int = 0
    """Programs that had to be stopped or died."""
    possible: int = 0
    """Single edits there were to try."""
