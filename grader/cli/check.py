"""`grade check FILE`: a student's self-check; nothing is written."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.exits import FAILED
from grader.cli.options import drawn_seed, limits, shared

if TYPE_CHECKING:
    from grader.lab import Lab
    from grader.model import Report

__all__ = ["command"]


@click.command("check", short_help="Check your own file; nothing is written.")
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--watch", is_flag=True, help="Check again whenever it is saved, until everything is right.")
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
    watch: bool,
    exercise_ids: tuple[str, ...],
    seed: str | None,
    lab: str | None,
    time_limit: float | None,
    format_: str | None,
) -> None:
    """Check one file or folder and print what is right, what is not, and what to do next.

    Nothing is written. The exit status is 1 until every exercise has full marks. With --watch it checks
    again whenever you save, and ends with 0 as soon as everything is right; Ctrl-C ends it before.
    """
    from grader.collect import one
    from grader.config import read_settings
    from grader.sandbox import Zygote

    one(path)  # a path that cannot be graded is told before anything is started
    settings = read_settings(Path.cwd())
    with Zygote() as zygote:  # it loads torch while the lab is loaded here
        from grader.labs import load_lab, selected
        from grader.model import Verdict
        from grader.pipeline import grade_one

        loaded = load_lab(lab or settings.lab)
        drawn = drawn_seed(seed or settings.seed, loaded.seed)
        exercises = selected(loaded, drawn, exercise_ids)
        allowed = limits(time_limit or settings.time_limit)
        for _ in _occasions(path, watch):
            report = grade_one(one(path), loaded, exercises, drawn, allowed, zygote)
            _show(report, loaded, drawn, format_, watch)
            right = all(exercise.verdict is Verdict.FULL for exercise in report.exercises)
            if right or not watch:
                sys.exit(0 if right else FAILED)
            click.echo(f"Save {path} to check it again; Ctrl-C ends.", err=True)


def _occasions(path: Path, watch: bool) -> Iterator[None]:
    if not watch:
        return iter((None,))
    from grader.watch import saves

    return saves(path)


def _show(report: "Report", lab: "Lab", seed: int, format_: str | None, watch: bool) -> None:
    from grader import console
    from grader.export.results_json import results_json

    if format_ == "json":
        click.echo(results_json([report], lab.id, seed), nl=False)
        return
    plain = format_ == "plain"
    stdout = console.output_console(plain)
    if watch and stdout.is_terminal:
        stdout.clear()
    stdout.print(console.student_view(report, plain))
