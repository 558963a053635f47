"""Edits of loops: their start and end, the bounds of two nested loops, and their sequences."""

import ast
from collections.abc import Iterator

from grader.diagnosis.edits.program import Program, Scope
from grader.diagnosis.edits.values import Edit

__all__ = ["loop_edits"]


def loop_edits(program: Program) -> Iterator[Edit]:
    """Edits of `range(…)`, of `while` conditions and of nested loops."""
    for scope in program.scopes:
        for node in scope.nodes:
            if isinstance(node, ast.Call) and _is_range(node):
                yield from _range(program, scope, node)
            elif isinstance(node, ast.While):
                yield from _while(program, scope, node)
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "zip":
                yield from _pairs(program, node)
    yield from _swapped(program)


def _is_range(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
        "range",
        "arange",
        "trange",
    )


def _what(program: Program, node: ast.AST) -> str:
    above = program.parent(node)
    while above is not None and not isinstance(above, ast.For | ast.comprehension | ast.stmt):
        above = program.parent(above)
    target = getattr(above, "target", None)
    if target is None:
        return "the range"
    return f"the loop over `{ast.unparse(target)}`"


def _range(program: Program, scope: Scope, node: ast.Call) -> Iterator[Edit]:
    if not 1 <= len(node.args) <= 2 or node.keywords:
        return
    what = _what(program, node)
    stop = node.args[-1]
    original = program.text(stop)
    bound = f"The upper bound of {what} should not be `{original}`."
    sizes = [size for size in scope.sizes if size != original]
    for place, size in enumerate(sizes):
        plain = isinstance(stop, ast.Name | ast.Constant | ast.Attribute | ast.Subscript | ast.Call)
        yield program.edit("loop-bound", node, (8 if plain else 12) + place, bound, program.put(stop, size))
    if isinstance(stop, ast.BinOp) and isinstance(stop.op, ast.Add | ast.Sub):
        yield program.edit("loop-bound", node, 2, bound, program.put(stop, program.text(stop.left)))
    else:
        for text in (f"{original} - 1", f"{original} + 1"):
            yield program.edit("loop-bound", node, 22, bound, program.put(stop, text))
    if isinstance(stop, ast.BinOp):
        for side in (stop.left, stop.right):
            if isinstance(side, ast.Name):
                for size in scope.sizes:
                    if size != side.id:
                        yield program.edit("loop-bound", node, 30, bound, program.put(side, size))
    begins = f"{what[0].upper()}{what[1:]} should start elsewhere."
    if len(node.args) == 2:
        start = node.args[0]
        first, last = (start.lineno, start.col_offset), (stop.lineno, stop.col_offset)
        weight = 30 if isinstance(start, ast.Constant) and start.value == 0 else 3
        yield program.edit("loop-start", node, weight, begins, program.put_between(first, last, ""))
        if weight == 3:
            for text in (f"{original} + 1",):
                yield program.edit("loop-bound", node, 5, bound, program.put(stop, text))
            if not isinstance(start, ast.Constant):
                number = program.text(start)
                for text in (f"{number} - 1", f"{number} + 1"):
                    yield program.edit("loop-start", node, 20, begins, program.put(start, text))
            if isinstance(start, ast.BinOp):
                for side in (start.left, start.right):
                    yield program.edit("loop-start", node, 9, begins, program.put(start, program.text(side)))
        yield program.edit(
            "loop-bound", node, 12,
            f"{what[0].upper()}{what[1:]} should run over a different part of the numbers.",
            program.put(start, "0"), program.put(stop, program.text(start)),
        )  # fmt: skip
        if isinstance(start, ast.BinOp) and isinstance(start.right, ast.Name):
            yield program.edit(
                "loop-bound", node, 14,
                f"{what[0].upper()}{what[1:]} should run over a different part of the numbers.",
                program.put(start, "0"), program.put(stop, program.text(start.right)),
            )  # fmt: skip
    else:
        yield program.edit("loop-start", node, 26, begins, program.put(stop, f"1, {original}"))


