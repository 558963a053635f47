"""What a run of `benchmarks.run` measured, as it is kept in `benchmarks/run.json` for what is computed from it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from benchmarks.common.profiling import Profile

__all__ = ["KEPT", "Beside", "Fit", "Regrade", "Results", "Rung", "Wrong", "fitted"]

KEPT: Final = Path(__file__).resolve().parents[1] / "run.json"


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """One class of right submissions graded by one process of pytest a student, and by the grader; seconds."""

    students: int
    pytest_wall: float
    pytest_cpu: float
    pytest_student: float
    """CPU a submission that its own statements and calls took."""
    grade_wall: float
    grade_cpu: float

    @property
    def pytest_overhead(self) -> float:
        """CPU a submission of everything else."""
        return self.pytest_cpu / self.students - self.pytest_student


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """One size of class; seconds, and memory in MB."""

    students: int
    wall: float
    cpu: float
    peak: float
    """The most memory of the grader's own process."""
    private: float
    """The most that a worker had for itself."""
    pss: float
    """The largest proportional share of a worker."""


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """A straight line through the rungs: `start` + `each` × students."""

    start: float
    each: float
    residual: float
    """The largest distance from the line, as a share of the value measured."""


class Regrade(msgspec.Struct, frozen=True, kw_only=True):
    """A class whose findings were kept, graded again; seconds by the clock and of CPU."""

    students: int
    wall: float
    cpu: float
    rubric_wall: float
    """Under another rubric."""
    rubric_cpu: float
    run_again: int
    """Submissions that were run in spite of what was kept, under either rubric."""


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """A class of wrong submissions with the search for their repairs; seconds."""

    students: int
    wall: float
    cpu: float


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    cores: int
    start_wall: float
    """Seconds of a class of one student whose file does nothing: what is paid once."""
    start_cpu: float
    profile: Profile
    beside: Beside
    rungs: tuple[Rung, ...]
    regrade: Regrade
    wrong: Wrong
    memory: Fit | None = None
    cpu: Fit | None = None
    wall: Fit | None = None


def fitted(sizes: Sequence[int], values: Sequence[float]) -> Fit | None:
    """The straight line nearest to the values; None for fewer than three, through which every line goes."""
    if len(sizes) < 3:
        return None
    each, start = (float(x) for x in np.polyfit(sizes, values, 1))
    away = [abs(start + each * size - value) / value for size, value in zip(sizes, values, strict=True)]
    return Fit(start=start, each=each, residual=max(away))
