"""The pages of a PDF as glyphs with their positions: the input of all later steps."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from grader.core.errors import SourceError

__all__ = ["MAX_PAGES", "Glyph", "Page", "Rule", "pages_of"]

MAX_PAGES: Final = 40
"""A report has one page; appendices and notebooks have more."""

MAX_GLYPHS: Final = 400_000

_TYPEWRITER: Final = re.compile(
    r"mono|courier|cmtt|lmtt|typewriter|consol|menlo|inconsol|fixed|nimbusmon|txtt|pcr", re.I
)
_PLAIN: Final = {
    "‘": "'", "’": "'", "‚": "'", "′": "'", "`": "'", "“": '"', "”": '"', "„": '"', "ˆ": "^", "˜": "~", "∼": "~",
    "∗": "*", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "⟨": "<", "⟩": ">", "¸": ",", "\u00ad": "-",
    "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ft", "ﬆ": "st", "′′": '"',
}  # fmt: skip
"""Typeset characters and the keyboard characters they stand for."""


class Glyph(NamedTuple):
    """A letter on a page: left and right edge, baseline, size in points, and whether its font is fixed-width."""

    x0: float
    x1: float
    y: float
    size: float
    text: str
    font: str
    mono: bool


class Rule(NamedTuple):
    """A thin horizontal line; TeX draws one for an underscore."""

    x0: float
    x1: float
    y: float


class Page(NamedTuple):
    """The content of one page. `picture` is the share of it that pictures cover."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    rules: list[Rule]
    picture: float


def pages_of(path: Path, name: str) -> tuple[list[Page], bool]:
    """The pages, and whether there are more than were read. Raises SourceError, in a sentence."""
    from pdfminer.pdfdocument import PDFDocument, PDFPasswordIncorrect
    from pdfminer.pdfexceptions import PDFException
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser
    from pdfminer.psexceptions import PSException

    broken = f"{name} is not a complete PDF file: export it again and hand it in again."
    try:
        with path.open("rb") as file:
            document = PDFDocument(PDFParser(file))
            found: list[Page] = []
            room = MAX_GLYPHS
            for number, page in enumerate(PDFPage.create_pages(document), start=1):
                if number > MAX_PAGES or room <= 0:
                    return _with_widths(found), True
                found.append(_page(page, number, room))
                room -= len(found[-1].glyphs)
    except PDFPasswordIncorrect as error:
        raise SourceError(f"{name} is encrypted: hand it in without a password.") from error
    except (PDFException, PSException, OSError, ValueError, KeyError, TypeError, IndexError, AttributeError,
            AssertionError, ArithmeticError, RecursionError, NotImplementedError, RuntimeError) as error:  # fmt: skip
        raise SourceError(broken) from error  # pdfminer raises many kinds of errors for broken files
    if not found:
        raise SourceError(broken)
    return _with_widths(found), False


def _page(page: Any, number: int, room: int) -> Page:
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LTImage
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager

    manager = PDFResourceManager()
    device = PDFPageAggregator(manager, laparams=None)
    PDFPageInterpreter(manager, device).process_page(page)
    layout = device.get_result()
    glyphs: list[Glyph] = []
    rules: list[Rule] = []
    covered = 0.0
    seen: set[tuple[int, int, str]] = set()
    for item in _items(layout):
        kind = type(item).__name__
        if kind == "LTChar" and len(glyphs) < room and item.upright and item.size > 0:
            text = item.get_text()
            key = (round(item.x0 * 2), round(item.matrix[5] * 2), text)
            if key in seen and text.strip():
                continue  # printed twice to look bold
            seen.add(key)
            plain = "".join(_PLAIN.get(letter, letter) for letter in text)
            size = float(item.size)
            glyphs.append(Glyph(item.x0, item.x1, item.matrix[5], size, plain, item.fontname, False))
        elif kind in ("LTRect", "LTLine", "LTCurve") and item.height < 1.5 and 1 < item.width < 40:
            rules.append(Rule(item.x0, item.x1, item.y0))
        elif isinstance(item, LTImage):
            covered += max(item.width, 0) * max(item.height, 0)
    area = max(layout.width * layout.height, 1.0)
    return Page(number, layout.width, layout.height, glyphs, rules, min(covered / area, 1.0))


def _items(container: Any) -> Iterator[Any]:
    for item in container:
        if type(item).__name__ == "LTFigure":
            yield item
            yield from _items(item)
        else:
            yield item


def _with_widths(pages: list[Page]) -> list[Page]:
    """The pages with fixed-width fonts marked: those whose letters all have the same width, or whose name
    says so."""
    widths: dict[str, dict[str, float]] = {}
    for page in pages:
        for glyph in page.glyphs:
            if glyph.text.isalpha() and len(glyph.text) == 1:
                widths.setdefault(glyph.font, {})[glyph.text] = (glyph.x1 - glyph.x0) / glyph.size
    fixed: dict[str, bool] = {}
    for page in pages:
        for glyph in page.glyphs:
            if glyph.font not in fixed:
                known = widths.get(glyph.font, {})
                alike = len(known) >= 6 and max(known.values()) - min(known.values()) < 0.03
                fixed[glyph.font] = alike or bool(_TYPEWRITER.search(glyph.font))
    return [page._replace(glyphs=[g._replace(mono=fixed[g.font]) for g in page.glyphs]) for page in pages]
