"""The output on a pull request: annotations on students' lines, report.md, the job summary and outputs.

Run as ``python -I -m grader.reporting.pull_request_summary FOLDER SUBMISSIONS`` after grading SUBMISSIONS
into FOLDER, with the variables that GitHub documents for the steps of an action: `GITHUB_WORKSPACE` is the
repository's folder, `GITHUB_STEP_SUMMARY` and `GITHUB_OUTPUT` name files to append to.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader.core.atomic_files import write_text
from grader.core.model import Report
from grader.reporting.github_annotations import annotations
from grader.reporting.results_json import Results

__all__ = ["main", "roots", "write_report"]

SUMMARY_BYTES: Final = 1_000_000
"""GitHub accepts 1 MiB of summary per step and drops a longer one entirely."""


def write_report(folder: Path) -> tuple[int, Path | None]:
    """Write `report.md`, the feedback of all students in sequence; return their number and the file.

    Writes nothing if nothing was graded.
    """
    results = folder / "results.json"
    if not results.is_file():
        return 0, None
    count = len(msgspec.json.decode(results.read_bytes(), type=Results).submissions)
    pages = sorted((folder / "students").glob("*/report.md"))
    report = folder / "report.md"
    write_text(report, "\n\n---\n\n".join(page.read_text(encoding="utf-8").strip() for page in pages) + "\n")
    return count, report


def roots(reports: Sequence[Report], submissions: Path) -> dict[str, Path]:
    """For each student the folder that the files are relative to, if it still exists."""
    found = {}
    for report in reports:
        for folder in (submissions / report.student, submissions, submissions.parent):
            if any((folder / name).is_file() for name in report.files):
                found[report.student] = folder
                break
    return found


def main() -> None:
    """Print the annotations, write the report, append it to the job summary, and output where everything is."""
    folder, submissions = Path(sys.argv[1]), Path(sys.argv[2])
    count, report = write_report(folder)
    if report:
        results = msgspec.json.decode((folder / "results.json").read_bytes(), type=Results)
        workspace = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())
        reports = results.submissions
        sys.stdout.write(annotations(reports, roots(reports, submissions), workspace))
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
