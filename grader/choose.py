"""One source out of all that a student handed in: the best code, every figure, and where each came from."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from grader import sources
from grader.binding import normalised
from grader.imports import imports
from grader.lab import Function
from grader.limits import Isolation
from grader.model import Place, Source, Submission
from grader.parsing import parsed

__all__ = ["choose"]

_PROGRAMS: Final = (".py", ".ipynb")
_NO_PROGRAMS: Final = (
    "__init__",
    "conftest",
    "setup",
    "sitecustomize",
    "usercustomize",
    "grader",
    "reference",
)
_TEST: Final = re.compile(r"^(test_.*|.*_test)$")

MOST_BESIDE: Final = 8
"""Programs run beside the one that is graded; nobody has more parts."""

_FAITHFUL: Final = (".pdf", ".tex", ".md", ".markdown", ".ipynb", ".py")
"""How much of the code survives in a kind of file, the least first."""


def choose(
    submission: Submission, functions: Sequence[Function], isolation: Isolation = "auto"
) -> tuple[Source | None, tuple[str, ...]]:
    """The source to grade, and what the person marking should know about the choice.

    The file that defines most of the functions asked for gives the code; among equals a script before a
    notebook before a report, then one called final, new or the like, then the highest version number, then
    the last by name. Other files add the functions it lacks. Figures and text come from all of them but rivals, which
    define a function in another way. `isolation` is what the process that reads documents gets.
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
    asked = {normalised(name): f.name for f in functions for name in (f.name, *f.aliases)}
    ranked = sorted((_Read(source, _definitions(source, asked)) for source in read), key=_rank)
    merged, used = _with_missing_functions(ranked)
    beside = _beside(ranked, used)
    merged = msgspec.structs.replace(
        merged,
        beside=beside,
        passages=tuple(passage for source in _readers_order(read, merged) for passage in source.passages),
        unread=(*unread, *(sentence for source in read for sentence in source.unread)),
    )
    graded = [each.source for each in used]
    flags = (
        *submission.notes,
        *_rivals(ranked, used, beside),
        *(note for source in read if source in graded or not source.code for note in source.notes),
        *(source.problem for source in read if source.problem and source not in graded),
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


def _with_missing_functions(ranked: Sequence["_Read"]) -> tuple[Source, tuple["_Read", ...]]:
    """The best source, with the code of others that define functions asked for and none it has already."""
    chosen = ranked[-1].source
    used: tuple[_Read, ...] = (ranked[-1],)
    known = set(ranked[-1].defined)
    for each in reversed(ranked[:-1]):
        found, source = set(each.defined), each.source
        if found and known and not found & known and not source.problem:
            chosen = msgspec.structs.replace(
                chosen,
                code=f"{chosen.code}\n{source.code}",
                lines=(*chosen.lines, *source.lines),
                places=(*_places(chosen), *_places(source)),
            )
            used += (each,)
            known |= found
    return chosen, used


def _beside(ranked: Sequence["_Read"], used: Sequence["_Read"]) -> tuple[Source, ...]:
    """The programs that state something by themselves: one a part of the lab, with or without copies of functions.

    Where files were put together, each of them is one too, for the names of one are taken again by the next.
    """
    if len(ranked) == 1:
        return ()
    known = _statements_of(used[0].source) if len(used) == 1 else frozenset[str]()
    programs = [each.source.code for each in ranked if not each.source.problem]
    modules = {module for code in programs for _, module in imports(code)} | _modules_elsewhere()
    return tuple(
        each.source
        for each in ranked
        if (each not in used or len(used) > 1)
        and Path(each.source.name).suffix.lower() in _PROGRAMS
        and not _TEST.search(Path(each.source.name).stem.lower())
        and not modules & set(Path(each.source.name).with_suffix("").parts)
        and not each.source.problem
        and not _differing(used, each)
        and not _statements_of(each.source) <= known
    )[-MOST_BESIDE:]


@cache
def _modules_elsewhere() -> frozenset[str]:
    """The names of modules that are not students': a file of such a name is none of their programs."""
    installed = metadata.packages_distributions().keys()
    return frozenset({*sys.stdlib_module_names, *installed, *_NO_PROGRAMS})


def _statements_of(source: Source) -> frozenset[str]:
    """The top-level statements of a program but for what only defines or imports, without layout and comments."""
    if source.problem:
        return frozenset()
    silent = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return frozenset(ast.dump(node) for node in parsed(source.code).body if not isinstance(node, silent))


def _places(source: Source) -> tuple[Place, ...]:
    return tuple(source.place(line) for line in range(1, source.code.count("\n") + 2))


def _rivals(ranked: Sequence["_Read"], used: Sequence["_Read"], beside: Sequence[Source]) -> tuple[str, ...]:
    """What to say about files with code: which were put together, which were left, and where they disagree."""
    chosen = used[0]
    flags: tuple[str, ...] = ()
    if len(used) > 1:
        flags += (f"The code of {', '.join(each.source.name for each in used)} was put together.",)
    if not chosen.defined:
        return flags
    parts = sorted({source.name for source in beside} - {each.source.name for each in used})
    if parts:
        flags += (f"What is stated by {', '.join(parts)}, each run by itself, counts as well.",)
    rest = [each for each in ranked if each not in used and each.defined and each.source not in beside]
    differing = {each.source.name: _differing(used, each) for each in rest}
    rivals = [name for name, functions in differing.items() if name.endswith(".py") or functions]
    if rivals:
        flags += (
            f"More than one file answers the lab: {chosen.source.name} was graded, {', '.join(rivals)} was not.",
        )
    for other, functions in differing.items():
        if functions:
            names = ", ".join(f"`{name}`" for name in functions)
            flags += (f"{chosen.source.name} and {other} disagree: {names} is not the same in both.",)
    return flags


def _differing(used: Sequence["_Read"], other: "_Read") -> list[str]:
    """The functions asked for that two sources define in different ways; comments and layout do not count."""
    ours = {name: node for each in reversed(used) for name, node in each.defined.items()}
    both = ours.keys() & other.defined.keys()
    return sorted(name for name in both if _body(ours[name]) != _body(other.defined[name]))


def _body(node: ast.FunctionDef) -> str:
    return ast.dump(ast.Module(body=_without_docstring(node), type_ignores=[]))


def _without_docstring(node: ast.FunctionDef) -> list[ast.stmt]:
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return node.body[1:] if documented else node.body


class _Read(NamedTuple):
    """A file that was read, with the functions asked for that it defines, by the sheet's names."""

    source: Source
    defined: Mapping[str, ast.FunctionDef]


def _definitions(source: Source, asked: Mapping[str, str]) -> dict[str, ast.FunctionDef]:
    if source.problem:
        return {}
    found = ((normalised(node.name), node) for node in _functions(parsed(source.code)))
    return {asked[name]: node for name, node in found if name in asked}


def _functions(node: ast.AST) -> Iterator[ast.FunctionDef]:
    """All functions at any depth. Expressions hold none, and are most of a tree."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield child
        if not isinstance(child, ast.expr):
            yield from _functions(child)


def _rank(read: _Read) -> tuple[object, ...]:
    source = read.source
    stem = Path(source.name).stem.lower()
    final = bool(re.search(r"final|latest|newest|new|fixed|corrected|submit", stem))
    old = bool(re.search(r"old|backup|bak|draft|copy|previous", stem))
    numbers = [int(number) for number in re.findall(r"\d+", stem)][:4]
    suffix = Path(source.name).suffix.lower()
    faithful = _FAITHFUL.index(suffix) if suffix in _FAITHFUL else -1
    has_code = bool(source.code.strip())
    whole = not source.problem and (has_code or not source.unread)
    return (whole, len(read.defined), has_code, faithful, not old, final, numbers, source.name)
