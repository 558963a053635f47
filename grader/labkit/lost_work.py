"""Work that is there and could not be read or run: which code of an exercise was lost, and to what.

Nothing is there only where neither code nor calls of it exist. What belongs to an exercise is told from the names of its
functions: their definitions, the statements that call them, and all that uses what these statements give.
"""

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from typing import Final

from grader.core.frozen import Frozen
from grader.core.observation import LoadReport, StatementFailure
from grader.core.parsing import parsed
from grader.core.submission import LostCode, Source
from grader.lab import Bench, Finding, Function, Outcome
from grader.lab.call_binding import normalised

__all__ = ["lost_definition", "lost_file", "lost_statement"]

_NOT_DEFINED: Final = re.compile(r"name '(\w{1,100})' is not defined")
_WORD: Final = re.compile(r"(?<![\w.])[^\W\d]\w*+(?=\s*+\()")
_DEFINITION: Final = re.compile(r"(?m)^[ \t]*+(?:async[ \t]++)?def[ \t]++(\w++)")
MAX_SHOWN: Final = 70
"""Characters of a statement that are quoted."""
MAX_ERROR: Final = 250
CLOSE: Final = 0.85
"""Two names are so similar, by difflib's measure, if one is the other misspelt: `sdg_factorise`."""


class _Statement(Frozen, frozen=True):
    """A top-level statement: its lines in words, and whether it belongs to the exercise."""

    begins: tuple[str, str]
    """File and place."""
    shown: str
    binds: frozenset[str]
    belongs: bool


def _names_of(bench: Bench, function: Function) -> frozenset[str]:
    """The names that a function may have, as `normalised` writes them: the sheet's, usual ones, the student's."""
    located = bench.locate(function)
    theirs = (located.name,) if located is not None else ()
    return frozenset(map(normalised, (function.name, *function.aliases, *theirs)))


def lost_file(loaded: LoadReport) -> Finding | None:
    """The finding where nothing of a submission could be run; None where something was."""
    if not loaded.problem:
        return None
    source = loaded.source
    if source is not None and source.problem and not source.lost:  # an empty file
        return Finding(outcome=Outcome.MISSING, message=loaded.problem)
    where = source.lost[0].where if source is not None and source.lost else ""
    return Finding(
        outcome=Outcome.FAIL,
        message=loaded.problem,
        remedy=f"Mend {where}, then check again."
        if where
        else "Mend what ends the program, then check again.",
    )


def lost_definition(bench: Bench, function: Function) -> Finding | None:
    """Why a function was not found although it is defined or called somewhere; None if there is no sign of it."""
    source, names = bench.loaded.source, _names_of(bench, function)
    if source is None:
        return None
    for lost in source.lost:
        for name in _DEFINITION.findall(lost.text):
            if normalised(name) in names:
                return _lost(f"`{name}` is there, but could not be read: {_reason(lost)}.", lost.where)
    defined = [found for program in _programs(source) for found in _definitions(program, names)]
    if defined:
        name, begins = defined[-1]
        failed = next((f for f in bench.loaded.failures if (f.file, f.begins) == begins), None)
        if failed is None:
            return None  # in a file that was not graded
        where = f"{failed.file} {failed.place}"
        return _lost(f"`{name}` is there, but could not be run: {where} {_ended(failed)}.", where)
    call = next((call for program in _programs(source) for call in _calls(program, names)), None)
    if call is None:
        return None
    name, where = call
    cause, place = _cause(bench.loaded, name)
    cause = cause or f"`{name}` is defined in no file that was handed in."
    return _lost(f"`{name}` is called ({where}), but it is not there: {cause}", place)


def lost_statement(bench: Bench, function: Function, also: Collection[str] = ()) -> Finding | None:
    """The first statement lost that belongs to a function, or to one of the other names; None if none was."""
    loaded = bench.loaded
    names = {*_names_of(bench, function), *also}
    if loaded.source is None:
        return None
    failures = _by_statement(loaded)
    undefined = (found[1] for failure in loaded.failures if (found := _NOT_DEFINED.search(failure.text)))
    right = (normalised(function.name),)
    misspelt = {
        normalised(name) for name in undefined if get_close_matches(normalised(name), right, 1, CLOSE)
    }
    for program in _programs(loaded.source):
        for statement in _statements(program, {*names, *misspelt}):
            failure = failures.get(statement.begins)
            if failure is not None and statement.belongs:
                return _failed(loaded, statement, failure)
    for lost in loaded.source.lost:
        if any(normalised(name) in names for name in _WORD.findall(lost.text)):
            return _lost(f"The code for it is there, but could not be read: {_reason(lost)}.", lost.where)
    return None


def _by_statement(loaded: LoadReport) -> dict[tuple[str, str], StatementFailure]:
    """The first failure of each statement, by its file and the place where it begins."""
    return {(failure.file, failure.begins): failure for failure in reversed(loaded.failures)}


