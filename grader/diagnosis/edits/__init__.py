"""Small edits of a program, each of which reverses a typical slip.

Every module has one family: a pure function from a program to its possible edits. Nothing is executed here,
and nothing decides which edit is right: `grader.diagnosis.repair_search` runs the edited programs.
"""

import ast
from collections.abc import Iterator, Mapping

from grader.core.parsing import parsed
from grader.diagnosis.edits.arithmetic import arithmetic_edits
from grader.diagnosis.edits.calls import call_edits
from grader.diagnosis.edits.flow import flow_edits
from grader.diagnosis.edits.loops import loop_edits
from grader.diagnosis.edits.names import name_edits
from grader.diagnosis.edits.outside import outside_edits
from grader.diagnosis.edits.program import Program
from grader.diagnosis.edits.slices import sliced
from grader.diagnosis.edits.statements import counter_lines, statement_edits
from grader.diagnosis.edits.subscripts import subscript_edits
from grader.diagnosis.edits.values import Edit, Replacement, applied, moved_lines, without_each

__all__ = [
    "Edit",
    "Program",
    "Replacement",
    "applied",
    "edited",
    "edits",
    "moved_lines",
    "outside_edits",
    "sliced",
    "without_each",
]


def edits(
    code: str, defaults: Mapping[str, int | float] | None = None, suspected: frozenset[int] = frozenset()
) -> tuple[Edit, ...]:
    """Every edit of the program, the likeliest mistake first.

    `defaults` are the required default values, by the program's own parameter names; `suspected` are lines
    that raised an error, whose edits are tried earlier. Edits of the counter of a `while` loop are tried
    last, since most of them make it endless.
    """
    program = Program(code)
    possible = (
        *loop_edits(program),
        *subscript_edits(program),
        *arithmetic_edits(program),
        *call_edits(program),
        *flow_edits(program),
        *name_edits(program, defaults or {}),
        *statement_edits(program),
        *outside_edits(program),
    )

    endless = counter_lines(program)

    def rank(edit: Edit) -> tuple[int, int]:
        return edit.weight - 4 * (edit.line in suspected) + 40 * (edit.line in endless), edit.line

    return tuple(sorted(possible, key=rank))


def edited(code: str, tried: set[str], possible: tuple[Edit, ...]) -> Iterator[tuple[Edit, str]]:
    """Each edit with the edited program, without programs that do not parse or were `tried` before."""
    for edit in possible:
        text = applied(code, edit)
        try:
            key = ast.dump(parsed(text))
        except (SyntaxError, ValueError):
            continue
        if key not in tried:
            tried.add(key)
            yield edit, text
