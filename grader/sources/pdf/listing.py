"""Convert the rows of a listing back to code: indentation from glyph positions, without line numbers and
wraps."""

import re
import statistics
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from grader.core.parsing import parsed
from grader.sources.blocks import Line, syntax_error
from grader.sources.pdf.glyphs import Glyph
from grader.sources.pdf.rows import Row, spaced

__all__ = ["code_lines", "without_prompt"]

PROMPT: Final = re.compile(r"\s*+(?:(In|Out)\s*+)?+\[\s*+(\d*+|\*)\s*+\]:")
MAX_JOINS: Final = 60
CELLS: Final = (0.55, 0.85)
"""Width of a letter's cell, in font sizes, if `listings` puts letters of any font on a grid (0.6 em)."""


def without_prompt(row: Row) -> tuple[str, Row | None]:
    """The prompt that a notebook printed before a cell, `In` or `Out`, and the rest of the row."""
    text = ""
    for position, glyph in enumerate(row.glyphs[:14]):
        text += glyph.text
        found = PROMPT.fullmatch(text)
        if found:
            rest = row.glyphs[position + 1 :]
            kind = found[1] or "In"
            return kind, Row(row.page, row.number, row.y, rest, False, row.fixed) if rest else None
    return "", row


def code_lines(rows: Sequence[Row], places: Sequence[Line], left: float | None = None) -> tuple[Line, ...]:
    """The rows as lines of code. `places` gives each row's location, in the same order.

    `left` is where unindented lines begin, if known.
    """
    numbered = _numbers(rows)
    stripped = [_without_number(row, numbered) for row in rows]
    bodies = [[g for g in glyphs if g.text.strip()] for glyphs, _ in stripped]
    sizes = [glyph.size for body in bodies for glyph in body]
    if not sizes:
        return ()
    size = statistics.median(sizes)
    bodies = [_without_marks(body, size) for body in bodies]
    cell = _cell([body for body in bodies if body], size)
    known = left is not None
    left = left if left is not None else min((body[0].x0 for body in bodies if body), default=0.0)
    if cell and not known and not any(glyph.mono for body in bodies for glyph in body):
        left = _on_cells(sorted((g.x0 + g.x1) / 2 for body in bodies for g in body), cell)[1]
    texts = [_on_grid(body, left, cell) if cell else _in_blanks(body, left, size) for body in bodies]
    continued = [numbered and not has and bool(body) for (_, has), body in zip(stripped, bodies, strict=True)]
    lines = [Line(_typed(text), place.place) for text, place in zip(texts, places, strict=True)]
    lines = _with_gaps(rows, lines, size)
    if numbered:
        lines = _joined(lines, {line.place: wrapped for line, wrapped in zip(places, continued, strict=True)})
    return tuple(_unwrapped(lines))


def _typed(text: str) -> str:
    """Mathematical signs and the characters typed for them in code."""
    return text.translate(str.maketrans("−–×", "--*"))


# --- line numbers -----------------------------------------------------------------------------------------


def _number(row: Row) -> tuple[int, int] | None:
    """The number at the beginning of a row that is separate from the rest, and how many glyphs it has."""
    digits = 0
    while digits < len(row.glyphs) and row.glyphs[digits].text.isdigit() and digits < 4:
        digits += 1
    if not digits:
        return None
    if digits < len(row.glyphs):
        before, after = row.glyphs[digits - 1], row.glyphs[digits]
        apart = after.x0 - before.x1 > 0.3 * after.size or before.size < 0.8 * after.size
        if not apart:
            return None
    return int("".join(glyph.text for glyph in row.glyphs[:digits])), digits


def _numbers(rows: Sequence[Row]) -> bool:
    """Whether the rows are numbered: increasing numbers before most of them."""
    found = [number for row in rows if (number := _number(row)) is not None]
    if not found or len(found) < 0.5 * len(rows):
        return False
    if len(found) == 1:
        glyphs = next(row for row in rows if _number(row) is not None).glyphs[found[0][1] - 1 :]
        return len(glyphs) > 1 and not glyphs[0].mono and glyphs[1].mono
    steps = [after - before for (before, _), (after, _) in pairwise(found)]
    return sum(step == 1 for step in steps) >= 0.8 * len(steps)


def _without_number(row: Row, numbered: bool) -> tuple[list[Glyph], bool]:
    found = _number(row) if numbered else None
    return list(row.glyphs[found[1] :] if found else row.glyphs), found is not None


def _without_marks(body: list[Glyph], size: float) -> list[Glyph]:
    """Without the little arrows that mark a wrapped line."""
    while body and (body[0].size < 0.75 * size or body[0].text in "↪→⤷↳֒") and not body[0].text.isalnum():
        body = body[1:]
    while body and (body[-1].size < 0.75 * size or body[-1].text in "↩←⤶") and not body[-1].text.isalnum():
        body = body[:-1]
    return body


# --- indentation ------------------------------------------------------------------------------------------


