"""Numbers and matrices that a student states: left in variables, or printed.

Reading only: whether a figure is right is for the lab to say. Printed figures carry the half unit of
their last digit, so that a lab can judge them by intervals instead of by guessed tolerances.
"""

import re
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

from grader import wire
from grader.model import Figure, Place, Source
from grader.rows import Row, blocks

__all__ = ["array_of", "from_source", "from_text", "from_variables"]

MAX_FIGURES = 2_000
_NUMBER = re.compile(r"[-+−]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+−]?\d+)?(?!\w|\.\w)")
_BRACKETED = re.compile(r"\[[^\[\]]*\]")
_POWER = re.compile(r"(?<=\d)\s*(?:[×·*]|\\times|x)\s*10\s*(?:\^|\*\*)\s*[({]?\s*([-−+]?\d{1,3})\s*[)}]?")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_DECIMAL_COMMA = re.compile(r"(?<![\d.,\[(])(\d+),(\d{4,})(?![\d,])")
_SECTION = r"(?<![\w.,-])[1-9]\.[1-9](?!\w|\.\w)"
_NUMBERING = (
    re.compile(rf"{_SECTION}(?=\)?[ \t]*[:=][^\n]*\d)"),
    re.compile(rf"(?m)^[^\w\n]*{_SECTION}(?=\)?[ \t]+[^\W\d])"),
    re.compile(rf"(?i)\b(?:exercise|ex|task|part|question|problem|section|aufgabe|q)[. \t(]*{_SECTION}"),
    re.compile(rf"(?i)\b(?:of|for|in|from)[ \t]+{_SECTION}(?=[^\n]*\d\.\d\d)"),
)
"""`loss (1.2): 0.1220`, `1.2 Loss`, `Exercise 1.2`, `loss for 1.2 is 0.1220`: the number of an exercise, not a figure."""
_LABEL = re.compile(r"[^\W\d][\w ²³^_|'‖()/.-]*")


def array_of(value: wire.Value) -> npt.NDArray[np.float64] | None:
    """The value as float64, where it is a real number, a real array or nested lists of equal length."""
    if isinstance(value, wire.Number):
        return np.array(value.value, np.float64) if not isinstance(value.value, bool) else None
    if isinstance(value, wire.Array):
        if value.dtype.startswith("complex"):
            return None
        return np.frombuffer(value.data, dtype=value.dtype).reshape(value.shape).astype(np.float64)
    if isinstance(value, wire.Items) and value.items and not value.names:
        parts = [array_of(item) for item in value.items]
        if any(part is None for part in parts):
            return None
        whole = [part for part in parts if part is not None]
        if len({part.shape for part in whole}) == 1 and whole[0].ndim < 2:
            return np.stack(whole)
    return None


def from_variables(variables: Iterable[wire.Variable]) -> Iterator[Figure]:
    """Yield every number and matrix held in top-level variables, also inside tuples, lists and dicts."""
    for variable in variables:
        yield from _of_value(variable.name, variable.value)


def _of_value(name: str, value: wire.Value, depth: int = 0) -> Iterator[Figure]:
    array = array_of(value)
    if array is not None and array.ndim <= 2 and array.size <= 10_000:
        yield Figure(array, 0.0, name, f"variable `{name}`")
    elif isinstance(value, wire.Items) and depth < 2 and len(value.items) <= 50:
        for number, item in enumerate(value.items):
            key = f".{value.names[number]}" if number < len(value.names) else f"[{number}]"
            yield from _of_value(f"{name}{key}", item, depth + 1)


def from_source(source: Source) -> Iterator[Figure]:
    """Yield what is stated in a report's text and in saved output; comments in code state nothing."""
    for passage in source.passages:
        if passage.kind == "comment":
            continue
        places = passage.places

        def where(line: int, places: tuple[Place, ...] = places) -> str:
            place = places[min(line, len(places)) - 1]
            return f"{place.file} {place.words}"

        yield from from_text(passage.text, where)


def _printed(line: int) -> str:
    return f"printed, line {line}"


