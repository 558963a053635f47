"""Treat a method as a function of the constructor's parameters and its own, with a new object for each call."""

import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any, NamedTuple

from grader.worker.value_codec import Attributes

__all__ = ["Method", "as_function"]

Parameters = tuple[inspect.Parameter, ...]

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_BY_POSITION_ONLY = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.POSITIONAL_ONLY)
_WORKS = (
    "fit", "train", "run", "factor", "solve", "learn", "optim", "descen", "complet", "sgd", "call", "forward",
)  # fmt: skip
"""Names of methods that store their results in the object."""


class Method(NamedTuple):
    """A method that can be called as a function."""

    call: Callable[..., Any]
    parameters: Parameters
    """The method's own, then those of the class that the method lacks."""
    made_with: tuple[str, ...]
    """The names of the constructor's parameters."""
    shared: tuple[str, ...]
    """The names that both have."""


def as_function(owner: type, method: FunctionType) -> Method | None:
    """The method with a new object for each call, or None if the class cannot be instantiated this way.

    A parameter that both share is passed to both. A method with parameters is used only if its class can be
    instantiated without arguments.
    """
    try:
        taken = tuple(inspect.signature(method).parameters.values())[1:]
        made_with = tuple(inspect.signature(owner).parameters.values())
    except (TypeError, ValueError):
        return None
    if any(parameter.kind in (*_VARIADIC, *_BY_POSITION_ONLY) for parameter in taken):
        if any(_is_required(parameter) for parameter in made_with):
            return None
        return Method(_calling_as_given(owner, method), taken, (), ())
    if any(parameter.kind in _BY_POSITION_ONLY and _is_required(parameter) for parameter in made_with):
        return None
    made_with = tuple(parameter for parameter in made_with if parameter.kind not in _BY_POSITION_ONLY)
    known = {parameter.name for parameter in taken}
    both = (*taken, *(parameter for parameter in made_with if parameter.name not in known))
    names = tuple(parameter.name for parameter in made_with)
    return Method(
        _calling(owner, method, taken, made_with, both),
        both,
        names,
        tuple(name for name in names if name in known),
    )


def _calling_as_given(owner: type, method: FunctionType) -> Callable[..., Any]:
    def call(*given: Any, **named: Any) -> Any:
        instance = owner()
        return _result(instance, method, method(instance, *given, **named))

    return call


def _calling(
    owner: type, method: FunctionType, taken: Parameters, made_with: Parameters, both: Parameters
) -> Callable[..., Any]:
    by_position = [p.name for p in both if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    to_method = {p.name for p in taken}
    to_class = {p.name for p in made_with}

    def call(*given: Any, **named: Any) -> Any:
        values = dict(zip(by_position, given, strict=False)) | named
        instance = owner(
            **{name: v for name, v in values.items() if name in to_class or name not in to_method}
        )
        result = method(instance, **{name: v for name, v in values.items() if name in to_method})
        return _result(instance, method, result)

    return call


def _is_required(parameter: inspect.Parameter) -> bool:
    return parameter.default is inspect.Parameter.empty and parameter.kind not in _VARIADIC


def _result(instance: Any, method: FunctionType, result: Any) -> Any:
    """The return value of a method; for a method that works on its object, the object's content."""
    if result is not None and result is not instance:
        return result
    if not any(word in method.__name__.lower() for word in _WORKS):
        return result
    return Attributes(getattr(instance, "__dict__", {}))
