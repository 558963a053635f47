"""The result of executing a student's programs: what they define and state, and which statements were lost."""

from collections.abc import Sequence
from typing import Final

import msgspec

from grader import protocol
from grader.core.observation import Died, LoadReport, StatedValue, StatementFailure
from grader.core.submission import Source
from grader.execution import stated_values
from grader.execution.program import Loss, Program
from grader.execution.stated_in_text import stated_in_each
from grader.sandbox.allowance import Spending
from grader.sandbox.reader_client import Readers

__all__ = ["load", "stated_without_running"]

_STATED_VALUE_BYTES: Final = 600
"""What a stated value takes in addition to its numbers."""


def load(
    program: Program,
    source: Source,
    beside: Sequence[Source],
    spending: Spending,
    readers: Readers | None = None,
) -> LoadReport:
    """Load the graded program; from other programs `beside` it, each run separately, only stated values are
    used.

    The others run as long as there is time for them, and room for their values. Without `readers`, if nobody
    needs stated values, none are searched for.
    """
    reply = program.load()
    lost = [_failed(source, loss.line, "", loss.text) for loss in program.losses]
    if isinstance(reply, Died):
        stated, notes = _stated(readers, source, [])
        return LoadReport(
            source,
            stated_values=stated,
            failures=tuple(lost),
            problem=f"The file could not be run: {reply.text}.",
            notes=notes,
        )
    failures = _failures(source, reply)
    loaded: list[tuple[Source, protocol.Loaded]] = [(source, reply)]
    for other in beside:
        if program.is_over:
            break
        more = program.load_aside(other)
        if isinstance(more, Loss):
            lost_there = [_failed(other, more.line, "", more.text)]
        elif spending.hold(_size_of(more)):
            lost_there = _failures(other, more)
            loaded.append((other, more))
        else:
            break
        failures += [failure for failure in lost_there if failure not in failures]
    stated, notes = _stated(readers, source, loaded)
    return LoadReport(
        source,
        functions=reply.functions,
        stated_values=stated,
        failures=tuple(sorted(failures + lost, key=lambda failure: failure.line)),
        printed=reply.printed,
        notes=(*reply.notes, *notes),
    )


def stated_without_running(readers: Readers, source: Source) -> LoadReport:
    """The values stated by a source without code, or without code that can run."""
    stated, notes = _stated(readers, source, [])
    return LoadReport(source, stated_values=stated, problem=source.problem, notes=notes)


def _stated(
    readers: Readers | None, source: Source, loaded: Sequence[tuple[Source, protocol.Loaded]]
) -> tuple[tuple[StatedValue, ...], tuple[str, ...]]:
    """Values left in variables and printed by programs, the graded one first, and values written in the
    source."""
    if readers is None:
        return (), ()
    passages = stated_values.stating(source)
    texts = [*(reply.printed for _, reply in loaded), *(passage.text for passage in passages)]
    found, notes = stated_in_each(readers, texts)
    stated: list[StatedValue] = []
    for number, (program, reply) in enumerate(loaded):
        printed = map(stated_values.of_printed, found[number])
        of_one = (*stated_values.from_variables(reply.variables), *printed)
        stated += of_one if number == 0 else (_of_another(stated_value, program) for stated_value in of_one)
    for passage, each in zip(passages, found[len(loaded) :], strict=True):
        stated += stated_values.of_passage(passage, each)
    return tuple(stated), notes


def _size_of(reply: protocol.Loaded) -> int:
    """Approximate size in bytes of the stored values of a program."""
    kept = sum(
        _STATED_VALUE_BYTES + stated_value.values.nbytes
        for stated_value in stated_values.from_variables(reply.variables)
    )
    return kept + len(reply.printed)


def _of_another(stated_value: StatedValue, program: Source) -> StatedValue:
    origin = f"{stated_value.origin} of {program.name}"
    return msgspec.structs.replace(stated_value, origin=origin, program=program.name)


def _failures(source: Source, reply: protocol.Loaded) -> list[StatementFailure]:
    return [_failed(source, failure.line, failure.type_name, failure.text) for failure in reply.failures]


def _failed(source: Source, line: int, type_name: str, text: str) -> StatementFailure:
    place = source.place(line)
    return StatementFailure(place.line, type_name, text, place.words, place.file)
