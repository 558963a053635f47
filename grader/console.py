"""What is shown on the terminal: tables on stdout, progress and errors on stderr.

Students' text is made visible before it is shown, and never read as rich markup.
"""

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.lab import Exercise, Lab
from grader.model import ExerciseReport, Report
from grader.selfview import student_view
from grader.text import visible
from grader.wording import STYLES, VERDICTS

__all__ = [
    "class_table",
    "error_console",
    "lab_view",
    "output_console",
    "plain_table",
    "student_view",
]


def output_console(plain: bool = False) -> Console:
    """Stdout; honours NO_COLOR, FORCE_COLOR and the terminal's width."""
    return (
        Console(color_system=None, highlight=False, emoji=False)
        if plain
        else Console(highlight=False, emoji=False)
    )


def error_console() -> Console:
    """Stderr, for progress and errors."""
    return Console(stderr=True, highlight=False, emoji=False)


def class_table(reports: Sequence[Report], exercise_ids: Sequence[str]) -> Table:
    """One line a student: marks by exercise, total, and how many flags."""
    table = Table(title=None, header_style="bold")
    table.add_column("Student", overflow="fold")
    for exercise_id in exercise_ids:
        table.add_column(exercise_id, justify="right")
    table.add_column("Total", justify="right")
    table.add_column("Flags", justify="right")
    for report in reports:
        cells = {exercise.id: _cell(exercise) for exercise in report.exercises}
        total = Text(f"{report.marks:g} / {report.max_marks:g}", style="bold")
        flags = str(len(report.flags)) if report.flags else ""
        table.add_row(
            Text(visible(report.student)), *(cells.get(i, Text()) for i in exercise_ids), total, flags
        )
    return table


def _cell(exercise: ExerciseReport) -> Text:
    wording = VERDICTS[exercise.verdict]
    return Text(f"{exercise.marks:g} {wording.symbol}", style=STYLES[wording.tone])


def plain_table(reports: Sequence[Report], exercise_ids: Sequence[str]) -> str:
    """The same as tab-separated lines, for pipes and screen readers."""
    lines = ["\t".join(["student", *exercise_ids, "total", "max"])]
    for report in reports:
        marks = {exercise.id: f"{exercise.marks:g}" for exercise in report.exercises}
        name = visible(report.student).replace("\t", " ").replace("\n", " ")
        cells = [
            name,
            *(marks.get(i, "") for i in exercise_ids),
            f"{report.marks:g}",
            f"{report.max_marks:g}",
        ]
        lines.append("\t".join(cells))
    return "\n".join(lines)


def lab_view(lab: Lab, exercises: Sequence[Exercise]) -> RenderableType:
    """The lab's exercises, checks and marks."""
    parts: list[RenderableType] = [Text(f"{lab.title} ({lab.id}), seed {lab.seed}", style="bold")]
    for exercise in exercises:
        entry = lab.rubric.exercises[exercise.id]
        table = Table(
            title=Text(f"{exercise.id} {exercise.title}"), title_justify="left", header_style="bold"
        )
        table.add_column("Check", no_wrap=True)
        table.add_column("What must hold")
        table.add_column("Tolerated")
        table.add_column("Marks", justify="right")
        for check in exercise.checks:
            # As Text: rich would read `U[r]` in a title as markup and swallow it.
            cells = (check.id, check.title, check.tolerance, f"{entry.checks[check.id]:g}")
            table.add_row(*map(Text, cells))
        parts += [Text(), table, Text(f"{entry.marks:g} mark{'s' * (entry.marks != 1)}. {exercise.asked}")]
    costs = ", ".join(f"{name} {share:.0%}" for name, share in lab.rubric.costs.items())
    parts += [Text(), Text(f"What a sound but different solution costs of the mark: {costs}.")]
    return Group(*parts)
