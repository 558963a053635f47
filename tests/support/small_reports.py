"""Invented reports, for tests of outputs."""

from grader.core.result import CheckResult, Diagnosis, ExerciseReport, Outcome, Report, Verdict
from grader.core.submission import Identity

__all__ = ["HOSTILE", "diagnosis", "every_outcome", "report"]

HOSTILE = (
    "=cmd|'/C calc'!A0 <script>alert(1)</script> ]]> &amp; \x00\x1b[31m\ud800\ufffe\u202e"
    '\r\n::error::forged %0A ::stop-commands::x "quoted", 100%'
)
"""Text that spreadsheets, browsers, XML parsers, terminals or GitHub could interpret."""


def report(
    student: str,
    marks: float = 4.5,
    *,
    most: float = 5.0,
    verdict: Verdict = Verdict.PARTIAL,
    text: str = "",
    flags: tuple[str, ...] = (),
    **identity: str | bool,
) -> Report:
    """A report with one exercise; all of its sentences are `text`."""
    exercise = ExerciseReport(
        id="1.1",
        title=text or "Factorise",
        marks=marks,
        max_marks=most,
        verdict=verdict,
        next_step=text or "Mend the row loop.",
        checks=every_outcome(text),
    )
    return Report(
        student,
        ("lab.py",),
        marks,
        most,
        flags,
        1.5,
        (exercise,),
        Identity(**identity),  # type: ignore[arg-type]
    )


def every_outcome(text: str = "") -> tuple[CheckResult, ...]:
    """A check of every outcome."""
    return tuple(
        CheckResult(
            id=f"1.1-{outcome}",
            title=text or f"It is {outcome}",
            outcome=outcome,
            message=text or "A message.",
            got=text or "1",
            wanted=text or "2",
            call=text,
        )
        for outcome in Outcome
    )


def diagnosis(file: str, line: int, text: str = "") -> Diagnosis:
    """A diagnosis of a named mistake in a line."""
    return Diagnosis(
        id="rows",
        title=text or "The row loop runs over the rank.",
        message=text or "Use A.shape[0].",
        file=file,
        line=line,
    )
