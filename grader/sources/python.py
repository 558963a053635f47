"""Python scripts: decoded as Python itself would, parsed to find syntax errors, never executed."""

import ast
import io
import tokenize
import warnings
from pathlib import Path
from typing import Final

from grader.model import Passage, Place, Source

__all__ = ["MAX_BYTES", "from_code", "read"]

MAX_BYTES: Final = 1024 * 1024
"""A script of more than a megabyte is not one."""


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
        return _problem(path, name, f"{name} is empty: hand in the file with your code.")
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _problem(path, name, f"{name} is not a text file: hand in the Python script itself.")
    try:
        code = _decoded(data)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return _problem(
            path, name, f"{name} is not UTF-8 text: save it with the encoding UTF-8 and hand it in again."
        )
    return from_code(path, name, code)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return data.decode(encoding)


def from_code(path: Path, name: str, code: str) -> Source:
    """A source of code that stands in the file line for line."""
    code = code.replace("\r\n", "\n").replace("\r", "\n")
    lines = tuple(range(1, code.count("\n") + 2))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        what = (
            getattr(error, "msg", None) or "it is nested too deeply or holds characters Python does not allow"
        )
        kind = "IndentationError" if isinstance(error, IndentationError) else "SyntaxError"
        where = f" line {line}" if line else ""
        problem = f"{name}{where}: Python cannot read the file ({kind}: {what}). Nothing in it could be run."
        return Source(path, name, code, lines, problem, line)
    return Source(path, name, code, lines, passages=comments(name, code))


def comments(name: str, code: str) -> tuple[Passage, ...]:
    """The comments and docstrings of code that parses, each with its place."""
    written: dict[int, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.COMMENT:
                written[token.start[0]] = token.string.lstrip("#! ").rstrip()
    except (tokenize.TokenError, SyntaxError):
        pass  # Python's parser forgives a little more than its tokenizer: the comments so far are kept
    for node in ast.walk(ast.parse(code)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            for number, line in enumerate(node.value.value.splitlines(), start=node.lineno):
                written[number] = line.strip()
    kept = [(number, line) for number, line in sorted(written.items()) if line]
    if not kept:
        return ()
    places = tuple(Place(name, number, f"line {number}") for number, _ in kept)
    return (Passage("comment", "\n".join(line for _, line in kept), places),)


def _problem(path: Path, name: str, sentence: str) -> Source:
    return Source(path, name, "", (), sentence)
