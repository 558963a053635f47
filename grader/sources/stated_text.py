"""Find numbers and matrices in text. One pass for any text: nothing here costs more than its length.

Repeats in patterns are possessive (`*+`, `++`) or bounded, and no pattern looks ahead further than a few
characters; `tests/test_steps.py` counts their steps.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from grader.core.frozen import Frozen
from grader.sources.mathtext import plain
from grader.sources.matrix_text import Row, blocks

__all__ = ["MAX_DIGITS", "MAX_ENTRIES", "MAX_NUMBERS", "MAX_STATED_VALUES", "Stated", "stated_in"]

MAX_STATED_VALUES: Final = 2_000
"""Values from one text."""

MAX_NUMBERS: Final = 20_000
"""Entries in all matrices of one text."""

MAX_ENTRIES: Final = 10_000
"""Entries of one matrix: 100 rows of 100."""

MAX_DIGITS: Final = 60
"""Digits of a number on each side of its point; nobody states more."""

_LABEL: Final = 80
"""Characters of a label."""

_BEFORE: Final = 2_000
"""Characters before a value that are searched for its label, and as many of the line above."""

_NUMBER = re.compile(
    rf"[-+−]?+(?:\d{{1,{MAX_DIGITS}}}+(?:\.\d{{0,{MAX_DIGITS}}}+)?|\.\d{{1,{MAX_DIGITS}}}+)"
    r"(?:[eE][-+−]?\d{1,5}+)?+(?!\w|\.\w)"
)
_BRACKETS = re.compile(r"[\[\]]")
_BRACKETED = re.compile(r"\[[^\[\]]*+\]")
_POWER = re.compile(
    r"(?<=\d)\s*+(?:[×·*]|\\times|x)\s*+10\s*+(?:\^|\*\*)\s*+[({]?+\s*+([-−+]?\d{1,3})\s*+[)}]?+"
)
_SUPERSCRIPT = re.compile(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]++)")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_DECIMAL_COMMA = re.compile(r"(?<![\d.,\[(])(0|\d++(?=,\d{4})),(\d{2,}+)(?!\d|,\d)")
_COMMA_NUMBER = r"[-+−]?+\d{1,6}+[.,]\d{2,60}+"
_COMMA_ROW = re.compile(rf"\s*+{_COMMA_NUMBER}(?:(?:\s*+;\s*+|,?+\s++){_COMMA_NUMBER})++\s*+")
"""A row whose numbers have decimal commas: `0,6168; −0,1530`, or with blanks between them."""
_ROW_COMMA = re.compile(r"(?<=\d),(?=\d)")
_SECTION = r"(?<![\w.,-])[1-9]\.[1-9](?!\w|\.\w)"
_BEFORE_VALUE = re.compile(rf"{_SECTION}(?=\)?+[ \t]*+([:=]))")
_BEFORE_WORDS = re.compile(rf"(?m)^[^\w\n]*+{_SECTION}(?=\)?+[ \t]++[^\W\d])")
_NAMED = re.compile(rf"(?i)\b(?:exercise|ex|task|part|question|problem|section|aufgabe|q)[. \t(]*+{_SECTION}")
_BEHIND_WORD = re.compile(rf"(?i)\b(?:of|for|in|from)[ \t]++{_SECTION}")
"""`loss (1.2): 0.1220`, `1.2 Loss`, `Exercise 1.2`, `loss for 1.2 is 0.1220`: the number of an exercise, not
a value. The first and the last form count only if a value follows on the same line."""
_NUMBERING = re.compile(r"\W*+[1-9]\.[1-9]\W*+")
"""The number of an exercise in place of a label."""
_DIGIT = re.compile(r"\d")
_DECIMAL = re.compile(r"(?=\d\.\d\d)")
_LINE_END = re.compile(r"\n")
_LETTER = re.compile(r"[^\W\d]")
_WRAPPED = re.compile(r"(?:tensor|array|np\.float(?:32|64)|float)\(")
_SEPARATOR = re.compile(r"[,\s]++")
_IN_TABLE = re.compile(r"[;|&\\]")
_PART_OF_WORD = re.compile(r"[\w.]")


_LATEX: Final = r"\begin{"
"""With this, a program prints or displays a matrix in LaTeX."""


class Stated(Frozen, frozen=True):
    """A number, vector or matrix in a text: its values row by row, half a unit of its last digit, its line
    from 1."""

    name: str
    shape: tuple[int, ...]
    values: tuple[float, ...]
    half_width: float
    line: int


class _Text:
    """A text with the positions of its lines."""

    def __init__(self, text: str, labels: str = "") -> None:
        self.text = text
        self.labels = labels
        self._ends = [match.start() for match in _LINE_END.finditer(text)]
        self._last: dict[tuple[re.Pattern[str], int], int] = {}

    def line(self, position: int) -> int:
        """The number of the line, from 1, that contains a position."""
        return bisect_right(self._ends, position - 1) + 1

    def last(self, pattern: re.Pattern[str], position: int) -> int:
        """The start of the pattern's last match on the line that contains a position; -1 if there is none."""
        number = self.line(position)
        key = pattern, number
        if key not in self._last:
            start = self._ends[number - 2] + 1 if number > 1 else 0
            end = self._ends[number - 1] if number <= len(self._ends) else len(self.text)
            found = -1
            for match in pattern.finditer(self.text, start, end):
                found = match.start()
            self._last[key] = found
        return self._last[key]


