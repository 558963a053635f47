"""Which Python a file needs that this one cannot read: told without a parser of newer grammars.

parso knows only some of the newer syntax, libcst knows all of it and takes fifteen megabytes, and ruff is a program to
execute, which the processes that read files may not do. A file rarely uses more than the few constructs below. Each is
rewritten into what older versions have; only if Python can then read the whole file is the newer construct the one
reason why it could not, and anything doubtful remains an ordinary syntax error.
"""

import re
import sys
from collections.abc import Iterator
from typing import Final, NamedTuple

from grader.core.parsing import parsed, parses

__all__ = ["NewerSyntax", "newer_syntax"]

MAX_CODE: Final = 100_000
"""Characters of a file to look at."""

MAX_FIELDS: Final = 4
"""f-strings within f-strings."""


class NewerSyntax(NamedTuple):
    """The lowest version that can read a file, e.g. `3.12`, and what it is needed for, with its line."""

    python: str
    what: str
    line: int

    @property
    def sentence(self) -> str:
        """What is needed, in words, without a full stop."""
        ours = f"{sys.version_info.major}.{sys.version_info.minor}"
        return f"it needs Python {self.python} for {self.what}, and it was graded with Python {ours}"


class _Found(NamedTuple):
    version: tuple[int, int]
    what: str
    line: int


class _UnclearError(Exception):
    """Something that is not understood here."""


