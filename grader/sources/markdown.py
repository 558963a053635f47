"""Markdown reports: fenced and indented code, with or without a language, and text with mathematics."""

import doctest
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from grader.core.model import Source
from grader.sources.blocks import Block, Line, assemble, at_lines
from grader.sources.decode import bytes_of, text_of
from grader.sources.magics import neutralise
from grader.sources.mathtext import plain

__all__ = ["listing", "read", "read_text"]

MAX_BYTES: Final = 4 * 1024 * 1024
_WORD_END: Final = re.compile(r"[\s{},.:=]++")
_PROMPT: Final = re.compile(r"(?m)^[^\S\n]*+>>> ")
_FENCE: Final = re.compile(r"[\s>*+-]*+(?:\d{1,9}+[.)]\s++)?+(?:```|~~~)")
_PYTHON: Final = ("python", "python3", "py", "ipython", "ipython3", "pycon", "python-repl", "sage")
_SHOWN: Final = (
    "text",
    "txt",
    "output",
    "console",
    "bash",
    "sh",
    "shell",
    "plaintext",
    "none",
    "out",
    "stdout",
    "log",
    "json",
    "yaml",
)


def read(path: Path, name: str) -> Source:
    """Read a Markdown report; raises SourceError, in a sentence, if it is not text."""
    return read_text(path, name, text_of(bytes_of(path, name, MAX_BYTES, "the report"), name))


def read_text(path: Path, name: str, text: str) -> Source:
    """Read Markdown text; its lines are reported as lines of the file `name`."""
    text = text.expandtabs(4)
    lines = text.split("\n")
    blocks: list[Block] = []
    prose = list(lines)
    spans: list[tuple[int, Block]] = []
    for first, end, language, content in _code(text):
        # plain lines of text keep everything between blocks together, including mathematics over many lines
        prose[first:end] = [""] * (end - first)
        spans.append((first, listing(language, at_lines(name, content, _first(lines, first, content) + 1))))
    written = at_lines(name, plain("\n".join(prose)))
    position = 0
    for first, block in spans:
        blocks += [Block("prose", written[position:first]), block]
        position = first
    blocks.append(Block("prose", written[position:]))
    return assemble(path, name, [block for block in blocks if block.lines])


def listing(language: str, lines: tuple[Line, ...]) -> Block:
    """A listing in a report as a block: code if its language says so, otherwise Python decides."""
    word = _WORD_END.split(language.strip().lower().lstrip("{."), maxsplit=1)[0]
    text = "\n".join(line.text for line in lines)
    if word in _SHOWN:
        return Block("output", lines)
    if _PROMPT.search(text):
        return Block("maybe", _session(lines))
    code, _ = neutralise(text)
    neutral = tuple(Line(new, line.place) for new, line in zip(code.split("\n"), lines, strict=True))
    return Block("code" if word in _PYTHON else "maybe", neutral)


def _session(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The input at Python's prompt, and its output, each line in place."""
    text = "\n".join(line.text for line in lines)
    try:
        examples = doctest.DocTestParser().get_examples(text)
    except ValueError:
        return lines
    new = [line.text for line in lines]
    for example in examples:
        for number, typed in enumerate(example.source.rstrip("\n").split("\n"), start=example.lineno):
            new[number] = typed
    return tuple(Line(text, line.place) for text, line in zip(new, lines, strict=True))


def _code(text: str) -> Iterator[tuple[int, int, str, str]]:
    """The first line (from 0), the line after the last, the language and the content of each listing."""
    from markdown_it import MarkdownIt

    # The content of paragraphs is not parsed; it would also be slow.
    for token in MarkdownIt("commonmark").enable("table").disable("inline").parse(text):
        if token.type in ("fence", "code_block") and token.map is not None:
            yield token.map[0], token.map[1], token.info, token.content.removesuffix("\n")


def _first(lines: list[str], first: int, content: str) -> int:
    """The line where the content begins: after the fence, if there is one."""
    return first + bool(_FENCE.match(lines[first]))
