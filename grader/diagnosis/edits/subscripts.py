"""Edits of subscripts: wrong, exchanged, missing or superfluous indices, and slices."""

import ast
from collections.abc import Iterator

from grader.diagnosis.edits.program import Program, Scope
from grader.diagnosis.edits.values import Edit

__all__ = ["subscript_edits"]


def subscript_edits(program: Program) -> Iterator[Edit]:
    """Edits of every subscript in a function."""
    for scope in program.scopes:
        for node in scope.nodes:
            if isinstance(node, ast.Subscript) and not _is_shape(node):
                yield from _indices(program, scope, node)
                yield from _slices(program, scope, node)
                yield from _axes(program, scope, node)
        yield from _entries(program, scope)
        yield from _bare(program, scope)
        yield from _reduced(program, scope)


def _is_shape(node: ast.Subscript) -> bool:
    return isinstance(node.value, ast.Attribute) and node.value.attr == "shape"


def _parts(node: ast.Subscript) -> list[ast.expr]:
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _visible(program: Program, scope: Scope, node: ast.AST) -> list[str]:
    """The index names of the loops around a node, the innermost first."""
    names: list[str] = []
    for above in program.ancestors(node):
        target = getattr(above, "target", None)
        if isinstance(above, ast.For | ast.comprehension) and target is not None:
            names += [n.id for n in ast.walk(target) if isinstance(n, ast.Name)]
        for generator in getattr(above, "generators", ()):
            names += [n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)]
    return list(dict.fromkeys((*(n for n in names if n in scope.indices), *scope.indices)))


def _indices(program: Program, scope: Scope, node: ast.Subscript) -> Iterator[Edit]:
    parts = _parts(node)
    original = program.text(node)
    stored = isinstance(node.ctx, ast.Store)
    for part in parts:
        if isinstance(part, ast.Name):
            for place, other in enumerate(n for n in _visible(program, scope, node) if n != part.id):
                sentence = f"The index `{part.id}` of `{original}` is wrong."
                weight = 5 + 3 * place + 2 * stored
                yield program.edit("index", part, weight, sentence, program.put(part, other))
        elif isinstance(part, ast.Constant) and isinstance(part.value, int):
            for place, other in enumerate(_visible(program, scope, node)):
                sentence = f"The index {part.value} of `{original}` is wrong."
                yield program.edit("index", part, 10 + place, sentence, program.put(part, other))
        elif _is_full(part):
            for other in _visible(program, scope, node)[:3]:
                sentence = f"`{original}` takes all entries along an axis, but fewer are needed."
                yield program.edit("index", part, 16 + (not stored) * 8, sentence, program.put(part, other))
    if len(parts) == 2:
        a, b = program.text(parts[0]), program.text(parts[1])
        if a != b and not (_is_full(parts[0]) and _is_full(parts[1])):
            sentence = f"The indices of `{original}` are in the wrong order."
            yield program.edit(
                "index-order", node, 6, sentence, program.put(parts[0], b), program.put(parts[1], a)
            )
    inner = node.value
    if isinstance(inner, ast.Subscript) and program.text(inner.slice) != program.text(node.slice):
        sentence = f"The indices of `{original}` are in the wrong order."
        yield program.edit(
            "index-order", node, 6, sentence,
            program.put(inner.slice, program.text(node.slice)), program.put(node.slice, program.text(inner.slice)),
        )  # fmt: skip


def _is_full(part: ast.expr) -> bool:
    return isinstance(part, ast.Slice) and part.lower is None and part.upper is None and part.step is None


def _slices(program: Program, scope: Scope, node: ast.Subscript) -> Iterator[Edit]:
    original = program.text(node)
    for part in _parts(node):
        if isinstance(part, ast.Slice) and part.step is None and not _is_full(part):
            yield from _slice(program, scope, node, part, original)
        elif isinstance(part, ast.Name | ast.Constant | ast.UnaryOp):
            if not isinstance(node.ctx, ast.Store):
                continue
            text = program.text(part)
            sentence = f"`{original}` is a single entry, but another part is needed."
            options = [f"{text}:"]
            if not isinstance(part, ast.Name):
                options += [f"{name}:" for name in scope.sizes if name.isidentifier()]
                options += ["-1"] if text != "-1" else []
            for option in options:
                yield program.edit("slice", part, 9, sentence, program.put(part, option))


def _slice(
    program: Program, scope: Scope, node: ast.Subscript, part: ast.Slice, original: str
) -> Iterator[Edit]:
    sentence = f"`{original}` takes the wrong part of the entries."
    lower, upper = part.lower, part.upper
    bound = upper or lower
    assert bound is not None
    text = program.text(bound)
    options: list[tuple[int, str]] = []
    if lower is None or upper is None:
        turned = f"{text}:" if lower is None else f":{text}"
        options.append((7, turned))
        stripped = text.removeprefix("-")
        if stripped != text:
            options += [(5, f":{stripped}"), (8, f"{stripped}:")]
            options += [(9, f"{name}:") for name in scope.sizes if name.isidentifier()]
        elif not text.isdigit():
            options += [(8, f"-{text}:"), (12, f":-{text}")]
        if isinstance(bound, ast.BinOp) and isinstance(bound.op, ast.Add | ast.Sub):
            left = program.text(bound.left)
            options.append((2, f":{left}" if lower is None else f"{left}:"))
            options += [(9, f"{left}:" if lower is None else f":{left}")]
        else:
            sides = (":{} + 1", ":{} - 1") if lower is None else ("{} + 1:", "{} - 1:")
            options += [(14, side.format(text)) for side in sides]
        options += [
            (12, f":{name}" if lower is None else f"{name}:")
            for name in scope.sizes
            if name.isidentifier() and name != text
        ]
        options.append((16, ":"))
    else:
        options.append((8, f":{program.text(lower)}"))
        options.append((8, f":{program.text(upper)}"))
        options.append((8, f"{program.text(lower)}:"))
    for weight, option in options:
        yield program.edit("slice", part, weight, sentence, program.put(part, option))


