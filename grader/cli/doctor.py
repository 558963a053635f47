"""`grade doctor`: how this machine isolates student code, with every claim tested."""

import sys

import click

from grader.cli.exits import FAILED
from grader.cli.options import isolation_option, started_fork_server

__all__ = ["command"]


@click.command(
    "doctor", short_help="Show how student code is isolated on this machine, and try to break out."
)
@isolation_option
def command(isolation: str | None) -> None:
    """Show how this machine isolates student code, and try to break out.

    A throw-away worker tests every claim as a hostile submission would. The exit status is 1 if a guarantee
    of the isolation level does not hold.
    """
    from rich.progress import track

    from grader.reporting import terminal_tables
    from grader.sandbox.self_test import facts, try_claims

    stdout, errors = terminal_tables.output_console(), terminal_tables.error_console()
    stdout.print(terminal_tables.facts_view(facts()))
    with started_fork_server(isolation) as fork_server:
        stdout.print(f"\nIsolation: {fork_server.level}")
        terminal_tables.warn_of_isolation(errors, fork_server)
        outcomes = list(
            track(
                try_claims(fork_server),
                description="Trying to break out",
                console=errors,
                transient=True,
                disable=not errors.is_terminal,
            )
        )
    stdout.print(terminal_tables.claims_table(outcomes))
    broken = sum(outcome.promised and not outcome.held for outcome in outcomes)
    stdout.print(
        f"{broken} of the claims do not hold: please report this as SECURITY.md explains."
        if broken
        else "Every claim of this isolation level held."
    )
    sys.exit(FAILED if broken else 0)
