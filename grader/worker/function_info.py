"""Describe a student's callable: its name, its line and its parameters with their defaults."""

import ast
import inspect
from collections.abc import Callable
from itertools import repeat
from typing import Any, Final

from grader import protocol
from grader.worker.safe_names import name_of, plain

__all__ = ["as_written", "describe", "listed"]

MAX_PARAMETERS: Final = 300
_KINDS: Final[dict[Any, protocol.Kind]] = {
    inspect.Parameter.POSITIONAL_ONLY: "positional_only",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "positional_or_keyword",
    inspect.Parameter.VAR_POSITIONAL: "var_positional",
    inspect.Parameter.KEYWORD_ONLY: "keyword_only",
    inspect.Parameter.VAR_KEYWORD: "var_keyword",
}


def describe(name: str, value: Callable[..., Any], line: int) -> protocol.FunctionInfo | None:
    """A callable as the grader sees it, or None if its parameters cannot be determined."""
    try:
        signature = inspect.signature(value)
    except Exception:  # `__signature__` is the student's
        return None
    parameters = listed(tuple(signature.parameters.values()))
    return (
        None
        if parameters is None
        else protocol.FunctionInfo(name=plain(name), line=line, parameters=parameters)
    )


def listed(parameters: tuple[inspect.Parameter, ...]) -> tuple[protocol.ParameterInfo, ...] | None:
    """The parameters; None if there are too many, or their names are too long to tell apart."""
    listed = tuple(
        protocol.ParameterInfo(
            name=plain(parameter.name),
            kind=_KINDS[parameter.kind],
            default=None if parameter.default is parameter.empty else _short(parameter.default),
        )
        for parameter in parameters[: MAX_PARAMETERS + 1]
    )
    different = {parameter.name for parameter in listed}
    return listed if len(listed) == len(different) <= MAX_PARAMETERS else None


def as_written(statement: ast.FunctionDef) -> protocol.FunctionInfo:
    """A function whose parameters are only in its `def`, because the resulting object does not reveal them."""
    given = statement.args
    either: protocol.Kind = "positional_or_keyword"
    by_name: protocol.Kind = "keyword_only"
    by_place = [*given.posonlyargs, *given.args]
    defaults = [*[None] * (len(by_place) - len(given.defaults)), *given.defaults]
    listed: list[tuple[ast.arg | None, protocol.Kind, ast.expr | None]] = [
        *zip(by_place, repeat(either), defaults),
        (given.vararg, "var_positional", None),
        *zip(given.kwonlyargs, repeat(by_name), given.kw_defaults),
        (given.kwarg, "var_keyword", None),
    ]
    parameters = tuple(
        protocol.ParameterInfo(
            name=plain(argument.arg),
            kind=kind,
            default=None if default is None else plain(ast.unparse(default)),
        )
        for argument, kind, default in listed
        if argument is not None
    )
    return protocol.FunctionInfo(
        name=plain(statement.name), line=statement.lineno, parameters=parameters[:MAX_PARAMETERS]
    )


def _short(value: object) -> str:
    if type(value) in (type(None), bool, int, float, str):
        return plain(repr(value))
    return name_of(type(value))
