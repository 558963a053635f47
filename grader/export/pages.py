"""Feedback pages: a report as HTML and as Markdown, and a class as one HTML page.

Everything a student wrote is hostile text. HTML is rendered with autoescape on for every template;
Markdown has no such thing, so there every value goes through the `md` or `md_code` filter. Control
characters, lone surrogates and characters that turn the direction of text are shown as escapes.
"""

import hashlib
import importlib.resources
import re
import statistics
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.handmarks import in_words
from grader.model import CheckResult, ExerciseReport, Frozen, Outcome, Report, Verdict
from grader.text import visible

__all__ = [
    "ClassCell",
    "ClassRow",
    "class_row",
    "page_folder",
    "render_class_html",
    "render_student_html",
    "render_student_markdown",
]


class Wording(Frozen, frozen=True, kw_only=True):
    """How a verdict or an outcome is shown: a symbol, words, and the name of its colours."""

    symbol: str
    words: str
    tone: str


VERDICTS = {
    Verdict.FULL: Wording(symbol="✓", words="Full marks", tone="good"),
    Verdict.PARTIAL: Wording(symbol="◐", words="Partly there", tone="part"),
    Verdict.NONE: Wording(symbol="✗", words="Not there yet", tone="bad"),
    Verdict.MISSING: Wording(symbol="–", words="Not handed in", tone="quiet"),
    Verdict.MANUAL: Wording(symbol="?", words="A person will look at this", tone="ask"),
    Verdict.ERROR: Wording(symbol="!", words="Not marked yet: our fault", tone="ask"),
}

OUTCOMES = {
    Outcome.PASS: Wording(symbol="✓", words="Passed", tone="good"),
    Outcome.FAIL: Wording(symbol="✗", words="Not passed", tone="bad"),
    Outcome.SKIPPED: Wording(symbol="–", words="Waiting", tone="quiet"),
    Outcome.MISSING: Wording(symbol="–", words="Not found", tone="quiet"),
    Outcome.MANUAL: Wording(symbol="?", words="A person will look at this", tone="ask"),
    Outcome.ERROR: Wording(symbol="!", words="Our fault", tone="ask"),
}

UNDECIDED = frozenset({Verdict.MANUAL, Verdict.ERROR})
"""Verdicts under which the mark can still change."""

NEEDS_A_LOOK = frozenset({Verdict.MANUAL, Verdict.ERROR, Verdict.MISSING})


class ClassCell(Frozen, frozen=True, kw_only=True):
    """One exercise of one student, as the class page needs it."""

    id: str
    title: str
    marks: float
    max_marks: float
    verdict: Verdict
    by_hand: tuple[str, ...] = ()
    """What a person gave, in sentences."""


class ClassRow(Frozen, frozen=True, kw_only=True):
    """One student, as the class page needs it. `href` leads from the class page to the student's page."""

    student: str
    href: str
    marks: float
    max_marks: float
    exercises: tuple[ClassCell, ...]
    flags: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why a person should look at this student's work; empty where no one need."""
        return (
            *(f"{c.id}: {VERDICTS[c.verdict].words}" for c in self.exercises if c.verdict in NEEDS_A_LOOK),
            *self.flags,
        )


class ExerciseSummary(Frozen, frozen=True, kw_only=True):
    """One exercise over the whole class."""

    id: str
    title: str
    mean: float
    max_marks: float
    students: int
    counts: dict[Verdict, int]


class Bin(Frozen, frozen=True, kw_only=True):
    """One bar of the distribution: how many students have `low` to `high` per cent of the marks."""

    low: int
    high: int
    students: int


class ChecksInGroups(Frozen, frozen=True, kw_only=True):
    """The checks of one exercise, in the order in which a student should read them."""

    open: tuple[CheckResult, ...]
    """What needs reading: not passed, for a person, our fault, or passed at a cost."""
    waiting: tuple[CheckResult, ...]
    missing: tuple[CheckResult, ...]
    passed: tuple[CheckResult, ...]


def render_student_html(report: Report, lab_title: str) -> str:
    """Render one student's feedback as an HTML page that needs no other file."""
    return _html().get_template("student.html").render(_student_values(report, lab_title))


def render_student_markdown(report: Report, lab_title: str) -> str:
    """Render one student's feedback as CommonMark with tables, telling the same story in short."""
    return _markdown().get_template("student.md").render(_student_values(report, lab_title))


