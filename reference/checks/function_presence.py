"""Whether the student's factorisation function is there and takes what it has to be given."""

from grader.core.escaping import capital
from grader.core.model import Finding, Outcome
from grader.lab import Bench, Function, Located
from grader.labkit.unreachable_functions import hidden
from reference.checks.hard_coded_parameters import Fixed

__all__ = ["presence", "signature"]


def presence(function: Function, fixed: Fixed, bench: Bench) -> Finding:
    """What is found of a function; `fixed` knows of one without its constants whether it does what they say."""
    located = bench.locate(function)
    if located is None:
        return _nothing(function, bench)
    missing, notes = located.binding.missing, located.notes
    if missing and not fixed.follows(bench):
        return _without(located, _listed(missing), function)
    if missing:
        note = (
            f"`{located.name}` does not take {_listed(missing)}; with its hard-coded values, whole runs end "
            "where the sheet's rule ends with its defaults."
        )
        notes = (*notes, note)
    return Finding(outcome=Outcome.PASS, message=f"`{located.name}`, {located.place}.", notes=notes)


def signature(function: Function) -> str:
    """The sheet's name and parameters, without defaults."""
    return f"{function.name}({', '.join(p.name for p in function.parameters)})"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _without(located: Located, named: str, function: Function) -> Finding:
    """A function that cannot be given the parameters named, and does not do what they say either."""
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


def _nothing(function: Function, bench: Bench) -> Finding:
    loaded = bench.loaded
    if loaded.problem:
        return Finding(outcome=Outcome.FAIL, message=loaded.problem)
    inner = hidden(loaded.source, function)
    if inner is not None:
        return Finding(
            outcome=Outcome.MANUAL,
            message=f"`{inner.name}` ({inner.place}) is nested inside `{inner.within}` and needs something from "
            "it, so nothing else can call it. A person has to look.",
        )
    return Finding(outcome=Outcome.MISSING, message=_what_there_is(function, bench))


def _what_there_is(function: Function, bench: Bench) -> str:
    loaded = bench.loaded
    if loaded.source is None:
        return "No file with code was handed in."
    names = ", ".join(f"`{info.name}`" for info in loaded.functions[:12])
    there = f" The file defines {names}." if names else " The file defines no function that could be used."
    failed = loaded.failures[:1]
    why = f" {capital(failed[0].place)} failed ({failed[0].type_name or failed[0].text})." if failed else ""
    return f"No function named `{function.name}` was found.{there}{why}"
