"""What is shown on the terminal: tables on stdout, progress and errors on stderr.

Students' text is made visible before it is shown, and never read as rich markup.
"""

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from grader.handmarks import in_words
from grader.lab import Exercise, Lab
from grader.model import CheckResult, ExerciseReport, Outcome, Report, Verdict
from grader.text import visible

__all__ = [
    "by_hand",
    "class_table",
    "error_console",
    "lab_view",
    "output_console",
    "plain_table",
    "progress",
    "student_view",
]

_VERDICTS = {
    Verdict.FULL: ("✓", "green", "full marks"),
    Verdict.PARTIAL: ("◐", "yellow", "partly right"),
    Verdict.NONE: ("✗", "red", "not there yet"),
    Verdict.MISSING: ("–", "dim", "not handed in"),
    Verdict.MANUAL: ("?", "magenta", "a person will look"),
    Verdict.ERROR: ("!", "magenta", "our fault, costs no mark"),
}

_OUTCOMES = {
    Outcome.PASS: ("✓", "green"),
    Outcome.FAIL: ("✗", "red"),
    Outcome.SKIPPED: ("–", "dim"),
    Outcome.MISSING: ("–", "yellow"),
    Outcome.MANUAL: ("?", "magenta"),
    Outcome.ERROR: ("!", "magenta"),
}


BY_HAND = "✎"


def output_console(plain: bool = False) -> Console:
    """Stdout; honours NO_COLOR, FORCE_COLOR and the terminal's width."""
    return (
        Console(no_color=True, highlight=False, emoji=False)
        if plain
        else Console(highlight=False, emoji=False)
    )


def error_console() -> Console:
    """Stderr, for progress and errors."""
    return Console(stderr=True, highlight=False, emoji=False)


def progress(console: Console) -> Progress:
    """A progress bar that is shown on a terminal only."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


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
    symbol, style, _ = _VERDICTS[exercise.verdict]
    return Text(f"{exercise.marks:g} {symbol}{BY_HAND * bool(exercise.by_hand)}", style=style)


def by_hand(reports: Sequence[Report]) -> list[Text]:
    """A line on each mark and comment by a person, to stand below the table."""
    return [
        Text(f"{BY_HAND} {visible(report.student)}, {visible(sentence)}")
        for report in reports
        for exercise in report.exercises
        for sentence in in_words(exercise)
    ]


def plain_table(reports: Sequence[Report], exercise_ids: Sequence[str]) -> str:
    """The same as tab-separated lines, for pipes and screen readers."""
    lines = ["\t".join(["student", *exercise_ids, "total", "max", "by hand"])]
    for report in reports:
        marks = {exercise.id: f"{exercise.marks:g}" for exercise in report.exercises}
        name = visible(report.student).replace("\t", " ").replace("\n", " ")
        cells = [
            name,
            *(marks.get(i, "") for i in exercise_ids),
            f"{report.marks:g}",
            f"{report.max_marks:g}",
            " ".join(visible(" | ".join(s for e in report.exercises for s in in_words(e))).split()),
        ]
        lines.append("\t".join(cells))
    return "\n".join(lines)


def student_view(report: Report) -> RenderableType:
    """One student's story: each exercise, what failed and why, one next step."""
    parts: list[RenderableType] = [
        Text(f"{visible(report.student)}: {report.marks:g} of {report.max_marks:g} marks", style="bold")
    ]
    for flag in report.flags:
        parts.append(Text(f"  note: {visible(flag)}", style="yellow"))
    for exercise in report.exercises:
        parts += _exercise_view(exercise)
    return Group(*parts)


def _exercise_view(exercise: ExerciseReport) -> list[RenderableType]:
    symbol, style, words = _VERDICTS[exercise.verdict]
    heading = (
        f"\n{symbol} {exercise.id} {exercise.title}: {exercise.marks:g} of {exercise.max_marks:g}, {words}"
    )
    parts: list[RenderableType] = [Text(heading, style=style)]
    for sentence in in_words(exercise):
        parts.append(_indented(Text(f"{BY_HAND} {visible(sentence)}", style="bold")))
    for answer in exercise.answers:
        said = f" (mentions {', '.join(answer.mentioned)})" if answer.mentioned else ""
        parts.append(_indented(Text(f"“{answer.question}”, for the person marking{said}:")))
        parts += [
            _indented(Text(f"{visible(quote.origin)}: “{visible(quote.text)}”"), 4) for quote in answer.quotes
        ]
    for note in exercise.notes:
        parts.append(_indented(Text(f"note: {visible(note)}")))
    for diagnosis in exercise.diagnoses:
        parts.append(
            _indented(Text(f"{visible(diagnosis.title)} {visible(diagnosis.message)}", style="bold"))
        )
    passed = sum(check.outcome is Outcome.PASS for check in exercise.checks)
    if passed:
        parts.append(_indented(Text(f"✓ {passed} check{'s' * (passed > 1)} passed", style="green")))
    for check in exercise.checks:
        if check.outcome not in (Outcome.PASS, Outcome.SKIPPED):
            parts += _check_view(check)
    waiting = sum(check.outcome is Outcome.SKIPPED for check in exercise.checks)
    if waiting:
        parts.append(_indented(Text(f"– {waiting} more wait for what failed", style="dim")))
    if exercise.next_step:
        parts.append(_indented(Text(f"→ {visible(exercise.next_step)}", style="bold")))
    return parts


def _check_view(check: CheckResult) -> list[RenderableType]:
    symbol, style = _OUTCOMES[check.outcome]
    lines: list[RenderableType] = [_indented(Text(f"{symbol} {check.title}", style=style))]
    details = (
        ("", check.message),
        ("got: ", check.got),
        ("wanted: ", check.wanted),
        ("tolerance: ", check.tolerance),
        ("try: ", check.call),
    )
    lines += [_indented(Text(f"{label}{visible(text)}"), 4) for label, text in details if text]
    return lines


def _indented(text: Text, columns: int = 2) -> Padding:
    return Padding(text, (0, 0, 0, columns))


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