def stated_in(text: str) -> Iterator[Stated]:
    """Yield the matrices and numbers in a text, each with half a unit of its last digit.

    A matrix is what torch, numpy or a nested list prints: rows in square brackets inside a pair of square
    brackets, or rows on consecutive lines. Numbers inside brackets are not yielded individually; numbers of
    exercises and values beyond the limits are not yielded at all.
    """
    if _LATEX in text:
        text = plain(text)
    text = _plain_numbers(text)
    numbers = MAX_NUMBERS
    for count, stated in enumerate(_all(_without_numbering(text), text)):
        numbers -= len(stated.values)
        if count >= MAX_STATED_VALUES or numbers < 0:
            return
        yield stated


def _all(text: str, labels: str) -> Iterator[Stated]:
    """The values in a text; `labels` is the same text with the numbers of exercises, which belong to the words."""
    lined = _Text(text, labels)
    spans: list[tuple[int, int]] = []
    for start, end in _outer_brackets(text):
        spans.append((start, end))
    names: list[str] = []
    for number, (start, end) in enumerate(spans):
        stated = _matrix(lined, start, end)
        name = _label_before(labels, start)
        if number:
            name = _joined(labels, spans[number - 1], names[-1], start) or name
        names.append(name)
        if stated is not None:
            yield msgspec.structs.replace(stated, name=name)
    for block in blocks(text, spans):
        stated = _stacked(lined, block)
        if stated is not None:
            yield stated
    position = 0
    for match in _NUMBER.finditer(text):
        while position < len(spans) and spans[position][1] <= match.start():
            position += 1
        inside = position < len(spans) and spans[position][0] <= match.start()
        if inside or (match.start() and _PART_OF_WORD.match(text[match.start() - 1])):
            continue
        value, half_width = _parsed(match.group())
        label = _label_before(labels, match.start())
        if position:
            label = _joined(labels, spans[position - 1], names[position - 1], match.start()) or label
        yield Stated(label, (), (value,), half_width, lined.line(match.start()))


def _plain_numbers(text: str) -> str:
    """Powers of ten and decimal commas in Python's notation; no line moves."""
    text = _SUPERSCRIPT.sub(lambda found: f"10^{found[1].translate(_RAISED)}", text)
    text = _POWER.sub(lambda found: f"e{found[1].replace('−', '-')}", text)
    return _DECIMAL_COMMA.sub(r"\1.\2", text)


def _without_numbering(text: str) -> str:
    """Blanks in place of exercise numbers; no value moves."""
    text = _blanked(
        _BEFORE_VALUE, text, lambda lined, match: lined.last(_DIGIT, match.end(1)) >= match.end(1)
    )
    text = _blanked(_BEFORE_WORDS, text, lambda lined, match: True)
    text = _blanked(_NAMED, text, lambda lined, match: True)
    return _blanked(_BEHIND_WORD, text, lambda lined, match: lined.last(_DECIMAL, match.end()) >= match.end())


def _blanked(pattern: re.Pattern[str], text: str, counts: Callable[[_Text, re.Match[str]], bool]) -> str:
    """The text with blanks in place of the last three characters of each match that counts."""
    lined = _Text(text)
    return pattern.sub(lambda found: f"{found[0][:-3]}   " if counts(lined, found) else found[0], text)


