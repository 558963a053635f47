"""Web pages: text typed into a platform's editor, and notebooks exported as pages.

A page is converted to Markdown and read as such; locations count the lines of the converted text.
"""

import re
from pathlib import Path
from typing import Final

from grader.core.errors import SourceError
from grader.core.model import Source
from grader.sources import markdown
from grader.sources.decode import bytes_of, text_of

__all__ = ["read"]

MAX_BYTES: Final = 4 * 1024 * 1024

MAX_OPEN: Final = 1_000
"""Unclosed tags: Python's HTML parser starts again at each of them."""

BEGINS: Final = re.compile(r"def \w++\(|import \w|from [\w.]++ import |\w++ = \w++[.(]")
"""The start of a paragraph that is hardly prose: editors turn pasted code into paragraphs."""


_GAP: Final = re.compile(r"\n{2,}+")


def read(path: Path, name: str) -> Source:
    """Read a web page; raises SourceError, in a sentence, if it is not text."""
    from markdownify import markdownify

    page = text_of(bytes_of(path, name, MAX_BYTES, "the text"), name)
    if page.count("<") - page.count(">") > MAX_OPEN:
        raise SourceError(f"{name} is not a complete web page: save it again and hand it in again.")
    text = markdownify(
        page,
        heading_style="ATX",
        escape_asterisks=False,
        escape_underscores=False,
        escape_misc=False,
        strip=["a", "b", "em", "i", "img", "strong"],
    )
    return markdown.read_text(path, name, _with_fences(text.replace("\xa0", " ")))


def _with_fences(text: str) -> str:
    """Mark paragraphs that begin like code as code; fenced code stays as it is."""
    fenced = False
    parts: list[str] = []
    for paragraph in _GAP.split(text.strip("\n")):
        code = not fenced and BEGINS.match(paragraph) is not None
        fenced ^= paragraph.count("```") % 2 == 1
        parts.append(f"```\n{paragraph}\n```" if code else paragraph)
    return "\n\n".join(parts)
