"""One student's story in the terminal: the same as on their page, at the width of the terminal.

Colours and symbols accompany words. With `plain` there are only words, one sentence after another, so that a
screen reader can read it: no symbols, no matrices side by side.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.text import Text

from grader.core.escaping import visible
from grader.core.evidence import CheckedValue, Counterexample, Excerpt, Grid, LinePlot, Picture
from grader.core.result import CheckResult, Diagnosis, ExerciseReport, Outcome, Report, Verdict
from grader.marking.manual_marks import in_words
from grader.reporting import evidence_text as texts
from grader.reporting.wording import (
    OUTCOMES,
    STYLES,
    UNDECIDED,
    flag_sentences,
    headline,
    mark_text,
    wording_of,
)

__all__ = ["student_view"]

NOT_SHOWN: Final = (Outcome.PASS, Outcome.SKIPPED)


def student_view(report: Report, plain: bool = False) -> RenderableType:
    """One student's story: each exercise, what failed and why, one next step."""
    return Group(*_View(plain).report(report))


def _is_passed_on(check: CheckResult) -> bool:
    """Whether the result says no more than that of the check it needs."""
    return bool(check.blocked_by) and check.outcome not in (Outcome.SKIPPED, Outcome.FOLLOWS)


class _Matrices:
    """Matrices side by side as far as the width allows."""

    def __init__(self, grids: Sequence[Grid], digits: int) -> None:
        self._blocks = [texts.grid_lines(grid, digits) for grid in grids if grid.rows]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in texts.beside(self._blocks, options.max_width):
            yield Text(line, no_wrap=True, overflow="ellipsis")


