"""The terminal output: tables on stdout, progress and errors on stderr.

Invisible characters in student text are shown, and the text is never parsed as rich markup.
"""

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from grader.core.escaping import visible
from grader.core.limits import Level
from grader.core.model import Report, Verdict
from grader.lab.spec import Exercise, Lab
from grader.marking.manual_marks import in_words
from grader.reporting.terminal_report import student_view
from grader.reporting.wording import STYLES, VERDICTS, are_open
from grader.sandbox import self_test

__all__ = [
    "as_text",
    "by_hand",
    "claims_table",
    "class_table",
    "error_console",
    "facts_view",
    "lab_view",
    "output_console",
    "plain_table",
    "print_by_line",
    "student_view",
    "warn_of_isolation",
]


BY_HAND = "✎"


def output_console(plain: bool = False) -> Console:
    """Stdout; honours NO_COLOR, FORCE_COLOR and the terminal's width."""
    return (
        Console(color_system=None, highlight=False, emoji=False)
        if plain
        else Console(highlight=False, emoji=False)
    )


def as_text(view: RenderableType) -> str:
    """A view as plain text, 100 columns wide."""
    console = Console(file=io.StringIO(), width=100, no_color=True, highlight=False, emoji=False)
    with console.capture() as capture:
        console.print(view)
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def print_by_line(console: Console, view: RenderableType) -> None:
    """Print a view, such as the table of a large class, without holding all its lines in memory at once."""
    for line in Segment.split_lines(console.render(view)):
        console.print(Segments([*line, Segment.line()]), soft_wrap=True, end="")


def error_console() -> Console:
    """Stderr, for progress and errors."""
    return Console(stderr=True, highlight=False, emoji=False)


class Isolated(Protocol):
    """The provider of workers: the process that starts them, or an executor."""

    @property
    def level(self) -> Level:
        """The isolation level in use."""

    @property
    def unavailable_reason(self) -> str:
        """What prevents `strict`, in a few words; empty if it is in use or was not tried."""


def warn_of_isolation(console: Console, of: Isolated) -> None:
    """Warn plainly if student code is separated and limited, but not locked."""
    if of.level == "process":
        reason = f" ({visible(of.unavailable_reason)})" if of.unavailable_reason else ""
        console.print(
            Text(
                f"Isolation is `process`{reason}: student code has limits and its own process, but can read your files "
                "and reach the network. Do not grade files that you would not run yourself. See `grade doctor`."
            ),
            style="yellow",
            soft_wrap=True,
        )


def facts_view(facts: Sequence[tuple[str, str]]) -> Table:
    """Facts about a machine, in two columns."""
    table = Table.grid(padding=(0, 2))
    for name, value in facts:
        table.add_row(Text(name, style="bold"), Text(visible(value)))
    return table


def claims_table(outcomes: Sequence[self_test.ClaimOutcome]) -> Table:
    """One line per claim: what student code cannot do, whether that held, and what stopped it."""
    table = Table("Student code …", "Holds", header_style="bold")
    table.add_column("What happened", overflow="fold")
    for outcome in outcomes:
        if outcome.held:
            mark = Text("yes", style="green")
        elif outcome.promised:
            mark = Text("NO", style="bold red")
        else:
            mark = Text("not promised", style="yellow")
        table.add_row(Text(outcome.claim), mark, Text(visible(outcome.evidence)))
    return table


def class_table(reports: Sequence[Report], exercise_ids: Sequence[str]) -> Table:
    """One line per student: marks by exercise, total, and the number of flags."""
    table = Table(title=None, header_style="bold")
    table.add_column("Student", overflow="fold")
    for exercise_id in exercise_ids:
        table.add_column(exercise_id, justify="right")
    table.add_column("Total", justify="right")
    table.add_column("Flags", justify="right")
    for report in reports:
        cells = {
            exercise.id: _cell(exercise.marks, exercise.verdict, bool(exercise.by_hand))
            for exercise in report.exercises
        }
        total = _total(report.marks, report.max_marks)
        flags = str(len(report.flags)) if report.flags else ""
        table.add_row(
            Text(visible(report.student)), *(cells.get(i, Text()) for i in exercise_ids), total, flags
        )
    return table


@lru_cache(maxsize=1_000)
def _cell(marks: float, verdict: Verdict, by_hand: bool) -> Text:
    """One object for all students with the same result."""
    wording = VERDICTS[verdict]
    return Text(f"{marks:g} {wording.symbol}{BY_HAND * by_hand}", style=STYLES[wording.tone])


@lru_cache(maxsize=1_000)
def _total(marks: float, most: float) -> Text:
    return Text(f"{marks:g} / {most:g}", style="bold")


def by_hand(reports: Sequence[Report]) -> list[Text]:
    """A line on each manual mark and comment, to print below the table."""
    return [
        Text(f"{BY_HAND} {visible(report.student)}, {visible(sentence)}")
        for report in reports
        for exercise in report.exercises
        for sentence in in_words(exercise)
    ]


def plain_table(reports: Sequence[Report], exercise_ids: Sequence[str]) -> str:
    """The same as tab-separated lines, for pipes and screen readers; open exercises are called pending."""
    lines = ["\t".join(["student", *exercise_ids, "total", "max", "by hand"])]
    for report in reports:
        waiting = are_open(report)
        marks = {
            exercise.id: "pending" if exercise.id in waiting else f"{exercise.marks:g}"
            for exercise in report.exercises
        }
        name = visible(report.student).replace("\t", " ").replace("\n", " ")
        cells = [
            name,
            *(marks.get(i, "") for i in exercise_ids),
            "pending" if waiting else f"{report.marks:g}",
            f"{report.max_marks:g}",
            " ".join(visible(" | ".join(s for e in report.exercises for s in in_words(e))).split()),
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
            # As Text: rich would interpret `U[r]` in a title as markup and remove it.
            cells = (check.id, check.title, check.tolerance, f"{entry.checks[check.id]:g}")
            table.add_row(*map(Text, cells))
        parts += [Text(), table, Text(f"{entry.marks:g} mark{'s' * (entry.marks != 1)}. {exercise.asked}")]
        parts += [
            Text(f"At most {lab.rubric.caps[check.id]:.0%} of that if {check.id} does not hold.")
            for check in exercise.checks
            if check.id in lab.rubric.caps
        ]
    costs = ", ".join(f"{name} {share:.0%}" for name, share in lab.rubric.costs.items())
    parts += [
        Text(),
        Text(f"Cost of a correct solution that differs from the sheet, as a share of the mark: {costs}."),
    ]
    return Group(*parts)
