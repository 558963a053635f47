"""Group glyphs into rows, in reading order: one column after the other, small signs with their line."""

import re
import statistics
from collections.abc import Iterable
from typing import Final

from grader.core.model import Frozen
from grader.sources.pdf.glyphs import Glyph, Page, Rule

__all__ = ["Row", "rows_of", "spaced"]

GAP: Final = 0.17
"""In font sizes: a wider gap is a blank (TeX's shrink to 0.22, kerning stays below 0.1)."""

GUTTER: Final = 7.5
"""Points of white space between two columns."""


_PAGE_NUMBER: Final = re.compile(r"[-–/. ]*+\d[-–/.\d ]*+")


class Row(Frozen, frozen=True):
    """Glyphs on one baseline, from left to right, without blanks. `number` counts on its page."""

    page: int
    number: int
    y: float
    glyphs: tuple[Glyph, ...]
    furniture: bool
    """Whether it is in the upper or lower margin, like page numbers."""
    fixed: bool
    """Whether it is set in a fixed-width font."""

    @property
    def x0(self) -> float:
        """Its left edge."""
        return self.glyphs[0].x0

    @property
    def size(self) -> float:
        """The font size of most of its glyphs."""
        return statistics.median(glyph.size for glyph in self.glyphs)


def rows_of(page: Page) -> list[Row]:
    """The rows of a page in reading order."""
    found = _clusters([glyph for glyph in page.glyphs if glyph.text.strip()])
    found = _with_underscores(_small_ones_joined(found), page.rules)
    ordered = [row for part in _columns(found, page) for row in part]
    return [
        Row(
            page.number, number, _baseline(glyphs), tuple(glyphs), _in_margin(glyphs, page), _is_fixed(glyphs)
        )
        for number, glyphs in enumerate(ordered, start=1)
    ]


def _baseline(glyphs: list[Glyph]) -> float:
    return statistics.median(glyph.y for glyph in glyphs)


def _in_margin(glyphs: list[Glyph], page: Page) -> bool:
    y = _baseline(glyphs)
    text = "".join(glyph.text for glyph in glyphs)
    if not (y < 0.13 * page.height or y > 0.94 * page.height):
        return False
    edge = y < 0.08 * page.height or y > 0.94 * page.height
    return _PAGE_NUMBER.fullmatch(text) is not None or (edge and not _is_fixed(glyphs) and len(text) < 80)


def _is_fixed(glyphs: list[Glyph]) -> bool:
    return sum(glyph.mono for glyph in glyphs) >= 0.7 * len(glyphs)