class _View:
    """Converts a report to renderables, in symbols and columns or, if plain, in words alone."""

    def __init__(self, plain: bool) -> None:
        self._plain = plain

    def report(self, report: Report) -> Iterator[RenderableType]:
        marks = f"{mark_text(report.marks)} of {mark_text(report.max_marks)} marks"
        undecided = [exercise.id for exercise in report.exercises if exercise.verdict in UNDECIDED]
        so_far = " so far" if undecided else ""
        yield Text(f"{visible(report.student)}: {marks}{so_far}. {headline(report)}", style="bold")
        if undecided:
            yield Text(f"Not final: a person still has to look at {', '.join(undecided)}.", style="magenta")
        for flag in flag_sentences(report):
            yield Text(f"  note: {visible(flag)}", style="yellow")
        for exercise in report.exercises:
            yield Text()
            yield from self._exercise(exercise)
        if report.style:
            yield Text("\nNotes on style (they cost no marks)")
            for note in report.style:
                yield self._line(f"- {visible(note)}")

    def _exercise(self, exercise: ExerciseReport) -> Iterator[RenderableType]:
        wording = wording_of(exercise)
        marks = f"{mark_text(exercise.marks)} of {mark_text(exercise.max_marks)}"
        words = wording.words[0].lower() + wording.words[1:]
        title = f"{exercise.id} {visible(exercise.title)}: {marks}, {words}"
        yield Text(self._symbol(wording.symbol) + title, style=STYLES[wording.tone])
        for sentence in in_words(exercise):
            yield self._line(f"From the person marking: {visible(sentence)}", style="bold")
        for answer in exercise.answers:
            said = f" (mentions {', '.join(answer.mentioned)})" if answer.mentioned else ""
            yield self._line(f"“{visible(answer.question)}”, for the person marking{visible(said)}:")
            for quote in answer.quotes:
                yield self._line(f"{visible(quote.origin)}: “{visible(quote.text)}”", 4)
        for note in exercise.notes:
            yield self._line(f"note: {visible(note)}")
        for diagnosis in exercise.diagnoses:
            yield from self._diagnosis(diagnosis)
        yield from self._checks(exercise)
        for checked_value in exercise.checked_values:
            yield self._line(
                self._checked_value(checked_value), style="" if checked_value.holds is not False else "red"
            )
        if exercise.verdict is not Verdict.FULL:
            for picture in exercise.pictures:
                yield from self._picture(picture)
        if exercise.next_step:
            arrow = "Do this next: " if self._plain else "→ "
            yield self._line(f"{arrow}{visible(exercise.next_step)}", style="bold")

    # --- a diagnosis with its evidence --------------------------------------------------------------------

    def _diagnosis(self, diagnosis: Diagnosis) -> Iterator[RenderableType]:
        yield self._line(visible(diagnosis.title), style="bold")
        if diagnosis.concept:
            yield self._line(f"Idea: {visible(diagnosis.concept)}", 4)
        yield self._line(visible(diagnosis.message), 4)
        if diagnosis.excerpt is not None:
            yield from self._excerpt(diagnosis.excerpt)
        elif diagnosis.file or diagnosis.line is not None:
            where = diagnosis.place or f"line {diagnosis.line}"
            yield self._line(f"Where: {visible(', '.join(filter(None, (diagnosis.file, where))))}", 4)
        if diagnosis.counterexample is not None:
            yield from self._counterexample(diagnosis.counterexample)
        if diagnosis.question:
            yield self._line(f"Ask yourself: {visible(diagnosis.question)}", 4, style="magenta")
        if diagnosis.verified:
            yield self._line(f"{self._symbol('✓')}Verified. {visible(diagnosis.evidence)}", 4, style="green")
        for line in diagnosis.repair.splitlines():
            yield Padding(Text(visible(line), no_wrap=True, overflow="ellipsis"), (0, 0, 0, 6), expand=False)

    def _excerpt(self, excerpt: Excerpt) -> Iterator[RenderableType]:
        yield self._line(f"In {visible(excerpt.file) or 'your code'}:", 4)
        for number, line in enumerate(texts.excerpt_lines(excerpt), excerpt.first):
            marked = number in excerpt.marked
            if self._plain:
                if marked:
                    yield self._line(f"line {number}: {line.partition('| ')[2].strip()}", 6)
                continue
            text = Text(line, style="bold red" if marked else "", no_wrap=True, overflow="ellipsis")
            yield Padding(text, (0, 0, 0, 6), expand=False)

    def _counterexample(self, counterexample: Counterexample) -> Iterator[RenderableType]:
        yield self._line(visible(counterexample.sentence), 4)
        digits = texts.digits_needed(counterexample.wanted, counterexample.got)
        rows = (
            ("Given", counterexample.given, ""),
            ("The sheet's rule gives", counterexample.wanted, "green"),
            ("Your code gives", counterexample.got, "red"),
        )
        for label, grids, style in rows:
            if not grids:
                continue
            yield self._line(f"{label}:", 4, style=style)
            if self._plain:
                yield from (self._line(texts.grid_words(grid, digits), 6) for grid in grids)
            else:
                yield Padding(_Matrices(grids, digits), (0, 0, 0, 6))
        if counterexample.call:
            yield self._line(f"try: {visible(counterexample.call)}", 4)

    # --- checks, stated values, pictures ------------------------------------------------------------------------

    def _checks(self, exercise: ExerciseReport) -> Iterator[RenderableType]:
        outcomes = [check.outcome for check in exercise.checks]
        passed, waiting = outcomes.count(Outcome.PASS), outcomes.count(Outcome.SKIPPED)
        if passed:
            yield self._line(f"{self._symbol('✓')}{passed} check{'s' * (passed > 1)} passed", style="green")
        told = any(diagnosis.counterexample is not None for diagnosis in exercise.diagnoses)
        passed_on = sum(map(_is_passed_on, exercise.checks))
        for check in exercise.checks:
            if check.outcome not in NOT_SHOWN and not _is_passed_on(check):
                yield from self._check(check, told)
        if passed_on:
            yield self._line(
                f"{self._symbol('–')}{passed_on} more need something that was not found", style="dim"
            )
        if waiting:
            yield self._line(f"{self._symbol('–')}{waiting} more wait for failed checks", style="dim")

    def _check(self, check: CheckResult, told: bool) -> Iterator[RenderableType]:
        wording = OUTCOMES[check.outcome]
        words = f" ({wording.words[0].lower()}{wording.words[1:]})" if self._plain else ""
        yield self._line(
            f"{self._symbol(wording.symbol)}{visible(check.title)}{words}", style=STYLES[wording.tone]
        )
        if told and check.outcome is Outcome.FAIL:
            return
        details = (
            ("", check.message),
            ("got: ", check.got),
            ("expected: ", check.wanted),
            ("tolerance: ", check.tolerance),
            ("try: ", check.call),
        )
        yield from (self._line(f"{label}{visible(text)}", 4) for label, text in details if text)

    def _checked_value(self, checked_value: CheckedValue) -> str:
        held = {True: "holds", False: "does not hold", None: "not checked"}[checked_value.holds]
        symbol = {True: "✓", False: "✗", None: "–"}[checked_value.holds]
        ours = f", we get {checked_value.recomputed}" if checked_value.recomputed else ""
        why = f" ({checked_value.difference})" if checked_value.difference else ""
        said = f"{checked_value.what}, {checked_value.origin}: you state {checked_value.stated}{ours}: {held}{why}"
        return self._symbol(symbol) + visible(said)

    def _picture(self, picture: Picture) -> Iterator[RenderableType]:
        if not isinstance(picture, LinePlot):
            return
        if self._plain:
            yield self._line(f"{visible(picture.title)}. {visible(picture.alternative)}")
            return
        yield self._line(visible(picture.title))
        for curve in picture.curves:
            line = texts.sparkline(curve)
            if line:
                first, last = curve.points[0], curve.points[-1]
                ends = f"{texts.number_text(first[1])} → {texts.number_text(last[1])}"
                yield self._line(f"{line}  {visible(curve.name)}: {ends}", 4)
        for level in picture.levels:
            yield self._line(f"{visible(level.name)}: {texts.number_text(level.value)}", 4, style="dim")

    # --- lines --------------------------------------------------------------------------------------------

    def _symbol(self, symbol: str) -> str:
        return "" if self._plain else f"{symbol} "

    def _line(self, text: str, columns: int = 2, style: str = "") -> Padding:
        return Padding(Text(text, style=style), (0, 0, 0, columns), expand=False)
