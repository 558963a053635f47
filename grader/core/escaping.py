"""Text that students wrote, made visible: hostile to terminals and pages alike."""

import re
from typing import Final

__all__ = ["capital", "in_short", "visible"]

_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Control characters except tab and LF, line separators, overrides of the direction of text, lone
surrogates and noncharacters: HTML forbids them, terminals obey them, or a reader cannot see what they do."""


_LONGEST: Final = 300

_COMMAND: Final = re.compile(r"::(?=[A-Za-z][\w-]*(?:[ \t][^\n]*?)?::)|##(?=\[[a-z])")
"""Where a line of output that GitHub's runner reads as a command begins; lines may be broken anywhere."""


def visible(text: str) -> str:
    """Show as escapes (`\\u001b`) what could not be seen, and what would command those who read the output."""
    shown = _INVISIBLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text.replace("\r\n", "\n"))
    return _COMMAND.sub(lambda match: f"\\u{ord(match[0][0]):04x}{match[0][1:]}", shown)


def capital(text: str) -> str:
    """The text with a capital first letter, as a sentence begins."""
    return text[:1].upper() + text[1:]


def in_short(error: Exception) -> str:
    """Type and text of an error, which may quote what a student wrote: visible, on one line, and cut."""
    return " ".join(visible(f"{type(error).__name__}: {error}"[:_LONGEST]).split()).rstrip(":")
