"""What one submission may use in all, and what is left of it: computing time, time on the clock, memory of ours.

One `Spending` is made for a submission and handed to everything that runs code of its: the program, its restarts,
programs beside it, and the search for repairs. The search has an allowance of its own, so that no mark depends on it.
"""

from typing import Final

from grader.core.limits import Limits

__all__ = ["HELD_BYTES", "Allowance", "Spending"]

HELD_BYTES: Final = 16 * 1024**2
"""What is remembered of one submission's answers. Figures, edited programs and evidence come on top; in all, 64 MB."""


class Allowance:
    """Seconds of CPU in all workers together, and seconds on the clock spent waiting for them, that may be used."""

    def __init__(self, cpu: float, clock: float) -> None:
        self.cpu = cpu
        """Seconds of CPU that are left."""
        self.clock = clock
        """Seconds on the clock that are left."""
        self.whole = cpu

    @property
    def is_used_up(self) -> bool:
        """Whether nothing more may be run."""
        return self.cpu <= 0 or self.clock <= 0

    @property
    def sentence(self) -> str:
        """Why nothing more is run, as the end of “it was stopped: …”."""
        return f"all of it together took longer than {self.whole:g} seconds"

    def pay(self, cpu: float, clock: float) -> None:
        """Take off what a worker used."""
        self.cpu -= max(cpu, 0.0)
        self.clock -= max(clock, 0.0)


class Spending:
    """What one submission has left. Not shared between threads."""

    def __init__(self, limits: Limits, most_held: int = HELD_BYTES) -> None:
        self.files = Allowance(limits.submission_seconds, limits.idle_factor * limits.submission_seconds)
        """For executing files, those beside the graded one and restarts included."""
        self.calls = Allowance(limits.submission_seconds, limits.idle_factor * limits.submission_seconds)
        """For calling functions, and for a last load where the files used up theirs."""
        self.search = Allowance(limits.search_seconds, limits.idle_factor * limits.search_seconds)
        """For the search for repairs, of all exercises together."""
        self._room = most_held

    def hold(self, size: int) -> bool:
        """Whether so many bytes more may be remembered; they count from now on."""
        self._room -= size
        return self._room >= 0

    @property
    def is_full(self) -> bool:
        """Whether no more may be remembered."""
        return self._room < 0
