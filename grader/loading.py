"""What came of executing a student's programs: what they define and state, and what they lost."""

from collections.abc import Sequence
from typing import Final

import msgspec

from grader import figures, wire
from grader.model import Died, Figure, LoadReport, Source, StatementFailure
from grader.program import Loss, Program
from grader.spending import Spending

__all__ = ["load"]

_FIGURE_BYTES: Final = 600
"""What a figure takes beside its values."""


def load(program: Program, source: Source, beside: Sequence[Source], spending: Spending) -> LoadReport:
    """Load the graded program; of others `beside` it, each run by itself, only what they state is taken.

    Others are run as long as there is time for them, and room for what they state.
    """
    stated = tuple(figures.from_source(source))
    reply = program.load()
    lost = [_failed(source, loss.line, "", loss.text) for loss in program.losses]
    if isinstance(reply, Died):
        return LoadReport(
            source,
            figures=stated,
            failures=tuple(lost),
            problem=f"The file could not be run: {reply.text}.",
        )
    failures = _failures(source, reply)
    found = _figures_of(reply)
    for other in beside:
        if program.is_over:
            break
        more, lost_there = _stated_by(program, other)
        if not spending.hold(sum(_FIGURE_BYTES + figure.values.nbytes for figure in more)):
            break
        found += more
        failures += [failure for failure in lost_there if failure not in failures]
    return LoadReport(
        source,
        functions=reply.functions,
        figures=(*found, *stated),
        failures=tuple(sorted(failures + lost, key=lambda failure: failure.line)),
        printed=reply.printed,
        notes=reply.notes,
    )


def _stated_by(program: Program, other: Source) -> tuple[tuple[Figure, ...], list[StatementFailure]]:
    reply = program.load_aside(other)
    if isinstance(reply, Loss):
        return (), [_failed(other, reply.line, "", reply.text)]
    return tuple(
        msgspec.structs.replace(figure, origin=f"{figure.origin} of {other.name}", program=other.name)
        for figure in _figures_of(reply)
    ), _failures(other, reply)


def _figures_of(reply: wire.Loaded) -> tuple[Figure, ...]:
    return (*figures.from_variables(reply.variables), *figures.from_text(reply.printed))


def _failures(source: Source, reply: wire.Loaded) -> list[StatementFailure]:
    return [_failed(source, failure.line, failure.type_name, failure.text) for failure in reply.failures]


def _failed(source: Source, line: int, type_name: str, text: str) -> StatementFailure:
    place = source.place(line)
    return StatementFailure(place.line, type_name, text, place.words, place.file)
