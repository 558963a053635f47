"""Draw curves as standalone SVG files, in the same way as on students' pages."""

import re
from pathlib import Path
from typing import Final

from grader.core.evidence import LinePlot
from grader.reporting.pages.environment import html_templates

__all__ = ["svg", "write"]

STYLE: Final = """\
text { font: 13px sans-serif; fill: #333 } path { fill: none; stroke: #999 } path.guide { stroke: #e4e4e4 }
path.curve0 { stroke: #0b57d0; stroke-width: 2.5 } text.curve0 { fill: #0b57d0; font-weight: 700 }
path.curve1 { stroke: #1a7f37; stroke-width: 1.5; stroke-dasharray: 8 4 } text.curve1 { fill: #1a7f37 }
path.curve2 { stroke: #9a3412; stroke-width: 2.5; stroke-dasharray: 2 3 } text.curve2 { fill: #9a3412 }
"""


def svg(plot: LinePlot) -> str:
    """The plot as the text of an SVG file. Raises ValueError if there is nothing to draw."""
    macros = html_templates().get_template("pictures.html").module
    figure = str(macros.picture(plot))  # type: ignore[attr-defined]  # the template defines it
    drawing = re.search(r"<svg (.*?)>(.*)</svg>", figure, re.DOTALL)
    if drawing is None:
        raise ValueError("a plot needs a curve of two points at least")
    attributes, inside = drawing.groups()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>\n<style>{STYLE}</style>\n'
        f'<rect width="100%" height="100%" fill="#fff"/>{inside}</svg>\n'
    )


def write(file: Path, plot: LinePlot) -> None:
    """Write the plot to a file."""
    file.write_text(svg(plot), encoding="utf-8")
