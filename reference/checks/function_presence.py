"""Whether the student's factorisation function is there and takes what it has to be given."""

from grader.core.escaping import capital
from grader.core.model import Finding, Outcome
from grader.lab import Bench, Function, Located
from grader.labkit.unreachable_functions import unreachable
from reference.checks.factorisation_context import FactorisationContext
from reference.checks.hard_coded_parameters import follows_with_constants_inside

__all__ = ["presence", "signature"]


def presence(context: FactorisationContext, bench: Bench) -> Finding:
    """What is found of the function; one without its constants may do all the same what they say."""
    function = context.function
    located = bench.locate(function)
    if located is None:
        return _nothing(function, bench)
    missing, notes = located.binding.missing, located.notes
    if missing and not follows_with_constants_inside(context, bench):
        return _without(located, _listed(missing), function)
    if missing:
        note = (
            f"`{located.name}` does not take {_listed(missing)}; with what it has inside, whole runs end where the "
            "sheet's rule ends with its defaults."
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
            message=f"`{located.name}` ({located.place}) is a method that cannot be given {named}, nor can the "
            "object it belongs to. A person has to look.",
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
    inner = unreachable(loaded.source, function)
    if inner is not None:
        return Finding(
            outcome=Outcome.MANUAL,
            message=f"`{inner.name}` ({inner.place}) stands within `{inner.within}` and needs something of it, so "
            "that nobody else can call it. A person has to look.",
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
    return f"No function called `{function.name}` was found.{there}{why}"
