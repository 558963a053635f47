"""`--format` and `--junit`: what is printed, and written in addition to the results folder."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.settings import setting

if TYPE_CHECKING:
    from grader.core.model import Report

__all__ = ["FORMATS", "format_option", "junit_option", "print_for_github", "write_junit"]

FORMATS = ("rich", "plain", "json", "github", "junit")


def format_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--format`."""
    return setting(
        "--format",
        "format_",
        type=click.Choice(FORMATS),
        default="rich",
        help="What to print: coloured text, plain text, results.json, annotations for GitHub Actions, or JUnit XML.",
    )(command)


def junit_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--junit`."""
    return setting(
        "--junit",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Also write JUnit XML, with one suite per student and one case per check.",
    )(command)


def write_junit(path: Path | None, reports: Sequence["Report"], lab_id: str) -> None:
    """Write JUnit XML to the path; None writes nothing."""
    if path is None:
        return
    from grader.core.atomic_files import place
    from grader.reporting.junit import junit_xml

    place(path, junit_xml(reports, lab_id).encode())


def print_for_github(reports: Sequence["Report"], roots: Mapping[str, Path], table: str = "") -> None:
    """Print annotations, then each student's feedback in a folded group where nothing counts as a command."""
    from grader.reporting.github_annotations import annotations, command, uncommanded
    from grader.reporting.terminal_tables import as_text, student_view

    workspace = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())
    click.echo(annotations(reports, roots, workspace), nl=False)
    for report in reports:
        click.echo(command("group", f"{report.student}: {report.marks:g} of {report.max_marks:g}"), nl=False)
        click.echo(uncommanded(as_text(student_view(report))), nl=False)
        click.echo("::endgroup::")
    if table:
        click.echo(uncommanded(table), nl=False)
