"""Edits of wrappers around a value: add or remove `abs(x)`, `x.T`, `x.clone()`, `torch.sqrt(x)`."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from grader.diagnosis.edits.program import Program, Scope
from grader.diagnosis.edits.values import Edit, Replacement

__all__ = ["call_edits"]

_TRANSPOSES = frozenset({"T", "mT", "H", "mH"})
_KEPT = frozenset({"range", "len", "enumerate", "zip", "diag", "svd", "eigh", "dot", "matmul", "mm", "outer",
                   "inner", "manual_seed", "item", "float", "list", "tolist", "numpy", "from_numpy", "tensor",
                   "arange", "product", "isinstance"})  # fmt: skip
_GROUPS: tuple[tuple[str, ...], ...] = (
    ("rand", "randn", "zeros", "ones", "empty"),
    ("sum", "mean", "prod", "max"),
    ("dot", "outer", "mul"),
)
_DRAWING = ("zeros", "ones", "empty", "randn", "full", "new_zeros", "new_ones", "randint", "new_empty", "new_full",
            "zeros_like", "ones_like", "randn_like", "normal", "uniform")  # fmt: skip


def call_edits(program: Program) -> Iterator[Edit]:
    """Edits of calls and attributes."""
    wrapped: dict[tuple[str, str], list[tuple[ast.expr, Replacement]]] = {}
    for node in program.order:
        if isinstance(node, ast.Call | ast.Attribute) and not _is_called(program, node):
            for name, text in _unwrapped(program, node):
                part = program.put(node, text)
                scope = program.scope_of(node)
                key = (name, str(getattr(scope and scope.node, "lineno", 0)))
                wrapped.setdefault(key, []).append((node, part))
                weight = 9 if name in (*_TRANSPOSES, "t", "transpose") else 5
                if name in ("clone", "copy") and not program.loops(node):
                    weight = 16  # a single copy does little harm
                sentence = f"`{name}` is superfluous here."
                yield program.edit("wrapper-dropped", node, weight, sentence, part)
        if isinstance(node, ast.Call):
            yield from _replaced(program, node)
    for (name, _), sites in wrapped.items():
        outer = [
            s for s in sites if not any(o[0] in set(program.ancestors(s[0])) for o in sites if o is not s)
        ]
        if len(outer) > 1:
            sentence = f"`{name}` is superfluous in {len(outer)} places."
            parts = [part for _, part in outer]
            yield program.edit("wrapper-dropped", outer[0][0], 8, sentence, *parts)
            for first, second in pairwise(outer):
                if len(outer) > 2 and second[0].lineno - first[0].lineno <= 1:
                    yield program.edit("wrapper-dropped", first[0], 14, sentence, first[1], second[1])
    yield from _drawn(program)
    for scope in program.scopes:
        yield from _copies(program, scope)
        yield from _added(program, scope)


def _is_called(program: Program, node: ast.expr) -> bool:
    """Whether this is the function of a call, to be removed with the call, or a statement of its own."""
    above = program.parent(node)
    return (isinstance(above, ast.Call) and above.func is node) or isinstance(above, ast.Expr)


def _unwrapped(program: Program, node: ast.expr) -> Iterator[tuple[str, str]]:
    """The names of the wrappers around an expression, each with the expression inside."""
    if isinstance(node, ast.Attribute):
        if node.attr in _TRANSPOSES:
            yield node.attr, program.between(_begin(node), _end(node.value)).strip()
        return
    assert isinstance(node, ast.Call)
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if isinstance(function, ast.Attribute) and not _is_module(function.value) and name not in _KEPT:
        rest = node.args
        plain = all(isinstance(a, ast.Constant | ast.Attribute | ast.Name | ast.UnaryOp) for a in rest)
        if plain and len(rest) <= 2 and name not in ("append", "step", "backward", "shape", "size"):
            yield name, program.text(function.value)
    elif name not in _KEPT and node.args and not isinstance(node.args[0], ast.Starred):
        rest = node.args[1:]
        if all(isinstance(a, ast.Constant | ast.UnaryOp) for a in rest) and name not in ("rand", *_DRAWING):
            yield name, program.text(node.args[0])
        elif len(node.args) == 2 and name in ("max", "min", "minimum", "maximum", "where", "clamp"):
            yield name, program.text(node.args[1])


def _is_module(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in (
        "torch",
        "np",
        "numpy",
        "math",
        "random",
        "t",
        "F",
        "nn",
        "th",
    )


def _begin(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _end(node: ast.expr) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def _replaced(program: Program, node: ast.Call) -> Iterator[Edit]:
    """Replace a function by one of the same kind, or a function that works in place by one that does not."""
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    for group in _GROUPS:
        if name in group:
            for place, other in enumerate(o for o in group if o != name):
                begin = (_end(function)[0], _end(function)[1] - len(name.encode()))
                part = program.put_between(begin, _end(function), other)
                sentence = f"A function other than `{name}` is needed here."
                weight = (9 if name in ("mean", "max") or other == "rand" else 22) + place
                yield program.edit("function", node, weight, sentence, part)
    if name.endswith("_") and not name.endswith("__") and isinstance(function, ast.Attribute):
        begin = (_end(function)[0], _end(function)[1] - 1)
        sentence = f"`{name}` works in place and changes the object it is called on."
        yield program.edit("copy", node, 7, sentence, program.put_between(begin, _end(function), ""))


def _drawn(program: Program) -> Iterator[Edit]:
    """Draw arrays with `rand` instead of another function: in one place, and in all places."""
    sites: list[tuple[ast.Call, Replacement]] = []
    for node in program.order:
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name not in _DRAWING or not node.args:
            continue
        sizes = list(node.args)
        if name in ("uniform", "normal", "randint", "randn_like", "zeros_like", "ones_like"):
            sizes = [node.args[-1]]
        elif isinstance(node.args[0], ast.Tuple | ast.List):
            sizes = list(node.args[0].elts)
        text = f"torch.rand({', '.join(program.text(size) for size in sizes)})"
        if name.endswith("_like"):
            text = f"torch.rand_like({program.text(sizes[0])})"
        if name == "uniform":
            head = program.text(function)
            text = f"{head}(0, 1, {program.text(sizes[0])})"
        sites.append((node, program.put(node, text)))
    for node, part in sites:
        sentence = f"The numbers of `{program.text(node)}` should be drawn differently."
        yield program.edit("function", node, 7, sentence, part)
    if len(sites) > 1:
        sentence = f"The numbers should be drawn differently, in {len(sites)} places."
        yield program.edit("function", sites[0][0], 6, sentence, *(part for _, part in sites))


def _copies(program: Program, scope: Scope) -> Iterator[Edit]:
    """Replace a second name for an array by a copy, or by another array."""
    for node in scope.nodes:
        if not isinstance(node, ast.Assign):
            continue
        value = node.value
        sentence = f"`{program.text(node)}` does not create a separate array."
        if isinstance(value, ast.Name) and value.id in scope.names:
            for weight, method in ((7, "clone"), (20, "copy")):
                yield program.edit(
                    "copy", node, weight, sentence, program.put(value, f"{value.id}.{method}()")
                )
        source = value
        if isinstance(source, ast.Call) and isinstance(source.func, ast.Attribute) and not source.args:
            source = source.func.value
        if isinstance(source, ast.Name):
            yield from _own_array(program, scope, node, source.id, sentence)
        if len(node.targets) == 2 and all(isinstance(target, ast.Name) for target in node.targets):
            yield from _own_arrays(program, scope, node, sentence)


def _sized(program: Program, scope: Scope, value: ast.expr) -> Iterator[str]:
    """The call that creates an array, with its first size replaced by each of the others."""
    calls = [n for n in ast.walk(value) if isinstance(n, ast.Call) and n.args]
    if not calls:
        return
    first = calls[0].args[0]
    first = first.elts[0] if isinstance(first, ast.Tuple | ast.List) and first.elts else first
    text, original = program.text(value), program.text(first)
    offset = program.between(_begin(value), _begin(first))
    for size in scope.sizes:
        if size != original:
            yield offset + size + text[len(offset) + len(original) :]


def _own_array(program: Program, scope: Scope, node: ast.Assign, name: str, sentence: str) -> Iterator[Edit]:
    for other in scope.nodes:
        if (
            isinstance(other, ast.Assign)
            and isinstance(other.targets[0], ast.Name)
            and other.targets[0].id == name
            and isinstance(other.value, ast.Call)
            and other is not node
        ):
            calls = (program.text(other.value), *_sized(program, scope, other.value))
            for place, text in enumerate(calls):
                yield program.edit("copy", node, 5 + place, sentence, program.put(node.value, text))


def _own_arrays(program: Program, scope: Scope, node: ast.Assign, sentence: str) -> Iterator[Edit]:
    first, second = (program.text(target) for target in node.targets)
    value = program.text(node.value)
    for place, text in enumerate((value, *_sized(program, scope, node.value))):
        part = program.put(node, f"{first}, {second} = {value}, {text}")
        yield program.edit("copy", node, 5 + place, sentence, part)


def _added(program: Program, scope: Scope) -> Iterator[Edit]:
    """Add a missing transpose, diagonal matrix or factor to a product or a result."""
    seen: set[ast.AST] = set()
    for node in scope.nodes:
        values: list[ast.expr] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            values = [node.left, node.right]
            yield from _between(program, scope, node)
        elif isinstance(node, ast.Return) and node.value is not None:
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in (
            "matmul",
            "mm",
            "multi_dot",
            "dot",
        ):
            values = [*node.args]
        for value in values:
            if value in seen:
                continue
            seen.add(value)
            original = program.text(value)
            atom = isinstance(value, ast.Name | ast.Subscript | ast.Attribute | ast.Call)
            inner = original if atom else f"({original})"
            weight = 10 if atom else 16
            sentence = f"`{original}` should be transposed."
            yield program.edit("transpose", value, weight, sentence, program.put(value, f"{inner}.T"))
            if atom and isinstance(value, ast.Name | ast.Subscript):
                sentence = f"`{original}` is a vector, but a matrix is needed."
                yield program.edit(
                    "diagonal", value, 14, sentence, program.put(value, f"torch.diag({original})")
                )
    yield from _keywords(program, scope)


def _between(program: Program, scope: Scope, node: ast.BinOp) -> Iterator[Edit]:
    """Add missing singular values: names unpacked with the factors but not used in the product."""
    span = program.operator_span(node)
    if span is None:
        return
    used = {n.id for n in ast.walk(program.statement(node)) if isinstance(n, ast.Name)}
    for name in scope.stored:
        unpacked = any(isinstance(program.parent(n), ast.Tuple) for n in scope.stored[name])
        if name in used or not (unpacked or name in scope.unused):
            continue
        sentence = f"A factor is missing in the product `{program.text(node)}`."
        weight = 6 if name in scope.unused else 15
        for text in (f"@ torch.diag({name}) @", f"@ {name} @"):
            yield program.edit("factor-missing", node, weight, sentence, program.put_between(*span, text))


def _keywords(program: Program, scope: Scope) -> Iterator[Edit]:
    for node in scope.nodes:
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "svd":
            sentence = "The decomposition should return the factors in another form."
            present = {keyword.arg: keyword for keyword in node.keywords}
            if "full_matrices" not in present and "some" not in present:
                end = (node.end_lineno or 0, (node.end_col_offset or 1) - 1)
                yield program.edit(
                    "keyword", node, 16, sentence, program.put_between(end, end, ", full_matrices=False")
                )
            for keyword in present.values():
                if isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, bool):
                    part = program.put(keyword.value, str(not keyword.value.value))
                    yield program.edit("keyword", node, 18, sentence, part)