def from_text(text: str, where: Callable[[int], str] = _printed) -> Iterator[Figure]:
    """Yield the matrices and numbers in printed text, each with half a unit of its last digit.

    `where` says in words where a line of the text, counted from 1, was found.

    A matrix is what torch, numpy or a nested list prints: rows in square brackets inside a pair of
    square brackets, or rows on lines one after another. Numbers inside brackets are not yielded one by one, nor are
    numbers of exercises.
    """
    text = _without_numbering(_plain_numbers(text))
    count = 0
    spans: list[tuple[int, int]] = []
    for start, end in _outer_brackets(text):
        spans.append((start, end))
        figure = _matrix(text, start, end, where)
        if figure is not None and count < MAX_FIGURES:
            count += 1
            yield figure
    for block in blocks(text, spans):
        figure = _stacked(text, block, where)
        if figure is not None and count < MAX_FIGURES:
            count += 1
            yield figure
    position = 0
    for match in _NUMBER.finditer(text):
        while position < len(spans) and spans[position][1] <= match.start():
            position += 1
        inside = position < len(spans) and spans[position][0] <= match.start()
        if inside or count >= MAX_FIGURES or (match.start() and re.match(r"[\w.]", text[match.start() - 1])):
            continue
        count += 1
        value, half_width = _parsed(match.group())
        label = _label_before(text, match.start())
        yield Figure(np.array(value, np.float64), half_width, label, where(_line(text, match.start())))


def _plain_numbers(text: str) -> str:
    """Powers of ten and decimal commas as Python writes them; no line moves."""
    text = re.sub(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+)", lambda found: f"10^{found[1].translate(_RAISED)}", text)
    text = _POWER.sub(lambda found: f"e{found[1].replace('−', '-')}", text)
    return _DECIMAL_COMMA.sub(r"\1.\2", text)


def _without_numbering(text: str) -> str:
    """Blanks for the numbers of exercises; no figure moves."""
    for numbering in _NUMBERING:
        text = numbering.sub(lambda found: re.sub(r"[\d.](?=[\d.]*$)", " ", found.group()), text)
    return text


def _outer_brackets(text: str) -> Iterator[tuple[int, int]]:
    depth, start = 0, 0
    for position, character in enumerate(text):
        if character == "[":
            if depth == 0:
                start = position
            depth += 1
        elif character == "]" and depth:
            depth -= 1
            if depth == 0:
                yield start, position + 1


def _matrix(text: str, start: int, end: int, where: Callable[[int], str]) -> Figure | None:
    body = text[start:end]
    rows = [_row(found) for found in _BRACKETED.findall(body)]
    if not rows or any(row is None for row in rows):
        return None
    filled = [row for row in rows if row]
    if not filled or len({len(row) for row in filled}) != 1:
        return None
    values = np.array([[value for value, _ in row] for row in filled])
    half_width = max(width for row in filled for _, width in row)
    if body.count("[") == 1:
        values = values[0]
    name = _label_before(text, start)
    return Figure(values, half_width, name, where(_line(text, start)))


def _stacked(text: str, block: list[Row], where: Callable[[int], str]) -> Figure | None:
    """The matrix of a block of rows that are equally long; its numbers are also yielded as they stand."""
    found = [_row(text[row.start : row.end] if row.is_vector else _bracketed(text, row)) for row in block]
    filled = [row for row in found if row]
    if len(filled) < len(found) or len({len(row) for row in filled}) != 1:
        return None
    values = np.array([[value for value, _ in row] for row in filled])
    start = block[0].start
    half_width = max(width for row in filled for _, width in row)
    return Figure(values, half_width, _label_before(text, start), where(_line(text, start)))


def _bracketed(text: str, row: Row) -> str:
    """A row of a table as a vector."""
    numbers = re.sub(r"[;|&\\]", " ", text[row.start : row.end])
    return f"[{numbers}]"


def _row(text: str) -> list[tuple[float, float]] | None:
    inner = text[1:-1].strip()
    if not inner:
        return []
    inner = re.sub(r"(?:tensor|array|np\.float(?:32|64)|float)\(", "", inner).replace(")", "")
    parts = [part for part in re.split(r"[,\s]+", inner) if part]
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
    """The words in front of a figure: on its own line, else the line above."""
    line_start = text.rfind("\n", 0, position) + 1
    words = text[line_start:position]
    if not _LABEL.search(words.replace("tensor(", "").replace("array(", "")):
        previous = text.rfind("\n", 0, max(line_start - 1, 0)) + 1
        words = text[previous : max(line_start - 1, 0)]
    return words.replace("tensor(", "").replace("array(", "").strip(" \t:=,([").strip()[-80:]


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
