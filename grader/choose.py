"""Which of several files holds the code to grade."""

import ast
import re
from collections.abc import Sequence
from pathlib import Path

from grader import sources
from grader.binding import normalised
from grader.lab import Function
from grader.model import Source, Submission

__all__ = ["choose"]


def choose(submission: Submission, functions: Sequence[Function]) -> tuple[Source | None, tuple[str, ...]]:
    """The source to grade, and what the person marking should know about the choice.

    The file that defines most of the functions asked for wins; among equals one called final, new or the
    like, then the highest version number, then the last by name.
    """
    readable = [file for file in submission.files if sources.is_readable(file)]
    read = [sources.read(file, file.relative_to(submission.root).as_posix()) for file in readable]
    if not read:
        others = [file.name for file in submission.files]
        nothing = (
            (f"No file with code among {', '.join(others[:5])}: a person has to look.",) if others else ()
        )
        return None, (*submission.notes, *nothing)
    ranked = sorted(read, key=lambda source: _rank(source, functions))
    chosen = ranked[-1]
    rivals = [source.name for source in ranked[:-1] if _defined(source, functions)]
    flags: tuple[str, ...] = submission.notes
    if rivals and _defined(chosen, functions):
        flags += (
            f"More than one file answers the lab: {chosen.name} was graded, {', '.join(rivals)} was not.",
        )
    return chosen, flags


def _rank(source: Source, functions: Sequence[Function]) -> tuple[object, ...]:
    stem = Path(source.name).stem.lower()
    final = bool(re.search(r"final|latest|newest|new|fixed|corrected|submit", stem))
    old = bool(re.search(r"old|backup|bak|draft|copy|previous", stem))
    numbers = [int(number) for number in re.findall(r"\d+", stem)][:4]
    return (not source.problem, _defined(source, functions), not old, final, numbers, source.name)


def _defined(source: Source, functions: Sequence[Function]) -> int:
    """How many of the functions asked for the file defines, by name."""
    if source.problem:
        return 0
    names = {
        normalised(node.name)
        for node in ast.walk(ast.parse(source.code))
        if isinstance(node, ast.FunctionDef)
    }
    return sum(
        bool(names & {normalised(name) for name in (function.name, *function.aliases)})
        for function in functions
    )
