"""The results folder: pages as each student is finished, tables at the end.

Every file is replaced atomically, so an interrupt leaves old or new files and never partial ones.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from grader.core.atomic_files import write_pieces, write_text, write_texts
from grader.core.errors import PathError
from grader.core.model import Report
from grader.lab.spec import Lab
from grader.marking.common_mistakes import shared_mistakes
from grader.reporting import pages
from grader.reporting.entry_spool import Entries
from grader.reporting.gradebook_csv import gradebook_csv, names_csv
from grader.reporting.page_stamps import Stamps, bears, stamped
from grader.reporting.results_json import results_pieces
from grader.reporting.zip_bundle import write_bundle

__all__ = ["Output"]

DOWNLOADS: Final = (
    pages.Download("gradebook.csv", "Marks (CSV)", "the marks of every student, for a spreadsheet"),
    pages.Download("results.json", "Results (JSON)", "everything, for other programs"),
    pages.Download("reports.zip", "All reports (ZIP)", "every student's feedback pages"),
)
"""The downloads of the class page; all are written beside it."""


class Output:
    """Writes one run's results into a folder."""

    def __init__(self, folder: Path, lab: Lab, seed: int, exercise_ids: Sequence[str]) -> None:
        self._folder = folder
        self._lab = lab
        self._seed = seed
        self._exercise_ids = tuple(exercise_ids)
        self._stamps = Stamps(lab.title)
        self._entries = Entries()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_text(folder / ".writable", "")
            (folder / ".writable").unlink()
        except OSError as error:
            raise PathError(
                f"Results cannot be written to {folder} ({os.strerror(error.errno or 0)}): choose another folder with --out."
            ) from error

    def keep(self, report: Report) -> None:
        """Store a student's entry of results.json in a temporary file until `tables` is called."""
        self._entries.add(report)

    def student(self, report: Report) -> None:
        """Write one student's pages, unless the existing ones have the same stamp."""
        folder = self._folder / "students" / pages.page_folder(report.student)
        html, markdown, text = (folder / f"report.{kind}" for kind in ("html", "md", "txt"))
        stamp = self._stamps.of(report)
        if markdown.is_file() and text.is_file() and bears(html, stamp):
            return
        write_text(markdown, pages.render_student_markdown(report, self._lab.title))
        write_text(text, pages.render_student_text(report, self._lab.title))
        # Last, because its stamp vouches for the others.
        write_text(html, stamped(pages.render_student_html(report, self._lab.title), stamp))

    def tables(self, reports: Sequence[Report], isolation: str) -> None:
        """Write the class page, the gradebook and results.json for the reports in this order.

        All entries were stored before. The reports may be summaries: the entries contain what tables do not
        show.
        """
        rows = [pages.class_row(report) for report in reports]
        most = max((report.max_marks for report in reports), default=0.0)
        entries = self._entries.of(report.student for report in reports)
        mistakes = shared_mistakes(reports)
        pieces = results_pieces(entries, mistakes, self._lab.id, self._seed, isolation)
        write_pieces(self._folder / "results.json", pieces)
        self._entries.close()
        write_text(self._folder / "gradebook.csv", gradebook_csv(reports, self._exercise_ids))
        folders = [pages.page_folder(report.student) for report in reports]
        write_bundle(self._folder / "reports.zip", self._folder / "students", folders)
        write_texts(
            self._folder / "index.html", pages.class_html_pieces(rows, self._lab.title, most, DOWNLOADS)
        )

    def names(self, names: Sequence[tuple[str, str]]) -> None:
        """Write the key of codes and names to a file beside the folder, so that the folder can be handed on."""
        folder = self._folder.resolve()
        write_text(folder.with_name(f"{folder.name}-names.csv"), names_csv(names))
