"""`grade export …`: a run's results in the format of another system."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.exits import FAILED, complain
from grader.cli.options import lab_option, results_option
from grader.cli.settings import setting
from grader.core.errors import PathError

if TYPE_CHECKING:
    from grader.core.model import Report
    from grader.integrations.gradebooks.filled import Filled

__all__ = ["command"]

_FILE = click.Path(path_type=Path)


@click.group(
    "export", short_help="Gradebooks for Moodle and Canvas, feedback files, a Gradescope autograder."
)
def command() -> None:
    """Convert the results of a run to the format of another system, without running any code.

    \b
      grade export moodle Grades-Lab1.csv     fill in Moodle's grading worksheet
      grade export feedback                   zip pages for “Upload multiple feedback files”
      grade export canvas Grades.csv          fill in Canvas's gradebook
      grade export gradescope                 make an autograder for Gradescope
    """


@command.command("moodle", short_help="Fill in Moodle's offline grading worksheet.")
@click.argument("worksheet", type=_FILE)
@results_option
@click.option(
    "--to", type=_FILE, metavar="FILE", help="File to write. Default: moodle.csv in the results folder."
)
def moodle(worksheet: Path, out: Path, to: Path | None) -> None:
    """Fill in WORKSHEET, as exported with “Download grading worksheet”, ready to upload without editing.

    Only Grade and Feedback comments change. Every other column, row, quote and line ending stays as it was,
    and so do rows whose grade cannot be changed and comments that other people wrote.
    """
    from grader.integrations.gradebooks.moodle import fill_worksheet
    from grader.integrations.gradebooks.sheet import read_sheet

    _finish(fill_worksheet(read_sheet(worksheet), _reports(out)), to or out / "moodle.csv", worksheet)


@command.command("canvas", short_help="Fill in Canvas's gradebook.")
@click.argument("gradebook", type=_FILE)
@results_option
@click.option("--assignment", metavar="NAME|ID", help="The assignment; required if the file has several.")
@click.option(
    "--to", type=_FILE, metavar="FILE", help="File to write. Default: canvas.csv in the results folder."
)
def canvas(gradebook: Path, out: Path, assignment: str | None, to: Path | None) -> None:
    """Fill in one assignment of GRADEBOOK, as exported by Canvas, ready to import without editing.

    Marks are scaled to the points possible. Every other column and row stays as it was.
    """
    from grader.integrations.gradebooks.canvas import fill_gradebook
    from grader.integrations.gradebooks.sheet import read_sheet

    _finish(
        fill_gradebook(read_sheet(gradebook), _reports(out), assignment), to or out / "canvas.csv", gradebook
    )


@command.command("feedback", short_help="Zip feedback pages for Moodle's “Upload multiple feedback files”.")
@click.argument("worksheet", type=_FILE, required=False)
@results_option
@click.option(
    "--to", type=_FILE, metavar="FILE", help="File to write. Default: feedback.zip in the results folder."
)
def feedback(worksheet: Path | None, out: Path, to: Path | None) -> None:
    """Zip every student's page under the folder names of Moodle's download.

    Name the grading WORKSHEET if the submissions were not downloaded from Moodle: it gives each student's
    number there.
    """
    from grader.integrations.gradebooks.moodle import feedback_zip
    from grader.integrations.gradebooks.sheet import read_sheet
    from grader.reporting.pages import page_folder

    def page(report: "Report") -> bytes:
        file = out / "students" / page_folder(report.student) / "report.html"
        try:
            return file.read_bytes()
        except OSError as error:
            raise PathError(f"{file} cannot be read ({error.strerror}): grade again.") from error

    sheet = read_sheet(worksheet) if worksheet is not None else None
    _finish(feedback_zip(_reports(out), page, sheet), to or out / "feedback.zip", worksheet)


@command.command("gradescope", short_help="Make an autograder for Gradescope.")
@click.option(
    "--to",
    type=_FILE,
    metavar="FILE",
    default="gradescope-autograder.zip",
    show_default=True,
    help="File to write.",
)
@lab_option
@setting(
    "--seed", metavar="N", type=click.IntRange(min=0), show_default="the lab's", help="Grade with this seed."
)
def gradescope(to: Path, lab: str | None, seed: int | None) -> None:
    """Make the zip to upload under “Configure Autograder”, with an Ubuntu base image.

    The zip contains this grader, the lab, `setup.sh`, which installs them, and `run_autograder`. Choose a
    container with at least 1 CPU and 2 GB of memory: the smallest is too small for torch.
    """
    from grader.core.atomic_files import place
    from grader.integrations.gradescope import autograder_zip

    place(to, autograder_zip(lab, seed))
    click.echo(f"{to}: upload it under “Configure Autograder”.")


def _reports(out: Path) -> Sequence["Report"]:
    from grader.reporting.results_json import read_results

    return read_results(out).submissions


def _finish(filled: "Filled", to: Path, source: Path | None) -> None:
    from grader.core.atomic_files import place

    place(to, filled.data)
    click.echo(f"{to}: {filled.rows} student{'s' * (filled.rows != 1)}.")
    for note in filled.notes:
        complain(note)
    if filled.waiting:
        complain(
            f"Left unchanged because a mark is still open: {', '.join(filled.waiting)}. Grade again, or enter the "
            "marks with `grade mark`, then export again."
        )
    if filled.strangers:
        where = f"{source} does not list" if source is not None else "The Moodle number is not known for"
        complain(f"{where} {', '.join(filled.strangers)}: enter their marks by hand, or grade with --roster.")
        sys.exit(FAILED)