def _failed(loaded: LoadReport, statement: _Statement, failure: StatementFailure) -> Finding:
    file, begins = statement.begins
    within = f" in {failure.place}" if failure.place != begins else ""
    named = _NOT_DEFINED.search(failure.text)
    cause, place = _cause(loaded, named[1]) if named is not None else ("", "")
    return _lost(
        f"The code for it is there, but could not be run: {file} {begins}, `{statement.shown}`, "
        f"{_ended(failure, within)}.{' ' if cause else ''}{cause}",
        place or f"{failure.file} {failure.place}",
    )


def _lost(sentence: str, where: str) -> Finding:
    remedy = f"Mend {where} first, then check again." if where else "Hand in its definition as well."
    return Finding(outcome=Outcome.FAIL, message=sentence, remedy=remedy)


def _ended(failure: StatementFailure, where: str = "") -> str:
    """How a statement ended, and where if that is not where it stands: `ended with NameError: …`."""
    text = failure.text[:MAX_ERROR].rstrip(".")
    if not failure.type_name:  # the worker ended with it
        return f"did not come to an end: {text}"
    return f"ended{where} with {': '.join(part for part in (failure.type_name, text) if part)}"


def _reason(lost: LostCode) -> str:
    why = f"because {lost.needs}" if lost.needs else f"({lost.error})"
    return f"Python cannot read {lost.where} {why}"


def _cause(loaded: LoadReport, name: str) -> tuple[str, str]:
    """Why a name is not defined, in a sentence, and where: its definition was lost; empty if it was not."""
    assert loaded.source is not None
    for lost in loaded.source.lost:
        if _binds(lost.text, name):
            return f"`{name}` stands in code that was lost: {_reason(lost)}.", lost.where
    failures = _by_statement(loaded)
    for program in _programs(loaded.source):
        for statement in _statements(program, ()):
            failure = failures.get(statement.begins)
            if failure is not None and name in statement.binds:
                file, begins = statement.begins
                reason = f"`{statement.shown}`, which {_ended(failure)}"
                return f"`{name}` comes from {file} {begins}, {reason}.", f"{failure.file} {failure.place}"
    return "", ""


def _binds(text: str, name: str) -> bool:
    """Whether code that does not parse seems to define a name."""
    word = re.escape(name)
    return bool(
        re.search(rf"(?m)^[ \t]*(?:def|class)[ \t]+{word}\b", text)
        or re.search(rf"(?m)^[ \t]*(?:from|import)\b[^\n]*\b{word}\b", text)
        or re.search(
            rf"(?m)^[ \t]*(?:\w+[ \t]*,[ \t]*)*{word}[ \t]*(?:,[ \t]*\w+[ \t]*)*(?::[^\n=]*)?=(?!=)", text
        )
    )


def _programs(source: Source) -> Iterator[Source]:
    return (program for program in (source, *source.beside) if program.code and not program.problem)


def _calls(program: Source, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """The calls of a function by its own name, each with its place in words."""
    for node in ast.walk(parsed(program.code)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and normalised(node.func.id) in names
        ):
            place = program.place(node.lineno)
            yield node.func.id, f"{place.file} {place.words}"


def _definitions(program: Source, names: Collection[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The definitions of a function, each with its file and place."""
    for node in ast.walk(parsed(program.code)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and normalised(node.name) in names:
            place = program.place(node.lineno)
            yield node.name, (place.file, place.words)


def _statements(program: Source, names: Collection[str]) -> Iterator[_Statement]:
    """The top-level statements in order; what follows from one that belongs to the names belongs to them too."""
    lines = program.code.splitlines()
    results: set[str] = set()
    for node in _top_level(parsed(program.code).body):
        used, binds = set[str](), set[str]()
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name):
                (used if isinstance(inner.ctx, ast.Load) else binds).add(inner.id)
            elif isinstance(inner, ast.Attribute):
                used.add(inner.attr)
            elif isinstance(inner, ast.alias):
                binds.add(inner.asname or inner.name.partition(".")[0])
        is_definition = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if is_definition:
            binds = {node.name}  # type: ignore[attr-defined]
        belongs = bool(used & results) or any(normalised(name) in names for name in used)
        results = results | binds if belongs else results - binds
        place = program.place(node.lineno)
        yield _Statement((place.file, place.words), _shown(lines, node), frozenset(binds), belongs)


def _shown(lines: list[str], node: ast.stmt) -> str:
    line = lines[node.lineno - 1].strip() if node.lineno <= len(lines) else ""
    return line if len(line) <= MAX_SHOWN else f"{line[:MAX_SHOWN]}…"


def _top_level(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that are run one by one, those below `if __name__ == "__main__":` among them."""
    for node in body:
        if isinstance(node, ast.If) and not node.orelse and "__name__" in ast.dump(node.test):
            yield from node.body
        else:
            yield node
