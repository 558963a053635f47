"""One source out of all that a student handed in: the best code, every figure, and where each came from."""

import ast
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader import sources
from grader.binding import normalised
from grader.lab import Function
from grader.limits import Isolation
from grader.model import Place, Source, Submission
from grader.parsing import parsed

__all__ = ["choose"]

_FAITHFUL: Final = (".pdf", ".tex", ".md", ".markdown", ".ipynb", ".py")
"""How much of the code survives in a kind of file, the least first."""


def choose(
    submission: Submission, functions: Sequence[Function], isolation: Isolation = "auto"
) -> tuple[Source | None, tuple[str, ...]]:
    """The source to grade, and what the person marking should know about the choice.

    The file that defines most of the functions asked for gives the code; among equals a script before a
    notebook before a report, then one called final, new or the like, then the highest version number, then
    the last by name. Other files add the functions it lacks. Figures and text come from all of them. `isolation`
    is what the process that reads documents gets.
    """
    readable = [file for file in submission.files if sources.is_readable(file)]
    read = sources.read_all(submission.root, readable, isolation)
    unread = _for_a_person(submission, readable)
    if not read:
        others = [file.name for file in submission.files]
        nothing = (
            (f"No file with code among {', '.join(others[:5])}: a person has to look.",) if others else ()
        )
        empty = Source(submission.root, "", "", (), unread=unread) if unread else None
        return empty, (*submission.notes, *nothing)
    ranked = sorted(read, key=lambda source: _rank(source, functions))
    merged, used = _with_missing_functions(ranked, functions)
    merged = msgspec.structs.replace(
        merged,
        passages=tuple(passage for source in _readers_order(read, merged) for passage in source.passages),
        unread=(*unread, *(sentence for source in read for sentence in source.unread)),
    )
    flags = (
        *submission.notes,
        *_rivals(ranked, used, functions),
        *(note for source in read if source in used or not source.code for note in source.notes),
        *(source.problem for source in read if source.problem and source not in used),
        *merged.unread,
    )
    return merged, tuple(dict.fromkeys(flags))


def _for_a_person(submission: Submission, readable: Sequence[Path]) -> tuple[str, ...]:
    """Reports in a form that no reader knows, where nothing else was handed in to read."""
    names = [file.name for file in submission.files if sources.looks_like_a_document(file)]
    if readable or not names:
        return ()
    return (f"Only a person can read {', '.join(names[:5])}.",)


def _readers_order(read: Iterable[Source], merged: Source) -> list[Source]:
    """The file graded first, then the others by name."""
    return sorted(read, key=lambda source: (source.name != merged.name, source.name))


def _with_missing_functions(
    ranked: Sequence[Source], functions: Sequence[Function]
) -> tuple[Source, tuple[Source, ...]]:
    """The best source, with the code of others that define functions asked for and none it has already."""
    chosen = ranked[-1]
    used: tuple[Source, ...] = (chosen,)
    known = _defined(chosen, functions)
    for source in reversed(ranked[:-1]):
        found = _defined(source, functions)
        if found and known and not found & known and not source.problem:
            chosen = msgspec.structs.replace(
                chosen,
                code=f"{chosen.code}\n{source.code}",
                lines=(*chosen.lines, *source.lines),
                places=(*_places(chosen), *_places(source)),
            )
            used += (source,)
            known |= found
    return chosen, used


def _places(source: Source) -> tuple[Place, ...]:
    return tuple(source.place(line) for line in range(1, source.code.count("\n") + 2))


def _rivals(
    ranked: Sequence[Source], used: Sequence[Source], functions: Sequence[Function]
) -> tuple[str, ...]:
    """What to say about files with code: which were put together, which were left, and where they disagree."""
    chosen = used[0]
    flags: tuple[str, ...] = ()
    if len(used) > 1:
        flags += (f"The code of {', '.join(source.name for source in used)} was put together.",)
    if not _defined(chosen, functions):
        return flags
    rest = [source for source in ranked if source not in used and _defined(source, functions)]
    equal = [source for source in rest if not _differing(used, source, functions)]
    rivals = [source.name for source in rest if source.name.endswith(".py") or source not in equal]
    if rivals:
        flags += (
            f"More than one file answers the lab: {chosen.name} was graded, {', '.join(rivals)} was not.",
        )
    for source in rest:
        differing = _differing(used, source, functions)
        if differing:
            names = ", ".join(f"`{name}`" for name in differing)
            flags += (f"{chosen.name} and {source.name} disagree: {names} is not the same in both.",)
    return flags


def _differing(used: Sequence[Source], other: Source, functions: Sequence[Function]) -> list[str]:
    """The functions asked for that two sources define in different ways; comments and layout do not count."""
    ours = {name: body for source in reversed(used) for name, body in _bodies(source, functions).items()}
    theirs = _bodies(other, functions)
    return sorted(name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name])


def _bodies(source: Source, functions: Sequence[Function]) -> dict[str, str]:
    asked = {normalised(name): f.name for f in functions for name in (f.name, *f.aliases)}
    return {
        asked[normalised(node.name)]: ast.dump(ast.Module(body=_without_docstring(node), type_ignores=[]))
        for node in _functions(source)
        if normalised(node.name) in asked
    }


def _without_docstring(node: ast.FunctionDef) -> list[ast.stmt]:
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return node.body[1:] if documented else node.body


def _functions(source: Source) -> list[ast.FunctionDef]:
    if source.problem:
        return []
    return [node for node in ast.walk(parsed(source.code)) if isinstance(node, ast.FunctionDef)]


def _rank(source: Source, functions: Sequence[Function]) -> tuple[object, ...]:
    stem = Path(source.name).stem.lower()
    final = bool(re.search(r"final|latest|newest|new|fixed|corrected|submit", stem))
    old = bool(re.search(r"old|backup|bak|draft|copy|previous", stem))
    numbers = [int(number) for number in re.findall(r"\d+", stem)][:4]
    suffix = Path(source.name).suffix.lower()
    faithful = _FAITHFUL.index(suffix) if suffix in _FAITHFUL else -1
    has_code = bool(source.code.strip())
    whole = not source.problem and (has_code or not source.unread)
    return (whole, len(_defined(source, functions)), has_code, faithful, not old, final, numbers, source.name)


def _defined(source: Source, functions: Sequence[Function]) -> set[str]:
    """The functions asked for that the source defines, by the sheet's names."""
    names = {normalised(node.name) for node in _functions(source)}
    return {f.name for f in functions if names & {normalised(name) for name in (f.name, *f.aliases)}}
