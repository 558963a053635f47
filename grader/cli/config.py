"""`grade config`: the current settings and where each comes from."""

import json
from typing import Any

import click
from click.core import ParameterSource

from grader.cli.settings import Setting, settings_of

__all__ = ["config_command"]


def config_command(root: click.Group) -> click.Command:
    """The command that shows every setting of every command in the group."""
    shown = list(settings_of(root))

    @click.pass_context
    def show(ctx: click.Context, /, **values: Any) -> None:
        rows = [(item.key, _value(item, values), _origin(item, ctx), str(item.envvar)) for item in shown]
        if values["format_"] == "json":
            entries = {key: {"value": value, "from": origin} for key, value, origin, _ in rows}
            click.echo(json.dumps(entries, indent=2, default=str, ensure_ascii=False))
            return
        texts = [
            (key, _text(item, value), *more) for item, (key, value, *more) in zip(shown, rows, strict=True)
        ]
        if values["format_"] != "rich":
            click.echo(
                "\n".join("\t".join(row) for row in (("setting", "value", "from", "variable"), *texts))
            )
            return
        from rich.table import Table
        from rich.text import Text

        from grader.core.escaping import visible
        from grader.reporting.terminal_tables import output_console

        table = Table(header_style="bold")
        for heading in ("Setting", "Value", "From", "Variable"):
            table.add_column(heading, overflow="fold")
        for row in texts:
            table.add_row(*(Text(visible(cell)) for cell in row))
        output_console().print(table)

    return click.Command(
        "config",
        params=list(shown),
        callback=show,
        short_help="Show the current settings and where each comes from.",
        help="""Show the settings that apply in this folder, and where each comes from.

    A flag overrides the environment, the environment overrides `[tool.grade]` in the nearest
    `pyproject.toml`, and the file overrides the default. Add the flags that you want to grade with to see
    their effect. In the file, a setting has the name of its flag without the leading dashes:

    \b
      [tool.grade]
      out = "reports"
      jobs = 4
      fail-under = 50
    """,
    )


def _value(item: Setting, values: dict[str, Any]) -> Any:
    return values[item.name] if item.name is not None else None


def _text(item: Setting, value: Any) -> str:
    if value is None:
        return item.show_default if isinstance(item.show_default, str) else ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _origin(item: Setting, ctx: click.Context) -> str:
    source = ctx.get_parameter_source(item.name or "")
    if source is ParameterSource.COMMANDLINE:
        return "flag"
    if source is ParameterSource.ENVIRONMENT:
        return "environment"
    if source is ParameterSource.DEFAULT_MAP:
        return str(ctx.find_root().obj)
    return "default"
