"""Measure the cost of pages: ``python -m benchmarks.pages [--students N]``.

The CPU time for the three formats of a student's report, alternating between reports with everything a page
can show and usual ones, and for the page of a class of a thousand. Goals: 20 ms per student; 2 s and 3 MB for
the class.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from benchmarks.common.tables import Line, report
from grader.core.result import Report
from grader.reporting import pages
from tests.tools.showcase import LAB, full_report, usual_report

STUDENT_MS: Final = 20.0
CLASS_SECONDS: Final = 2.0
CLASS_MB: Final = 3.0


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of this process for one piece of work."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def render(report: Report) -> tuple[str, str, str]:
    """A student's page in all formats."""
    return (
        pages.render_student_html(report, LAB),
        pages.render_student_markdown(report, LAB),
        pages.render_student_text(report, LAB),
    )


def a_class(size: int) -> Sequence[Report]:
    """Full and usual reports in turn, with names of usual length."""
    made = (full_report(), usual_report())
    return [
        msgspec.structs.replace(
            made[n % 2], student=f"Aurelia Thistlewhite_{1_000_000 + n}_assignsubmission_file"
        )
        for n in range(size)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print each measurement beside its limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--students", type=int, default=1000)
    students = parser.parse_args(arguments).students
    first = 1000 * cpu_seconds(lambda: render(full_report()))
    reports = a_class(max(1, students // 5))
    each = 1000 * cpu_seconds(lambda: [render(report) for report in reports]) / len(reports)
    rows = [pages.class_row(report) for report in a_class(students)]
    html = ""

    def class_page() -> None:
        nonlocal html
        html = pages.render_class_html(rows, LAB, 5.0)

    seconds = cpu_seconds(class_page)
    size = len(html.encode()) / 1e6
    name = f"page of a class of {students:,}"
    return report(
        [
            Line("the first student, with templates loaded", f"{first:.0f} ms CPU"),
            Line("each student", f"{each:.1f} ms CPU", f"≤ {STUDENT_MS:g} ms", each <= STUDENT_MS),
            Line(name, f"{seconds:.2f} s CPU", f"≤ {CLASS_SECONDS:g} s", seconds <= CLASS_SECONDS),
            Line("its size", f"{size:.2f} MB", f"≤ {CLASS_MB:g} MB", size <= CLASS_MB),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