def _axes(program: Program, scope: Scope, node: ast.Subscript) -> Iterator[Edit]:
    """Replace a row by a column, an entry by a row, and the reverse."""
    parts = _parts(node)
    original = program.text(node)
    stored = isinstance(node.ctx, ast.Store)
    if len(parts) == 1 and isinstance(parts[0], ast.Name) and not isinstance(node.value, ast.Subscript):
        name = parts[0].id
        sentence = f"`{original}` is a row, but another part of the matrix is needed."
        weight = 18 if stored else 24
        yield program.edit("index", node, weight, sentence, program.put(node.slice, f":, {name}"))
        for other in _visible(program, scope, node)[:2]:
            yield program.edit("index", node, 26, sentence, program.put(node.slice, f"{name}, {other}"))
    if len(parts) == 2 and any(isinstance(part, ast.Name) for part in parts):
        sentence = f"`{original}` takes one entry or one column, but another part of the matrix is needed."
        kept = next(part for part in parts if isinstance(part, ast.Name))
        yield program.edit("index", node, 28, sentence, program.put(node.slice, program.text(kept)))


def _entries(program: Program, scope: Scope) -> Iterator[Edit]:
    """Read an entry of another array that is used in the same lines."""
    entries: dict[str, ast.Subscript] = {}
    for node in scope.nodes:
        if isinstance(node, ast.Subscript) and not _is_shape(node):
            if isinstance(program.parent(node), ast.Subscript) or isinstance(node.slice, ast.Slice):
                continue
            entries.setdefault(program.text(node), node)
    for node in scope.nodes:
        if not isinstance(node, ast.Subscript) or isinstance(node.ctx, ast.Store):
            continue
        original = program.text(node)
        if original not in entries or isinstance(program.parent(node), ast.Subscript):
            continue
        step = isinstance(program.statement(node), ast.AugAssign)
        for place, other in enumerate(text for text in entries if text != original and "\n" not in text):
            if program.text(entries[other].value) == program.text(node.value):
                continue
            sentence = f"An entry other than `{original}` belongs here."
            weight = (11 if step else 15) + place // 2
            yield program.edit("name", node, weight, sentence, program.put(node, other))


def _bare(program: Program, scope: Scope) -> Iterator[Edit]:
    """Add the missing index to a whole array in a statement that uses its entries elsewhere."""
    for name in scope.arrays:
        used = {
            program.text(n)
            for n in scope.nodes
            if isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name) and n.value.id == name
        }
        entries = [text for text in sorted(used) if not text.endswith(("[:]", "[0]", "[1]"))]
        for node in (*scope.stored.get(name, ()), *scope.loaded.get(name, ())):
            above = program.parent(node)
            if not program.loops(node) or isinstance(above, ast.Subscript | ast.Attribute | ast.For):
                continue
            sentence = f"`{name}` is the whole array here, but only a part of it is needed."
            augmented = isinstance(above, ast.AugAssign) and above.target is node
            for place, entry in enumerate(entries):
                yield program.edit(
                    "index-missing",
                    node,
                    (6 if augmented else 20) + 2 * place,
                    sentence,
                    program.put(node, entry),
                )


_REDUCING = ("all", "any", "mean", "sum", "max", "min")


def _reduced(program: Program, scope: Scope) -> Iterator[Edit]:
    """Replace a reduction over a row by a single entry."""
    for node in scope.nodes:
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            where = node.comparators[0]
            sign = "==" if isinstance(node.ops[0], ast.In) else "!="
            for other in _visible(program, scope, node)[:3]:
                text = f"{program.text(where)}[{other}] {sign} {program.text(node.left)}"
                yield program.edit(
                    "index-missing", node, 9,
                    f"`{program.text(node)}` uses more than one entry.", program.put(node, text),
                )  # fmt: skip
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args):
            continue
        inner = node.func.value
        if node.func.attr in _REDUCING and isinstance(inner, ast.Name | ast.Subscript):
            for other in _visible(program, scope, node)[:3]:
                sentence = f"`{program.text(node)}` reduces many entries to one number, but a single entry is needed."
                if isinstance(inner, ast.Subscript) and not isinstance(inner.slice, ast.Slice):
                    text = f"{program.text(inner.value)}[{program.text(inner.slice)}, {other}]"
                else:
                    text = f"{program.text(inner)}[{other}]"
                yield program.edit("index-missing", node, 7, sentence, program.put(node, text))
