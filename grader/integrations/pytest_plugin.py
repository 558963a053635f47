"""A pytest plugin: each check of a lab is a test item, named after its title and grouped by exercise.

Use `pytest --grade lab1.py`, or a line `grade_files = ["lab1.py"]` in a `conftest.py` (paths relative to it).
The graded file is never imported into pytest's process: student code always runs in a worker. The lab comes
from `GRADE_LAB` or `[tool.grade]`, its seed from the latter.
"""

from collections.abc import Generator, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from grader.core.model import CheckResult, ExerciseReport
    from grader.grading.session import GradingSession

__all__ = ["CheckItem", "GradedExercise", "GradedFile", "GradedFolder"]

_SESSION = pytest.StashKey["GradingSession"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--grade PATH`."""
    parser.getgroup("grade").addoption(
        "--grade",
        action="append",
        default=[],
        metavar="PATH",
        help="Check a student's file or folder: each check of the lab becomes a test. May be repeated.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Collect the paths of `--grade`; nothing else if no other paths were given."""
    wanted = [str(Path(path).absolute()) for path in config.getoption("grade")]
    if not wanted:
        return
    for path in wanted:
        if not Path(path).exists():
            raise pytest.UsageError(f"--grade {path}: there is no such file or folder.")
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = []
    given = {str(Path(argument.partition("::")[0]).absolute()) for argument in config.args}
    config.args += [path for path in wanted if path not in given]


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the workers."""
    session = config.stash.get(_SESSION, None)
    if session is not None:
        session.close()


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Put our collector in place of all others, so that no other plugin imports the file."""
    collectors = yield
    if _is_graded(parent.config, file_path):
        return [GradedFile.from_parent(parent, path=file_path)]
    return collectors


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> "GradedFolder | None":
    """Treat a folder to be graded as one submission."""
    return GradedFolder.from_parent(parent, path=path) if _is_graded(parent.config, path) else None


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the next step, once for each exercise."""
    steps: dict[str, None] = {}
    for report in (*terminalreporter.getreports("failed"), *terminalreporter.getreports("error")):
        properties = getattr(report, "user_properties", ())  # a failed collection has none
        steps |= {value: None for name, value in properties if name == "next step"}
    if steps:
        terminalreporter.section("what to do next")
        for step in steps:
            terminalreporter.line(step)


def _is_graded(config: pytest.Config, path: Path) -> bool:
    path = path.absolute()
    if any(path == Path(wanted).absolute() for wanted in config.getoption("grade")):
        return True
    for plugin in config.pluginmanager.get_plugins():
        if isinstance(plugin, ModuleType) and plugin.__name__.rpartition(".")[2] == "conftest":
            folder = Path(str(plugin.__file__)).parent
            if any(path == folder / name for name in getattr(plugin, "grade_files", ())):
                return True
    return False


def _session(config: pytest.Config) -> "GradingSession":
    if _SESSION not in config.stash:
        from grader.core.errors import GraderError
        from grader.grading.session import GradingSession

        try:
            config.stash[_SESSION] = GradingSession(config.invocation_params.dir)
        except GraderError as error:
            raise pytest.UsageError(str(error)) from error
    return config.stash[_SESSION]


def _exercises(node: "GradedFile | GradedFolder") -> Iterator["GradedExercise"]:
    for exercise in _session(node.config).exercises:
        yield GradedExercise.from_parent(
            node, name=f"{exercise.id} {exercise.title}", exercise_id=exercise.id
        )


class GradedFile(pytest.File):
    """A student's file."""

    def collect(self) -> Iterator["GradedExercise"]:
        """The lab's exercises."""
        return _exercises(self)


class GradedFolder(pytest.Directory):
    """A student's folder."""

    def collect(self) -> Iterator["GradedExercise"]:
        """The lab's exercises."""
        return _exercises(self)


class GradedExercise(pytest.Collector):
    """One exercise; its checks are judged together when the first of them runs."""

    def __init__(self, *, exercise_id: str, **rest: Any) -> None:
        super().__init__(**rest)
        self.exercise_id = exercise_id

    def collect(self) -> Iterator["CheckItem"]:
        """The exercise's checks, in order."""
        session = _session(self.config)
        line = session.line(self.path, self.exercise_id)
        for check in session.exercise(self.exercise_id).checks:
            item: CheckItem = CheckItem.from_parent(self, name=check.title, check_id=check.id, line=line)
            yield item

    def report(self) -> "ExerciseReport":
        """The exercise after judging."""
        return _session(self.config).report(self.path, self.exercise_id)


class CheckItem(pytest.Item):
    """One check."""

    parent: GradedExercise

    def __init__(self, *, check_id: str, line: int | None, **rest: Any) -> None:
        super().__init__(**rest)
        self.check_id = check_id
        self._line = line

    def setup(self) -> None:
        """Judge the exercise; a fault in the grader is an error here, not a failure."""
        from grader.core.model import Outcome

        _, check = self._result()
        if check.outcome is Outcome.ERROR:
            raise _OursError(check.message)

    def runtest(self) -> None:
        """Pass, fail or skip according to the check's outcome."""
        from grader.core.model import Outcome
        from grader.reporting.check_text import failure_text

        exercise, check = self._result()
        self.user_properties += [("exercise", exercise.id), ("check", check.id)]
        if check.outcome in (Outcome.SKIPPED, Outcome.MANUAL):
            pytest.skip(check.message)
        if check.outcome is not Outcome.PASS:
            if exercise.next_step:
                self.user_properties.append(("next step", f"{exercise.id}: {exercise.next_step}"))
            raise _CheckFailedError(failure_text(exercise, check))

    def _result(self) -> "tuple[ExerciseReport, CheckResult]":
        exercise = self.parent.report()
        return exercise, next(check for check in exercise.checks if check.id == self.check_id)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The check's own message; a traceback would show the grader's code."""
        from grader.core.errors import GraderError

        if isinstance(excinfo.value, _CheckFailedError | _OursError):
            return str(excinfo.value)
        if isinstance(excinfo.value, GraderError):
            return f"Student code could not be run: {excinfo.value}."
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The location that an editor opens when a student clicks on the check: their function."""
        return self.path, self._line, f"{self.parent.name}: {self.name}"


class _CheckFailedError(Exception):
    """A check that failed, with its full text."""


class _OursError(Exception):
    """A check on which the grader itself failed."""
