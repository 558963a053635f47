"""What a file that Python cannot read may lack: one token that makes it parse, found by trying.

Edits are tried only on the line that Python complains about and on the line of code before it, and one is
suggested only if the whole file parses with it.
"""

import re
from collections.abc import Iterator
from typing import Final

from grader.core.parsing import parses

__all__ = ["suggestion"]

_CLOSING: Final = {")": "closing parenthesis `)`", "]": "closing bracket `]`", "}": "closing brace `}`"}
_OPENING: Final = {"(": "opening parenthesis `(`", "[": "opening bracket `[`"}
_BLOCKS: Final = re.compile(r"\s*+(def|for|while|if|elif|else|with|class|try|except|finally)\b")
_ASSIGNS: Final = re.compile(r"(?<![=<>!+\-*/])=(?!=)")
_PLACES: Final = re.compile(r"\b|\s")
_MAX_LINES: Final = 3_000
_MAX_LINE: Final = 1_000
"""Characters of a line that may be edited."""
_MAX_TRIED: Final = 30_000_000
"""Characters parsed in total: two thousand edits of a program of 15,000."""


def suggestion(code: str, line: int | None) -> str:
    """The one token that would make the code parse, as a sentence that names line and token; otherwise empty."""
    lines = code.split("\n")
    if line is None or not 1 <= line <= len(lines) or len(lines) > _MAX_LINES:
        return ""
    tries = _MAX_TRIED // len(code)
    for number in _near(lines, line):
        if len(lines[number - 1]) > _MAX_LINE:
            continue
        for text, sentence in _edits(lines[number - 1], number, lines):
            if parses("\n".join((*lines[: number - 1], text, *lines[number:]))):
                return sentence
            tries -= 1
            if tries <= 0:
                return ""
    return ""


def _near(lines: list[str], line: int) -> list[int]:
    """The line that Python complains about, then the two lines of code before it."""
    before = [
        n
        for n in range(line - 1, 0, -1)
        if lines[n - 1].strip() and not lines[n - 1].lstrip().startswith("#")
    ]
    return [line, *before[:2]]


def _edits(text: str, number: int, lines: list[str]) -> Iterator[tuple[str, str]]:
    body, comment = _split_comment(text)
    if _BLOCKS.match(body) and not body.rstrip().endswith(":"):
        yield f"{body.rstrip()}:{comment}", f"At the end of line {number} a `:` seems to be missing."
    for token, name in _CLOSING.items():
        yield from _inserted(text, token, f"In line {number} a {name} seems to be missing.")
    for token, name in (*_CLOSING.items(), *_OPENING.items()):
        for match in re.finditer(re.escape(token), text):
            yield (
                text[: match.start()] + text[match.end() :],
                f"In line {number} there seems to be one {name} too many.",
            )
    for match in _ASSIGNS.finditer(text):
        yield (
            text[: match.start()] + "==" + text[match.end() :],
            f"In line {number}, `=` assigns a value; to compare, write `==`.",
        )
    for wanted in sorted(
        {len(other) - len(other.lstrip()) for other in lines if other.strip()} | {4, 8, 12, 16}
    ):
        moved = " " * wanted + text.lstrip()
        if moved != text:
            yield (
                moved,
                f"Line {number} is indented by {len(text) - len(text.lstrip())} characters; with a different indentation, Python can read the file.",
            )
    for quote in ("'", '"'):
        yield from _inserted(text, quote, f"In line {number} a quotation mark {quote} is not closed.")
    yield from _inserted(text, ",", f"In line {number} a comma seems to be missing.")
    yield from _inserted(text, "*", f"In line {number} a `*` seems to be missing between two factors.")


def _inserted(text: str, token: str, sentence: str) -> Iterator[tuple[str, str]]:
    """The token at the end, then at every place between two words."""
    stripped = _split_comment(text)[0].rstrip()
    places = [len(stripped), len(stripped) - stripped.endswith(":")]
    places += [match.start() for match in _PLACES.finditer(text)]
    for place in dict.fromkeys(places):
        yield text[:place] + token + text[place:], sentence


def _split_comment(text: str) -> tuple[str, str]:
    head, mark, tail = text.partition("  #")
    return head, mark + tail
