"""Remove notebook magics, shell lines and prompts from code without moving a line.

IPython's own transformer finds them, so a `%` in an expression or a string is left alone. Timed or captured
statements still run; everything else that is not Python does nothing and is noted.
"""

import ast
import re
import tokenize
from typing import Any, Final

from grader.core.parsing import parsed

__all__ = ["neutralise"]

_SUSPECT: Final = re.compile(r"(?m)^[^\S\n]*+(?:%|!|\?|>>>|In ?\[)|=\s*+[%!]|\?[^\S\n]*+$")
_TRANSPARENT: Final = ("time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "snakeviz")
_WRITES: Final = ("writefile", "file")
_OPTIONS: Final = re.compile(r"\A(?:-\w++(?:[ =]\d++)?+\s++)*+")
_CELL_MAGIC: Final = re.compile(r"%%(\w++)\s*+(.*+)")
_BEGINS: Final = re.compile(r"[ \t]*+(?:%\w|!)")
MAX_MAGICS: Final = 200
MAX_LINES: Final = 100_000
"""The most lines of one cell to process, counted again for each magic in it."""


def neutralise(code: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Code with the same number of lines, without magics; and the line number, from 1, and the text of each
    magic."""
    if not _SUSPECT.search(code):
        return code, ()
    lines = code.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    found = _CELL_MAGIC.match(lines[first])
    notes: list[tuple[int, str]] = []
    if found:
        notes.append((first + 1, lines[first].strip()))
        if found[1] not in _TRANSPARENT and not (found[1] in _WRITES and found[2].rstrip().endswith(".py")):
            return "\n" * (len(lines) - 1), tuple(notes)
        lines[first] = ""
    lines, more = _without_lines(lines)
    return "\n".join(lines), (*notes, *more)


def _without_lines(lines: list[str]) -> tuple[list[str], list[tuple[int, str]]]:
    from IPython.core.inputtransformer2 import TransformerManager  # takes half a second

    manager: Any = TransformerManager()  # type: ignore[no-untyped-call]
    notes: list[tuple[int, str]] = []
    current = [f"{line}\n" for line in lines]
    for _ in range(min(MAX_MAGICS, MAX_LINES // len(lines))):
        try:
            changed, transformed = manager.do_one_token_transform(current)
        except (SyntaxError, tokenize.TokenError, ValueError):
            return _by_their_signs(
                current, notes
            )  # code that is not Python even without magics affects only itself
        if not changed:
            break
        where = next((i for i, (a, b) in enumerate(zip(current, transformed, strict=False)) if a != b), None)
        if where is None:
            break
        taken = len(current) - len(transformed)
        notes.append((where + 1, "".join(current[where : where + taken + 1]).strip().split("\n")[0]))
        plain = _plain(transformed[where])
        current = [*transformed[:where], plain, *["\n"] * taken, *transformed[where + 1 :]]
    return [line.removesuffix("\n") for line in current], notes


def _by_their_signs(
    lines: list[str], notes: list[tuple[int, str]]
) -> tuple[list[str], list[tuple[int, str]]]:
    """Remove lines that begin like magics, if the rest prevents IPython from recognising them."""
    found = [(number, line.strip()) for number, line in enumerate(lines, start=1) if _BEGINS.match(line)]
    kept = ["" if _BEGINS.match(line) else line.removesuffix("\n") for line in lines]
    return kept, [*notes, *found]


def _plain(line: str) -> str:
    """What a line of IPython calls does without IPython."""
    indent = line[: len(line) - len(line.lstrip())]
    try:
        (statement,) = parsed(line.strip()).body
    except (SyntaxError, ValueError):
        return f"{indent}pass\n"
    timed = _timed(statement)
    if isinstance(statement, ast.Assign):
        return (
            f"{indent}{', '.join(ast.unparse(target) for target in statement.targets)} = {timed or 'None'}\n"
        )
    return f"{indent}{timed or ('pass' if indent else '')}".rstrip() + "\n"


def _timed(statement: ast.stmt) -> str:
    """The statement that a magic such as `%time` runs, otherwise empty."""
    call = statement.value if isinstance(statement, ast.Assign | ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return ""
    texts = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    if call.func.attr != "run_line_magic" or len(texts) != 2 or texts[0] not in _TRANSPARENT:
        return ""
    return _OPTIONS.sub("", str(texts[1]), count=1).strip()
