"""`grade check FILE`: a student's self-check; nothing is written."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.exits import FAILED
from grader.cli.formats import format_option, junit_option, print_for_github, write_junit
from grader.cli.options import run_plan, shared, started_fork_server

if TYPE_CHECKING:
    from grader.core.model import Report
    from grader.grading.run_plan import RunPlan

__all__ = ["command"]


@click.command("check", short_help="Check your own file; nothing is written.")
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--watch", is_flag=True, help="Check again every time you save, until everything is right.")
@shared
@format_option
@junit_option
def command(
    path: Path,
    watch: bool,
    format_: str,
    junit: Path | None,
    **options: Any,
) -> None:
    """Check one file or folder and print what is right, what is wrong and what to do next.

    Nothing is written. The exit status is 1 until every exercise has full marks. With --watch, the command
    checks again every time you save and exits with 0 as soon as everything is right; Ctrl-C stops it earlier.
    """
    from grader.submissions.discovery import one

    one(path)  # report a path that cannot be graded before starting anything
    with started_fork_server(options["isolation"], wait=False) as fork_server:  # loads torch in the meantime
        from grader.core.model import Verdict
        from grader.grading.examine import grade_one
        from grader.marking.feedback_level import filter_feedback
        from grader.reporting import terminal_tables

        plan = run_plan(**options)
        terminal_tables.warn_of_isolation(terminal_tables.error_console(), fork_server)
        for _ in _occasions(path, watch):
            submission = one(path)
            report = filter_feedback(grade_one(submission, plan, fork_server), plan.feedback)
            write_junit(junit, [report], plan.lab.id)
            _show(report, submission.root, plan, fork_server.level, format_, watch)
            right = all(exercise.verdict is Verdict.FULL for exercise in report.exercises)
            if right or not watch:
                sys.exit(0 if right else FAILED)
            click.echo(f"Save {path} to check it again; press Ctrl-C to stop.", err=True)


def _occasions(path: Path, watch: bool) -> Iterator[None]:
    if not watch:
        return iter((None,))
    from grader.integrations.file_watch import saves

    return saves(path)


def _show(report: "Report", root: Path, plan: "RunPlan", level: str, format_: str, watch: bool) -> None:
    from grader.reporting import terminal_tables
    from grader.reporting.junit import junit_xml
    from grader.reporting.results_json import results_json

    if format_ == "json":
        click.echo(results_json([report], plan.lab.id, plan.seed, level), nl=False)
    elif format_ == "junit":
        click.echo(junit_xml([report], plan.lab.id), nl=False)
    elif format_ == "github":
        print_for_github([report], {report.student: root})
    else:
        plain = format_ == "plain"
        stdout = terminal_tables.output_console(plain)
        if watch and stdout.is_terminal:
            stdout.clear()
        stdout.print(terminal_tables.student_view(report, plain))
