"""The result of executing a student's programs: what they define and state, and which statements were lost."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NamedTuple

import msgspec

from grader import protocol
from grader.core.observation import Died, LoadReport, RunCall, StatedValue, StatementFailure
from grader.core.submission import Source
from grader.execution import stated_values
from grader.execution.program import Loss, Program, left_out_imports
from grader.execution.stated_in_text import stated_in_each
from grader.execution.value_origins import run_calls, traced
from grader.sandbox.allowance import Spending
from grader.sandbox.reader_client import Readers
from grader.sources.headings import headings, title_below

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
        stated, _, notes = _stated(readers, source, [])
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
    stated, calls, notes = _stated(readers, source, loaded)
    return LoadReport(
        source,
        functions=reply.functions,
        stated_values=stated,
        failures=tuple(sorted(failures + lost, key=lambda failure: failure.line)),
        printed=reply.printed,
        calls=calls,
        notes=(*reply.notes, *notes, *_imports_added(source)),
    )


def stated_without_running(readers: Readers, source: Source) -> LoadReport:
    """The values stated by a source without code, or without code that can run."""
    stated, _, notes = _stated(readers, source, [])
    return LoadReport(source, stated_values=stated, problem=source.problem, notes=notes)


class _Run(NamedTuple):
    """A program that was executed, its result, and its own name if it is not the graded one."""

    program: Source
    reply: protocol.Loaded
    name: str


def _stated(
    readers: Readers | None, source: Source, loaded: Sequence[tuple[Source, protocol.Loaded]]
) -> tuple[tuple[StatedValue, ...], tuple[RunCall, ...], tuple[str, ...]]:
    """Values that programs keep, print and show, the graded one first, and values written in the source; what the
    programs called; sentences on what could not be read."""
    runs = [
        _Run(program, reply, program.name if number else "") for number, (program, reply) in enumerate(loaded)
    ]
    calls = [run_calls(run.reply.record, run.program, run.name) for run in runs]
    every_call = tuple(call for of_one in calls for call in of_one)
    if readers is None:
        return (), every_call, ()
    passages = stated_values.stating(source)
    shown = [_shown_texts(run) for run in runs]
    texts = [*(run.reply.printed for run in runs), *(text for of_one in shown for _, text in of_one)]
    found, notes = stated_in_each(readers, [*texts, *(passage.text for passage in passages)])
    in_texts = iter(enumerate(found[len(runs) : len(texts)], start=len(runs)))
    stated: list[StatedValue] = []
    before = 0
    for position, (run, own, printed) in enumerate(zip(runs, calls, found, strict=False)):
        titles = headings(run.reply.printed)
        values = [
            *stated_values.from_replaced(run.reply.record.replaced, run.program),
            *stated_values.from_variables(run.reply.variables),
            *(
                stated_values.of_shown(value, where, number)
                for where, _ in shown[position]
                for number, values in [next(in_texts)]
                for value in values
            ),
            *(stated_values.of_printed(value, titles, position) for value in printed),
        ]
        of_one = traced(values, run.reply.record, own, before)
        stated += [_of_another(value, run.name) for value in of_one] if run.name else of_one
        before += len(own)
    title = ""
    for number, (passage, each) in enumerate(
        zip(passages, found[len(texts) :], strict=True), start=len(texts)
    ):
        stated += stated_values.of_passage(passage, each, number, title)
        title = title_below(passage.text, title)
    return tuple(stated), every_call, notes


def _shown_texts(run: _Run) -> list[tuple[Callable[[int], str], str]]:
    """What the pictures and the log of a program say, and how the location of a line is said."""
    texts: list[tuple[Callable[[int], str], str]] = [
        (partial(_in_title, run.program.place(each.line).words), each.text) for each in run.reply.record.texts
    ]
    logged = "\n".join("" if "%|" in line else line for line in run.reply.errors.splitlines())
    return [*texts, (_logged, logged)] if logged.strip() else texts


def _in_title(place: str, line: int) -> str:
    return f"title of a plot, {place}"


def _logged(line: int) -> str:
    return f"written to stderr, line {line}"


def _imports_added(source: Source) -> tuple[str, ...]:
    added = left_out_imports(source).splitlines()
    return (f"The code was run with `{'`, `'.join(added)}`, which it does not show.",) if added else ()


def _size_of(reply: protocol.Loaded) -> int:
    """Approximate size in bytes of the stored values of a program."""
    kept = sum(
        _STATED_VALUE_BYTES + stated_value.values.nbytes
        for stated_value in stated_values.from_variables(reply.variables)
    )
    return kept + protocol.kept_bytes(reply)


def _of_another(stated_value: StatedValue, program: str) -> StatedValue:
    origin = f"{stated_value.origin} of {program}"
    return msgspec.structs.replace(stated_value, origin=origin, program=program)


def _failures(source: Source, reply: protocol.Loaded) -> list[StatementFailure]:
    return [
        _failed(source, failure.line, failure.type_name, failure.text, failure.begins)
        for failure in reply.failures
    ]


def _failed(source: Source, line: int, type_name: str, text: str, begins: int = 0) -> StatementFailure:
    place = source.place(line)
    first = source.place(begins or line)
    return StatementFailure(place.line, type_name, text, place.words, place.file, first.words)
