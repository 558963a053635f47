"""Edits of names and constants: another name of the same kind, parameters, defaults, exchanged targets."""

import ast
from collections.abc import Iterator, Mapping
from itertools import pairwise

from grader.diagnosis.edits.program import Program, Scope, makes_array
from grader.diagnosis.edits.values import Edit

__all__ = ["name_edits"]

_PLAIN = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.BinOp)
_OWNERS = frozenset({"torch", "np", "numpy", "math", "F", "nn", "self", "random"})


def name_edits(program: Program, defaults: Mapping[str, int | float]) -> Iterator[Edit]:
    """Edits of names and constants. `defaults` are those the sheet prescribes, by the program's own names."""
    for scope in program.scopes:
        yield from _names(program, scope)
        yield from _constants(program, scope, defaults)
        yield from _constants_together(program, scope, defaults)
        yield from _sizes(program, scope)
        yield from _arguments(program, scope)
        yield from _defaults(program, scope, defaults)
        yield from _targets(program, scope)
        yield from _computed(program, scope)
    for node in program.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            yield from _number(program, node.value, 20)


def _usable(program: Program, node: ast.Name) -> bool:
    """Whether another name may replace it: it is neither a called function, a module nor an index."""
    above = program.parent(node)
    if isinstance(above, ast.Call) and above.func is node:
        return False
    return not isinstance(above, ast.Attribute) or node.id not in _OWNERS


def _names(program: Program, scope: Scope) -> Iterator[Edit]:
    unused = scope.unused
    for name, nodes in scope.loaded.items():
        usable = [node for node in nodes if _usable(program, node)]
        if not usable or name in ("self", "cls", "True", "False", "None"):
            continue
        role = scope.role(name)
        is_bound = name in scope.names
        others = [other for other in scope.names if other != name]
        for place, other in enumerate(others):
            wanted = other in unused
            open_role = wanted and other in scope.parameters and role == "array"
            alike = scope.role(other) == role or not is_bound or open_role
            if not (alike or wanted) or (role == "index" and not wanted) or scope.role(other) == "index":
                continue
            sentence = f"A value other than `{name}` belongs here."
            base = 4 if wanted and alike else 9 if wanted else 17 if alike else 26
            if name.lower() == other.lower():
                base = min(base, 3)
            if not is_bound and not wanted:
                base = min(base + 2, 14)
            if len(usable) > 1:
                everywhere = f"A value other than `{name}` belongs in {len(usable)} places."
                parts = [program.put(node, other) for node in usable]
                yield program.edit("name", usable[0], base + 2 + place // 4, everywhere, *parts)
            for node in usable:
                if _is_size_argument(program, node):
                    continue
                weight = base + place // 3 + (0 if program.loops(node) or wanted else 6)
                yield program.edit("name", node, weight, sentence, program.put(node, other))


def _is_size_argument(program: Program, node: ast.Name) -> bool:
    """Whether it is the argument of `range(m)`, which the edits of loops cover."""
    above = program.parent(node)
    return isinstance(above, ast.Call) and getattr(above.func, "id", "") == "range"


def _constants(program: Program, scope: Scope, defaults: Mapping[str, int | float]) -> Iterator[Edit]:
    for node in scope.nodes:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, int | float):
            continue
        if isinstance(node.value, bool) or any(
            isinstance(above, ast.arguments) for above in program.ancestors(node)
        ):
            continue
        original = program.text(node)
        above = program.parent(node)
        axis = isinstance(above, ast.Subscript) and isinstance(above.value, ast.Attribute)
        if axis and node.value in (0, 1):
            whole = program.text(above)
            sentence = f"`{whole}` is the size along the wrong axis."
            other = "1" if node.value == 0 else "0"
            yield program.edit("index", node, 10, sentence, program.put(node, other))
            continue
        sentence = f"Something other than the number {original} belongs here."
        for name in scope.parameters:
            if scope.role(name) not in ("size", "scalar"):
                continue
            stated = name in defaults and float(defaults[name]) == float(node.value)
            weight = 2 if stated else 5 if name in scope.unused else 19
            if isinstance(above, ast.Slice | ast.Subscript):
                weight = min(weight, 8)
            yield program.edit("parameter-for-constant", node, weight, sentence, program.put(node, name))
        yield from _number(program, node, 16)


def _constants_together(
    program: Program, scope: Scope, defaults: Mapping[str, int | float]
) -> Iterator[Edit]:
    """Replace a number in several places by a parameter in all of them."""
    places: dict[str, list[ast.Constant]] = {}
    for node in scope.nodes:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, int | float):
            continue
        above = [*program.ancestors(node)]
        shape = isinstance(above[0], ast.Subscript) and isinstance(above[0].value, ast.Attribute)
        elsewhere = any(isinstance(n, ast.arguments | ast.keyword) for n in above)
        if not isinstance(node.value, bool) and not shape and not elsewhere:
            places.setdefault(program.text(node), []).append(node)
    for text, nodes in places.items():
        if len(nodes) < 2:
            continue
        for name in scope.parameters:
            if scope.role(name) in ("size", "scalar"):
                stated = name in defaults and float(defaults[name]) == float(text)
                weight = 2 if stated else 4 if name in scope.unused else 15
                sentence = f"Something other than the number {text} belongs in {len(nodes)} places."
                parts = [program.put(node, name) for node in nodes]
                yield program.edit("parameter-for-constant", nodes[0], weight, sentence, *parts)