def _while(program: Program, scope: Scope, node: ast.While) -> Iterator[Edit]:
    for test in ast.walk(node.test):
        if not isinstance(test, ast.Compare) or len(test.ops) != 1:
            continue
        what = f"the condition `{program.text(test)}` of the while loop"
        right = test.comparators[0]
        sentence = f"{what[0].upper()}{what[1:]} ends the loop at the wrong time."
        begin = (test.left.end_lineno or 0, test.left.end_col_offset or 0)
        end = (right.lineno, right.col_offset)
        other = {ast.LtE: " < ", ast.Lt: " <= ", ast.Gt: " >= ", ast.GtE: " > ", ast.NotEq: " < "}.get(
            type(test.ops[0])
        )
        if other:
            weight = 4 if isinstance(test.ops[0], ast.LtE | ast.GtE) else 22
            yield program.edit("loop-bound", node, weight, sentence, program.put_between(begin, end, other))
        if isinstance(right, ast.BinOp):
            for weight, side in ((3, right.left), (30, right.right)):
                yield program.edit(
                    "loop-bound", node, weight, sentence, program.put(right, program.text(side))
                )
        else:
            for place, size in enumerate(scope.sizes):
                if size != program.text(right):
                    yield program.edit("loop-bound", node, 9 + place, sentence, program.put(right, size))
            for text in (f"{program.text(right)} + 1", f"{program.text(right)} - 1"):
                yield program.edit("loop-bound", node, 25, sentence, program.put(right, text))
        if isinstance(test.left, ast.Name):
            yield from _counter(program, node, test.left.id)


def _counter(program: Program, node: ast.While, name: str) -> Iterator[Edit]:
    """Change the start of a `while` loop's counter: the last plain assignment before it."""
    for statement in program.order:
        if not isinstance(statement, ast.Assign) or statement.lineno > node.lineno:
            continue
        target, value = statement.targets[0], statement.value
        if isinstance(target, ast.Name) and target.id == name and isinstance(value, ast.Constant):
            if value.value not in (0, 1):
                continue
            sentence = f"The counter `{name}` should start elsewhere."
            other, weight = ("0", 5) if value.value == 1 else ("1", 24)
            yield program.edit("loop-start", statement, weight, sentence, program.put(value, other))


def _pairs(program: Program, node: ast.Call) -> Iterator[Edit]:
    """Replace `zip`, which takes elements side by side, by a loop over all pairs."""
    above = program.parent(node)
    if not isinstance(above, ast.For) or len(node.args) != 2 or not isinstance(above.target, ast.Tuple):
        return
    if len(above.target.elts) == 2:
        a, b = (program.text(part) for part in above.target.elts)
        first, second = (program.text(part) for part in node.args)
        text = f"(({a}, {b}) for {a} in {first} for {b} in {second})"
        sentence = f"The loop over `{a}` and `{b}` visits the wrong pairs: `zip` takes them side by side."
        yield program.edit("loop-pairs", node, 5, sentence, program.put(node, text))


def _swapped(program: Program) -> Iterator[Edit]:
    """Exchange the bounds of two nested loops."""
    for outer in program.all(ast.For):
        for inner in ast.iter_child_nodes(outer):
            if not isinstance(inner, ast.For) or not (_is_range(outer.iter) and _is_range(inner.iter)):  # type: ignore[attr-defined]
                continue
            first, second = outer.iter, inner.iter  # type: ignore[attr-defined]
            a, b = program.text(first), program.text(second)
            if a == b:
                continue
            names = f"`{ast.unparse(outer.target)}` and `{ast.unparse(inner.target)}`"  # type: ignore[attr-defined]
            yield program.edit(
                "loop-bound", outer, 15,
                f"The two loops over {names} have each other's bounds.",
                program.put(first, b), program.put(second, a),
            )  # fmt: skip
