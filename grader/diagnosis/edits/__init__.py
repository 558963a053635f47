"""Small edits of a program that a slip of a student's would be the reverse of.

Every room has one family; each family is a pure function from a program to the edits it knows. Nothing is
executed here, and nothing here says which edit is right: `grader.diagnosis.repair_search` runs them.
"""

import ast
from collections.abc import Iterator, Mapping

from grader.core.parsing import parsed
from grader.diagnosis.edits.arithmetic import arithmetic_edits
from grader.diagnosis.edits.calls import call_edits
from grader.diagnosis.edits.flow import flow_edits
from grader.diagnosis.edits.loops import loop_edits
from grader.diagnosis.edits.names import name_edits
from grader.diagnosis.edits.program import Program
from grader.diagnosis.edits.slices import sliced
from grader.diagnosis.edits.statements import counter_lines, statement_edits
from grader.diagnosis.edits.subscripts import subscript_edits
from grader.diagnosis.edits.values import Edit, Replacement, applied, moved_lines, without_each

__all__ = ["Edit", "Replacement", "applied", "edited", "edits", "moved_lines", "sliced", "without_each"]


def edits(
    code: str, defaults: Mapping[str, int | float] | None = None, suspected: frozenset[int] = frozenset()
) -> tuple[Edit, ...]:
    """Every edit of the program, the likeliest mistake first.

    `defaults` are the default values that are asked for, by the program's own parameter names; `suspected`
    are lines where something went wrong, whose edits are tried earlier. Edits of what counts a `while` loop
    are tried last, since most of them make it endless.
    """
    program = Program(code)
    found = (
        *loop_edits(program),
        *subscript_edits(program),
        *arithmetic_edits(program),
        *call_edits(program),
        *flow_edits(program),
        *name_edits(program, defaults or {}),
        *statement_edits(program),
    )

    endless = counter_lines(program)

    def rank(edit: Edit) -> tuple[int, int]:
        return edit.weight - 4 * (edit.line in suspected) + 40 * (edit.line in endless), edit.line

    return tuple(sorted(found, key=rank))


def edited(code: str, tried: set[str], found: tuple[Edit, ...]) -> Iterator[tuple[Edit, str]]:
    """Each edit with the program it makes, without those that do not parse or were `tried` in other words."""
    for edit in found:
        text = applied(code, edit)
        try:
            key = ast.dump(parsed(text))
        except (SyntaxError, ValueError):
            continue
        if key not in tried:
            tried.add(key)
            yield edit, text