def _sizes(program: Program, scope: Scope) -> Iterator[Edit]:
    """Change a size of an array that is created."""
    for node in scope.nodes:
        if not isinstance(node, ast.Call) or not makes_array(node):
            continue
        sizes = node.args[0].elts if isinstance(node.args[0], ast.Tuple | ast.List) else node.args[:2]
        for size in sizes:
            original = program.text(size)
            if isinstance(size, ast.Call | ast.Starred):
                continue
            for place, other in enumerate(text for text in scope.sizes if text != original):
                sentence = f"The size `{original}` of an array is wrong."
                yield program.edit("name", size, 10 + place, sentence, program.put(size, other))


def _arguments(program: Program, scope: Scope) -> Iterator[Edit]:
    """Exchange two arguments of a call."""
    for node in scope.nodes:
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") in ("range", "isinstance"):
            continue
        for first, second in pairwise(node.args):
            a, b = program.text(first), program.text(second)
            plain = isinstance(first, _PLAIN) and isinstance(second, _PLAIN)
            if not plain or a == b or getattr(node.func, "attr", "") in ("dot", "inner", "vdot"):
                continue
            sentence = f"The arguments `{a}` and `{b}` are in the wrong order."
            weight = 9 if makes_array(node) else 14
            yield program.edit(
                "argument-order", node, weight, sentence, program.put(first, b), program.put(second, a)
            )


def _number(program: Program, node: ast.Constant, weight: int) -> Iterator[Edit]:
    if not isinstance(node.value, int | float) or isinstance(node.value, bool):
        return
    sentence = f"The number {program.text(node)} is wrong."
    value = node.value
    others: list[str] = []
    if value not in (0, 1):
        others = ["1", "0"]
    elif value == 0:
        others = ["1"]
    else:
        others = ["0", "2"]
    if type(value) is int and value not in (0, 1):
        others += [str(value - 1), str(value + 1)]
    for place, other in enumerate(dict.fromkeys(others)):
        yield program.edit("constant", node, weight + place, sentence, program.put(node, other))


def _defaults(program: Program, scope: Scope, defaults: Mapping[str, int | float]) -> Iterator[Edit]:
    for name, value in scope.defaults.items():
        if name not in defaults:
            continue
        stated = repr(defaults[name])
        if program.text(value) == stated:
            continue
        same_number = isinstance(value, ast.Constant) and value.value == defaults[name]
        if same_number:
            continue
        sentence = f"The default of `{name}` is not the required one."
        yield program.edit("default-value", value, 1, sentence, program.put(value, stated))


def _targets(program: Program, scope: Scope) -> Iterator[Edit]:
    """Exchange the targets in `n, m = A.shape`; store a result in its row instead of in a name."""
    for node in scope.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            parts = node.targets[0].elts
            names = ", ".join(f"`{program.text(part)}`" for part in parts)
            if len(parts) == 2:
                first, second = (program.text(part) for part in parts)
                yield program.edit(
                    "target-order", node, 8, f"{names} are unpacked in the wrong order.",
                    program.put(parts[0], second), program.put(parts[1], first),
                )  # fmt: skip
            entries = {
                program.text(n): n
                for n in ast.walk(node.value)
                if isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name)
            }
            for part in parts:
                for entry in entries if isinstance(part, ast.Name) and program.loops(node) else ():
                    if entry not in [program.text(other) for other in parts]:
                        sentence = f"The result `{program.text(part)}` is not stored."
                        yield program.edit("target", node, 6, sentence, program.put(part, entry))
        if isinstance(node, ast.For) and isinstance(node.target, ast.Tuple) and len(node.target.elts) == 2:
            first, second = (program.text(part) for part in node.target.elts)
            if all(isinstance(part, ast.Name) for part in node.target.elts):
                yield program.edit(
                    "target-order", node, 12, f"`{first}` and `{second}` count in the wrong order.",
                    program.put(node.target.elts[0], second), program.put(node.target.elts[1], first),
                )  # fmt: skip


def _computed(program: Program, scope: Scope) -> Iterator[Edit]:
    """Replace an expression that is computed again by the name that contains its earlier value."""
    for node in scope.nodes:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        name, text = node.targets[0].id, program.text(node.value)
        if not isinstance(node.value, ast.Call | ast.BinOp | ast.Subscript):
            continue
        for other in scope.nodes:
            later = isinstance(other, ast.expr) and other.lineno > node.lineno
            if later and isinstance(other, type(node.value)) and program.text(other) == text:
                sentence = f"`{text}` is computed again here, although it has changed since."
                yield program.edit("name", other, 6, sentence, program.put(other, name))
