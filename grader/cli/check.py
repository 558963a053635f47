"""`grade check FILE`: a student's self-check; nothing is written."""

import sys
from pathlib import Path

import click

from grader.cli.exits import FAILED
from grader.cli.formats import format_option, junit_option, print_for_github, write_junit
from grader.cli.options import drawn_seed, limits, shared

__all__ = ["command"]


@click.command("check", short_help="Check your own file; nothing is written.")
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@shared
@format_option
@junit_option
def command(
    path: Path,
    exercise_ids: tuple[str, ...],
    seed: int | str | None,
    lab: str | None,
    time_limit: float,
    format_: str,
    junit: Path | None,
) -> None:
    """Check one file or folder and print what is right, what is not, and what to do next.

    Nothing is written. The exit status is 1 until every exercise has full marks.
    """
    from grader import console
    from grader.collect import one
    from grader.export.junit import junit_xml
    from grader.export.results_json import results_json
    from grader.labs import load_lab, selected
    from grader.model import Verdict
    from grader.pipeline import grade_one
    from grader.sandbox import Zygote

    submission = one(path)
    loaded = load_lab(lab)
    drawn = drawn_seed(seed, loaded.seed)
    exercises = selected(loaded, drawn, exercise_ids)
    with Zygote() as zygote:
        report = grade_one(submission, loaded, exercises, drawn, limits(time_limit), zygote)
    write_junit(junit, [report], loaded.id)
    if format_ == "json":
        click.echo(results_json([report], loaded.id, drawn), nl=False)
    elif format_ == "junit":
        click.echo(junit_xml([report], loaded.id), nl=False)
    elif format_ == "github":
        print_for_github([report], {report.student: submission.root})
    else:
        console.output_console(plain=format_ == "plain").print(console.student_view(report))
    sys.exit(0 if all(exercise.verdict is Verdict.FULL for exercise in report.exercises) else FAILED)
