"""The group of all commands: `grade PATH…` grades, `grade COMMAND` runs a command."""

from typing import Final

import click
from click.shell_completion import CompletionItem

__all__ = ["HELP_ASKED", "GradeGroup"]

HELP_ASKED: Final = "grader.help"
"""The context key that records a request for help, so that no other error can prevent it."""


class GradeGroup(click.Group):
    """`grade PATH…` grades; `grade COMMAND` runs a command. Help includes the options of grading."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Treat everything that is not a command as arguments of grading."""
        ctx.meta[HELP_ASKED] = not {"-h", "--help"}.isdisjoint(args)
        if args and args[0] not in (*self.commands, "-h", "--help", "--version"):
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete commands and options; if none fits, complete a path to grade."""
        grading = self.commands["run"]
        inner = grading.make_context("run", [], parent=ctx, resilient_parsing=True)
        words = [*super().shell_complete(ctx, incomplete), *grading.shell_complete(inner, incomplete)]
        # Not both: bash drops all words when asked to complete a path as well.
        path = [] if words or incomplete.startswith("-") else [CompletionItem(incomplete, type="file")]
        return [*words, *path]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the options of `grade PATH…` before the commands."""
        shown = [p for p in self.commands["run"].params if isinstance(p, click.Option)]
        shown += [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        with formatter.section("Options"):
            formatter.write_dl([record for p in shown if (record := p.get_help_record(ctx)) is not None])
        self.format_commands(ctx, formatter)
