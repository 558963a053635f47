"""`grade kit`: what students are given to begin with, without the solution."""

from pathlib import Path

import click

from grader.cli.options import lab_option

__all__ = ["command"]


@click.command("kit", short_help="Make the zip students begin with: starter file and checks, no solution.")
@lab_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The zip to write. Default: the lab's id, such as lab1-kit.zip.",
)
def command(lab: str | None, out: Path | None) -> None:
    """Make the zip that students begin with.

    It holds the starter file, a README, and a wheel with the grader and the checks. The lab's modules that
    hold a solution are left out; a kit whose checks cannot be loaded without them is refused.
    """
    from grader.integrations.student_kit import write_kit

    written, files = write_kit(lab, out)
    click.echo(f"{written}: {', '.join(files)}")
