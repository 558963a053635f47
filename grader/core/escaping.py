"""Make student text safe to show: it may be hostile to terminals and to pages."""

import re
from typing import Final

__all__ = ["capital", "in_short", "visible"]

_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Control characters except tab and LF, line separators, direction overrides, lone surrogates and
noncharacters: HTML forbids them, terminals obey them, or readers cannot see them."""


_LONGEST: Final = 300

_COMMAND: Final = re.compile(r"::(?=[A-Za-z][\w-]*(?:[ \t][^\n]*?)?::)|##(?=\[[a-z])")
"""The start of a line that GitHub's runner reads as a command; lines may be broken anywhere."""


def visible(text: str) -> str:
    """Replace invisible characters, and text that would command a terminal or a runner, by escapes
    (`\\u001b`)."""
    shown = _INVISIBLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text.replace("\r\n", "\n"))
    return _COMMAND.sub(lambda match: f"\\u{ord(match[0][0]):04x}{match[0][1:]}", shown)


def capital(text: str) -> str:
    """The text with a capital first letter, to begin a sentence."""
    return text[:1].upper() + text[1:]


def in_short(error: Exception) -> str:
    """Type and text of an error, which may quote student text: visible, on one line, and shortened."""
    return " ".join(visible(f"{type(error).__name__}: {error}"[:_LONGEST]).split()).rstrip(":")
