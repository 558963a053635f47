"""What of a submission is the starter file's: its instructions are nobody's answer, and alone they are no work."""

import ast
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from grader.core.parsing import parsed
from grader.core.submission import Passage, Source
from grader.sources.blocks import at_lines, comments

__all__ = ["is_untouched", "without_instructions"]

_README: Final = "README.md"
"""The kit's own words on how to use it."""


class _Starter(NamedTuple):
    lines: frozenset[str]
    """Lines of its comments and docstrings."""
    statements: frozenset[str]


def without_instructions(source: Source, starter: Path) -> Source:
    """The source without what the starter's comments and docstrings say; their headings, before a colon, stay."""
    lines = _read(starter).lines
    return msgspec.structs.replace(
        source,
        passages=tuple(
            _shortened(passage, lines) if passage.kind == "comment" else passage
            for passage in source.passages
        ),
    )


def is_untouched(source: Source, starter: Path) -> bool:
    """Whether a submission has no code and no text that the starter has not."""
    if source.problem or not source.code or source.unread or source.lost or source.beside:
        return False
    known = _read(starter)
    written = {
        line.strip()
        for passage in source.passages
        for line, place in zip(passage.text.split("\n"), passage.places, strict=False)
        if Path(place.file).name != _README
    }
    statements = {ast.dump(node) for node in parsed(source.code).body}
    return statements <= known.statements and written <= known.lines | _headings(known.lines)


def _shortened(passage: Passage, lines: frozenset[str]) -> Passage:
    text = "\n".join(_heading(line) if line.strip() in lines else line for line in passage.text.split("\n"))
    return msgspec.structs.replace(passage, text=text)


def _heading(line: str) -> str:
    heading, colon, _ = line.partition(":")
    return heading if colon else ""


def _headings(lines: frozenset[str]) -> frozenset[str]:
    return frozenset(_heading(line).strip() for line in lines)


@cache
def _read(starter: Path) -> _Starter:
    code = starter.read_text(encoding="utf-8")
    written = comments(at_lines(starter.name, code))
    lines = frozenset(line.strip() for passage in written for line in passage.text.split("\n"))
    return _Starter(lines, frozenset(ast.dump(node) for node in parsed(code).body))