def newer_syntax(code: str) -> NewerSyntax | None:
    """What a file that this Python cannot read needs of a newer one; None if its syntax is wrong in any version."""
    if len(code) > MAX_CODE:
        return None
    found: list[_Found] = []
    fields: list[str] = []
    try:
        plain = _rewritten(_without_strings(code, found, fields), found)
        for text in (plain, *(f"({field}\n)" for field in fields)):
            parsed(text)
    except (_UnclearError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    newest = max(found, key=lambda each: (each.version, -each.line), default=None)
    if newest is None or newest.version <= sys.version_info[:2]:
        return None
    return NewerSyntax(".".join(map(str, newest.version)), newest.what, newest.line)


# --- strings ------------------------------------------------------------------------------------------------

_TOKEN: Final = re.compile(r"#[^\n]*|(?<![\w.])([bBrRuUfFtT]{0,2})('''|\"\"\"|'|\")|[()\[\]{}:!]|\n")


def _without_strings(code: str, found: list[_Found], fields: list[str], depth: int = 0) -> str:
    """The code with empty strings and without comments, on the same lines; the fields of newer f-strings are kept."""
    parts: list[str] = []
    position = 0
    while (token := _TOKEN.search(code, position)) is not None:
        parts.append(code[position : token.start()])
        position = token.end()
        if token[2]:
            position, inside = _string_end(code, token, depth)
            literal = code[token.start() : position]
            _note(token, literal, code.count("\n", 0, token.start()) + 1, inside, found, fields)
            prefix = "b" if "b" in token[1].lower() else ""
            parts.append(f"{prefix}''" + "\\\n" * literal.count("\n"))
        elif not token[0].startswith("#"):
            parts.append(token[0])
    return "".join((*parts, code[position:]))


def _note(
    token: re.Match[str], literal: str, line: int, inside: list[str], found: list[_Found], fields: list[str]
) -> None:
    prefix = token[1].lower()
    if "t" in prefix:
        found.append(_Found((3, 14), "a t-string", line))
        fields += inside
    elif "f" in prefix and not parses(literal):
        found.append(_Found((3, 12), "quotes, backslashes or lines within the braces of an f-string", line))
        fields += inside


def _string_end(code: str, token: re.Match[str], depth: int) -> tuple[int, list[str]]:
    """Where a literal ends, and the expressions in its braces if it has such."""
    quote, is_formatted = token[2], bool(set("fFtT") & set(token[1]))
    if depth > MAX_FIELDS:
        raise _UnclearError
    inside: list[str] = []
    position = token.end()
    while position < len(code):
        if code.startswith(quote, position):
            return position + len(quote), inside
        character = code[position]
        if is_formatted and code[position : position + 2] in ("{{", "}}"):
            position += 2
        elif is_formatted and character == "{":
            position = _field_end(code, position + 1, quote, depth, inside)
        elif character == "\\":
            position += 2
        elif character == "\n" and len(quote) == 1:
            break
        else:
            position += 1
    raise _UnclearError


def _field_end(code: str, begin: int, quote: str, depth: int, inside: list[str]) -> int:
    """Where a pair of braces that begins here ends; its expression is added to those known."""
    position, brackets = begin, 0
    while (token := _TOKEN.search(code, position)) is not None:
        position = token.end()
        if token[2]:
            position, more = _string_end(code, token, depth + 1)
            inside += more
        elif token[0] in "([{":
            brackets += 1
        elif token[0] in ")]}" and brackets:
            brackets -= 1
        elif token[0] in (":", "!", "}") and not code.startswith("!=", token.start()):
            if brackets:
                continue
            expression = code[begin : token.start()].rstrip().removesuffix("=")
            inside.append(_without_strings(expression, [], [], depth + 1))
            return position if token[0] == "}" else _format_end(code, position, quote)
    raise _UnclearError


def _format_end(code: str, position: int, quote: str) -> int:
    """Where the braces end after a conversion or a format, which may have braces of its own."""
    braces = 0
    while position < len(code) and not code.startswith(quote, position):
        if code[position] == "{":
            braces += 1
        elif code[position] == "}":
            if not braces:
                return position + 1
            braces -= 1
        position += 1
    raise _UnclearError


# --- statements ---------------------------------------------------------------------------------------------

_DEFAULT: Final = re.compile(r"(?<![=!<>:])=(?!=)")
_ALIAS: Final = re.compile(r"(?m)^([ \t]*)type[ \t]+(\w+)[ \t]*(?=[\[=])(?!==)")
_DEFINES: Final = re.compile(r"(?m)^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+[ \t]*(?=\[)")
_EXCEPT: Final = re.compile(r"(?m)^([ \t]*except\*?)[ \t]+([A-Z][\w.]*(?:[ \t]*,[ \t]*[A-Z][\w.]*)+)[ \t]*:")
"""Capitals only: `except ValueError, e:` is how Python 2 named an exception."""


def _rewritten(code: str, found: list[_Found]) -> str:
    """The statements without what is newer, which is added to what was found."""
    for match in reversed(list(_EXCEPT.finditer(code))):
        found.append(
            _Found((3, 14), "`except` with several exceptions and no parentheses", _line(code, match))
        )
        code = f"{code[: match.start()]}{match[1]} ({match[2]}):{code[match.end() :]}"
    for match in reversed(list(_ALIAS.finditer(code))):
        found.append(_Found((3, 12), "a `type` statement", _line(code, match)))
        rest = code[match.end() :]
        if rest.startswith("["):
            rest = _without_parameters(code, match, found)
        code = f"{code[: match.start()]}{match[1]}{match[2]} {rest}"
    for match in reversed(list(_DEFINES.finditer(code))):
        code = code[: match.end()] + _without_parameters(code, match, found)
    return code


def _without_parameters(code: str, match: re.Match[str], found: list[_Found]) -> str:
    """What follows the type parameters that stand in brackets at the end of the match."""
    end = _closing(code, match.end())
    inside = code[match.end() + 1 : end]
    parsed(f"def _({inside}): pass")
    has_default = any(_is_default(inside))
    what = "a default of a type parameter" if has_default else "type parameters in brackets"
    found.append(_Found((3, 13) if has_default else (3, 12), what, _line(code, match)))
    return code[end + 1 :]


def _is_default(parameters: str) -> Iterator[bool]:
    return (bool(_DEFAULT.search(part)) for part in parameters.split(","))


def _closing(code: str, begin: int) -> int:
    depth = 0
    for position in range(begin, len(code)):
        depth += (code[position] in "([{") - (code[position] in ")]}")
        if depth == 0:
            return position
    raise _UnclearError


def _line(code: str, match: re.Match[str]) -> int:
    return code.count("\n", 0, match.start()) + 1
