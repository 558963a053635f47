"""Documents as blocks of code, text and output, combined into a source.

If a document does not mark lines as code, Python decides: lines that parse as statements that do something
are code; the rest is output or prose.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from grader.core.frozen import Frozen
from grader.core.parsing import parsed
from grader.core.submission import LostCode, Passage, Place, Source
from grader.sources import lexical
from grader.sources.newer_syntax import newer_syntax

__all__ = [
    "Block",
    "Line",
    "Statement",
    "assemble",
    "at_lines",
    "comments",
    "parses",
    "statements",
    "syntax_error",
]

MAX_STATEMENT: Final = 150
"""The most lines of one statement tried if a block as a whole does not parse."""

MAX_LINES: Final = 20_000

MAX_LINE: Final = 100_000
"""Characters of a line that is not code: a list of a thousand losses has 20,000."""


class Line(Frozen, frozen=True):
    """A line of a document and its location."""

    text: str
    place: Place


class Block(Frozen, frozen=True):
    """Lines that belong together. `kind` is `code`, `maybe` (Python decides), `prose` or `output`."""

    kind: str
    lines: tuple[Line, ...]


def at_lines(name: str, text: str, first: int = 1, words: str = "line {line}") -> tuple[Line, ...]:
    """The lines of a text, numbered from `first`."""
    return tuple(
        Line(line, Place(name, number, words.format(line=number)))
        for number, line in enumerate(text.split("\n"), start=first)
    )


def syntax_error(code: str) -> str:
    """Python's objection to the code, in a few words; empty if it parses."""
    try:
        parsed(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        kind = "IndentationError" if isinstance(error, IndentationError) else "SyntaxError"
        what = getattr(error, "msg", None) or "nested too deeply, or characters that Python does not allow"
        return f"{kind}: {what}"
    return ""


def _error_line(code: str) -> int | None:
    """The line that Python objects to."""
    try:
        parsed(code)
    except SyntaxError as error:
        return error.lineno
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


def parses(code: str) -> bool:
    """Whether the code parses."""
    return not syntax_error(code)


def assemble(path: Path, name: str, blocks: Iterable[Block], notes: Sequence[str] = ()) -> Source:
    """The source of a document: its code in order, with the location of every line, and its passages."""
    code: list[Line] = []
    passages: list[Passage] = []
    said = list(notes)
    failed: list[LostCode] = []
    cut, room = [], MAX_LINES
    for block in blocks:
        lines = block.lines[:room]
        room -= len(lines)
        if block.kind != "code" and (long := [line for line in lines if len(line.text) > MAX_LINE]):
            lines = tuple(Line(line.text[:MAX_LINE], line.place) for line in lines)
            said += [_long(name, line) for line in long if "base64," not in line.text[:MAX_LINE]][:1]
        cut.append((block.kind, lines, statements(lines) if block.kind in ("code", "maybe") else ()))
    names = _names([statement for _, _, parts in cut for statement in parts])
    for kind, lines, parts in cut:
        if kind not in ("code", "maybe"):
            passages += [_passage(kind, lines)] if any(line.text.strip() for line in lines) else ()
            continue
        error = syntax_error(_text(lines))
        kept = [line for part in parts if _is_code(part, names, kind, error) for line in part.lines]
        rest = [line for part in parts if not _is_code(part, names, kind, error) for line in part.lines]
        lost = [line for line in rest if line.text.strip()]
        if error and lost and (kind == "code" or any(_BEGINS.match(line.text) for line in lost)):
            failed.append(_lost(lines, lost, error))
        code += [*kept, Line("", lines[-1].place)] if kept else ()
        passages += comments(kept)
        passages += [_passage("comment" if kind == "code" else "output", rest)] if lost else ()
    if room <= 0:
        said.append(f"Only the first {MAX_LINES} lines of {name} were read.")
    problem, problem_line = "", None
    for each in failed[:5]:
        said.append(f"{each.where}: Python cannot read this{_why(each)}; it was left out.")
    if failed and not code:
        first = failed[0]
        problem = f"{first.where}: Python cannot read the code{_why(first)}. Nothing in it could be run."
        problem_line, said = None if first.needs else first.place.line, list(notes)
    return Source(
        path,
        name,
        _text(code),
        tuple(line.place.line for line in code),
        problem,
        problem_line,
        tuple(line.place for line in code),
        tuple(passages),
        tuple(said),
        lost=tuple(failed[:MAX_LOST]),
    )


MAX_LOST: Final = 20
"""Pieces of code that could not be read, of one document."""


def _why(lost: LostCode) -> str:
    return f", because {lost.needs}" if lost.needs else f" ({lost.error})"


def _lost(block: Sequence[Line], lost: Sequence[Line], error: str) -> LostCode:
    """The lines of a block that could not be read; they may need a newer Python."""
    newer = newer_syntax(_text(block))
    line = _error_line(_text(block)) if newer is None else newer.line
    first = block[line - 1] if line is not None and 0 < line <= len(block) else lost[0]
    return LostCode(first.place, _text(lost)[:MAX_LINE], error, newer.sentence if newer is not None else "")


_BEGINS: Final = re.compile(r"\s*+(?:def|class|for|while|import|from)\b")


def _text(lines: Sequence[Line]) -> str:
    return "\n".join(line.text for line in lines)


def _long(name: str, line: Line) -> str:
    return f"Only the first {MAX_LINE:,} characters of {name} {line.place.words} were read."


def _passage(kind: str, lines: Sequence[Line]) -> Passage:
    return Passage(kind, _text(lines), tuple(line.place for line in lines))


def comments(lines: Sequence[Line]) -> tuple[Passage, ...]:
    """The comments and docstrings of code that parses, each with its location."""
    code = _text(lines)
    written: dict[int, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.COMMENT:
                written[token.start[0]] = token.string.lstrip("#! ").rstrip()
    except (tokenize.TokenError, SyntaxError):
        pass  # Python's parser is a little more tolerant than its tokenizer: the comments so far are kept
    for node in ast.walk(parsed(code)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            for number, line in enumerate(_shown(node.value.value).splitlines(), start=node.lineno):
                written[number] = line.strip()
    kept = [
        Line(line, lines[number - 1].place)
        for number, line in sorted(written.items())
        if line
        and number <= len(lines)  # an escape in a docstring creates lines that do not exist in the file
    ]
    return (_passage("comment", kept),) if kept else ()


def _shown(value: object) -> str:
    """A constant as text; half characters, which cannot be written, become a replacement sign."""
    try:
        return str(value).encode("utf-8", "replace").decode("utf-8")
    except ValueError:  # a number with too many digits
        return ""


class Statement(Frozen, frozen=True):
    """Lines that parse as one statement, or a line that does not (`kind` `text`).

    `stated_value` is a value that is only written down, such as a printed tensor; `value` gives it a name.
    """

    lines: tuple[Line, ...]
    kind: str
    defines: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()


class _Names(Frozen, frozen=True):
    defined: frozenset[str]
    used: frozenset[str]


def statements(lines: Sequence[Line]) -> tuple[Statement, ...]:
    """The lines, split into Python statements and lines that are not Python.

    A statement begins at an unindented line and ends before the next such line with which it parses.
    """
    found: list[Statement] = []
    following = _following(lines)
    position = 0
    while position < len(lines):
        end = _statement_end(lines, position, following)
        part = tuple(lines[position : end or position + 1])
        found.append(_statement(part) if end else Statement(part, "text" if _text(part).strip() else "blank"))
        position += len(part)
    return tuple(found)


def _statement(lines: tuple[Line, ...]) -> Statement:
    tree = parsed(_text(lines))
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    defines = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defines.add(node.name)
        elif isinstance(node, ast.alias):
            defines.add((node.asname or node.name).split(".")[0])
    uses = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    return Statement(lines, _kind(tree), frozenset(defines), frozenset(uses))


def _names(parts: Sequence[Statement]) -> _Names:
    sure = [part for part in parts if part.kind == "code"]
    defined = {name for part in parts if part.kind in ("code", "value") for name in part.defines}
    return _Names(frozenset(defined), frozenset(name for part in sure for name in part.uses))


def _is_code(part: Statement, names: _Names, kind: str, error: str) -> bool:
    """Whether a statement is run: in a block that may be code, values written down are stated values.

    `loss = 0.12` is code if the name is used, and a lone name is code if code defines it.
    """
    if kind == "code" and not error:
        return True
    if part.kind == "value":
        return part.uses <= names.defined and bool(part.uses or part.defines & names.used)
    if part.kind == "name":
        return part.uses <= names.defined
    return part.kind in ("code", "blank")


def _following(lines: Sequence[Line]) -> list[str]:
    """For each line, and for the end, the next line that is not blank."""
    following = [""]
    for line in reversed(lines):
        following.append(line.text if line.text.strip() else following[-1])
    return following[::-1]


def _statement_end(lines: Sequence[Line], start: int, following: Sequence[str]) -> int | None:
    if not lines[start].text.strip() or lines[start].text[:1].isspace():
        return None
    state = lexical.BEGIN
    for end in range(start + 1, min(len(lines), start + MAX_STATEMENT) + 1):
        state = lexical.after(lines[end - 1].text, state)
        if state.is_open or following[end][:1].isspace() or _goes_on(following[end]):
            continue
        try:
            parsed(_text(lines[start:end]))
        except SyntaxError as error:
            if _stays(error, end - start):
                return None
        except (ValueError, RecursionError, MemoryError):
            pass
        else:
            return end
    return None


_STAYS: Final = (
    "invalid syntax",
    "expected ':'",
)
_STAYS_WHATEVER_FOLLOWS: Final = (
    "expected an indented block",
    "unexpected indent",
    "unindent does not match",
    "unterminated string literal",
    "invalid decimal literal",
    "invalid character",
    "invalid non-printable character",
    "leading zeros",
    "unmatched",
    "closing parenthesis",
)


def _stays(error: SyntaxError, count: int) -> bool:
    """Whether an error in this many lines persists whatever follows: Python read no further than the line it
    names."""
    message = error.msg or ""
    known = message in _STAYS or message.startswith(_STAYS_WHATEVER_FOLLOWS)
    return known and error.lineno is not None and error.lineno < count


def _goes_on(line: str) -> bool:
    """Whether an unindented line belongs to the compound statement before it."""
    return line.split(":")[0].split(" ")[0] in ("else", "elif", "except", "finally")


def _kind(tree: ast.Module) -> str:
    """`code`; `stated_value` for a value written down, `value` if it is given a name, `name` for names alone."""
    if not tree.body:
        return "code"  # a comment
    node = tree.body[0]
    if isinstance(node, ast.Expr) and _is_written_down(node.value):
        numbers = any(isinstance(child, ast.Constant) for child in ast.walk(node))
        return (
            "stated_value" if numbers and not isinstance(getattr(node.value, "value", None), str) else "name"
        )
    if (
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and _is_written_down(node.value)
    ):
        return "value"
    if isinstance(node, ast.AnnAssign) and (node.value is None or _is_written_down(node.value)):
        return "stated_value"  # to Python, `Loss: 0.12` is an annotation
    return "code"


def _is_written_down(node: ast.expr) -> bool:
    """Values, and calls such as `tensor([[…]])` as they are printed; a lone word is not a statement either."""
    allowed = (
        ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.UnaryOp, ast.Name, ast.Call, ast.keyword, ast.Attribute,
        ast.operator, ast.unaryop, ast.expr_context, ast.BinOp, ast.Compare, ast.cmpop, ast.Set,
    )  # fmt: skip
    calls = [child for child in ast.walk(node) if isinstance(child, ast.Call)]
    printed = all(isinstance(call.func, ast.Name) and call.func.id in _PRINTED for call in calls)
    return printed and all(isinstance(child, allowed) for child in ast.walk(node))


_PRINTED: Final = ("tensor", "array", "Parameter", "dict_keys", "dict_values", "matrix", "float32", "float64")
