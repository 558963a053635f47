"""What a pull request shows: annotations on students' lines, report.md, the job's summary and outputs.

Run as ``python -I -m grader.export.pull_request FOLDER SUBMISSIONS`` after grading SUBMISSIONS into FOLDER, with
the variables that GitHub documents for the steps of an action: `GITHUB_WORKSPACE` is the repository's folder,
`GITHUB_STEP_SUMMARY` and `GITHUB_OUTPUT` name files to append to. Escaping is that of actions/toolkit,
`command.ts`: `%`, CR and LF in a message, `:` and `,` too in a property.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from grader.export.atomic import write_text
from grader.export.results_json import Results
from grader.model import ExerciseReport, Outcome, Verdict
from grader.text import visible

__all__ = ["annotations", "main", "write_report"]

SUMMARY_BYTES: Final = 1_000_000
"""GitHub takes 1 MiB of summary a step and drops all of a longer one."""


def write_report(folder: Path) -> tuple[int, Path | None]:
    """Write `report.md`, the feedback of every student one after another; return their number and the file.

    Nothing is written where nothing was graded.
    """
    results = folder / "results.json"
    if not results.is_file():
        return 0, None
    count = len(msgspec.json.decode(results.read_bytes(), type=Results).submissions)
    pages = sorted((folder / "students").glob("*/report.md"))
    report = folder / "report.md"
    write_text(report, "\n\n---\n\n".join(page.read_text(encoding="utf-8").strip() for page in pages) + "\n")
    return count, report


def annotations(results: Results, submissions: Path, workspace: Path) -> Iterator[str]:
    """A workflow command for every mistake named, or else for every exercise without full marks."""
    for report in results.submissions:
        for exercise in report.exercises:
            if exercise.verdict is Verdict.FULL:
                continue
            level = "notice" if exercise.verdict is Verdict.MANUAL else "error"
            title = f"{exercise.id} {exercise.title}: {exercise.marks:g} of {exercise.max_marks:g}"
            for found in exercise.diagnoses:
                file = _relative(found.file, report.student, submissions, workspace)
                line = str(found.line) if file and found.line is not None else ""
                yield _command(level, f"{found.title} {found.message}", file=file, line=line, title=title)
            if not exercise.diagnoses:
                only = report.files[0] if len(report.files) == 1 else ""
                file = _relative(only, report.student, submissions, workspace)
                yield _command(level, f"{report.student}: {_why(exercise)}", file=file, title=title)


def _why(exercise: ExerciseReport) -> str:
    for check in exercise.checks:
        if check.outcome not in (Outcome.PASS, Outcome.SKIPPED):
            return " ".join(part for part in (f"{check.title}.", check.message, exercise.next_step) if part)
    return exercise.next_step


def _relative(name: str, student: str, submissions: Path, workspace: Path) -> str:
    """The file as GitHub names it, or nothing where it is not one of the repository's."""
    top = workspace.resolve()
    for folder in (submissions / student, submissions, submissions.parent):
        file = (folder / name).resolve()
        if name and file.is_file() and file.is_relative_to(top):
            return file.relative_to(top).as_posix()
    return ""


def _command(level: str, message: str, **properties: str) -> str:
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{level} {given}::{_message(message)}\n"


def _message(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def main() -> None:
    """Print the annotations, write the report, append it to the job's summary, say where everything is."""
    folder, submissions = Path(sys.argv[1]), Path(sys.argv[2])
    count, report = write_report(folder)
    if report:
        results = msgspec.json.decode((folder / "results.json").read_bytes(), type=Results)
        workspace = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())
        sys.stdout.writelines(annotations(results, submissions, workspace))
    text = report.read_text(encoding="utf-8") if report else "Nothing was graded.\n"
    _append("GITHUB_STEP_SUMMARY", _cut(text))
    outputs = {
        "graded": str(count),
        "reports": str(folder) if report else "",
        "report": str(report or ""),
        "results": str(folder / "results.json") if report else "",
    }
    _append("GITHUB_OUTPUT", "".join(f"{name}={value}\n" for name, value in outputs.items()))


def _cut(text: str) -> str:
    data = text.encode()
    if len(data) <= SUMMARY_BYTES:
        return text
    return data[:SUMMARY_BYTES].decode("utf-8", "ignore") + "\n\nThe rest is in report.md.\n"


def _append(variable: str, text: str) -> None:
    if os.environ.get(variable):
        with Path(os.environ[variable]).open("a", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
