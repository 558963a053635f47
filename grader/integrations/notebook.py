"""`check` for notebooks: one exercise, in this process, at once. Never the official mark."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from grader.core.assets import templates_folder
from grader.core.errors import GraderError
from grader.core.escaping import visible
from grader.core.frozen import Frozen
from grader.core.result import ExerciseReport, Outcome
from grader.grading.examine import assess
from grader.grading.session import lab_named
from grader.integrations.in_process_bench import InProcessBench
from grader.lab.loader import load_lab, selected
from grader.reporting.check_text import details, failure_text
from grader.reporting.wording import OUTCOMES

__all__ = ["NOT_OFFICIAL", "Checked", "check"]

NOT_OFFICIAL: Final = "This quick check ran in the notebook's own process. It is not the official mark, which comes from the file you hand in."


class Checked(Frozen, frozen=True):
    """The result of a check; a notebook shows it as HTML, a console as text."""

    exercise: ExerciseReport | None
    problem: str = ""
    """A sentence if nothing could be checked."""

    @property
    def passed(self) -> bool:
        """Whether every check passed or waits for a person."""
        passing = (Outcome.PASS, Outcome.MANUAL)
        return self.exercise is not None and all(c.outcome in passing for c in self.exercise.checks)

    def __repr__(self) -> str:
        """The same as text."""
        if self.exercise is None:
            return self.problem
        lines = [f"{self.exercise.id} {self.exercise.title}", *map(visible, self.exercise.notes)]
        for check in self.exercise.checks:
            symbol = OUTCOMES[check.outcome].symbol
            failed = check.outcome in (Outcome.FAIL, Outcome.FOLLOWS, Outcome.MISSING, Outcome.ERROR)
            text = failure_text(self.exercise, check) if failed else check.title
            lines.append(f"{symbol} " + text.replace("\n", "\n    "))
        return "\n".join([*lines, NOT_OFFICIAL])

    def _repr_html_(self) -> str:
        return _template().render(
            exercise=self.exercise,
            problem=self.problem,
            passed=self.passed,
            not_official=NOT_OFFICIAL,
            details=details,
            visible=visible,
            Outcome=Outcome,
        )


@cache
def _template() -> Template:
    loader = FileSystemLoader(templates_folder())
    environment = Environment(autoescape=True, loader=loader, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("notebook.html")


def check(exercise: str, *functions: Callable[..., Any], lab: str | None = None, **stated: Any) -> Checked:
    """Check one exercise in this process, for quick feedback.

    `functions` are yours, in the order in which the exercise asks for them, whatever their names; `stated`
    are the values that you would state, such as ``U=U, V=V, loss=0.122``. The lab is the installed one, or
    the one that `lab`, `GRADE_LAB` or `[tool.grade]` names. The official mark comes from grading the file you
    hand in.
    """
    try:
        loaded = load_lab(lab or lab_named(Path.cwd()))
        (wanted,) = selected(loaded, loaded.seed, (str(exercise),))
    except GraderError as error:
        return Checked(None, str(error))
    uncallable = [value for value in functions if not callable(value)]
    if uncallable:
        return Checked(
            None, f"Pass the function itself, for example check({exercise!r}, my_function), not its result."
        )
    if len(functions) > len(wanted.functions):
        names = " and ".join(wanted.functions) or "no function; pass values by name, for example loss=0.5"
        return Checked(None, f"Exercise {exercise} takes {names}.")
    given = dict(zip(wanted.functions, functions, strict=False))
    return Checked(assess(wanted, loaded, InProcessBench(loaded.functions, given, stated)))
