"""`grade PATH…`: grade a class or a file and write the results."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from grader.cli.changed import changed_option
from grader.cli.formats import format_option, junit_option
from grader.cli.options import shared
from grader.cli.settings import setting

__all__ = ["command"]


@click.command("run", short_help="Grade a class or a file (what `grade PATH…` does).")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@setting(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default="reports",
    help="Folder to write the results to.",
)
@setting(
    "--roster",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The class list, as exported by Moodle, Canvas or GitHub Classroom: names everybody, and lists who "
    "handed in nothing.",
)
@setting(
    "--marks",
    type=click.Path(path_type=Path),
    metavar="FILE",
    show_default="marks.csv in the results folder, if it exists",
    help="Marks and comments by a person, which override automatic ones (see `grade mark`).",
)
@setting(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    default=lambda: os.cpu_count() or 1,
    show_default="one for each core",
    help="Number of students to grade at the same time.",
)
@changed_option
@shared
@format_option
@junit_option
@click.option(
    "--gradescope",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Treat PATH as one student's submission and write Gradescope's results.json.",
)
@setting(
    "--cluster",
    metavar="ADDRESS",
    help="Examine submissions on a Dask cluster, such as tcp://scheduler:8786, instead of this machine.",
)
@setting(
    "--cache/--no-cache",
    default=True,
    help="Cache findings, and run only what has changed since an earlier run.",
)
@setting(
    "--cache-dir",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    show_default="lab-grader in your cache folder",
    help="Folder of the cache.",
)
@setting(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit with 1 if a student has less than this percentage of the marks.",
)
@click.option(
    "--anonymise",
    envvar="GRADE_ANONYMISE",
    is_flag=True,
    help="Replace every name with a stable code in everything written or shown; the key is DIR-names.csv.",
)
def command(**options: Any) -> None:
    """Grade a class or a file and write the results."""
    from grader.cli.grading import GradeOptions, Grading

    sys.exit(Grading(GradeOptions(**options)).run())