def render_class_html(rows: Sequence[ClassRow], lab_title: str, max_marks: float) -> str:
    """Render the page of a class, its students in the order given, as HTML that needs no other file."""
    totals = [row.marks for row in rows]
    bins = _distribution(rows)
    return (
        _html()
        .get_template("index.html")
        .render(
            lab_title=lab_title,
            rows=rows,
            max_marks=max_marks,
            mean=statistics.fmean(totals) if totals else 0.0,
            median=statistics.median(totals) if totals else 0.0,
            bins=bins,
            tallest=max(b.students for b in bins) or 1,
            exercises=_exercise_summaries(rows),
            attention=[row for row in rows if row.reasons],
            marked=[row for row in rows if any(cell.by_hand for cell in row.exercises)],
        )
    )


def class_row(report: Report) -> ClassRow:
    """Keep of a report what the class page needs."""
    return ClassRow(
        student=report.student,
        href=f"students/{quote(page_folder(report.student), safe='')}/report.html",
        marks=report.marks,
        max_marks=report.max_marks,
        exercises=tuple(
            ClassCell(
                id=e.id,
                title=e.title,
                marks=e.marks,
                max_marks=e.max_marks,
                verdict=e.verdict,
                by_hand=in_words(e),
            )
            for e in report.exercises
        ),
        flags=report.flags,
    )


# Windows keeps these names for devices, whatever follows the first dot and in any case.
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE)
FOLDER_PUNCTUATION = frozenset(" -_.,()'@+")
FOLDER_BYTES = 100
"""Longest name kept: file systems stop at 255 bytes, encrypted ones at 143, and Windows paths at 260."""


def page_folder(student: str) -> str:
    """Name the folder of a student's pages, safe on every file system.

    A harmless name is kept as it is. Any other keeps its letters and digits of every script, is cut
    to 100 bytes of UTF-8, and gets `~` and 64 bits of SHA-256 of the name as found. A name with a `~` of
    its own is never kept, so no student can take a name that leads to another's folder. Names that
    differ only in upper and lower case differ here too only in that.
    """
    name = unicodedata.normalize("NFC", student)
    name = "".join(c if unicodedata.category(c)[0] in "LMN" or c in FOLDER_PUNCTUATION else "-" for c in name)
    name = name.encode()[:FOLDER_BYTES].decode(errors="ignore").lstrip(" .-").rstrip(" .")
    if RESERVED.match(name):
        name = f"student-{name}"
    if name == student and name:
        return name
    digest = hashlib.sha256(student.encode(errors="surrogatepass")).hexdigest()[:16]
    return f"{name or 'student'}~{digest}"


def _student_values(report: Report, lab_title: str) -> dict[str, object]:
    undecided = [e for e in report.exercises if e.verdict in UNDECIDED]
    steps = [e for e in report.exercises if e.next_step]
    return {
        "report": report,
        "lab_title": lab_title,
        "headline": _headline(report),
        "undecided": undecided,
        "start": next((e for e in steps if e.verdict not in UNDECIDED), next(iter(steps), None)),
    }


def _headline(report: Report) -> str:
    """Say in one sentence how it went."""
    verdicts = [e.verdict for e in report.exercises]
    full, all_of_them = verdicts.count(Verdict.FULL), len(verdicts)
    if verdicts and full == all_of_them:
        return "Everything is right. Well done!"
    if all(v is Verdict.MISSING for v in verdicts):
        return "We found nothing to mark in what was handed in."
    if full:
        return f"{full} of {all_of_them} exercises {'has' if full == 1 else 'have'} full marks."
    if Verdict.PARTIAL in verdicts:
        return "Parts of this are right. Here is what is left to do."
    if UNDECIDED & set(verdicts):
        return "Not everything could be marked automatically."
    return "This is not there yet. Here is where to start."


def _in_groups(exercise: ExerciseReport) -> ChecksInGroups:
    """Sort the checks of an exercise into what to read first and what to fold away."""
    folded = exercise.verdict is Verdict.MISSING
    groups: dict[str, list[CheckResult]] = {"open": [], "waiting": [], "missing": [], "passed": []}
    for check in exercise.checks:
        if check.outcome is Outcome.PASS and not check.cost:
            groups["passed"].append(check)
        elif check.outcome is Outcome.SKIPPED:
            groups["waiting"].append(check)
        elif check.outcome is Outcome.MISSING and folded:
            groups["missing"].append(check)
        else:
            groups["open"].append(check)
    return ChecksInGroups(**{name: tuple(checks) for name, checks in groups.items()})


