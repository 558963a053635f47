"""The progress of a run, on stderr: counts, time left, and who is being graded.

A bar on a terminal that can draw one; occasional lines where a bar would be noise: with plain output, for
screen readers, or on a terminal that cannot move its cursor. Nothing if stderr is not a terminal.
"""

import threading
import time
from collections import Counter
from types import TracebackType
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from grader.core.escaping import visible
from grader.core.model import Report, Submission, Verdict
from grader.reporting.wording import NEEDS_A_LOOK

__all__ = ["ProgressDisplay"]

NAME_COLUMNS: Final = 24
SECONDS_BETWEEN_LINES: Final = 10.0


class ProgressDisplay:
    """Receives who is started and who is finished, from any thread; displays it while the context is active."""

    def __init__(self, console: Console, total: int, plain: bool = False) -> None:
        self._console = console
        self._total = total
        self._lock = threading.Lock()
        self._current: dict[str, None] = {}
        self._counts: Counter[str] = Counter()
        self._done = 0
        self._begun = self._said = time.monotonic()
        drawn = console.is_terminal and not console.is_dumb_terminal and not plain
        self._lines = console.is_terminal and not drawn
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[counts]}", markup=False),
            console=console,
            transient=True,
            expand=True,
            disable=not drawn,
        )
        self._task = self._bar.add_task("Grading", total=total, counts="")

    def __enter__(self) -> "ProgressDisplay":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def started(self, submission: Submission) -> None:
        """Grading of a student's work has begun."""
        with self._lock:
            self._current[submission.student] = None
            self._show()

    def finished(self, report: Report) -> None:
        """A student's report is ready."""
        with self._lock:
            self._current.pop(report.student, None)
            self._counts[_kind(report)] += 1
            self._done += 1
            self._bar.advance(self._task)
            self._show()
            now = time.monotonic()
            if self._lines and (self._done == self._total or now - self._said >= SECONDS_BETWEEN_LINES):
                self._said = now
                self._console.print(Text(self._line(now)), soft_wrap=True)

    def _show(self) -> None:
        self._bar.update(self._task, description=self._now(), counts=self._counted(), refresh=True)

    def _now(self) -> str:
        if not self._current:
            return "Grading"
        name = visible(next(reversed(self._current))).replace("\n", " ")
        short = name if len(name) <= NAME_COLUMNS else name[: NAME_COLUMNS - 1] + "…"
        return f"Grading {short}"

    def _counted(self) -> str:
        return ", ".join(f"{number} {kind}" for kind, number in sorted(self._counts.items()))

    def _line(self, now: float) -> str:
        left = (now - self._begun) / self._done * (self._total - self._done)
        when = f"about {_duration(left)} left" if self._done < self._total else "finished"
        return f"{self._done} of {self._total} graded, {when}: {self._counted()}."


def _kind(report: Report) -> str:
    verdicts = {exercise.verdict for exercise in report.exercises}
    if verdicts & NEEDS_A_LOOK:
        return "to look at"
    return "with full marks" if verdicts <= {Verdict.FULL} else "not there yet"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "a minute"
    return f"{minutes} minute{'s' * (minutes > 1)}" if minutes < 90 else f"{minutes / 60:.1f} hours"
