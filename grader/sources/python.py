"""Python scripts: decoded as Python itself would, parsed to find syntax errors, never executed."""

import codecs
import io
import tokenize
from pathlib import Path
from typing import Final

from grader.core.parsing import parsed, too_long, too_much
from grader.core.submission import LostCode, Place, Source
from grader.sources.blocks import at_lines, comments
from grader.sources.decode import is_utf16
from grader.sources.magics import neutralise
from grader.sources.newer_syntax import newer_syntax
from grader.sources.syntax_hints import suggestion

__all__ = ["MAX_BYTES", "from_code", "read"]

MAX_BYTES: Final = 1024 * 1024
"""A file of more than a megabyte is not a script."""

MAX_LOST: Final = 100_000
"""Characters of code that Python cannot read, in which names are looked for."""

ENCODINGS: Final = ("utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252")
"""Encodings that a coding line may name, as `codecs` calls them: Python knows a hundred more, some of which
compute."""


def read(path: Path, name: str) -> Source:
    """Read a script; encoding by byte order mark or coding line, else UTF-8 (PEP 263)."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        return _problem(path, name, f"{name} cannot be read ({error.strerror}): hand it in again.")
    if len(data) > MAX_BYTES:
        return _problem(path, name, f"{name} is larger than 1 MB: hand in the script only.")
    if not data.strip():
        return Source(path, name, "", (), f"{name} is empty: hand in the file with your code.")
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")) and not is_utf16(data):
        return _problem(path, name, f"{name} is not a text file: hand in the Python script itself.")
    try:
        code = _decoded(data)
    except _EncodingError as error:
        return _problem(
            path,
            name,
            f"{name} declares the encoding `{error}`: save it as UTF-8 and hand it in again.",
        )
    except (SyntaxError, UnicodeError, LookupError):
        return _problem(path, name, f"{name} is not UTF-8 text: save it as UTF-8 and hand it in again.")
    return from_code(path, name, code)


class _EncodingError(Exception):
    """An unsupported encoding; the text is its name."""


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    if b"\0" in data:
        return data.decode(is_utf16(data))
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    if encoding != "utf-8-sig" and codecs.lookup(encoding).name not in ENCODINGS:
        raise _EncodingError(encoding[:40])
    return data.decode(encoding)


def from_code(path: Path, name: str, code: str) -> Source:
    """A source whose code is the file, line for line."""
    code = code.replace("\r\n", "\n").replace("\r", "\n")
    if what := too_long(code):
        return _problem(path, name, f"{name}: {what}. Nothing in it could be run.")
    lines = tuple(range(1, code.count("\n") + 2))
    code, magics = _without_magics(code)
    try:
        parsed(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        what = (
            getattr(error, "msg", None)
            or "it is nested too deeply or contains characters that Python does not allow"
        )
        kind = "IndentationError" if isinstance(error, IndentationError) else "SyntaxError"
        if (newer := newer_syntax(code)) is not None:
            lost = LostCode(_place(name, newer.line), code[:MAX_LOST], f"{kind}: {what}", newer.sentence)
            problem = f"{lost.where}: Python cannot read the file, because {newer.sentence}. Nothing in it could be run."
            return Source(path, name, code, lines, problem, lost=(lost,))
        where = f" line {line}" if line else ""
        hint = suggestion(code, line)
        problem = f"{name}{where}: Python cannot read the file ({kind}: {what}). Nothing in it could be run."
        problem = f"{problem} {hint}".strip()
        unread = LostCode(_place(name, line), code[:MAX_LOST], f"{kind}: {what}")
        return Source(path, name, code, lines, problem, line, lost=(unread,))
    if what := too_much(code):
        return _problem(path, name, f"{name}: {what}. Nothing in it could be run.")
    notes = (f"{name}: notebook commands were left out: {', '.join(magics)}.",) if magics else ()
    return Source(path, name, code, lines, passages=comments(at_lines(name, code)), notes=notes)


def _without_magics(code: str) -> tuple[str, list[str]]:
    """The code without `!` and `%` lines, which scripts saved from a notebook have, if it is Python only then."""
    if is_python(code):
        return code, []
    plain, found = neutralise(code)
    if not found or not is_python(plain):
        return code, []
    return plain, [f"`{line[:60]}` (line {number})" for number, line in found]


def is_python(code: str) -> bool:
    """Whether Python can read the code."""
    try:
        parsed(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _place(name: str, line: int | None) -> Place:
    return Place(name, line or 0, f"line {line}" if line else "")


def _problem(path: Path, name: str, sentence: str) -> Source:
    lost = LostCode(_place(name, None), "", sentence.removeprefix(name).lstrip(": ").rstrip("."))
    return Source(path, name, "", (), sentence, lost=(lost,))
