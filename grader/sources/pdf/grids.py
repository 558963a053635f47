"""Matrices in typeset text, from the positions of their numbers, and the rows around them as text.

Numbers aligned in columns over at least two rows are a matrix; signs between two columns (a bracket, an
equals sign) separate one matrix from the next.
"""

import re
import statistics
from collections.abc import Sequence
from typing import Final, NamedTuple

from grader.sources.pdf.glyphs import Glyph
from grader.sources.pdf.rows import Row, spaced

__all__ = ["texts_of"]

_NUMBER: Final = re.compile(r"[-−–+]?+(?:\d++(?:\.\d*+)?+|\.\d++)(?:[eE][-+−]?\d++)?+")
_NO_LETTER: Final = re.compile(r"\(cid:\d{1,9}+\)")
_BRACKETS: Final = frozenset("()[]{}|‖⎡⎢⎣⎤⎥⎦⎛⎜⎝⎞⎟⎠⎧⎨⎩⎫⎬⎭│∣\x00\x01\x02\x03")
LEADING: Final = 2.6
"""The largest distance between rows of a matrix, in font sizes."""


class Word(NamedTuple):
    """Glyphs of one row without white space between them."""

    row: int
    x0: float
    x1: float
    y: float
    text: str
    number: bool
    comma: bool


class Grid(NamedTuple):
    """A matrix: its rows as indices into the given rows, the words of each, its left and right edge."""

    rows: tuple[int, ...]
    cells: tuple[tuple[Word, ...], ...]
    x0: float
    x1: float


def texts_of(rows: Sequence[Row]) -> list[str]:
    """The text of every row, with each matrix written in brackets on the row where it begins."""
    words = [_words(number, row) for number, row in enumerate(rows)]
    fences = _fences(rows)
    grids = [grid for band in _bands(rows, words) for grid in _grids(band, words, rows, fences)]
    return [_text(number, row, words[number], grids, rows) for number, row in enumerate(rows)]


def _words(number: int, row: Row) -> list[Word]:
    """The row's words; a bracket is a word of its own, and a sign belongs to the number after it."""
    found: list[Word] = []
    held: list[Glyph] = []

    def close() -> None:
        if held:
            text = "".join(glyph.text for glyph in held)
            stripped = text.rstrip(",;")
            is_number = bool(_NUMBER.fullmatch(stripped))
            found.append(
                Word(number, held[0].x0, held[-1].x1, held[0].y, stripped, is_number, stripped != text)
            )
            held.clear()

    for glyph in row.glyphs:
        bracket = _is_bracket(glyph)
        sign = bool(held) and len(held) == 1 and held[0].text in "-−–+"
        apart = bool(held) and glyph.x0 - held[-1].x1 > (0.3 if sign else 0.12) * glyph.size
        if bracket or apart:
            close()
        if bracket:
            found.append(Word(number, glyph.x0, glyph.x1, glyph.y, glyph.text, False, False))
        else:
            held.append(glyph)
    close()
    return found


def _is_bracket(glyph: Glyph) -> bool:
    """A bracket, or one of the pieces that large brackets are built from, which have odd names in fonts."""
    font = glyph.font.upper()
    built = (
        "\uf8e5" <= glyph.text <= "\uf8ff"
        or glyph.text.startswith("(cid:")
        or "CMEX" in font
        or "EXTENSION" in font
    )
    return built or glyph.text in _BRACKETS


def _is_built(glyph: Glyph) -> bool:
    return _is_bracket(glyph) and glyph.text not in _BRACKETS


def _fences(rows: Sequence[Row]) -> list[tuple[int, float, float]]:
    """Page, horizontal position and baseline of every bracket and every sign or short word between formulas."""
    return [
        (row.page, (glyph.x0 + glyph.x1) / 2, row.y)
        for row in rows
        for glyph in row.glyphs
        if _is_bracket(glyph)
    ]


def _bands(rows: Sequence[Row], words: Sequence[list[Word]]) -> list[list[int]]:
    """Runs of neighbouring rows that contain numbers; rows of brackets and words may come between."""
    bands: list[list[int]] = []
    for number, row in enumerate(rows):
        if row.fixed or not any(word.number for word in words[number]):
            continue
        if bands and _close(rows, bands[-1][-1], number):
            bands[-1].append(number)
        else:
            bands.append([number])
    return [band for band in bands if len(band) >= 2]


def _close(rows: Sequence[Row], first: int, second: int) -> bool:
    size = statistics.median(glyph.size for glyph in (*rows[first].glyphs, *rows[second].glyphs))
    distance = rows[first].y - rows[second].y
    return rows[first].page == rows[second].page and 0 < distance <= LEADING * size


def _grids(
    band: list[int],
    words: Sequence[list[Word]],
    rows: Sequence[Row],
    fences: Sequence[tuple[int, float, float]],
) -> list[Grid]:
    """The matrices of a band: neighbouring rows whose numbers are aligned and evenly spaced."""
    labels = [
        word for number in band for word in words[number] if not word.number and _is_formula(words[number])
    ]
    whole = frozenset(number for number in band if all(word.number for word in words[number]))
    grids: list[list[list[Word]]] = []
    for number in band:
        for run in _runs(words[number], _cuts(rows[number], labels, fences)):
            for grid in grids:
                if _continues(grid, run, rows, whole):
                    grid.append(run)
                    break
            else:
                grids.append([run])
    return [
        Grid(
            tuple(run[0].row for run in grid),
            tuple(tuple(run) for run in grid),
            min(word.x0 for run in grid for word in run),
            max(word.x1 for run in grid for word in run),
        )
        for grid in grids
        if len(grid) >= 2 and len(grid[0]) >= 2
    ]


