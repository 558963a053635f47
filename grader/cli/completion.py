"""`grade completion SHELL`: a script that lets a shell complete commands, options and paths."""

import click
from click.shell_completion import get_completion_class

from grader.core.errors import UsageError

__all__ = ["command"]


@click.command("completion", short_help="Print a script that lets your shell complete `grade`.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print a script that lets your shell complete commands, options, their values and paths.

    Add the line for your shell to its start-up file:

    \b
      bash    eval "$(grade completion bash)"          in ~/.bashrc
      zsh     eval "$(grade completion zsh)"           in ~/.zshrc
      fish    grade completion fish | source           in ~/.config/fish/config.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(f"There is no completion for {shell}: use bash, zsh or fish.")
    click.echo(kind(ctx.find_root().command, {}, "grade", "_GRADE_COMPLETE").source())
