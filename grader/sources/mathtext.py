"""Convert LaTeX to plain text, line by line: matrices become nested brackets, commands become the signs they
show.

Readers convert everything to this one form, so there is only one search for stated values.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

__all__ = ["plain", "rendered"]

MAX_CHARACTERS: Final = 200_000
"""Characters of one document; the rest is left as it is."""

_OPENS: Final = re.compile(r"\$|\\[\[(]|\\begin\{([a-zA-Z]++\*?+)\}")
_ENDS: Final = re.compile(r"\\end\{([a-zA-Z]++\*?+)\}")
_CLOSES: Final = {"$$": "$$", r"\[": r"\]", r"\(": r"\)"}
_BRACED_COMMA: Final = re.compile(r"(\d)\{,\}(\d)")
"""A decimal comma as LaTeX is told of it."""
_INLINE: Final = 2_000
"""Characters between two single dollars, which must be on one line."""
_MATRIX: Final = re.compile(
    r"(?:[bpvBV]?(?:small)?matrix|array|tabular[x*]?|longtable|tabu|NiceArray|[bpvBV]NiceMatrix)\*?"
)
_COLUMNS: Final = re.compile(r"\A\s*+(?:\[[^\]]{0,300}+\]|\{[^}\n]{0,300}+\})*+")
"""The column specification of a table, before its first row."""
_ROW_END: Final = re.compile(r"\\\\(?:\s*+\[[^\]\n]{0,100}+\])?+")
_CANCELLED_CELL: Final = re.compile(r"\\cancel\{([^{}]*+)\}")
_SPACE: Final = re.compile(r"\s++")
_SPACED_SIGN: Final = re.compile(r"([-−+]) (?=[\d.])")
_TABLES: Final = ("tabular", "tabularx", "longtable", "tabu", "tabular*")
_STRUCK: Final = re.compile(r"\\cancel\{[^{}\n]*+\}|~~[^~\n]++~~")
"""Text that is crossed out is no longer stated."""

_GONE: Final = (
    "phantom", "hphantom", "vphantom", "label", "ref", "eqref", "cite", "vspace", "hspace", "includegraphics",
    "usepackage", "documentclass", "color", "pagestyle", "thispagestyle", "setlength", "rowcolor", "cellcolor",
    "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "displaystyle", "hline", "toprule", "midrule",
    "bottomrule", "quad", "qquad", "limits", "nonumber", "notag", "centering", "noindent", "small", "tiny", "maketitle",
)  # fmt: skip
_CANCELLED: Final = ("cancel", "bcancel", "xcancel", "sout", "st")
_TWO: Final = (
    "textcolor",
    "SI",
    "qty",
    "colorbox",
    "cancelto",
    "href",
    "multirow",
    "underset",
    "overset",
    "stackrel",
)
_KEEPS_SECOND: Final = ("textcolor", "colorbox", "href", "underset", "overset", "stackrel")
_SIGNS: Final = {
    "times": "×", "cdot": "·", "approx": "≈", "simeq": "≈", "sim": "~", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "neq": "≠", "ne": "≠", "pm": "±", "lVert": "‖", "rVert": "‖", "Vert": "‖", "|": "‖", "lvert": "|", "rvert": "|",
    "top": "T", "intercal": "T", "dots": "…", "ldots": "…", "cdots": "…", "ddots": "…", "vdots": "…", "to": "→",
    "rightarrow": "→", "Rightarrow": "⇒", "in": "∈", "sum": "∑", "sqrt": "√", "%": "%", "$": "$", "&": "&", "#": "#",
    "_": "_", "{": "{", "}": "}", ",": " ", ";": " ", ":": " ", "!": "", " ": " ", "newline": " ", "item": "- ",
    "textbackslash": "\\", "textunderscore": "_", "textminus": "-", "textasciitilde": "~", "par": " ", "minus": "-",
    "lbrack": "[", "rbrack": "]", "langle": "⟨", "rangle": "⟩", "infty": "∞", "circ": "∘", "odot": "⊙", "ell": "ℓ",
}  # fmt: skip


def plain(text: str) -> str:
    """Text with every stretch of LaTeX mathematics converted; no line moves."""
    text = _BRACED_COMMA.sub(r"\1,\2", text)
    if len(text) <= MAX_CHARACTERS and ("$" in text or "\\" in text):
        parts: list[str] = []
        position = 0
        for start, end in _stretches(text):
            parts += [text[position:start], _kept_lines(text[start:end], rendered(text[start:end]))]
            position = end
        text = "".join((*parts, text[position:]))
    return _STRUCK.sub("", text)


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Where mathematics begins and ends; an unclosed opening does not count."""
    ends: dict[str, list[int]] = {}
    for match in _ENDS.finditer(text):
        ends.setdefault(match[1], []).append(match.start())
    unclosed: set[str] = set()
    position = 0
    while opened := _OPENS.search(text, position):
        start = opened.start()
        if opened[1]:
            end = _end_of_environment(opened, ends.get(opened[1], []))
        else:
            mark = "$$" if text.startswith("$$", start) else opened[0]
            end = _closed(text, start, mark, unclosed) if mark != "$" else -1
            if end < 0 and opened[0] == "$":
                end = _end_of_inline(text, start)
        if end > 0:
            yield start, end
        position = end if end > 0 else start + 1


