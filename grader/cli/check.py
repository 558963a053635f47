"""`grade check FILE`: a student's self-check; nothing is written."""

import sys
from pathlib import Path

import click

from grader.cli.exits import FAILED
from grader.cli.options import drawn_seed, limits, shared

__all__ = ["command"]


@click.command("check", short_help="Check your own file; nothing is written.")
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@shared
@click.option(
    "--format",
    "format_",
    envvar="GRADE_FORMAT",
    type=click.Choice(["rich", "plain", "json"]),
    help="Coloured text, plain text, or results.json. Default: rich.",
)
def command(
    path: Path,
    exercise_ids: tuple[str, ...],
    seed: str | None,
    lab: str | None,
    time_limit: float | None,
    format_: str | None,
) -> None:
    """Check one file or folder and print what is right, what is not, and what to do next.

    Nothing is written. The exit status is 1 until every exercise has full marks.
    """
    from grader import console
    from grader.collect import one
    from grader.config import read_settings
    from grader.export.results_json import results_json
    from grader.labs import load_lab, selected
    from grader.model import Verdict
    from grader.pipeline import grade_one
    from grader.sandbox import Zygote

    settings = read_settings(Path.cwd())
    submission = one(path)
    loaded = load_lab(lab or settings.lab)
    drawn = drawn_seed(seed or settings.seed, loaded.seed)
    exercises = selected(loaded, drawn, exercise_ids)
    with Zygote() as zygote:
        report = grade_one(
            submission, loaded, exercises, drawn, limits(time_limit or settings.time_limit), zygote
        )
    if format_ == "json":
        click.echo(results_json([report], loaded.id, drawn), nl=False)
    else:
        console.output_console(plain=format_ == "plain").print(console.student_view(report))
    sys.exit(0 if all(exercise.verdict is Verdict.FULL for exercise in report.exercises) else FAILED)
