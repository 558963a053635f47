"""`grade PATH…`: grade a class or a file and write the results."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.changed import changed_option, only_changed
from grader.cli.exits import FAILED, INTERRUPTED
from grader.cli.options import drawn_seed, limits, shared

if TYPE_CHECKING:
    from grader.model import Report

__all__ = ["command"]


@click.command("run", short_help="Grade a class or a file (what `grade PATH…` does).")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@click.option(
    "--out",
    envvar="GRADE_OUT",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder for the results. Default: reports.",
)
@click.option(
    "--jobs",
    envvar="GRADE_JOBS",
    type=click.IntRange(min=1),
    metavar="N",
    help="Students graded at the same time. Default: one for each core.",
)
@changed_option
@shared
@click.option(
    "--format",
    "format_",
    envvar="GRADE_FORMAT",
    type=click.Choice(["rich", "plain", "json"]),
    help="What to print: a table, tab-separated lines, or results.json. Default: rich.",
)
@click.option(
    "--fail-under",
    envvar="GRADE_FAIL_UNDER",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Exit with 1 if a student has less than this share of the marks.",
)
@click.option(
    "--anonymise",
    envvar="GRADE_ANONYMISE",
    is_flag=True,
    help="Put a stable code for every name in all that is written and shown; who is who goes to DIR-names.csv.",
)
def command(
    paths: Sequence[Path],
    out: Path | None,
    jobs: int | None,
    changed_since: str | None,
    exercise_ids: tuple[str, ...],
    seed: str | None,
    lab: str | None,
    time_limit: float | None,
    format_: str | None,
    fail_under: float | None,
    anonymise: bool,
) -> None:
    """Grade a class or a file and write the results."""
    from grader.config import read_settings

    settings = read_settings(Path.cwd())
    status = _run(
        paths,
        out=out or Path(settings.out or "reports"),
        jobs=jobs or settings.jobs or os.cpu_count() or 1,
        changed_since=changed_since,
        exercise_ids=exercise_ids,
        seed=seed or settings.seed,
        lab_name=lab or settings.lab,
        time_limit=time_limit or settings.time_limit,
        format_=format_ or settings.format or "rich",
        fail_under=fail_under if fail_under is not None else settings.fail_under,
        anonymise=anonymise,
    )
    sys.exit(status)


def _run(
    paths: Sequence[Path],
    *,
    out: Path,
    jobs: int,
    changed_since: str | None,
    exercise_ids: tuple[str, ...],
    seed: int | str | None,
    lab_name: str | None,
    time_limit: float | None,
    format_: str,
    fail_under: float | None,
    anonymise: bool,
) -> int:
    from grader import console
    from grader.collect import collect
    from grader.export.results_json import results_json
    from grader.labs import load_lab, selected
    from grader.model import Report, Verdict
    from grader.output import Output
    from grader.pipeline import grade_all
    from grader.progress import Watch

    submissions = only_changed(collect(paths), changed_since)
    if changed_since and not submissions:
        return 0
    lab = load_lab(lab_name)
    drawn = drawn_seed(seed, lab.seed)
    exercises = selected(lab, drawn, exercise_ids)
    ids = [exercise.id for exercise in exercises]
    hidden = None
    if anonymise:
        from grader.anonymise import Anonymiser

        hidden = Anonymiser(lab, exercises, submissions)
        submissions = tuple(map(hidden.submission, submissions))
    output = Output(out, lab, drawn, ids)
    reports: list[Report] = []
    interrupted = False
    errors = console.error_console()
    try:
        with Watch(errors, len(submissions), plain=format_ == "plain") as watch:
            graded = grade_all(
                submissions, lab, exercises, drawn, limits(time_limit), jobs, started=watch.started
            )
            for report in graded:
                if hidden is not None:
                    report = hidden.report(report)
                reports.append(report)
                output.student(report)
                watch.finished(report)
    except KeyboardInterrupt:
        interrupted = True
    reports.sort(key=lambda report: report.student)
    output.tables(reports)
    if hidden is not None:
        output.names(hidden.names)
    stdout = console.output_console()
    if format_ == "json":
        click.echo(results_json(reports, lab.id, drawn), nl=False)
    elif format_ == "plain":
        click.echo(console.plain_table(reports, ids))
    else:
        stdout.print(console.class_table(reports, ids))
        stdout.print(f"Feedback: {out / 'index.html'}", soft_wrap=True)
    if interrupted:
        errors.print(
            f"Interrupted: {len(reports)} of {len(submissions)} submissions were graded and kept in {out}."
        )
        return INTERRUPTED
    if any(exercise.verdict is Verdict.ERROR for report in reports for exercise in report.exercises):
        errors.print("The grader itself failed on some checks; see the flags. They cost no mark.")
        return FAILED
    return (
        FAILED if fail_under is not None and any(_percent(report) < fail_under for report in reports) else 0
    )


def _percent(report: "Report") -> float:
    return 100.0 * report.marks / report.max_marks if report.max_marks else 100.0