def _cell(bodies: Sequence[Sequence[Glyph]], size: float) -> float:
    """The width of a letter if letters are on a grid; 0 if every letter has its own width."""
    mono = [g.x1 - g.x0 for body in bodies for g in body if g.mono and len(g.text) == 1]
    count = sum(len(body) for body in bodies)
    if len(mono) >= 0.6 * count:
        steps = [
            after.x0 - before.x0
            for body in bodies
            for before, after in pairwise(body)
            if 0.3 * size < after.x0 - before.x0 < 0.9 * size
        ]
        return statistics.median(steps or mono)
    return _fitted(sorted((g.x0 + g.x1) / 2 for body in bodies for g in body), size)


def _fitted(centres: Sequence[float], size: float) -> float:
    """The width of cells with centred letters, as `listings` sets letters of any font; otherwise 0."""
    if len(centres) < 20:
        return 0.0
    steps = range(round(CELLS[0] * size * 100), round(CELLS[1] * size * 100))
    share, cell = max((_on_cells(centres, step / 100)[0], step / 100) for step in steps)
    return cell if share >= 0.85 else 0.0


def _on_cells(centres: Sequence[float], cell: float) -> tuple[float, float]:
    """The best share of letters near the middle of a cell, and where the first cell begins."""
    parts = [0] * 20
    for centre in centres:
        parts[int(centre / cell % 1 * 20)] += 1
    shares = [sum(parts[(start + k) % 20] for k in range(5, 15)) for start in range(20)]
    best = max(range(20), key=lambda start: shares[start])
    first = centres[0] - (centres[0] / cell - best / 20) % 1 * cell
    return shares[best] / len(centres), first


def _on_grid(body: Sequence[Glyph], left: float, cell: float) -> str:
    """A line of cells. Letters of a text font are spread over the cells of their word, so only gaps count."""
    text = ""
    before: Glyph | None = None
    for glyph in body:
        if glyph.mono or before is None:
            blanks = round((glyph.x0 - left) / cell) - len(text) if glyph.mono else _cells(left, glyph, cell)
        else:
            apart = (glyph.x0 + glyph.x1 - before.x0 - before.x1) / 2 / cell
            blanks = round(apart) - 1 if apart > 1.5 else 0
        text += " " * blanks + glyph.text
        before = glyph
    return text


def _cells(left: float, glyph: Glyph, cell: float) -> int:
    return int(max((glyph.x0 + glyph.x1) / 2 - left, 0.0) / cell)


def _in_blanks(body: Sequence[Glyph], left: float, size: float) -> str:
    """A line in a proportional font: its indentation counted in blanks of that font."""
    if not body:
        return ""
    return " " * round((body[0].x0 - left) / (0.25 * size)) + spaced(body)


def _with_gaps(rows: Sequence[Row], lines: list[Line], size: float) -> list[Line]:
    """An empty line where rows are further apart, so that paragraphs of code stay paragraphs."""
    done: list[Line] = []
    for position, line in enumerate(lines):
        if position and rows[position].page == rows[position - 1].page:
            distance = rows[position - 1].y - rows[position].y
            if distance > 1.9 * size:
                done.append(Line("", line.place))
        done.append(line)
    return done


# --- wraps ------------------------------------------------------------------------------------------------


def _joined(lines: list[Line], wrapped: dict[object, bool]) -> list[Line]:
    """Append rows without a number of their own to the row they continue."""
    done: list[Line] = []
    for line in lines:
        if wrapped.get(line.place) and line.text.strip() and done:
            done[-1] = Line(_put_together(done[-1].text, line.text), done[-1].place)
        else:
            done.append(line)
    return done


def _put_together(first: str, second: str) -> str:
    return f"{first.rstrip()} {second.strip()}"


def _unwrapped(lines: list[Line]) -> list[Line]:
    """Join lines that a narrow page broke in two, if that lets Python read further than before."""
    reach = _reach(lines)
    for _ in range(MAX_JOINS):
        if reach >= len(lines):
            break
        best: tuple[int, list[Line]] | None = None
        for first in (reach - 2, reach - 1, reach):
            if not (0 <= first < len(lines) - 1) or not lines[first].text.strip():
                continue
            for glue in (" ", ""):
                text = f"{lines[first].text.rstrip()}{glue}{lines[first + 1].text.strip()}"
                trial = [*lines[:first], Line(text, lines[first].place), *lines[first + 2 :]]
                reached = _reach(trial)
                if reached + 1 > reach + (best[0] - reach if best else 1):
                    best = (reached + 1, trial)
        if best is None:
            break
        lines, reach = best[1], best[0] - 1
    return lines


def _reach(lines: Sequence[Line]) -> int:
    """How many lines Python reads before it stops; all of them if the code parses."""
    text = "\n".join(line.text for line in lines)
    if not syntax_error(text):
        return len(lines)
    low, high = 0, len(lines)
    try:
        parsed(text)
    except SyntaxError as error:
        return min(max((error.lineno or 1) - 1, low), high - 1)
    except (ValueError, RecursionError, MemoryError):
        return 0
    return high
