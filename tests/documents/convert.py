"""The same solution as a notebook, as Markdown and as LaTeX, as a student would lay it out."""

import ast
import json
from collections.abc import Iterator

__all__ = ["as_latex", "as_markdown", "as_notebook", "chunks"]


def chunks(code: str) -> Iterator[str]:
    """Cut code between top-level statements: every definition on its own, what lies between together."""
    lines = code.splitlines()
    cuts = [0]
    body = ast.parse(code).body
    for before, statement in zip([None, *body], body, strict=False):
        first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", ()))])
        big = isinstance(statement, ast.FunctionDef | ast.ClassDef)
        after_big = isinstance(before, ast.FunctionDef | ast.ClassDef)
        if (big or after_big) and before is not None and first > (before.end_lineno or 0):
            cuts.append(max(before.end_lineno or 0, cuts[-1]))
    for start, end in zip(cuts, [*cuts[1:], len(lines)], strict=True):
        chunk = "\n".join(lines[start:end]).strip("\n")
        if chunk.strip():
            yield chunk


def as_notebook(code: str, version: int = 4) -> str:
    """A notebook of nbformat 3 or 4 with a heading, a magic and a cell for each chunk."""
    cells = ["%matplotlib inline\n" + chunk if not n else chunk for n, chunk in enumerate(chunks(code))]
    if version == 3:
        sheet = {
            "cells": [
                {"cell_type": "heading", "level": 1, "metadata": {}, "source": ["Lab 1"]},
                *(
                    {
                        "cell_type": "code",
                        "collapsed": False,
                        "input": cell.splitlines(keepends=True),
                        "language": "python",
                        "metadata": {},
                        "outputs": [],
                        "prompt_number": number,
                    }
                    for number, cell in enumerate(cells, start=1)
                ),
            ]
        }
        book = {
            "metadata": {"name": "lab1"},
            "nbformat": 3,
            "nbformat_minor": 0,
            "worksheets": [{**sheet, "metadata": {}}],
        }
        return json.dumps(book, indent=1)
    book4 = {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# Lab 1\n", "\n", "My answers."]},
            *(
                {
                    "cell_type": "code",
                    "execution_count": number,
                    "metadata": {},
                    "outputs": [],
                    "source": cell.splitlines(keepends=True),
                }
                for number, cell in enumerate(cells, start=1)
            ),
        ],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    return json.dumps(book4, indent=1, ensure_ascii=False)


def as_markdown(code: str) -> str:
    """A report in Markdown with one fenced block a chunk."""
    parts = ["# Lab 1", "Here are my answers, with the code for each."]
    for number, chunk in enumerate(chunks(code), start=1):
        parts += [f"## Part {number}", f"```python\n{chunk}\n```"]
    return "\n\n".join(parts) + "\n"


_LITERATE = "".join(
    f"  {{{letter}}}{{{{{latex}}}}}1%\n"
    for letter, latex in {
        "ä": r"\"a", "ö": r"\"o", "ü": r"\"u", "ß": r"\ss", "Ä": r"\"A", "Ö": r"\"O", "Ü": r"\"U", "é": r"\'e",
        "×": r"$\times$", "‖": r"$\|$", "²": r"$^2$", "−": r"$-$", "ᵀ": r"$^T$", "–": "--", "≈": r"$\approx$",
        "σ": r"$\sigma$",
    }.items()
)  # fmt: skip


def as_latex(code: str, environment: str = "lstlisting", options: str = "") -> str:
    """A report in LaTeX with one listing a chunk: `lstlisting`, `minted` or `verbatim`."""
    setup = {
        "lstlisting": "\\usepackage{listings}\n\\lstset{language=Python, basicstyle=\\ttfamily\\small,"
        " columns=fullflexible, keepspaces=true, breaklines=true, showstringspaces=false,"
        + options
        + " literate=%\n"
        + _LITERATE
        + "}",
        "minted": "\\usepackage{minted}\n\\setminted{fontsize=\\small, breaklines" + options + "}",
        "verbatim": "",
    }[environment]
    argument = "{python}" if environment == "minted" else ""
    parts = [
        "\\documentclass[a4paper]{article}\n\\usepackage[utf8]{inputenc}\n\\usepackage[T1]{fontenc}\n"
        "\\usepackage{lmodern}\n\\usepackage[margin=2cm]{geometry}\n" + setup,
        "\\begin{document}\n\\section*{Lab 1}\nHere are my answers, with the code for each.",
    ]
    for number, chunk in enumerate(chunks(code), start=1):
        parts += [
            f"\\subsection*{{Part {number}}}",
            f"\\begin{{{environment}}}{argument}\n{chunk}\n\\end{{{environment}}}",
        ]
    return "\n\n".join([*parts, "\\end{document}"]) + "\n"
