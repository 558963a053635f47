"""What pages cost: `python -m benchmarks.pages`.

CPU time for the three twins of a student's report that holds everything a page can show, and the page of a
class of a thousand. Exits with 1 where a limit is missed: 20 ms a student; 2 s and 3 MB for the class.
"""

import sys
import time
from collections.abc import Callable, Sequence

import msgspec

from grader.export import pages
from grader.model import Report
from tests.showcase import LAB, full_report, usual_report

__all__ = ["main"]

STUDENT_MILLISECONDS = 20.0
CLASS_SECONDS = 2.0
CLASS_BYTES = 3_000_000
STUDENTS = 1000


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of this process for one piece of work."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def render(report: Report) -> tuple[str, str, str]:
    """All twins of a student's page."""
    return (
        pages.render_student_html(report, LAB),
        pages.render_student_markdown(report, LAB),
        pages.render_student_text(report, LAB),
    )


def a_class(size: int) -> Sequence[Report]:
    """Reports of everything and of the usual case in turn, under names of usual length."""
    made = (full_report(), usual_report())
    return [
        msgspec.structs.replace(
            made[n % 2], student=f"Aurelia Thistlewhite_{1_000_000 + n}_assignsubmission_file"
        )
        for n in range(size)
    ]


def main() -> int:
    """Measure, print, and say with the exit status whether every limit was kept."""
    first = cpu_seconds(lambda: render(full_report()))
    reports = a_class(200)
    each = 1000 * cpu_seconds(lambda: [render(report) for report in reports]) / len(reports)
    whole = a_class(STUDENTS)
    rows = [pages.class_row(report) for report in whole]
    html = ""

    def class_page() -> None:
        nonlocal html
        html = pages.render_class_html(rows, LAB, 5.0)

    seconds = cpu_seconds(class_page)
    size = len(html.encode())
    print(f"the first student, with templates loaded: {1000 * first:.0f} ms CPU")
    print(f"each student, HTML, Markdown and text: {each:.1f} ms CPU (limit {STUDENT_MILLISECONDS:g} ms)")
    print(
        f"class of {STUDENTS}: {seconds:.2f} s CPU (limit {CLASS_SECONDS:g} s), {size / 1e6:.2f} MB (limit 3 MB)"
    )
    kept = each < STUDENT_MILLISECONDS and seconds < CLASS_SECONDS and size < CLASS_BYTES
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
