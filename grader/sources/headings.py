"""Titles of sections in text: Markdown, LaTeX, underlined or framed lines, and the numbers of exercises."""

import re
from typing import Final

__all__ = ["headings", "title_below"]

_LONGEST: Final = 200
"""Characters of a line that can be a title."""

_TITLE = re.compile(
    r"(?i)^\s{0,3}(?:"
    r"#{1,6}\s*\S"
    r"|\\(?:sub){0,2}section\*?\{|\\paragraph\{|\\chapter\{"
    r"|[=*#~+-]{2,80}\s*\w[^=*#~]{0,150}[=*#~+-]{2,80}\s*$"
    r"|<h[1-6]"
    r"|\*{0,2}(?:exercise|task|part|question|problem|section|aufgabe|teil|ex\.?|q)\s{0,2}\(?\d"
    r"|\*{0,2}\(?[1-9]\.[1-9]\)?[.:)]?\*{0,2}(?:\s|$)(?!\d)"
    r")"
)


_VALUE = re.compile(r"\[|\d[.,]\d{2}|(?<!=)=\s*[-\d\[]|:\s*[-\d\[]")


def headings(text: str, title: str = "") -> list[str]:
    """For each line of a text the nearest title at or above it; empty where there is none.

    `title` holds at the beginning: that of the text before.
    """
    found: list[str] = []
    for line in text.splitlines():
        beginning = line[:_LONGEST]
        if not _TITLE.match(beginning):
            found.append(title)
        elif _VALUE.search(
            beginning
        ):  # `1.2 loss: 0.1220` is a label: it holds for its own line, and ends the section
            found.append(beginning.strip())
            title = ""
        else:
            title = beginning.strip()
            found.append(title)
    return found


def title_below(text: str, title: str = "") -> str:
    """The title that holds behind a text."""
    return headings(f"{text}\n.", title)[-1]