def _is_formula(words: list[Word]) -> bool:
    return sum(len(word.text) >= 3 and word.text.isalpha() for word in words) <= 2


def _cuts(row: Row, labels: Sequence[Word], fences: Sequence[tuple[int, float, float]]) -> list[float]:
    """Where a row is divided between matrices: at brackets of any height, and at the labels beside it."""
    near = [x for page, x, y in fences if page == row.page and abs(y - row.y) <= 3.2 * row.size]
    beside = [word for word in labels if abs(word.y - row.y) <= LEADING * row.size]
    return [*near, *((word.x0 + word.x1) / 2 for word in beside)]


def _runs(words: list[Word], cuts: Sequence[float]) -> list[list[Word]]:
    """Numbers that follow each other in a row with nothing between."""
    runs: list[list[Word]] = [[]]
    for word in words:
        if not word.number:
            runs.append([])
            continue
        if runs[-1] and any(runs[-1][-1].x1 - 1 < cut < word.x0 + 1 for cut in cuts):
            runs.append([])
        runs[-1].append(word)
    return [run for run in runs if run]


def _continues(grid: list[list[Word]], run: list[Word], rows: Sequence[Row], whole: frozenset[int]) -> bool:
    """Whether a run is the next row of a matrix: equally many numbers, aligned, at the same distance.

    Rows of numbers only need not be aligned exactly: tabs leave them ragged.
    """
    last, row = grid[-1], rows[run[0].row]
    distance = last[0].y - run[0].y
    if len(run) != len(last) or not 0.5 * row.size < distance <= LEADING * row.size:
        return False
    ragged = len(run) > 2 and {last[0].row, run[0].row} <= whole
    if any(a.comma != b.comma for a, b in zip(last[:-1], run[:-1], strict=True)):
        return False
    if not ragged and not all(_under(a, b) for a, b in zip(last, run, strict=True)):
        return False
    before = grid[-2][0].y - last[0].y if len(grid) > 1 else distance
    return abs(distance - before) <= 0.3 * before


def _under(above: Word, below: Word) -> bool:
    shared = min(above.x1, below.x1) - max(above.x0, below.x0)
    return shared > 0.3 * min(above.x1 - above.x0, below.x1 - below.x0)


def _text(number: int, row: Row, words: list[Word], grids: list[Grid], rows: Sequence[Row]) -> str:
    """The row's own text, and the matrices that begin in it, each after its label."""
    if row.fixed or not any(number in grid.rows for grid in grids):
        return spaced(glyph for glyph in row.glyphs if not _is_built(glyph))
    parts: list[tuple[float, str]] = []
    for grid in grids:
        if grid.rows[0] == number:
            body = ", ".join(f"[{', '.join(_plain(word.text) for word in cells)}]" for cells in grid.cells)
            parts.append((grid.x0, f"{_label(grid, grids, rows)}[{body}]"))
    taken = {id(word) for grid in grids for cells in grid.cells for word in cells}
    bracketed = _is_bracketed(grids, number, words)
    rest = [word for word in words if id(word) not in taken and not _belongs(word, grids, number)]
    parts += [(word.x0, word.text) for word in rest if word.text not in _BRACKETS and word.text.isprintable()]
    if not bracketed:
        # a table: its rows may state single values, so they are kept as they are
        parts.append((1e9, "\n"))
    text = " ".join(part for _, part in sorted(parts) if part != "\n")
    if not bracketed:
        text += (" | " if text else "") + spaced(row.glyphs).replace("[", "(").replace("]", ")")
    return text


def _plain(text: str) -> str:
    return text.replace("−", "-").replace("–", "-")


def _is_bracketed(grids: list[Grid], number: int, words: list[Word]) -> bool:
    """Whether every matrix of this row is in brackets, which distinguishes it from a table."""
    return all(
        any(
            word.x1 <= grid.x0 + 1 and grid.x0 - word.x1 < 25 and not word.number and not word.text.isalpha()
            for word in words
        )
        or len(grid.rows) == 3
        for grid in grids
        if number in grid.rows
    )


def _belongs(word: Word, grids: list[Grid], number: int) -> bool:
    """Whether a word is the label of a matrix that begins in another row and was written there already."""
    return any(number in grid.rows and word.x1 <= grid.x0 and _is_label(word) for grid in grids)


def _is_label(word: Word) -> bool:
    return not word.number and (word.text in _BRACKETS or len(word.text) <= 12)


def _label(grid: Grid, grids: list[Grid], rows: Sequence[Row]) -> str:
    """The words before a matrix, in any of its rows or between them, back to the previous matrix."""
    before = max(
        (other.x1 for other in grids if other.x1 < grid.x0 and set(other.rows) & set(grid.rows)), default=0.0
    )
    found: list[Glyph] = []
    for number in range(grid.rows[0], grid.rows[-1] + 1):
        found += [g for g in rows[number].glyphs if before < g.x0 and g.x1 <= grid.x0 + 1]
    text = "".join(
        c for c in spaced(sorted(found, key=lambda g: g.x0)) if c not in _BRACKETS and c.isprintable()
    )
    text = _NO_LETTER.sub("", text).strip(" ,;.")
    return f"{text[-60:]} " if text else ""
