"""`grade mark STUDENT EXERCISE [MARKS]`: a person's mark or comment, kept for every grading to come."""

import getpass
from datetime import datetime
from pathlib import Path

import click

from grader.cli.options import lab_option
from grader.errors import PathError, TableError, UsageError

__all__ = ["command"]


@click.command("mark", short_help="Enter a mark or a comment by hand; it wins over the automatic one.")
@click.argument("student")
@click.argument("exercise")
@click.argument("marks", type=float, required=False)
@click.option("--comment", default="", metavar="TEXT", help="What the student should read about it.")
@click.option("--by", envvar="GRADE_BY", metavar="NAME", help="Who marks. Default: the user logged in.")
@click.option(
    "--out",
    envvar="GRADE_OUT",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the results. Default: reports.",
)
@click.option(
    "--marks",
    "table",
    envvar="GRADE_MARKS",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The table of marks by hand. Default: marks.csv in the folder of the results.",
)
@lab_option
def command(
    student: str,
    exercise: str,
    marks: float | None,
    comment: str,
    by: str | None,
    out: Path | None,
    table: Path | None,
    lab: str | None,
) -> None:
    """Enter a mark or a comment for STUDENT, by name, id or address.

    EXERCISE is an exercise such as 2.1, or one of its checks such as 2.1-why. Without MARKS only the comment
    is kept. Grading again puts it into every result, together with who and when.
    """
    from grader.config import read_settings
    from grader.handmarks import append, checked
    from grader.labs import load_lab
    from grader.model import HandMark

    if marks is None and not comment:
        raise UsageError("There is nothing to enter: give marks, a --comment, or both.")
    settings = read_settings(Path.cwd())
    folder = out or Path(settings.out or "reports")
    path = table or (Path(settings.marks) if settings.marks else folder / "marks.csv")
    when = datetime.now().astimezone().isoformat(sep=" ", timespec="minutes")
    given = HandMark(item=exercise, marks=marks, comment=comment, by=by or _user(), when=when)
    try:
        checked(given, load_lab(lab or settings.lab).rubric)
    except TableError as error:
        sentence = str(error)
        raise UsageError(sentence[0].upper() + sentence[1:]) from error
    name = _graded(student, folder)
    try:
        append(path, name, given)
    except OSError as error:
        raise PathError(
            f"{path} cannot be written ({error.strerror}): choose another file with --marks."
        ) from error
    what = "a comment" if marks is None else f"{marks:g}"
    click.echo(f"{name}, {exercise}: {what}, kept in {path}. Grade again to put it into every result.")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _graded(student: str, folder: Path) -> str:
    """The name of the one student graded who is meant. Raises UsageError where there is none or more."""
    import difflib

    from grader.export.results_json import read_students
    from grader.handmarks import is_called

    students = read_students(folder / "results.json")
    found = [name for name, identity in students if is_called(student, name, identity)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{student!r} may be any of {', '.join(found)}: give the id.")
    near = difflib.get_close_matches(student, [name for name, _ in students], 3, 0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else f"{folder / 'results.json'} has their names."
    raise UsageError(f"Nobody graded is called {student!r}: {hint}")
