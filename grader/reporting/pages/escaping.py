"""Convert hostile text to harmless HTML and Markdown.

Everything a student wrote is hostile. HTML templates are rendered with autoescape on; `prose` adds code
between backticks. Markdown has no autoescape, so there every value goes through `md`, `md_code` or
`md_block`.
"""

import re
import textwrap
from typing import Final

from markupsafe import Markup, escape

from grader.core.escaping import visible

__all__ = ["md", "md_block", "md_code", "prose", "shown"]

CODE: Final = re.compile(r"`([^`\n]+)`")


def shown(value: object) -> object:
    """Show invisible characters in a text; leave everything else as it is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return visible(value)


def prose(text: str) -> Markup:
    """Escape a message for HTML, with text between backticks as code."""
    pieces = CODE.split(str(shown(text)))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if i % 2 else escape(piece) for i, piece in enumerate(pieces)
    )


# `&` first: the other entities contain it.
MARKDOWN_ENTITIES: Final = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
# An underscore between letters or digits is left alone: it emphasises nothing there.
MARKDOWN_INLINE: Final = re.compile(r"([\\`*\[\]|~$#]|(?<![^\W_])_|_(?![^\W_]))")
# What would start a list or a heading at the beginning of a line.
MARKDOWN_BLOCK: Final = re.compile(r"^([-+=]|\d+(?=[.)](\s|$)))")
# What GitHub turns into a link automatically.
MARKDOWN_AUTOLINK: Final = re.compile(r"(:)(?=//)|(?<=www)(\.)|(@)", re.IGNORECASE)
# What a renderer that does not conform to CommonMark might interpret as a tag, even in code.
TAG_OPENING: Final = re.compile(r"<(?=[A-Za-z/!?])")


def _escape_markdown(text: str) -> str:
    for character, entity in MARKDOWN_ENTITIES:
        text = text.replace(character, entity)
    return MARKDOWN_AUTOLINK.sub(r"\\\g<0>", MARKDOWN_INLINE.sub(r"\\\1", text))


def md(text: str) -> str:
    """Escape a text for one line of Markdown, keeping text between backticks as code."""
    line = " ".join(str(shown(text)).split())
    pieces = CODE.split(line)
    escaped = "".join(
        (f"`{piece}`" if "<" not in piece and "|" not in piece else _escape_markdown(f"`{piece}`"))
        if i % 2
        else _escape_markdown(piece)
        for i, piece in enumerate(pieces)
    )
    return MARKDOWN_BLOCK.sub(lambda m: f"{m[0]}\\" if m[0].isdigit() else f"\\{m[0]}", escaped)


def md_code(text: str, indent: int) -> str:
    """Format a text as code in a Markdown list item whose content is indented by `indent` spaces.

    One line becomes a code span, several a fenced block. A text that contains `<` is escaped instead: as code
    it would be valid CommonMark, but a renderer that does not conform would see a raw tag.
    """
    text = str(shown(text)).strip("\n")
    if "<" in text or not text.strip():
        return md(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    if "\n" not in text:
        text = text.strip()
        padding = " " if "`" in (text[0], text[-1]) else ""
        return f"{fence}{padding}{text}{padding}{fence}"
    return "\n\n" + textwrap.indent(_fenced(text, ""), " " * indent)


def md_block(text: str, language: str = "") -> str:
    """Format lines as a fenced block of code, unchanged.

    A `<` that could open a tag gets a space after it, for renderers that look for tags in code too.
    """
    return _fenced(TAG_OPENING.sub("< ", str(shown(text)).strip("\n")), language)


def _fenced(text: str, language: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(longest + 1, 3)
    return f"{fence}{language}\n{text}\n{fence}"
