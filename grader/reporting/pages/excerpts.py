"""A student's own lines as HTML, highlighted by Pygments."""

from functools import cache

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from grader.core.escaping import visible
from grader.core.evidence import Excerpt
from grader.core.model import Frozen

__all__ = ["Line", "highlighted"]


class Line(Frozen, frozen=True, kw_only=True):
    """One line of the original file as HTML, and whether it is marked."""

    number: int
    html: str
    marked: bool


def highlighted(excerpt: Excerpt) -> tuple[Line, ...]:
    """The lines of an excerpt, each as complete HTML: no element crosses a line ending."""
    code = visible(excerpt.code.expandtabs(4)).rstrip("\n")
    lexer, formatter = _tools()
    lines = highlight(code, lexer, formatter).rstrip("\n").split("\n")
    return tuple(
        # Pygments escapes its input; its spans are the only markup.
        Line(number=number, html=Markup(line), marked=number in excerpt.marked)
        for number, line in enumerate(lines, excerpt.first)
    )


@cache
def _tools() -> tuple[PythonLexer, "HtmlFormatter[str]"]:
    return PythonLexer(stripnl=False), HtmlFormatter(nowrap=True, classprefix="k-")
