"""Names, output, messages and values that mean something to whoever shows them: HTML, CSV, terminals, GitHub."""

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
    Attack("<script>alert('name')<", RIGHT),
    Attack("=1+1; \"'), @SUM(A1) -2", RIGHT),
    Attack("\x1b[31mred\x1b[0m \u202eeman", RIGHT),
    Attack("::error::name, %0A", RIGHT, make=_formula),
    Attack("[bold]name[red] | `x` _y_ <b>", RIGHT),
    Attack("-rf --help", RIGHT),
    Attack("\u0130stanbul-\u540d\u524d-\u0627\u0633\u0645", RIGHT),
]  # fmt: skip
