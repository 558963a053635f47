"""LaTeX as plain text, line for line: matrices become nested brackets, commands what they show.

Readers turn what they find into this one form, so that figures are looked for in one way only.
"""

import re
from typing import Any, Final

__all__ = ["MATH", "plain", "rendered"]

MAX_CHARACTERS: Final = 200_000
"""Of one document; what lies beyond is left as it is."""

MATH: Final = re.compile(
    r"\$\$.+?\$\$|\\\[.+?\\\]|\\\(.+?\\\)"
    r"|\\begin\{(?P<name>[a-zA-Z]+\*?)\}.+?\\end\{(?P=name)\}"
    r"|(?<![\\$\d])\$(?!\s)[^$\n]{1,2000}?(?<!\s)\$(?!\d)",
    re.DOTALL,
)
_MATRIX: Final = re.compile(
    r"(?:[bpvBV]?(?:small)?matrix|array|tabular[x*]?|longtable|tabu|NiceArray|[bpvBV]NiceMatrix)\*?"
)
_TABLES: Final = ("tabular", "tabularx", "longtable", "tabu", "tabular*")
_STRUCK: Final = re.compile(r"\\cancel\{[^{}\n]*\}|~~[^~\n]+~~")
"""What was crossed out is no longer stated."""

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
    """Text in which every stretch of LaTeX mathematics is replaced by what it shows; no line moves."""
    if len(text) <= MAX_CHARACTERS and ("$" in text or "\\" in text):
        text = MATH.sub(lambda found: _kept_lines(found[0], rendered(found[0])), text)
    return _STRUCK.sub("", text)


def rendered(latex: str) -> str:
    """A piece of LaTeX, or a document's body, as text with the same number of lines."""
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerError

    try:
        nodes, _, _ = LatexWalker(latex, latex_context=_context(), tolerant_parsing=True).get_latex_nodes()
        return _kept_lines(latex, _STRUCK.sub("", _all(nodes)))
    except (LatexWalkerError, RecursionError, IndexError, AttributeError, TypeError, ValueError):
        return latex  # a parser's trouble with broken LaTeX must not lose the document


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
    """The text with as many line ends as the original."""
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
    """A command without arguments as the sign it stands for; nothing where it only sets the type."""
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
        inner = re.sub(r"^\s*(?:\[[^\]]*\]|\{[^}\n]*\})*", "", inner)
    rows = re.split(r"\\\\(?:\s*\[[^\]\n]*\])?", inner)
    if name in _TABLES:
        return " ".join(row.replace("&", "  ") for row in rows)
    return _matrix(rows)


def _matrix(rows: list[str]) -> str:
    """Rows of cells in nested brackets; line ends stay in front of the row they stood in."""
    shown: list[str] = []
    for number, row in enumerate(rows):
        if number == len(rows) - 1 and not row.strip() and len(rows) > 1:
            shown.append(row)
            continue
        cells = [re.sub(r"\\cancel\{([^{}]*)\}", r"\1", cell).strip() for cell in row.split("&")]
        breaks = "\n" * (row.count("\n") - "".join(cells).count("\n"))
        shown.append(f"{breaks}[{', '.join(_number(cell) for cell in cells)}]")
    body = ", ".join(part for part in shown if part.strip())
    tail = shown[-1] if shown and not shown[-1].strip() else ""
    return f"[{body}{tail}]"


def _number(cell: str) -> str:
    """A cell with its sign drawn up to its digits; an empty one is zero."""
    cell = re.sub(r"\s+", " ", cell)
    return re.sub(r"([-−+])\s+(?=[\d.])", r"\1", cell) or "0"