def _clusters(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """The glyphs of each baseline, from the top of the page down, each from left to right."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: (-g.y, g.x0)):
        if rows and abs(rows[-1][0].y - glyph.y) <= 0.12 * glyph.size:
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [sorted(row, key=lambda g: g.x0) for row in rows]


def _small_ones_joined(rows: list[list[Glyph]]) -> list[list[Glyph]]:
    """Put exponents and indices into their row, an exponent after a caret."""
    kept = [list(row) for row in rows]
    sizes = [statistics.median(glyph.size for glyph in row) for row in kept]
    for i, row in enumerate(kept):
        for j in (i - 1, i + 1, i - 2, i + 2):
            if not 0 <= j < len(kept) or not row or not kept[j] or sizes[i] > 0.85 * sizes[j]:
                continue
            distance = row[0].y - kept[j][0].y
            left, right = kept[j][0].x0 - sizes[j], kept[j][-1].x1 + sizes[j]
            if abs(distance) < 0.7 * sizes[j] and left <= row[0].x0 and row[-1].x1 <= right:
                mark = "^" if distance > 0 else "_"
                kept[j] = _with_small(kept[j], row, mark, sizes[i])
                kept[i] = []
                break
    return [row for row in kept if row]


def _with_small(row: list[Glyph], small: list[Glyph], mark: str, size: float) -> list[Glyph]:
    """A row with its exponents or indices; the first of each group comes after its mark."""
    done: list[Glyph] = []
    for glyph in sorted([*row, *small], key=lambda g: g.x0):
        begins = glyph in small and not (done and done[-1] in small and glyph.x0 - done[-1].x1 < 0.5 * size)
        marked = begins and (glyph.text.isalnum() or glyph.text in "-−")
        done.append(glyph._replace(text=mark + glyph.text) if marked else glyph)
        if marked:
            small = [*small, done[-1]]
    return done


def _with_underscores(rows: list[list[Glyph]], rules: Iterable[Rule]) -> list[list[Glyph]]:
    """Rows with the underscores that TeX drew as rules: as wide as a letter, a little below the baseline."""
    drawn = list(rules)
    done: list[list[Glyph]] = []
    for row in rows:
        size, y = statistics.median(g.size for g in row), row[0].y
        added = [
            Glyph(rule.x0, rule.x1, y, size, "_", "", row[0].mono)
            for rule in drawn
            if -0.35 * size <= rule.y - y <= 0.08 * size and 0.2 * size <= rule.x1 - rule.x0 <= 0.75 * size
            and row[0].x0 - size <= rule.x0 <= row[-1].x1 + size
            and not any(g.x0 < (rule.x0 + rule.x1) / 2 < g.x1 and g.text.strip() for g in row)
        ]  # fmt: skip
        done.append(sorted([*row, *added], key=lambda g: g.x0))
    return done


def _columns(rows: list[list[Glyph]], page: Page) -> list[list[list[Glyph]]]:
    """The rows in parts to read one after the other: split at a gutter if the page has one."""
    x = _gutter(rows, page)
    if x is None:
        return [rows]
    parts: list[list[list[Glyph]]] = []
    left: list[list[Glyph]] = []
    right: list[list[Glyph]] = []
    for row in rows:
        if _crosses(row, x):
            parts += [left, right, [row]]
            left, right = [], []
            continue
        left += [[g for g in row if g.x1 <= x + 1]] if row[0].x0 < x else []
        right += [[g for g in row if g.x1 > x + 1]] if row[-1].x1 > x + 1 else []
    return [part for part in (*parts, left, right) if part]


def _crosses(row: list[Glyph], x: float) -> bool:
    before = max((g.x1 for g in row if g.x0 < x), default=None)
    after = min((g.x0 for g in row if g.x0 >= x), default=None)
    return before is not None and (before > x or (after is not None and after - before < GUTTER))


def _gutter(rows: list[list[Glyph]], page: Page) -> float | None:
    """Where a white band separates two columns; None on a page with one column."""
    edges: set[int] = set()
    for step in range(30, 71, 2):
        x = page.width * step / 100
        starts = [
            min(g.x0 for g in row if g.x0 >= x) for row in rows if row[-1].x0 >= x and not _crosses(row, x)
        ]
        edges |= {statistics.mode(round(start) for start in starts)} if starts else set()
    best: tuple[int, float] | None = None
    for edge in sorted(edges):
        x = edge - 3.0
        crossing = sum(_crosses(row, x) for row in rows)
        right = [
            min(g.x0 for g in row if g.x0 >= x) for row in rows if row[-1].x0 >= x and not _crosses(row, x)
        ]
        left = sum(row[0].x0 < x for row in rows) - crossing
        if min(len(right), left) < max(6, 0.35 * len(rows)) or crossing > 0.3 * len(rows):
            continue
        if sum(start - edge <= 3 for start in right) < 0.25 * len(right):
            continue
        sides = ([sum((g.x0 < x) == before for g in row) for row in rows] for before in (True, False))
        if any(statistics.median(count for count in side if count) < 12 for side in sides):
            continue  # matrices side by side are not columns of text
        if best is None or crossing < best[0]:
            best = (crossing, x)
    return best[1] if best else None


def spaced(glyphs: Iterable[Glyph], gap: float = GAP) -> str:
    """Glyphs as text, with a blank for each gap between them."""
    text, before = "", None
    for glyph in glyphs:
        if before is not None and glyph.x0 - before.x1 > gap * min(max(glyph.size, before.size), 30):
            text += " "
        text += glyph.text
        before = glyph
    return text
