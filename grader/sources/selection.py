"""Combine a submission into one source: the best code, every stated value, and the location of each."""

import re
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final

import msgspec

from grader import sources
from grader.core.parsing import too_long
from grader.core.submission import Place, Source, Submission
from grader.lab.call_binding import normalised
from grader.lab.spec import Function
from grader.sandbox.reader_client import Readers, shared
from grader.sandbox.reader_messages import Looked

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
_TEST: Final = re.compile(r"\Atest_|_test\Z")

_FINAL: Final = re.compile(r"final|latest|newest|new|fixed|corrected|submit")
_OLD: Final = re.compile(r"old|backup|bak|draft|copy|previous")
_DIGITS: Final = re.compile(r"\d{1,18}+")

MOST_BESIDE: Final = 8
"""The most programs run in addition to the graded one; nobody has more parts."""

_FAITHFUL: Final = (".pdf", ".tex", ".md", ".markdown", ".ipynb", ".py")
"""File types by how much of the code survives in them, in ascending order."""


def choose(
    submission: Submission, functions: Sequence[Function], readers: Readers | None = None
) -> tuple[Source | None, tuple[str, ...]]:
    """The source to grade, and what the person marking should know about the choice.

    The file that defines most of the required functions supplies the code; among equals a script before a
    notebook before a report, then one named final, new or similar, then the highest version number, then the
    last by name. Other files add the functions it lacks. Stated values and text come from all of them except
    rivals, which define a function differently. `readers` have the processes that read the files, by default
    those of this program.
    """
    readable = [file for file in submission.files if sources.is_readable(file)]
    asked = {normalised(name): f.name for f in functions for name in (f.name, *f.aliases)}
    looked = (
        sources.look_at(
            submission.root, readable, readers or shared("auto"), asked=asked, beside=submission.files
        )
        if readable
        else ()
    )
    read = [each.source for each in looked]
    unread = _for_a_person(submission, readable)
    if not read:
        others = [file.name for file in submission.files]
        nothing = (
            (f"No file with code among {', '.join(others[:5])}: a person has to look.",) if others else ()
        )
        empty = Source(submission.root, "", "", (), unread=unread) if unread else None
        return empty, (*submission.notes, *nothing)
    ranked = sorted(looked, key=_rank)
    merged, used = _with_missing_functions(ranked)
    beside = _beside(ranked, used)
    merged = msgspec.structs.replace(
        merged,
        beside=beside,
        passages=tuple(passage for source in _readers_order(read, merged) for passage in source.passages),
        unread=tuple(dict.fromkeys((*unread, *(each for source in read for each in source.unread)))),
        lost=tuple(each for source in _readers_order(read, merged) for each in source.lost),
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
    """Reports of a type that no reader supports, if the submission contains nothing else to read."""
    names = [file.name for file in submission.files if sources.looks_like_a_document(file)]
    if readable or not names:
        return ()
    return (f"Only a person can read {', '.join(names[:5])}.",)


def _readers_order(read: Iterable[Source], merged: Source) -> list[Source]:
    """The graded file first, then the others by name."""
    return sorted(read, key=lambda source: (source.name != merged.name, source.name))


def _with_missing_functions(ranked: Sequence[Looked]) -> tuple[Source, tuple[Looked, ...]]:
    """The best source, with the code of others that define required functions and none that it already has."""
    chosen = ranked[-1].source
    used: tuple[Looked, ...] = (ranked[-1],)
    known = set(ranked[-1].outline.defined)
    for each in reversed(ranked[:-1]):
        found, source = set(each.outline.defined), each.source
        whole = f"{chosen.code}\n{source.code}"
        if found and known and not found & known and not source.problem and not too_long(whole):
            chosen = msgspec.structs.replace(
                chosen,
                code=whole,
                lines=(*chosen.lines, *source.lines),
                places=(*_places(chosen), *_places(source)),
            )
            used += (each,)
            known |= found
    return chosen, used


def _beside(ranked: Sequence[Looked], used: Sequence[Looked]) -> tuple[Source, ...]:
    """The programs that state something by themselves: one per part of the lab, with or without copies of
    functions.

    If files were combined, each of them counts too, because one reuses the names of another.
    """
    if len(ranked) == 1:
        return ()
    known = used[0].outline.statements if len(used) == 1 else frozenset[str]()
    modules = {module for each in ranked for module in each.outline.modules} | _modules_elsewhere()
    return tuple(
        each.source
        for each in ranked
        if (each not in used or len(used) > 1)
        and Path(each.source.name).suffix.lower() in _PROGRAMS
        and not _TEST.search(Path(each.source.name).stem.lower())
        and not modules & set(Path(each.source.name).with_suffix("").parts)
        and not each.source.problem
        and not _differing(used, each)
        and not each.outline.statements <= known
    )[-MOST_BESIDE:]


@cache
def _modules_elsewhere() -> frozenset[str]:
    """The names of modules that are not students': a file with such a name is not one of their programs."""
    installed = metadata.packages_distributions().keys()
    return frozenset({*sys.stdlib_module_names, *installed, *_NO_PROGRAMS})


def _places(source: Source) -> tuple[Place, ...]:
    return tuple(source.place(line) for line in range(1, source.code.count("\n") + 2))


def _rivals(ranked: Sequence[Looked], used: Sequence[Looked], beside: Sequence[Source]) -> tuple[str, ...]:
    """Flags about files with code: which were combined, which were left out, and where they disagree."""
    chosen = used[0]
    flags: tuple[str, ...] = ()
    if len(used) > 1:
        flags += (f"The code of {', '.join(each.source.name for each in used)} was combined.",)
    if not chosen.outline.defined:
        return flags
    parts = sorted({source.name for source in beside} - {each.source.name for each in used})
    if parts:
        flags += (f"The values stated by {', '.join(parts)}, each run separately, count as well.",)
    rest = [
        each for each in ranked if each not in used and each.outline.defined and each.source not in beside
    ]
    differing = {each.source.name: _differing(used, each) for each in rest}
    rivals = [name for name, functions in differing.items() if name.endswith(".py") or functions]
    if rivals:
        flags += (
            f"More than one file answers the lab: {chosen.source.name} was graded; {', '.join(rivals)} was not.",
        )
    for other, functions in differing.items():
        if functions:
            names = ", ".join(f"`{name}`" for name in functions)
            flags += (f"{chosen.source.name} and {other} disagree: {names} differs between them.",)
    return flags


def _differing(used: Sequence[Looked], other: Looked) -> list[str]:
    """The required functions that two sources define differently; comments and layout do not count."""
    ours = {name: body for each in reversed(used) for name, body in each.outline.defined.items()}
    theirs = other.outline.defined
    return sorted(name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name])


def _rank(looked: Looked) -> tuple[object, ...]:
    source = looked.source
    stem = Path(source.name).stem.lower()
    final = bool(_FINAL.search(stem))
    old = bool(_OLD.search(stem))
    numbers = [int(number) for number in _DIGITS.findall(stem)][:4]
    suffix = Path(source.name).suffix.lower()
    faithful = _FAITHFUL.index(suffix) if suffix in _FAITHFUL else -1
    has_code = bool(source.code.strip())
    whole = not source.problem and (has_code or not source.unread)
    return (whole, len(looked.outline.defined), has_code, faithful, not old, final, numbers, source.name)
