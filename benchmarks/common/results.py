"""The measurements of a run of `benchmarks.run`, as saved in `benchmarks/run.json`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from benchmarks.common.profiling import Profile

__all__ = ["KEPT", "Beside", "ClassSize", "Fit", "Regrade", "Results", "Wrong", "fitted"]

KEPT: Final = Path(__file__).resolve().parents[1] / "run.json"


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """A class of correct submissions, graded by one pytest process each and by the grader; seconds."""

    students: int
    pytest_wall: float
    pytest_cpu: float
    pytest_student: float
    """The CPU time per submission of its own statements and calls."""
    grade_wall: float
    grade_cpu: float

    @property
    def pytest_overhead(self) -> float:
        """The CPU time per submission of everything else."""
        return self.pytest_cpu / self.students - self.pytest_student


class ClassSize(msgspec.Struct, frozen=True, kw_only=True):
    """A class of one size; seconds, and memory in MB."""

    students: int
    wall: float
    cpu: float
    peak: float
    """The peak memory of the grader's own process."""
    private: float
    """The peak private memory of a worker."""
    pss: float
    """The peak proportional share (PSS) of a worker."""


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """A straight line through the class sizes: `start` + `each` × students."""

    start: float
    each: float
    residual: float
    """The largest distance from the line, as a share of the measured value."""


class Regrade(msgspec.Struct, frozen=True, kw_only=True):
    """A class whose findings were cached, graded again; wall-clock and CPU seconds."""

    students: int
    wall: float
    cpu: float
    rubric_wall: float
    """The same with another rubric."""
    rubric_cpu: float
    run_again: int
    """Submissions that were executed in spite of the cache, with either rubric."""


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """A class of wrong submissions with the search for their repairs; seconds."""

    students: int
    wall: float
    cpu: float


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """All measurements."""

    cores: int
    start_wall: float
    """Seconds of a class of one student whose file does nothing: the fixed cost of a run."""
    start_cpu: float
    profile: Profile
    beside: Beside
    by_size: tuple[ClassSize, ...]
    regrade: Regrade
    wrong: Wrong
    memory: Fit | None = None
    cpu: Fit | None = None
    wall: Fit | None = None


def fitted(sizes: Sequence[int], values: Sequence[float]) -> Fit | None:
    """The straight line closest to the values; None for fewer than three values, which prove nothing."""
    if len(sizes) < 3:
        return None
    each, start = (float(x) for x in np.polyfit(sizes, values, 1))
    away = [abs(start + each * size - value) / value for size, value in zip(sizes, values, strict=True)]
    return Fit(start=start, each=each, residual=max(away))
