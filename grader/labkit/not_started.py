"""Functions that are still the placeholder that a starter file gave."""

import ast

from grader.core.parsing import parsed
from grader.lab import Bench, Finding, Function, Located, Outcome

__all__ = ["is_not_started", "not_started"]


def is_not_started(bench: Bench, located: Located | None) -> bool:
    """Whether a function does nothing yet: `pass`, `...`, a docstring, or `raise NotImplementedError`."""
    source = bench.loaded.source
    if located is None or source is None or source.problem or not source.code:
        return False
    for node in ast.walk(parsed(source.code)):
        if isinstance(node, ast.FunctionDef) and node.name == located.name.rpartition(".")[2]:
            place = source.place(node.lineno)
            if (place.file, place.words) == (located.file, located.place):
                return all(map(_does_nothing, node.body))
    return False


def not_started(bench: Bench, function: Function) -> Finding | None:
    """The finding for a function of the sheet that is still a placeholder; None if it is not."""
    located = bench.locate(function)
    if located is None or not is_not_started(bench, located):
        return None
    sentence = f"`{located.name}` ({located.place}) is not started: its body is still a placeholder."
    return Finding(
        outcome=Outcome.MISSING,
        message=sentence,
        notes=(sentence,),
        is_placeholder=True,
        remedy=f"Write the body of `{located.name}`, then check again.",
    )


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise):
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )
