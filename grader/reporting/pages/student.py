"""One student's feedback: the same story as HTML, as Markdown and as plain text."""

from typing import Final

from grader.core.frozen import Frozen
from grader.core.result import CheckResult, ExerciseReport, Outcome, Report, Verdict
from grader.reporting.pages.environment import html_templates, text_templates
from grader.reporting.wording import UNDECIDED, flag_sentences, headline

__all__ = [
    "ChecksInGroups",
    "in_groups",
    "render_student_html",
    "render_student_markdown",
    "render_student_text",
]


class ChecksInGroups(Frozen, frozen=True, kw_only=True):
    """The checks of one exercise, in the order in which a student should read them."""

    open: tuple[CheckResult, ...]
    """Checks to read: not passed, for a person, a fault in the grader, or passed at a cost."""
    waiting: tuple[CheckResult, ...]
    missing: tuple[CheckResult, ...]
    passed: tuple[CheckResult, ...]
    summary: str
    """Passed checks, one line each."""
    lead: CheckResult | None
    """The first check that did not pass, unless a diagnosis already explains it."""


def render_student_html(report: Report, lab_title: str) -> str:
    """Render one student's feedback as a self-contained HTML page."""
    return html_templates().get_template("student.html").render(_values(report, lab_title))


def render_student_markdown(report: Report, lab_title: str) -> str:
    """Render one student's feedback as CommonMark with tables: the same story, shorter."""
    return text_templates().get_template("student.md").render(_values(report, lab_title))


def render_student_text(report: Report, lab_title: str) -> str:
    """Render one student's feedback as plain text of less than 80 columns, for mail and comment boxes."""
    return text_templates().get_template("student.txt").render(_values(report, lab_title))


def _values(report: Report, lab_title: str) -> dict[str, object]:
    undecided = [e for e in report.exercises if e.verdict in UNDECIDED]
    steps = [e for e in report.exercises if e.next_step]
    return {
        "report": report,
        "student": report.student or "(no name)",
        "lab_title": lab_title,
        "headline": headline(report),
        "flags": flag_sentences(report),
        "undecided": undecided,
        "start": next((e for e in steps if e.verdict not in UNDECIDED), next(iter(steps), None)),
        "groups": [in_groups(e) for e in report.exercises],
    }


READ_FIRST: Final = (Outcome.FAIL, Outcome.FOLLOWS, Outcome.MISSING, Outcome.ERROR, Outcome.MANUAL)


def in_groups(exercise: ExerciseReport) -> ChecksInGroups:
    """Sort the checks of an exercise into those to read first and those to fold away."""
    folded = exercise.verdict is Verdict.MISSING
    groups: dict[str, list[CheckResult]] = {"open": [], "waiting": [], "missing": [], "passed": []}
    for check in exercise.checks:
        if check.outcome is Outcome.PASS and not check.cost:
            groups["passed"].append(check)
        elif check.outcome is Outcome.SKIPPED or (check.blocked_by and check.outcome is Outcome.MANUAL):
            groups["waiting"].append(check)
        elif check.outcome is Outcome.MISSING and folded:
            groups["missing"].append(check)
        else:
            groups["open"].append(check)
    told = any(diagnosis.counterexample is not None for diagnosis in exercise.diagnoses)
    failed = sorted(
        (check for check in groups["open"] if check.outcome in READ_FIRST),
        key=lambda check: READ_FIRST.index(check.outcome),
    )
    return ChecksInGroups(
        **{name: tuple(checks) for name, checks in groups.items()},
        summary=_summary(exercise.checks),
        lead=failed[0] if failed and not told else None,
    )


def _summary(checks: tuple[CheckResult, ...]) -> str:
    """Count the checks by outcome."""
    if not checks:
        return ""
    outcomes = [check.outcome for check in checks]
    passed = outcomes.count(Outcome.PASS)
    if passed == len(checks):
        return "The check passed." if passed == 1 else f"All {passed} checks passed."
    others = (
        (Outcome.FAIL, "did not pass", "did not pass"),
        (Outcome.FOLLOWS, "follows from an earlier exercise", "follow from an earlier exercise"),
        (Outcome.SKIPPED, "waits for another", "wait for another"),
        (Outcome.MISSING, "found nothing to check", "found nothing to check"),
        (Outcome.MANUAL, "is for a person", "are for a person"),
        (Outcome.ERROR, "failed on our side", "failed on our side"),
    )
    counts = [
        f"{outcomes.count(outcome)} {one if outcomes.count(outcome) == 1 else several}"
        for outcome, one, several in others
        if outcome in outcomes
    ]
    return f"{passed} of {len(checks)} checks passed; {', '.join(counts)}."
