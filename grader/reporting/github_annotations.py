"""GitHub Actions: annotations on a student's lines, and other output in which nothing can be a command.

Escaping as in actions/toolkit, `command.ts`: `%`, CR and LF in a message, `:` and `,` too in a property.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.core.escaping import visible
from grader.core.result import ExerciseReport, Outcome, Report, Verdict

__all__ = ["annotations", "command", "uncommanded"]

_LEVELS = {
    Verdict.PARTIAL: "error",
    Verdict.NONE: "error",
    Verdict.FOLLOWS: "error",
    Verdict.MISSING: "error",
    Verdict.MANUAL: "notice",
    Verdict.ERROR: "warning",
}


def annotations(reports: Sequence[Report], roots: Mapping[str, Path], workspace: Path) -> str:
    """One annotation for every named mistake, or else for every exercise without full marks.

    `roots` has the folder that a student's files are relative to; a file outside the workspace, which GitHub
    could not show, is named only in the message.
    """
    return "".join(
        line
        for report in reports
        for exercise in report.exercises
        for line in _of(report, exercise, roots.get(report.student), workspace)
    )


def _of(report: Report, exercise: ExerciseReport, root: Path | None, workspace: Path) -> Iterator[str]:
    level = _LEVELS.get(exercise.verdict)
    if level is None:
        return
    title = f"{exercise.id} {exercise.title}: {exercise.marks:g} of {exercise.max_marks:g}"
    for found in exercise.diagnoses:
        file = _file(found.file, root, workspace)
        place = "" if file or not found.file else f"{found.file}: "
        line = str(found.line) if file and found.line is not None else ""
        message = f"{place}{found.title} {found.message}"
        yield command(level, message, {"file": file, "line": line, "title": title})
    if exercise.diagnoses:
        return
    file = _file(report.files[0], root, workspace) if len(report.files) == 1 else ""
    yield command(level, f"{report.student}: {_why(exercise)}", {"file": file, "title": title})


def _why(exercise: ExerciseReport) -> str:
    for outcome in (Outcome.FAIL, Outcome.ERROR, Outcome.FOLLOWS, Outcome.MISSING, Outcome.MANUAL):
        for check in exercise.checks:
            if check.outcome is outcome:
                told = [check.title + ".", check.message]
                told += [f"Got: {check.got}."] if check.got else []
                told += [f"Expected: {check.wanted}."] if check.wanted else []
                return " ".join(part for part in (*told, exercise.next_step) if part)
    return exercise.next_step or "A person has to look."


def _file(name: str, root: Path | None, workspace: Path) -> str:
    if not name or root is None:
        return ""
    file = (root / name).resolve()
    if not file.is_file() or not file.is_relative_to(workspace.resolve()):
        return ""
    return file.relative_to(workspace.resolve()).as_posix()


def command(name: str, message: str, properties: Mapping[str, str] | None = None) -> str:
    """A workflow command on its own line, with everything in it escaped; empty properties are left out."""
    given = ",".join(f"{key}={_property(value)}" for key, value in (properties or {}).items() if value)
    return f"::{name}{' ' if given else ''}{given}::{_message(message)}\n"


def uncommanded(text: str) -> str:
    """Enclose a text so that nothing in it counts as a command: between `stop-commands` and a random token."""
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}\n{text.rstrip()}\n::{token}::\n"


def _message(text: str) -> str:
    shown = visible(text)
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
