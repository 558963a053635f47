"""The Jinja environments of all pages: where the templates are, and which functions they may call."""

import base64
import hashlib
import textwrap
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from grader.core.assets import templates_folder
from grader.core.evidence import Grid
from grader.core.result import Outcome, Verdict
from grader.marking.manual_marks import in_words
from grader.reporting import evidence_text
from grader.reporting.pages import curves, escaping, excerpts, heatmaps
from grader.reporting.wording import OUTCOMES, VERDICTS, mark_text, percent, wording_of

__all__ = ["html_templates", "text_templates"]

TEXT_COLUMNS = 78
"""Plain text is kept under 80 columns, with room for the quotation mark of a mail."""


def html_templates() -> Environment:
    """The environment of HTML templates, with autoescape on for all of them."""
    return _html()


def text_templates() -> Environment:
    """The environment of the Markdown and plain-text templates, whose filters do the escaping."""
    return _text()


def _environment(*, autoescape: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates_folder()),
        autoescape=autoescape,
        undefined=StrictUndefined,
        finalize=escaping.shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.globals.update(
        VERDICTS=VERDICTS,
        OUTCOMES=OUTCOMES,
        Verdict=Verdict,
        Outcome=Outcome,
        percent=percent,
        cell_text=evidence_text.cell_text,
        grid_words=evidence_text.grid_words,
        digits_needed=evidence_text.digits_needed,
    )
    environment.filters["mark"] = mark_text
    environment.filters["wording"] = wording_of
    environment.filters["by_hand"] = in_words
    return environment


@cache
def _html() -> Environment:
    environment = _environment(autoescape=True)
    environment.filters.update(
        prose=escaping.prose, plot=curves.lay_out, heat=heatmaps.lay_out, highlighted=excerpts.highlighted
    )
    # Our own files, read once; the page's policy allows exactly this script.
    style, script = (_own_file(name) for name in ("style.css", "table.js"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    environment.globals.update(STYLE=style, TABLE_SCRIPT=script, TABLE_SCRIPT_HASH=digest)
    return environment


def _own_file(name: str) -> Markup:
    return Markup((templates_folder() / name).read_text(encoding="utf-8"))


@cache
def _text() -> Environment:
    environment = _environment(autoescape=False)
    environment.filters.update(
        md=escaping.md,
        md_code=escaping.md_code,
        md_block=escaping.md_block,
        wrapped=_wrapped,
        underlined=_underlined,
        excerpt_lines=evidence_text.excerpt_lines,
        curve_words=evidence_text.curve_words,
    )
    environment.globals["beside"] = _beside
    return environment


def _wrapped(text: str, indent: int = 0, hanging: int = 0) -> str:
    """A text of one or more lines, wrapped and indented; `hanging` is added from the second line on."""
    lines: list[str] = []
    for line in str(escaping.shown(text)).expandtabs(4).split("\n"):
        lines += textwrap.wrap(
            line,
            TEXT_COLUMNS,
            initial_indent=" " * indent if not lines else " " * (indent + hanging),
            subsequent_indent=" " * (indent + hanging),
            break_on_hyphens=False,
        ) or [""]
    return "\n".join(lines)


def _underlined(text: str, character: str = "=") -> str:
    lines = _wrapped(text).split("\n")
    return "\n".join([*lines, character * max(map(len, lines))])


def _beside(grids: tuple[Grid, ...], digits: int = evidence_text.USUAL_DIGITS, indent: int = 0) -> str:
    """Matrices side by side within the width of the text; a block that is too wide by itself is cut."""
    width = TEXT_COLUMNS - indent
    lines = evidence_text.beside(
        [evidence_text.grid_lines(grid, digits) for grid in grids if grid.rows], width
    )
    return "\n".join(
        " " * indent + (line if len(line) <= width else line[: width - 1] + "…") for line in lines
    )
