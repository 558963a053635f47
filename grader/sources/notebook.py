"""Notebooks of any version: code cells in order, saved outputs, text. Nothing is executed."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from grader.core.errors import SourceError
from grader.core.submission import Place, Source
from grader.sources.blocks import Block, Line, assemble
from grader.sources.decode import bytes_of, text_of
from grader.sources.magics import neutralise
from grader.sources.mathtext import plain

__all__ = ["read"]

MAX_BYTES: Final = 32 * 1024 * 1024
"""Notebooks contain their pictures."""

MAX_CELLS: Final = 2_000
MAX_OUTPUT: Final = 100_000
"""Characters read from one saved output."""

Cell = Mapping[str, Any]


def read(path: Path, name: str) -> Source:
    """Read a notebook; raises SourceError, in a sentence, if it is not one."""
    book = _book(text_of(bytes_of(path, name, MAX_BYTES, "the notebook"), name), name)
    cells = book.get("cells")
    cells = [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []
    if not cells:
        raise SourceError(f"{name} is a notebook without cells: save it and hand it in again.")
    language = _language(book)
    if language not in ("", "python", "ipython"):
        raise SourceError(f"{name} is a notebook in {language[:40]}, not in Python: a person has to look.")
    magics: list[str] = []
    blocks = [
        block
        for number, cell in enumerate(cells[:MAX_CELLS], start=1)
        for block in _blocks(name, number, cell, magics)
    ]
    notes = [_noted(name, magics)] if magics else []
    if len(cells) > MAX_CELLS:
        notes.append(f"Only the first {MAX_CELLS} cells of {name} were read.")
    return assemble(path, name, blocks, notes)


def _noted(name: str, magics: list[str]) -> str:
    more = f" and {len(magics) - 5} more" if len(magics) > 5 else ""
    return f"Lines of {name} that are not Python were left out: {', '.join(magics[:5])}{more}."


def _book(text: str, name: str) -> dict[str, Any]:
    broken = f"{name} is not a complete notebook: save it in Jupyter and hand it in again."
    try:
        book = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise SourceError(broken.replace(":", f"{where}:", 1)) from error
    if not isinstance(book, dict) or not ("cells" in book or "worksheets" in book):
        raise SourceError(broken)
    if book.get("nbformat") == 4:
        return book
    import nbformat  # takes a second, and only old notebooks need it

    try:
        return dict(nbformat.reads(text, as_version=4))  # type: ignore[no-untyped-call]
    except Exception as error:  # anything that an old or invented structure leads to in the conversion
        raise SourceError(broken) from error


def _language(book: Cell) -> str:
    metadata = book.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    language = spec.get("language") if isinstance(spec, dict) else None
    return language.lower() if isinstance(language, str) else ""


def _text(value: object) -> str:
    """Text as notebooks store it: a string, or a list of lines."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


_OBJECT: Final = re.compile(r"\s*+<[\w.]++ object")
"""The plain text of `Math`, `Markdown` and their like: what they show is in the richer forms."""

_ROW_END: Final = re.compile(r"(?i)</(?:tr|p|div|h[1-6]|li|pre|b)>|<br ?/?>|<table[^<>]{0,200}+>")
_TAG: Final = re.compile(r"<[^<>]{0,500}+>")


def _blocks(name: str, number: int, cell: Cell, magics: list[str]) -> Iterator[Block]:
    text = _text(cell.get("source")).replace("\r\n", "\n")
    if cell.get("cell_type") == "markdown":
        yield Block("prose", _lines(name, number, plain(text)))
    elif cell.get("cell_type") == "code":
        code, found = neutralise(text)
        magics += [f"`{line[:60]}` (cell {number} line {count})" for count, line in found]
        if code.strip():
            yield Block("code", _lines(name, number, code))
        outputs = cell.get("outputs")
        for output in outputs if isinstance(outputs, list) else ():
            shown = _shown(output)[:MAX_OUTPUT] if isinstance(output, dict) else ""
            if shown.strip():
                yield Block("output", _lines(name, number, shown, "output "))
    else:
        yield Block("prose", _lines(name, number, text))


def _lines(name: str, number: int, text: str, what: str = "") -> tuple[Line, ...]:
    return tuple(
        Line(line, Place(name, count, f"cell {number} {what}line {count}"))
        for count, line in enumerate(text.split("\n"), start=1)
    )


def _shown(output: Cell) -> str:
    """The text of a saved output; pictures, pages and tracebacks state no values."""
    if output.get("output_type") == "stream":
        text = _text(output.get("text"))
        return _without_progress(text) if output.get("name") == "stderr" else text
    data = output.get("data")
    if not isinstance(data, dict):
        return ""
    text = _text(data.get("text/plain"))
    if text and not _OBJECT.match(text):
        return text
    page = _text(data.get("text/html"))
    return plain(_text(data.get("text/latex")) or _text(data.get("text/markdown")) or _as_text(page))


def _without_progress(text: str) -> str:
    """What a program logged, without warnings and progress bars."""
    return "\n".join(line for line in text.split("\n") if "%|" not in line and "Warning" not in line)


def _as_text(page: str) -> str:
    """A displayed page, with a line for each row of a table."""
    return _TAG.sub(" ", _ROW_END.sub("\n", page))