def _end_of_environment(opened: re.Match[str], ends: list[int]) -> int:
    number = bisect_left(ends, opened.end() + 1)
    return ends[number] + len(r"\end{}") + len(opened[1]) if number < len(ends) else -1


def _closed(text: str, start: int, mark: str, unclosed: set[str]) -> int:
    """The end of what a mark opens; a mark without an end once has none from there on."""
    found = -1 if mark in unclosed else text.find(_CLOSES[mark], start + 3)
    if found < 0:
        unclosed.add(mark)
        return -1
    return found + 2


def _end_of_inline(text: str, start: int) -> int:
    """The end of mathematics between single dollars that are not amounts of money; -1 if there is none."""
    before = text[start - 1 : start]
    end = text.find("$", start + 1, start + _INLINE + 2)
    inner = text[start + 1 : end]
    if end < 0 or not inner or "\n" in inner or inner[0].isspace() or inner[-1].isspace():
        return -1
    if before in ("\\", "$") or before.isdecimal() or text[end + 1 : end + 2].isdecimal():
        return -1
    return end + 1


def rendered(latex: str) -> str:
    """A piece of LaTeX, or the body of a document, as text with the same number of lines."""
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerError

    try:
        nodes, _, _ = LatexWalker(latex, latex_context=_context(), tolerant_parsing=True).get_latex_nodes()
        return _kept_lines(latex, _STRUCK.sub("", _all(nodes)))
    except (LatexWalkerError, RecursionError, IndexError, AttributeError, TypeError, ValueError):
        return latex  # a parser's problem with broken LaTeX must not lose the document


@cache
def _context() -> Any:
    from pylatexenc.latexwalker import get_default_latex_context_db
    from pylatexenc.macrospec import MacroSpec

    context = get_default_latex_context_db()
    one = ("phantom", "hphantom", "vphantom", "boxed", "mathbf", "num", "tablenum", "color", *_CANCELLED)
    context.add_context_category(
        "figures",
        macros=[
            *(MacroSpec(name, "[{" if name in ("num", "tablenum") else "{") for name in one),
            *(
                MacroSpec(name, "[{{" if name in ("SI", "qty") else "{{")
                for name in _TWO
                if name != "multirow"
            ),
            MacroSpec("multirow", "{{{"),
        ],
        prepend=True,
    )
    return context


def _kept_lines(original: str, text: str) -> str:
    """The text with as many line endings as the original."""
    missing = original.count("\n") - text.count("\n")
    if missing >= 0:
        return text + "\n" * missing
    return text.replace("\n", " ", -missing)


