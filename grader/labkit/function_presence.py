"""Whether the required function exists and has the required parameters."""

from collections.abc import Callable

from grader.lab import Bench, Finding, Function, Located, Outcome, capital
from grader.labkit.lost_work import lost_definition, lost_file
from grader.labkit.not_started import not_started
from grader.labkit.unreachable_functions import unreachable

__all__ = ["lacking_parameters", "listed", "missing_function", "presence", "signature"]


def presence(function: Function) -> Callable[[object, Bench], Finding]:
    """A check that the function exists and has all parameters that the sheet requires."""
    return lambda context, bench: _presence(function, bench)


def _presence(function: Function, bench: Bench) -> Finding:
    located = bench.locate(function)
    if located is None:
        return missing_function(function, bench)
    empty = not_started(bench, function)
    if empty is not None:
        return empty
    if located.binding.missing:
        return lacking_parameters(function, located)
    return Finding(outcome=Outcome.PASS, message=f"`{located.name}`, {located.place}.", notes=located.notes)


def signature(function: Function) -> str:
    """The function's name and parameters as on the sheet, without defaults."""
    return f"{function.name}({', '.join(p.name for p in function.parameters)})"


def listed(names: tuple[str, ...]) -> str:
    """Names from code as a list in a sentence."""
    return ", ".join(f"`{name}`" for name in names)


def lacking_parameters(function: Function, located: Located) -> Finding:
    """The finding for a function that lacks parameters; a person has to look at the class of a method."""
    named = listed(located.binding.missing)
    if located.made_with is not None:
        return Finding(
            outcome=Outcome.MANUAL,
            message=f"`{located.name}` ({located.place}) is a method; neither it nor its class takes {named}. A "
            "person has to look.",
        )
    return Finding(
        outcome=Outcome.FAIL,
        message=f"`{located.name}` ({located.place}) does not take {named}.",
        got=f"parameters that could be matched: {', '.join(located.parameters) or 'none'}",
        wanted=signature(function),
        notes=located.notes,
    )


def missing_function(function: Function, bench: Bench) -> Finding:
    """The finding for a missing function: a problem of the file, a nested function, or none at all."""
    loaded = bench.loaded
    unread = lost_file(loaded)
    if unread is not None:
        return unread
    inner = unreachable(loaded.source, function)
    if inner is not None:
        return Finding(
            outcome=Outcome.MANUAL,
            message=f"`{inner.name}` ({inner.place}) is nested inside `{inner.within}` and needs something from "
            "it, so nothing else can call it. A person has to look.",
        )
    return lost_definition(bench, function) or Finding(
        outcome=Outcome.MISSING, message=_what_there_is(function, bench)
    )


def _what_there_is(function: Function, bench: Bench) -> str:
    loaded = bench.loaded
    if loaded.source is None:
        return "No file with code was handed in."
    names = ", ".join(f"`{info.name}`" for info in loaded.functions[:12])
    others = f" The file defines {names}." if names else " The file defines no function that could be used."
    failed = loaded.failures[:1]
    why = f" {capital(failed[0].place)} failed ({failed[0].type_name or failed[0].text})." if failed else ""
    return f"No function named `{function.name}` was found.{others}{why}"
