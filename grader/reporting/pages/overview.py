"""A class on one page: the distribution of marks, the most frequent mistakes, and whose work needs a look."""

import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from grader.core.model import ExerciseReport, Frozen, Outcome, Report, Verdict
from grader.marking.manual_marks import in_words
from grader.marking.marks import A_PERSON_LOOKS, THE_GRADER_FAILED
from grader.reporting.pages.environment import html_templates
from grader.reporting.pages.folders import page_folder
from grader.reporting.wording import NEEDS_A_LOOK, VERDICTS, percent

__all__ = ["ClassCell", "ClassRow", "Download", "class_html_pieces", "class_row", "render_class_html"]

PIECES_TOGETHER: Final = 1_000
"""The template yields a few characters at a time; this many are written at once."""


class CheckOutcome(Frozen, frozen=True):
    """The result of one check."""

    id: str
    title: str
    outcome: Outcome


class Mistake(Frozen, frozen=True):
    """A student's mistake: a diagnosis, otherwise the first check that did not pass."""

    id: str
    title: str
    named: bool
    """Whether a diagnosis names it."""
    repair: str = ""


class ClassCell(Frozen, frozen=True, kw_only=True):
    """One exercise of one student, as the class page needs it."""

    id: str
    title: str
    marks: float
    max_marks: float
    verdict: Verdict
    checks: tuple[CheckOutcome, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    by_hand: tuple[str, ...] = ()
    """Manual marks and comments, in sentences."""


class ClassRow(Frozen, frozen=True, kw_only=True):
    """One student, as the class page needs it. `href` leads from the class page to the student's page."""

    student: str
    href: str
    marks: float
    max_marks: float
    exercises: tuple[ClassCell, ...]
    flags: tuple[str, ...] = ()

    @property
    def cells(self) -> dict[str, ClassCell]:
        """The exercises by their ids."""
        return {cell.id: cell for cell in self.exercises}

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why a person should look at this student's work; empty if nobody needs to."""
        ids: dict[Verdict, list[str]] = {}
        for cell in self.exercises:
            if cell.verdict in NEEDS_A_LOOK:
                ids.setdefault(cell.verdict, []).append(cell.id)
        # The pipeline flags each of these verdicts; here they are combined.
        said = {
            f"{cell.id}: {words}" for cell in self.exercises for words in (A_PERSON_LOOKS, THE_GRADER_FAILED)
        }
        return (
            *(f"{', '.join(which)}: {VERDICTS[verdict].words}" for verdict, which in ids.items()),
            *(flag for flag in self.flags if flag not in said),
        )

    @property
    def is_full(self) -> bool:
        """Whether every exercise has full marks."""
        return all(cell.verdict is Verdict.FULL for cell in self.exercises)


class Download(Frozen, frozen=True):
    """A file beside the class page."""

    href: str
    name: str
    what: str


class CheckSummary(Frozen, frozen=True, kw_only=True):
    """One check over all students whose work it applied to."""

    id: str
    title: str
    passed: int
    students: int
    waiting: int


class ExerciseSummary(Frozen, frozen=True, kw_only=True):
    """One exercise over the whole class."""

    id: str
    title: str
    mean: float
    max_marks: float
    students: int
    counts: dict[Verdict, int]
    checks: tuple[CheckSummary, ...]


class SharedMistake(Frozen, frozen=True, kw_only=True):
    """A mistake and who made it: (name, link to the exercise on the student's page)."""

    exercise: str
    title: str
    named: bool
    students: tuple[tuple[str, str], ...]
    repair: str


class Bin(Frozen, frozen=True, kw_only=True):
    """One bar of the distribution: how many students have `low` to `high` per cent of the marks."""

    low: int
    high: int
    students: int


def render_class_html(
    rows: Sequence[ClassRow], lab_title: str, max_marks: float, downloads: Sequence[Download] = ()
) -> str:
    """Render the page of a class, with its students in the given order, as self-contained HTML."""
    return "".join(class_html_pieces(rows, lab_title, max_marks, downloads))


def class_html_pieces(
    rows: Sequence[ClassRow], lab_title: str, max_marks: float, downloads: Sequence[Download] = ()
) -> Iterator[str]:
    """The same in pieces, so that the page of a large class is never in memory as a whole."""
    totals = [row.marks for row in rows]
    bins = _distribution(rows)
    stream = (
        html_templates()
        .get_template("index.html")
        .stream(
            lab_title=lab_title,
            rows=rows,
            max_marks=max_marks,
            mean=statistics.fmean(totals) if totals else 0.0,
            median=statistics.median(totals) if totals else 0.0,
            bins=bins,
            tallest=max(b.students for b in bins) or 1,
            exercises=_exercise_summaries(rows),
            mistakes=_ranked_mistakes(rows),
            attention=[(row, reasons) for row in rows if (reasons := row.reasons)],
            marked=[row for row in rows if any(cell.by_hand for cell in row.exercises)],
            downloads=downloads,
        )
    )
    stream.enable_buffering(PIECES_TOGETHER)
    yield from stream


def class_row(report: Report) -> ClassRow:
    """The parts of a report that the class page needs."""
    return ClassRow(
        student=report.student,
        href=f"students/{quote(page_folder(report.student), safe='')}/report.html",
        marks=report.marks,
        max_marks=report.max_marks,
        exercises=tuple(
            _once(
                ClassCell(
                    id=e.id,
                    title=e.title,
                    marks=e.marks,
                    max_marks=e.max_marks,
                    verdict=e.verdict,
                    checks=tuple(CheckOutcome(c.id, c.title, c.outcome) for c in e.checks),
                    mistakes=tuple(_mistakes(e)),
                    by_hand=in_words(e),
                )
            )
            for e in report.exercises
        ),
        flags=report.flags,
    )


@lru_cache(maxsize=10_000)
def _once(cell: ClassCell) -> ClassCell:
    """One object for all students with the same result in the exercise."""
    return cell


def _mistakes(exercise: ExerciseReport) -> Iterable[Mistake]:
    if exercise.diagnoses:
        return [Mistake(d.id, d.title, True, d.repair) for d in exercise.diagnoses]
    return [Mistake(c.id, c.title, False) for c in exercise.checks if c.outcome is Outcome.FAIL][:1]


def _ranked_mistakes(rows: Sequence[ClassRow]) -> list[SharedMistake]:
    """Every mistake with its students, the most frequent first; ties are in the order of the sheet."""
    found: dict[tuple[str, str], list[tuple[ClassRow, int, Mistake]]] = {}
    for row in rows:
        for number, cell in enumerate(row.exercises, 1):
            for mistake in cell.mistakes:
                found.setdefault((cell.id, mistake.id), []).append((row, number, mistake))
    shared = [
        SharedMistake(
            exercise=exercise,
            title=made[0][2].title,
            named=made[0][2].named,
            students=tuple((row.student, f"{row.href}#exercise-{number}") for row, number, _ in made),
            repair=next((mistake.repair for _, _, mistake in made if mistake.repair), ""),
        )
        for (exercise, _), made in found.items()
    ]
    order = {summary: i for i, summary in enumerate(dict.fromkeys(c.id for r in rows for c in r.exercises))}
    return sorted(shared, key=lambda mistake: (-len(mistake.students), order[mistake.exercise]))


def _distribution(rows: Sequence[ClassRow]) -> list[Bin]:
    """Count students per tenth of the marks; the last bar includes full marks."""
    counts = Counter(min(percent(row.marks, row.max_marks) // 10, 9) for row in rows)
    return [Bin(low=10 * i, high=100 if i == 9 else 10 * i + 9, students=counts[i]) for i in range(10)]


def _exercise_summaries(rows: Sequence[ClassRow]) -> list[ExerciseSummary]:
    """Summarise every exercise that occurs, in the order of its first occurrence."""
    cells: dict[str, list[ClassCell]] = {}
    for row in rows:
        for cell in row.exercises:
            cells.setdefault(cell.id, []).append(cell)
    return [
        ExerciseSummary(
            id=exercise_id,
            title=found[0].title,
            mean=statistics.fmean(c.marks for c in found),
            max_marks=found[0].max_marks,
            students=len(found),
            counts=dict(Counter(c.verdict for c in found)),
            checks=_check_summaries(found),
        )
        for exercise_id, found in cells.items()
    ]


def _check_summaries(cells: Sequence[ClassCell]) -> tuple[CheckSummary, ...]:
    titles: dict[str, str] = {}
    outcomes: dict[str, Counter[Outcome]] = {}
    for cell in cells:
        for check in cell.checks:
            titles.setdefault(check.id, check.title)
            outcomes.setdefault(check.id, Counter())[check.outcome] += 1
    return tuple(
        CheckSummary(
            id=check_id,
            title=titles[check_id],
            passed=counts[Outcome.PASS],
            students=counts.total(),
            waiting=counts[Outcome.SKIPPED],
        )
        for check_id, counts in outcomes.items()
    )