def _all(nodes: Any) -> str:
    return "".join(_node(node) for node in nodes or () if node is not None)


def _arguments(node: Any) -> list[Any]:
    parsed = getattr(node, "nodeargd", None)
    return [argument for argument in (getattr(parsed, "argnlist", None) or ()) if argument is not None]


def _node(node: Any) -> str:
    kind = type(node).__name__
    if kind == "LatexCharsNode":
        text = str(node.chars)
    elif kind == "LatexCommentNode":
        text = ""
    elif kind == "LatexGroupNode":
        text = _all(node.nodelist)
        if node.delimiters and node.delimiters[0] == "[":
            text = f"[{text}]"
    elif kind == "LatexMathNode":
        text = _all(node.nodelist)
    elif kind == "LatexMacroNode":
        text = _macro(node)
    elif kind == "LatexEnvironmentNode":
        text = _environment(node)
    else:
        text = {"~": " ", "&": " & ", "--": "–", "---": "—", "``": '"', "''": '"'}.get(
            node.specials_chars, " "
        )
    return _kept_lines(node.latex_verbatim(), text)


def _macro(node: Any) -> str:
    name, after = node.macroname, node.macro_post_space or ""
    arguments = _arguments(node)
    if name == "\\":
        return " \\\\ "
    if name in _GONE or name.startswith(("begin", "end")):
        return after
    if name in _SIGNS:
        return _SIGNS[name] + _all(arguments) + after
    if name in _CANCELLED:
        return f"\\cancel{{{_all(arguments)}}}"
    if name == "cancelto" and len(arguments) == 2:
        return _all(arguments[:1])
    if name in ("num", "tablenum"):
        return _all(arguments[-1:])
    if name in _TWO:
        return _all(arguments[-1:] if name in _KEEPS_SECOND or name == "multirow" else arguments[-2:-1])
    if name in ("frac", "dfrac", "tfrac") and len(arguments) == 2:
        return f"({_all(arguments[:1])})/({_all(arguments[1:])})"
    if not arguments and name.isalpha() and len(name) > 1:
        return _letter(name) + after
    return _all(arguments) + after


def _letter(name: str) -> str:
    """A command without arguments as the sign it stands for; nothing if it only affects typesetting."""
    from pylatexenc.latex2text import get_default_latex_context_db

    spec = get_default_latex_context_db().get_macro_spec(name)
    shown = getattr(spec, "simplify_repl", None)
    return shown if isinstance(shown, str) and len(shown) <= 2 else ""


def _environment(node: Any) -> str:
    name = node.environmentname
    inner = _all(node.nodelist)
    if not _MATRIX.fullmatch(name):
        return inner
    if name in ("array", *_TABLES, "NiceArray"):
        inner = _COLUMNS.sub("", inner, count=1)
    rows = _ROW_END.split(inner)
    if name in _TABLES:
        return " ".join(row.replace("&", "  ") for row in rows)
    return _matrix(rows)


def _matrix(rows: list[str]) -> str:
    """Rows of cells in nested brackets; line endings stay before the row they preceded."""
    shown: list[str] = []
    for number, row in enumerate(rows):
        if number == len(rows) - 1 and not row.strip() and len(rows) > 1:
            shown.append(row)
            continue
        cells = [_CANCELLED_CELL.sub(r"\1", cell).strip() for cell in row.split("&")]
        breaks = "\n" * (row.count("\n") - "".join(cells).count("\n"))
        shown.append(f"{breaks}[{', '.join(_number(cell) for cell in cells)}]")
    body = ", ".join(part for part in shown if part.strip())
    tail = shown[-1] if shown and not shown[-1].strip() else ""
    return f"[{body}{tail}]"


def _number(cell: str) -> str:
    """A cell with its sign joined to its digits; an empty cell is zero."""
    return _SPACED_SIGN.sub(r"\1", _SPACE.sub(" ", cell)) or "0"
