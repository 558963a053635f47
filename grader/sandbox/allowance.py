"""What one submission may use in total, and what is left of it: CPU time, wall-clock time, memory of ours.

One `Spending` is created per submission and passed to everything that runs its code: the program, its
restarts, additional programs, and the search for repairs. The search has its own allowance, so no mark
depends on it.
"""

from typing import Final

from grader.core.limits import Limits

__all__ = ["HELD_BYTES", "Allowance", "Spending"]

HELD_BYTES: Final = 16 * 1024**2
"""Bytes of stored answers for one submission. Stated values, edited programs and evidence come on top; in
all, 64 MB."""


class Allowance:
    """CPU seconds of all workers together, and wall-clock seconds spent waiting for them, that may be used."""

    def __init__(self, cpu: float, clock: float) -> None:
        self.cpu = cpu
        """CPU seconds left."""
        self.clock = clock
        """Wall-clock seconds left."""
        self.whole = cpu

    @property
    def is_used_up(self) -> bool:
        """Whether nothing more may run."""
        return self.cpu <= 0 or self.clock <= 0

    @property
    def sentence(self) -> str:
        """Why nothing more runs, as the end of “it was stopped: …”."""
        return f"all of it together took longer than {self.whole:g} seconds"

    def pay(self, cpu: float, clock: float) -> None:
        """Subtract what a worker used."""
        self.cpu -= max(cpu, 0.0)
        self.clock -= max(clock, 0.0)


class Spending:
    """What one submission has left. Not shared between threads."""

    def __init__(self, limits: Limits, most_held: int = HELD_BYTES) -> None:
        self.files = Allowance(limits.submission_seconds, limits.idle_factor * limits.submission_seconds)
        """For executing files, including additional programs and restarts."""
        self.calls = Allowance(limits.submission_seconds, limits.idle_factor * limits.submission_seconds)
        """For calling functions, and for a last load if the files used up theirs."""
        self.search = Allowance(limits.search_seconds, limits.idle_factor * limits.search_seconds)
        """For the search for repairs, in all exercises together."""
        self._room = most_held

    def hold(self, size: int) -> bool:
        """Whether this many more bytes may be stored; if so, they count from now on."""
        self._room -= size
        return self._room >= 0

    @property
    def is_full(self) -> bool:
        """Whether no more may be stored."""
        return self._room < 0
