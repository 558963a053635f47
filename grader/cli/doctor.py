"""`grade doctor`: what this machine offers to shut students' code in, each claim tried."""

import sys
from pathlib import Path

import click

from grader.cli.exits import FAILED
from grader.cli.options import isolation_option, started_zygote

__all__ = ["command"]


@click.command(
    "doctor", short_help="Show what shuts students' code in on this machine, and try to break out."
)
@isolation_option
def command(isolation: str | None) -> None:
    """Show what this machine offers to shut students' code in, and try to break out of it.

    Every claim is put to the test by a throw-away worker, as a hostile submission would. The exit status is 1
    where something that the isolation promises does not hold.
    """
    from rich.progress import track

    from grader import console
    from grader.config import read_settings
    from grader.doctor import examine, facts

    stdout, errors = console.output_console(), console.error_console()
    stdout.print(console.facts_view(facts()))
    with started_zygote(isolation or read_settings(Path.cwd()).isolation) as zygote:
        stdout.print(f"\nIsolation: {zygote.level}")
        console.warn_of_isolation(errors, zygote)
        shown = track(
            examine(zygote),
            "Trying to break out",
            console=errors,
            transient=True,
            disable=not errors.is_terminal,
        )
        outcomes = list(shown)
    stdout.print(console.trials_table(outcomes))
    broken = sum(outcome.promised and not outcome.held for outcome in outcomes)
    stdout.print(
        f"{broken} of the claims do not hold: please report this, see SECURITY.md."
        if broken
        else "Every claim of this isolation held."
    )
    sys.exit(FAILED if broken else 0)
