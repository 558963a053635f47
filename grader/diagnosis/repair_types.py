"""The types of a search for repairs: its budget, and verified repairs with the locations of their edits."""

from typing import Final

from grader.core.frozen import Frozen

__all__ = ["DEFAULT_BUDGET", "Budget", "EditLocation", "Repair", "SearchResult"]


class Budget(Frozen, frozen=True):
    """The limits of a search, in counts that mean the same on every machine."""

    candidates: int = 260
    """Programs to run, including the runs that verify repairs."""
    calls: int = 2200
    """Calls to make, each counted by its weight."""
    hangs: int = 2
    """Programs that had to be stopped or died."""
    wanted: int = 2
    """The number of repairs after which the search ends."""
    after: int = 40
    """Programs to run after the first repair, to find alternatives."""


DEFAULT_BUDGET: Final = Budget()


class EditLocation(Frozen, frozen=True):
    """One edit of a repair: the kind of slip, its line in the original file, and a hint without code."""

    kind: str
    line: int
    original: str
    """The line as the student wrote it."""
    sentence: str
    number: int = 0
    """The line of `Source.code`, counted from 1."""


class Repair(Frozen, frozen=True):
    """A verified repair: with these edits, every required check passes."""

    places: tuple[EditLocation, ...]
    diff: str
    """A unified diff of the executed code, for the person marking."""
    code: str
    """The whole program with the edits."""
    passed: int
    """The number of checks that pass with the edits."""
    remaining: tuple[str, ...]
    """The ids of the mistakes that the lab still names with the edits."""
    without: tuple[str, ...]
    """For each place, the program with all edits but this one; empty if the edits depend on each other."""
    costs: tuple[str, ...]
    """The costs, as keys of the rubric, of sound differences that remain."""
    candidates: int
    calls: int
    """The programs run and the calls made until this repair."""


class SearchResult(Frozen, frozen=True):
    """The repairs found by a search, and its cost."""

    repairs: tuple[Repair, ...]
    candidates: int = 0
    calls: int = 0
    hangs: int = 0
    """Programs that had to be stopped or died."""
    possible: int = 0
    """The number of possible single edits."""
