"""Options that are also settings: a flag overrides the environment, which overrides `[tool.grade]`."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from grader.cli.group import HELP_ASKED
from grader.core.errors import UsageError

__all__ = ["Setting", "apply_settings", "setting", "settings_of"]


class Setting(click.Option):
    """An option that `[tool.grade]` and a variable can set too: `--fail-under`, `GRADE_FAIL_UNDER`.

    Its name is a field of `grader.core.config.Settings`.
    """

    def __init__(self, *arguments: Any, **attributes: Any) -> None:
        super().__init__(*arguments, **{"show_envvar": True, "show_default": True, **attributes})
        self.key = max(self.opts, key=len).removeprefix("--")
        self.envvar = "GRADE_" + self.key.upper().replace("-", "_")

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Convert and check the value; an error says where an invalid value came from."""
        try:
            return super().process_value(ctx, value)
        except click.BadParameter as error:
            assert self.name is not None
            if ctx.get_parameter_source(self.name) is ParameterSource.DEFAULT_MAP:
                raise UsageError(
                    f"{ctx.find_root().obj}: [tool.grade] has an invalid `{self.key}`: {error.message} Correct that line."
                ) from error
            raise


def setting(*names: str, **attributes: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add an option that is also a setting, like `click.option`."""
    return click.option(*names, cls=Setting, **attributes)


def settings_of(command: click.Command) -> Iterator[Setting]:
    """The settings of a command and of its subcommands, each once."""
    seen: set[str] = set()
    for parameter in _parameters(command):
        if isinstance(parameter, Setting) and parameter.key not in seen:
            seen.add(parameter.key)
            yield parameter


def _parameters(command: click.Command) -> Iterator[click.Parameter]:
    yield from command.params
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from _parameters(inner)


def apply_settings(ctx: click.Context, root: click.Group) -> None:
    """Apply the nearest `[tool.grade]`, below the environment and the flags of the invoked command.

    Raises UsageError for an unknown key or variable. A request for help always works.
    """
    called = root.commands.get(ctx.invoked_subcommand or "")
    if called is None or ctx.meta[HELP_ASKED] or not any(settings_of(called)):
        return
    from grader.core.config import check_variables, find_settings

    found = find_settings(Path.cwd())
    values = {
        name: value
        for name in found.settings.__struct_fields__
        if (value := getattr(found.settings, name)) is not None
    }
    known = {item.envvar for item in _parameters(root) if isinstance(item.envvar, str)}
    check_variables(os.environ, known)
    ctx.obj = found.file
    ctx.default_map = {called.name or "": _below(called, values)}


def _below(command: click.Command, values: Mapping[str, Any]) -> dict[str, Any]:
    own = {
        parameter.name: values[field]
        for parameter in command.params
        if isinstance(parameter, Setting)
        and (field := parameter.key.replace("-", "_")) in values
        and parameter.name is not None
    }
    if isinstance(command, click.Group):
        return {**own, **{name: _below(inner, values) for name, inner in command.commands.items()}}
    return own
