"""Names, output, messages and values that mean something to whoever shows them: HTML, CSV, terminals, GitHub."""

import json
from pathlib import Path

from tests.hostile.attack import RIGHT, Attack

__all__ = ["ATTACKS", "MARKS_OF_TEXT"]

SCRIPT = "<script>alert('canary sings')</script><img src=x onerror=alert(1)>"
ESCAPES = "\\x1b]0;owned\\x07\\x1b[2J\\x1b[31m\\x9b2J"
BIDI = "\\u202egnitrams\\u202c\\u2066x\\u2069"
WORKFLOW = "::error file=x,line=1::owned\\n::set-output name=a::b\\n::add-mask::x"
FORMULA = '=HYPERLINK(\\"http://evil\\")'

MARKS_OF_TEXT = {"html": "<script>alert('canary", "onerror": "<img src=x onerror"}
"""What must never stand unescaped in a page."""


def _everywhere(name: str, text: str) -> Attack:
    """Prints it, raises it while loading, raises it in the call, names a variable's value and a file after it."""
    return Attack(
        name,
        f"""
TEXT = "{text}"
print(TEXT)
error = TEXT
def truncated_svd(A, rank): raise ValueError(TEXT)
class Named(Exception): pass
Named.__name__ = "N"
raise Named(TEXT)
""",
        most=0.0,
    )


def _read(name: str, others: dict[str, str]) -> Attack:
    """Hands it in beside a right solution, to keep busy whoever reads it."""
    return Attack(name, RIGHT, others=dict(others), plain=True)


def _notebook(code: str) -> str:
    cell = {"cell_type": "code", "source": code, "outputs": [], "metadata": {}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})


def _formula(folder: Path) -> None:
    (folder / "=cmd|calc!A0.txt").write_text("x", encoding="utf-8")


ATTACKS = [
    _everywhere("html-in-text", SCRIPT),
    _everywhere("terminal-escapes-in-text", ESCAPES),
    _everywhere("text-that-runs-backwards", BIDI),
    _everywhere("workflow-commands-in-text", WORKFLOW),
    _everywhere("formula-in-text", FORMULA),
    _everywhere("markdown-in-text", "](javascript:alert(1)) ![x](http://evil/x.png) `` ` `` <b>|\\\\n# 5 / 5\\\\n***"),
    _everywhere("template-in-text", "{{ 7 * 7 }} {% raw %} ${{ secrets.TOKEN }} %s %n [bold red]x[/]"),
    _everywhere("text-that-xml-forbids", "\\x00\\x0b\\ud800\\ufffe]]>&#0;"),
    _everywhere("ten-megabytes-of-text", "\" + 'canary ' * 1_500_000 + \""),
    _read("an-exercise-named-without-end", {"report.md": "of 1.2 " * 50_000}),
    _read("matrices-on-one-line-without-end", {"report.md": "[[1.]]" * 100_000}),
    _read("an-exponent-of-90000-digits", {"report.md": "loss = 0.5e" + "9" * 90_000}),
    _read("digits-without-an-end-to-the-word", {"report.md": "9" * 400_000 + "x"}),
    _read("blanks-behind-a-power", {"report.md": "error 1x10^" + " " * 90_000 + "x"}),
    _read("blank-lines-before-nothing", {"report.md": "```\n" + "\n" * 200_000 + "x\n```\n"}),
    _read("mathematics-that-never-ends", {"report.md": "\\[ " * 60_000}),
    _read("listings-that-never-end", {"report.tex": "\\begin{verbatim}" * 60_000}),
    _read("files-to-include-without-end", {"report.tex": "\\input{a}" * 60_000}),
    _read("tags-that-never-end", {"page.html": "<html>" + "<a " * 300_000}),
    _read("sentences-that-are-nearly-code", {"report.md": "```\n" + "x = (\n" * 20_000 + "```\n"}),
    _read("magics-without-end", {"lab.ipynb": _notebook("!ls\n" * 60_000)}),
    Attack("prints-an-exercise-without-end", RIGHT + "print('of 1.2 ' * 50_000)\n"),
    Attack("prints-brackets-without-end", RIGHT + "print('[[1.]]' * 60_000)\n", least=0.7),
    Attack("prints-an-exponent-of-90000-digits", RIGHT + "print('0.5e' + '9' * 90_000)\n"),
    Attack("prints-digits-without-end", RIGHT + "print('9' * 390_000 + 'x')\n"),
    Attack("a-docstring-with-lines-of-its-own", RIGHT + '"""The end\\n\\nof it"""', plain=True),
    Attack("punycode", "# coding: punycode\nx = 1-\n", most=0.0, plain=True),
    Attack("an-undefined-encoding", "# coding: undefined\nx = 1\n", most=0.0, plain=True),
    Attack("digits-in-hexadecimal-beside", RIGHT, others={"more.py": "x = 0x" + "f" * 20_000 + "\n"}, plain=True),
    Attack("<script>alert('name')<", RIGHT),
    Attack("=1+1; \"'), @SUM(A1) -2", RIGHT),
    Attack("\x1b[31mred\x1b[0m \u202eeman", RIGHT),
    Attack("::error::name, %0A", RIGHT, make=_formula),
    Attack("[bold]name[red] | `x` _y_ <b>", RIGHT),
    Attack("-rf --help", RIGHT),
    Attack("\u0130stanbul-\u540d\u524d-\u0627\u0633\u0645", RIGHT),
]  # fmt: skip
