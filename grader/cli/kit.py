"""`grade kit`: the zip that students start from, without the solution."""

from pathlib import Path

import click

from grader.cli.options import lab_option

__all__ = ["command"]


@click.command(
    "kit", short_help="Make the zip that students start from: starter file and checks, no solution."
)
@lab_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="File to write. Default: named after the lab, for example lab1-kit.zip.",
)
def command(lab: str | None, out: Path | None) -> None:
    """Make the zip that students start from.

    The zip contains the starter file, a README, and a wheel with the grader and the checks. It leaves out the
    lab's modules that contain a solution. If the checks cannot be loaded without them, no kit is made.
    """
    from grader.integrations.student_kit import write_kit

    written, files = write_kit(lab, out)
    click.echo(f"{written}: {', '.join(files)}")