def _outer_brackets(text: str) -> Iterator[tuple[int, int]]:
    depth, start = 0, 0
    for match in _BRACKETS.finditer(text):
        if match[0] == "[":
            if depth == 0:
                start = match.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield start, match.end()


def _matrix(lined: _Text, start: int, end: int) -> Stated | None:
    body = lined.text[start:end]
    rows = _rows(found[0] for found in _BRACKETED.finditer(body))
    if rows is None:
        return None
    filled = [row for row in rows if row]
    if not filled or len({len(row) for row in filled}) != 1:
        return None
    flat = body.count("[") == 1
    return _stated(lined, start, filled[:1] if flat else filled, flat)


def _stacked(lined: _Text, block: list[Row]) -> Stated | None:
    """The matrix of a block of rows of equal length; its numbers also count individually."""
    text = lined.text
    rows = _rows(text[row.start : row.end] if row.is_vector else _bracketed(text, row) for row in block)
    if rows is None or not all(rows) or len({len(row) for row in rows}) != 1:
        return None
    return _stated(lined, block[0].start, rows, flat=False)


def _stated(lined: _Text, start: int, rows: list[list[tuple[float, float]]], flat: bool) -> Stated:
    return Stated(
        _label_before(lined.labels, start),
        (len(rows[0]),) if flat else (len(rows), len(rows[0])),
        tuple(value for row in rows for value, _ in row),
        max(width for row in rows for _, width in row),
        lined.line(start),
    )


def _rows(texts: Iterator[str]) -> list[list[tuple[float, float]]] | None:
    """Rows of numbers; None if one contains something else, or all together exceed the limit of a matrix."""
    rows: list[list[tuple[float, float]]] = []
    room = MAX_ENTRIES
    for text in texts:
        row = _row(text)
        room -= len(row or "x")
        if row is None or room < 0:
            return None
        rows.append(row)
    return rows


def _bracketed(text: str, row: Row) -> str:
    """A row of a table as a vector."""
    numbers = _IN_TABLE.sub(" ", text[row.start : row.end])
    return f"[{numbers}]"


def _row(text: str) -> list[tuple[float, float]] | None:
    inner = text[1:-1].strip()
    if not inner:
        return []
    inner = _WRAPPED.sub("", inner).replace(")", "")
    if _COMMA_ROW.fullmatch(inner):
        inner = _ROW_COMMA.sub(".", inner).replace(";", " ")
    parts = [part for part in _SEPARATOR.split(inner) if part]
    if not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    return [_parsed(part) for part in parts]


def _parsed(text: str) -> tuple[float, float]:
    plain = text.replace("−", "-")
    mantissa, _, exponent = plain.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    shift = int(exponent) if exponent else 0
    half_width = 0.5 * 10.0 ** max(min(shift - decimals, 300), -300)
    return float(plain), half_width


def _label_before(text: str, position: int) -> str:
    """The words before a value: on its own line, otherwise on the line above."""
    line_start, words = _back_to_line_start(text, position)
    own = _without_wrapping(words)
    if not _LETTER.search(own) and not _NUMBERING.fullmatch(own):
        own = _without_wrapping(_back_to_line_start(text, max(line_start - 1, 0))[1])
    return own.strip(" \t:=,([").strip()[-_LABEL:]


def _joined(text: str, span: tuple[int, int], name: str, position: int) -> str:
    """The label of a matrix with the words behind it, for a value on its last line; empty for a value elsewhere.

    Of a matrix of several lines, the last line does not hold the words before it: `1.2: V = [[…]] loss = 0.1220`.
    """
    start, end = span
    between = text[end : min(position, end + _BEFORE)]
    if "\n" not in text[start:end] or "\n" in between:
        return ""
    words = _without_wrapping(between).strip(" \t:=,([)").strip()
    return f"{name} {words}".strip()[-_LABEL:]


def _without_wrapping(text: str) -> str:
    """Words without what prints of tensors and arrays add to them."""
    return text.replace("tensor(", "").replace("array(", "")


def _back_to_line_start(text: str, position: int) -> tuple[int, str]:
    """The start of the line, or the limit of the search, and the text from there to the position."""
    furthest = max(position - _BEFORE, 0)
    found = text.rfind("\n", furthest, position)
    start = found + 1 if found >= 0 else furthest
    return start, text[start:position]
