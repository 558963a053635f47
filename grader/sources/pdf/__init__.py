"""PDF reports with a text layer: code with its indentation, matrices, text. Pictures are left to a person."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from grader.core.model import Place, Source
from grader.sources.blocks import Block, Line, assemble
from grader.sources.decode import bytes_of
from grader.sources.magics import neutralise
from grader.sources.pdf.glyphs import MAX_PAGES, Page, pages_of
from grader.sources.pdf.grids import texts_of
from grader.sources.pdf.listing import code_lines, without_prompt
from grader.sources.pdf.rows import Row, rows_of, spaced

__all__ = ["read"]

MAX_BYTES: Final = 64 * 1024 * 1024

EDGE: Final = 0.9
"""As a share of the page width: a listing's line that extends this far and does not parse may have been cut
off."""


def read(path: Path, name: str) -> Source:
    """Read a report; raises SourceError, in a sentence, if it cannot be read, for example because it is a
    picture."""
    bytes_of(path, name, MAX_BYTES, "the report")
    pages, more = pages_of(path, name)
    notes = [f"Only the first {MAX_PAGES} pages of {name} were read."] if more else []
    unread = _unread(pages, name)
    found = [(page, rows_of(page)) for page in pages]
    rows = [row for _, part in found for row in part]
    blocks = list(_blocks(rows, name))
    source = assemble(path, name, blocks, notes)
    if not source.code and not _has_code(blocks):
        # no fixed-width font: Python decides for every row whether it is code
        source = _better(source, assemble(path, name, list(_all_rows(rows, name)), notes), rows)
    return msgspec.structs.replace(source, unread=(*unread, *_cut_off(found, source)))


def _has_code(blocks: Sequence[Block]) -> bool:
    return any("def " in line.text for block in blocks if block.kind == "maybe" for line in block.lines)


def _better(one: Source, other: Source, rows: Sequence[Row]) -> Source:
    """The reading with more code; rows that are not code are read as text, with its matrices."""
    if "\n" not in other.code.strip():
        return one
    used = set(other.places)
    rest = [row for row in rows if not row.furniture and _line(row, other.name, "").place not in used]
    text = assemble(other.path, other.name, list(_prose(rest, other.name))).passages
    comments = tuple(passage for passage in other.passages if passage.kind == "comment")
    return msgspec.structs.replace(other, passages=(*comments, *text))


def _unread(pages: Sequence[Page], name: str) -> tuple[str, ...]:
    """Sentences about pages that are pictures, or whose letters carry no text."""
    blind = [
        page.number
        for page in pages
        if len([g for g in page.glyphs if g.text.strip() and not g.text.startswith("(cid:")]) < 20
        and (page.picture > 0.3 or any(g.text.startswith("(cid:") for g in page.glyphs) or not page.glyphs)
    ]
    if not blind or (len(blind) < len(pages) and all(not pages[number - 1].picture for number in blind)):
        return ()
    which = f"page {blind[0]}" if len(blind) == 1 else f"pages {', '.join(map(str, blind[:8]))}"
    return (f"{name} {which}: a picture without text, such as a scan; a person has to read it.",)


def _cut_off(found: Sequence[tuple[Page, list[Row]]], source: Source) -> tuple[str, ...]:
    """A sentence about lines of listings that run off the page, whose ends are lost."""
    lines = zip(source.places, source.code.split("\n"), strict=True) if source.code else ()
    used = {place for place, line in lines if line.strip()}
    cut = [
        place.words
        for page, rows in found
        for row in rows
        if row.fixed and row.glyphs[-1].x1 > EDGE * page.width
        and (place := _line(row, source.name, "").place) not in used
        and spaced(row.glyphs).count("(") > spaced(row.glyphs).count(")")
    ]  # fmt: skip
    if not cut:
        return ()
    return (
        f"{source.name} {', '.join(cut[:5])}: the line runs off the page, and its end is lost; a person has to look.",
    )


def _line(row: Row, name: str, text: str) -> Line:
    return Line(text, Place(name, row.number, f"page {row.page} line {row.number}"))


def _blocks(rows: Sequence[Row], name: str) -> Iterator[Block]:
    """Listings and text in turn; a listing continues across the margins between two pages."""
    code: list[Row] = []
    text: list[Row] = []
    kind, left = "maybe", None
    for row in rows:
        prompt, rest = without_prompt(row)
        if prompt:
            yield from _listing(code, name, kind, left)
            yield from _prose(text, name)
            code, text = [], []
            kind, left = (
                ("maybe", rest.x0 if rest is not None else None) if prompt == "In" else ("output", None)
            )
            if rest is not None:
                code.append(rest)
        elif row.fixed and not (row.furniture and code):
            yield from _prose(text, name)
            text = []
            code.append(row)
        elif row.furniture:
            continue
        elif code and _is_blank_number(row, code):
            code.append(row)
        else:
            yield from _listing(code, name, kind, left)
            code, kind, left = [], "maybe", None
            text.append(row)
    yield from _listing(code, name, kind, left)
    yield from _prose(text, name)


def _is_blank_number(row: Row, code: Sequence[Row]) -> bool:
    """A line number followed by nothing: an empty line of a numbered listing."""
    text = "".join(glyph.text for glyph in row.glyphs)
    first = code[-1].glyphs[0]
    return text.isdigit() and first.text.isdigit() and row.x0 <= first.x1 + 4


def _listing(rows: Sequence[Row], name: str, kind: str, left: float | None = None) -> Iterator[Block]:
    if rows:
        lines = code_lines(rows, [_line(row, name, "") for row in rows], left)
        yield Block(kind, _neutral(lines) if kind == "maybe" else lines)


def _neutral(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    code, _ = neutralise("\n".join(line.text for line in lines))
    return tuple(Line(text, line.place) for text, line in zip(code.split("\n"), lines, strict=True))


def _prose(rows: Sequence[Row], name: str) -> Iterator[Block]:
    if rows:
        texts = texts_of(rows)
        yield Block("prose", tuple(_line(row, name, text) for row, text in zip(rows, texts, strict=True)))


def _all_rows(rows: Sequence[Row], name: str) -> Iterator[Block]:
    """Every row as a row of code, in runs of one font size."""
    run: list[Row] = []
    for row in (row for row in rows if not row.furniture):
        if run and abs(row.size - run[-1].size) > 0.6:
            yield from _listing(run, name, "maybe")
            run = []
        run.append(row)
    yield from _listing(run, name, "maybe")
