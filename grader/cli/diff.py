"""`grade diff OLD NEW`: whose marks changed between two runs, and why."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.exits import FAILED

if TYPE_CHECKING:
    from grader.reporting.run_comparison import Comparison

__all__ = ["command"]


@click.command("diff", short_help="Show whose marks changed between two runs, and why.")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(["rich", "plain", "json"]),
    default="rich",
    show_default=True,
    help="What to print: sentences, tab-separated lines, or JSON.",
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if any marks changed.")
def command(old: Path, new: Path, format_: str, exit_code: bool) -> None:
    """Compare two runs, each given by its results folder or its results.json.

    No code is run. For every exercise whose marks changed, the output says which checks have a different
    outcome, what a person marked, or that only the rubric differs.
    """
    import msgspec

    from grader.reporting.results_json import read_results
    from grader.reporting.run_comparison import compare

    found = compare(read_results(old), read_results(new))
    if format_ == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        from grader.core.escaping import visible

        lines = _sentences(found) if format_ == "rich" else _rows(found)
        for line in lines:
            click.echo(visible(line))
    sys.exit(FAILED if exit_code and found.changes else 0)


def _mark(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _sentences(found: "Comparison") -> Iterator[str]:
    for line in found.context:
        yield f"Different {line}"
    for change in found.changes:
        yield f"{change.student}: {_mark(change.before)} → {_mark(change.after)}"
        if change.before is None or change.after is None:
            yield f"  only in the {'new' if change.before is None else 'old'} run"
        for exercise in change.exercises:
            yield f"  {exercise.id}: {_mark(exercise.before)} → {_mark(exercise.after)}"
            for reason in exercise.reasons:
                yield f"    {reason}"
    yield f"{len(found.changes)} changed, {found.unchanged} unchanged."


def _rows(found: "Comparison") -> Iterator[str]:
    yield "student\texercise\tbefore\tafter\twhy"
    for change in found.changes:
        name = " ".join(change.student.split())
        if not change.exercises:
            yield f"{name}\t\t{_mark(change.before)}\t{_mark(change.after)}\t"
        for exercise in change.exercises:
            why = " ".join(" ".join(exercise.reasons).split())
            yield f"{name}\t{exercise.id}\t{_mark(exercise.before)}\t{_mark(exercise.after)}\t{why}"
