"""Grade exercise by exercise, on demand: for long-lived callers, such as an editor's test panel."""

import ast
import os
from contextlib import ExitStack
from pathlib import Path

from grader.core.config import read_settings
from grader.core.errors import LabError
from grader.core.model import ExerciseReport, Source
from grader.core.parsing import parsed
from grader.execution.bench import WorkerBench
from grader.execution.bench_context import BenchContext
from grader.grading.examine import assess
from grader.lab.call_binding import normalised
from grader.lab.loader import load_lab
from grader.lab.spec import Exercise
from grader.sandbox.worker_client import ForkServer, Limits, temporary_workdir
from grader.sources.selection import choose
from grader.submissions.discovery import one

__all__ = ["GradingSession", "lab_named"]


def lab_named(folder: Path) -> str | None:
    """The lab named by `GRADE_LAB` or else by `[tool.grade]`; None for the installed one."""
    return os.environ.get("GRADE_LAB") or read_settings(folder).lab


class GradingSession:
    """Submissions and their benches; workers start with the first judged exercise and end with `close`."""

    def __init__(self, folder: Path) -> None:
        """Load the named lab; the search for `[tool.grade]` starts at `folder`."""
        settings = read_settings(folder)
        self._lab = load_lab(lab_named(folder))
        self._seed = settings.seed if isinstance(settings.seed, int) else self._lab.seed
        self.exercises = self._lab.exercises(self._seed)
        self._open = ExitStack()
        self._fork_server: ForkServer | None = None
        self._sources: dict[Path, Source | None] = {}
        self._benches: dict[Path, WorkerBench] = {}
        self._reports: dict[tuple[Path, str], ExerciseReport] = {}

    def exercise(self, exercise_id: str) -> Exercise:
        """The exercise with that id."""
        for exercise in self.exercises:
            if exercise.id == exercise_id:
                return exercise
        raise LabError(f"There is no exercise {exercise_id!r}.")

    def line(self, path: Path, exercise_id: str) -> int | None:
        """The line, from 0, on which the submission defines the exercise's function, by its name."""
        wanted = {normalised(name) for name in self.exercise(exercise_id).functions}
        source = self._source(path)
        if source is None or source.problem or not path.is_file():
            return None
        for node in ast.walk(parsed(source.code)):
            if isinstance(node, ast.FunctionDef) and normalised(node.name) in wanted:
                return source.lines[node.lineno - 1] - 1
        return None

    def report(self, path: Path, exercise_id: str) -> ExerciseReport:
        """The exercise of the submission, judged once."""
        key = (path, exercise_id)
        if key not in self._reports:
            self._reports[key] = assess(self.exercise(exercise_id), self._lab, self._bench(path))
        return self._reports[key]

    def _source(self, path: Path) -> Source | None:
        if path not in self._sources:
            self._sources[path], _ = choose(one(path), self._lab.functions)
        return self._sources[path]

    def _bench(self, path: Path) -> WorkerBench:
        if path not in self._benches:
            if self._fork_server is None:
                self._fork_server = self._open.enter_context(ForkServer())
            submission = one(path)
            folder = self._open.enter_context(temporary_workdir(submission.root, submission.files))
            self._benches[path] = WorkerBench(
                BenchContext(
                    fork_server=self._fork_server,
                    folder=folder,
                    source=self._source(path),
                    functions=self._lab.functions,
                    limits=Limits(),
                    seed=self._seed,
                )
            )
            self._open.callback(self._benches[path].close)
        return self._benches[path]

    def close(self) -> None:
        """End the workers and remove the copies."""
        self._open.close()
