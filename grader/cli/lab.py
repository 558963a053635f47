"""`grade lab`: exercises, checks and tolerances, and the lab's numbers recomputed."""

import sys

import click

from grader.cli.exits import FAILED
from grader.cli.options import lab_option

__all__ = ["command"]


@click.command("lab", short_help="Show exercises, checks and marks, and recompute the lab's numbers.")
@lab_option
@click.option(
    "--numbers/--no-numbers",
    default=True,
    help="Recompute the lab's published numbers, if it has any (takes a few seconds).",
)
def command(lab: str | None, numbers: bool) -> None:
    """Show the exercises, their checks and marks, and recompute the lab's own numbers."""
    from rich.table import Table
    from rich.text import Text

    from grader.lab.loader import load_lab, selected
    from grader.reporting import terminal_tables

    loaded = load_lab(lab)
    stdout = terminal_tables.output_console()
    stdout.print(terminal_tables.lab_view(loaded, selected(loaded, loaded.seed, ())))
    shown = loaded.demonstrate() if numbers else ()
    if not shown:
        return
    table = Table(
        "Number",
        "Published",
        "Computed",
        "Holds",
        header_style="bold",
        title="\nNumbers of the lab",
        title_justify="left",
    )
    for number in shown:
        cells = (number.name, number.published, number.computed, "yes" if number.holds else "NO")
        table.add_row(*map(Text, cells))
    stdout.print(table)
    held = sum(number.holds for number in shown)
    stdout.print(f"{held} of {len(shown)} numbers match.")
    sys.exit(0 if held == len(shown) else FAILED)
