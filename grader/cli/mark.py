"""`grade mark STUDENT EXERCISE [MARKS]`: store a person's mark or comment for every later grading."""

import getpass
from datetime import datetime
from pathlib import Path

import click

from grader.cli.options import lab_option
from grader.cli.settings import setting
from grader.core.errors import PathError, TableError, UsageError

__all__ = ["command"]


@click.command("mark", short_help="Enter a mark or a comment by hand; it overrides the automatic one.")
@click.argument("student")
@click.argument("exercise")
@click.argument("marks", type=float, required=False)
@click.option("--comment", default="", metavar="TEXT", help="A comment for the student.")
@click.option("--by", envvar="GRADE_BY", metavar="NAME", help="Who is marking. Default: the current user.")
@setting(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default="reports",
    help="Results folder.",
)
@setting(
    "--marks",
    "table",
    type=click.Path(path_type=Path),
    metavar="FILE",
    show_default="marks.csv in the results folder",
    help="The table of manual marks.",
)
@lab_option
def command(
    student: str,
    exercise: str,
    marks: float | None,
    comment: str,
    by: str | None,
    out: Path,
    table: Path | None,
    lab: str | None,
) -> None:
    """Enter a mark or a comment for STUDENT, given by name, id or address.

    EXERCISE is an exercise such as 2.1, or one of its checks such as 2.1-why. Without MARKS, only the comment
    is stored. When you grade again, every result includes the entry, with who made it and when.
    """
    from grader.core.model import HandMark
    from grader.lab.loader import load_lab
    from grader.marking.manual_marks import append, checked

    if marks is None and not comment:
        raise UsageError("There is nothing to enter: give marks, a --comment, or both.")
    path = table or out / "marks.csv"
    when = datetime.now().astimezone().isoformat(sep=" ", timespec="minutes")
    given = HandMark(item=exercise, marks=marks, comment=comment, by=by or _user(), when=when)
    try:
        checked(given, load_lab(lab).rubric)
    except TableError as error:
        sentence = str(error)
        raise UsageError(sentence[0].upper() + sentence[1:]) from error
    name = _graded(student, out)
    try:
        append(path, name, given)
    except OSError as error:
        raise PathError(
            f"{path} cannot be written ({error.strerror}): choose another file with --marks."
        ) from error
    what = "a comment" if marks is None else f"{marks:g}"
    click.echo(f"{name}, {exercise}: {what}, stored in {path}. Grade again to add it to every result.")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _graded(student: str, folder: Path) -> str:
    """The name of the graded student that the text identifies. Raises UsageError if there is none or several."""
    import difflib

    from grader.marking.manual_marks import is_called
    from grader.reporting.results_json import read_students

    students = read_students(folder / "results.json")
    found = [name for name, identity in students if is_called(student, name, identity)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{student!r} could be any of {', '.join(found)}: use the id.")
    near = difflib.get_close_matches(student, [name for name, _ in students], 3, 0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else f"{folder / 'results.json'} lists the names."
    raise UsageError(f"No graded student is called {student!r}: {hint}")
