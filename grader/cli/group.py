"""The group of all commands: `grade PATH…` grades, `grade COMMAND` runs a command."""

import click

__all__ = ["GradeGroup"]


class GradeGroup(click.Group):
    """`grade PATH…` grades; `grade COMMAND` runs a command. Help shows the options of grading at once."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take everything that is no command of ours for the arguments of grading."""
        if args and args[0] not in (*self.commands, "-h", "--help", "--version"):
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show what `grade PATH…` takes before the commands."""
        shown = [p for p in self.commands["run"].params if isinstance(p, click.Option)]
        shown += [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        with formatter.section("Options"):
            formatter.write_dl([record for p in shown if (record := p.get_help_record(ctx)) is not None])
        self.format_commands(ctx, formatter)