def _distribution(rows: Sequence[ClassRow]) -> list[Bin]:
    """Count students per tenth of the marks; the last bar includes full marks."""
    counts = Counter(min(_percent(row.marks, row.max_marks) // 10, 9) for row in rows)
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
        )
        for exercise_id, found in cells.items()
    ]


def _percent(part: float, whole: float) -> int:
    """Give a share in whole per cent, rounded down so that only full marks are 100."""
    if whole <= 0:
        return 0
    # The small addition keeps 0.7 / 1 at 70: the quotient may be a rounding error below it.
    return max(0, min(100, int(100 * part / whole + 1e-9)))


def _mark(value: float) -> str:
    """Write a mark with at most two decimals and no trailing zeros: 0.75, 1, 4.5."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def _visible(value: object) -> object:
    """Show in a text what could not be seen; leave everything else as it is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return visible(value)


CODE = re.compile(r"`([^`\n]+)`")


def _prose(text: str) -> Markup:
    """Escape a message for HTML, setting what stands between backticks as code."""
    pieces = CODE.split(str(_visible(text)))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if i % 2 else escape(piece) for i, piece in enumerate(pieces)
    )


# `&` first: the entities of the others contain it.
MARKDOWN_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
# An underscore between letters or digits is left alone: there it emphasises nothing.
MARKDOWN_INLINE = re.compile(r"([\\`*\[\]|~$#]|(?<![^\W_])_|_(?![^\W_]))")
# What would start a list or a heading, were it first on its line.
MARKDOWN_BLOCK = re.compile(r"^([-+=]|\d+(?=[.)](\s|$)))")
# What GitHub turns into a link without being asked.
MARKDOWN_AUTOLINK = re.compile(r"(:)(?=//)|(?<=www)(\.)|(@)", re.IGNORECASE)


def _escape_markdown(text: str) -> str:
    for character, entity in MARKDOWN_ENTITIES:
        text = text.replace(character, entity)
    return MARKDOWN_AUTOLINK.sub(r"\\\g<0>", MARKDOWN_INLINE.sub(r"\\\1", text))


def _md(text: str) -> str:
    """Escape a text for one line of Markdown, keeping what stands between backticks as code."""
    line = " ".join(str(_visible(text)).split())
    pieces = CODE.split(line)
    escaped = "".join(
        (f"`{piece}`" if "<" not in piece and "|" not in piece else _escape_markdown(f"`{piece}`"))
        if i % 2
        else _escape_markdown(piece)
        for i, piece in enumerate(pieces)
    )
    return MARKDOWN_BLOCK.sub(lambda m: f"{m[0]}\\" if m[0].isdigit() else f"\\{m[0]}", escaped)


def _md_code(text: str, indent: int) -> str:
    """Set a text as code in a Markdown list item whose content is indented by `indent` spaces.

    One line becomes a code span, several a fenced block. A text with a `<` is escaped instead: in code
    it would be sound CommonMark, but a renderer that is not would meet a raw tag.
    """
    text = str(_visible(text)).strip("\n")
    if "<" in text or not text.strip():
        return _md(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    if "\n" not in text:
        text = text.strip()
        padding = " " if "`" in (text[0], text[-1]) else ""
        return f"{fence}{padding}{text}{padding}{fence}"
    fence = fence.ljust(3, "`")
    return "\n\n" + textwrap.indent(f"{fence}\n{text}\n{fence}", " " * indent)


def _templates_folder() -> Path:
    """Find the templates: in the installed package, or beside it in a checkout."""
    package = Path(str(importlib.resources.files("grader")))
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


def _environment(*, autoescape: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_templates_folder()),
        autoescape=autoescape,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(VERDICTS=VERDICTS, OUTCOMES=OUTCOMES, Verdict=Verdict, Outcome=Outcome)
    environment.filters.update(mark=_mark, in_groups=_in_groups, by_hand=in_words)
    environment.globals["percent"] = _percent
    return environment


@cache
def _html() -> Environment:
    """Make the environment of all HTML templates."""
    environment = _environment(autoescape=True)
    environment.filters["prose"] = _prose
    return environment


@cache
def _markdown() -> Environment:
    """Make the environment of the Markdown template, whose filters do the escaping."""
    environment = _environment(autoescape=False)
    environment.filters.update(md=_md, md_code=_md_code)
    return environment
