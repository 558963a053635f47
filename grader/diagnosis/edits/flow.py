"""Edits of the control flow: conditions, jumps, `return` and `yield`."""

import ast
from collections.abc import Iterator

from grader.diagnosis.edits.program import Program, Scope
from grader.diagnosis.edits.values import Edit

__all__ = ["flow_edits"]

_COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Eq: ("!=", ">="),
    ast.NotEq: ("==",),
    ast.Lt: (">=", "<=", ">"),
    ast.LtE: (">", "<", ">="),
    ast.Gt: ("<=", ">=", "<"),
    ast.GtE: ("<", ">", "<="),
    ast.Is: ("==",),
    ast.IsNot: ("!=",),
}


def flow_edits(program: Program) -> Iterator[Edit]:
    """Edits of conditions, of `break` and similar statements, and of `return`."""
    for node in program.order:
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            if not isinstance(program.parent(node), ast.While):
                yield from _comparison(program, node)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
            operand = program.between(
                (node.lineno, node.col_offset), (node.operand.lineno, node.operand.col_offset)
            )
            inner = program.text(node)[len(operand) :]
            sentence = f"The condition `{program.text(node)}` is the wrong way round."
            yield program.edit("condition", node, 5, sentence, program.put(node, inner))
            if isinstance(node.op, ast.Invert):
                sentence = f"`~` does not negate the number in `{program.text(node)}` as a condition."
                yield program.edit("condition", node, 1, sentence, program.put(node, f"({inner} == 0)"))
        elif isinstance(node, ast.Continue | ast.Break | ast.Pass):
            yield from _jump(program, node)
        elif isinstance(node, ast.Yield) and isinstance(program.parent(node), ast.Expr):
            value = program.text(node.value) if node.value is not None else ""
            sentence = "The results are produced one by one (`yield`) instead of being returned."
            yield program.edit("return", node, 1, sentence, program.put(node, f"return {value}"))
    for test in _tests(program):
        yield from _test(program, test)
    for scope in program.scopes:
        yield from _returns(program, scope)
        yield from _guards(program, scope)
        yield from _whole_conditions(program, scope)


def _comparison(program: Program, node: ast.Compare) -> Iterator[Edit]:
    right = node.comparators[0]
    begin = (node.left.end_lineno or 0, node.left.end_col_offset or 0)
    end = (right.lineno, right.col_offset)
    gap = program.between(begin, end)
    sign = gap.strip(" ()")
    original = program.text(node)
    sentence = f"The condition `{original}` is wrong."
    if "\n" in gap or not sign:
        return
    for place, other in enumerate(_COMPARISONS.get(type(node.ops[0]), ())):
        weight = (2 if isinstance(node.ops[0], ast.Is | ast.IsNot) else 5) + 3 * place
        yield program.edit(
            "condition", node, weight, sentence, program.put_between(begin, end, gap.replace(sign, other))
        )
    if isinstance(right, ast.Constant) and type(right.value) in (int, float) and right.value in (0, 1):
        other = "1" if right.value == 0 else "0"
        yield program.edit("condition", node, 6, sentence, program.put(right, other))


def _tests(program: Program) -> Iterator[ast.expr]:
    for node in program.order:
        if isinstance(node, ast.If | ast.IfExp):
            yield node.test
        elif isinstance(node, ast.comprehension):
            yield from node.ifs


def _test(program: Program, test: ast.expr) -> Iterator[Edit]:
    """Negate a condition that is not a comparison, or test something else."""
    if isinstance(test, ast.Compare | ast.UnaryOp):
        return
    original = program.text(test)
    sentence = f"The condition `{original}` is the wrong way round."
    text = f"not {original}" if not isinstance(test, ast.BoolOp) else f"not ({original})"
    yield program.edit("condition", test, 5, sentence, program.put(test, text))
    if isinstance(test, ast.BoolOp):
        for value in test.values:
            yield program.edit(
                "condition", test, 9, f"Part of the condition `{original}` is superfluous.",
                program.put(test, program.text(value)),
            )  # fmt: skip


def _jump(program: Program, node: ast.stmt) -> Iterator[Edit]:
    name = program.text(node)
    for weight, other in ((3, "continue"), (4, "pass"), (12, "break")):
        if other != name and program.loops(node):
            sentence = f"`{name}` continues at the wrong place."
            yield program.edit("jump", node, weight, sentence, program.put(node, other))


def _returns(program: Program, scope: Scope) -> Iterator[Edit]:
    returns = [n for n in scope.nodes if isinstance(n, ast.Return)]
    for node in returns:
        if node.value is None:
            for weight, other in ((3, "continue"), (14, "break")):
                if program.loops(node):
                    sentence = "`return` ends the whole function here."
                    yield program.edit("jump", node, weight, sentence, program.put(node, other))
            continue
        yield from _returned(program, scope, node, node.value)
    own = [n for n in returns if _function(program, n) is scope.node]
    if not own:
        yield from _no_return(program, scope)


def _function(program: Program, node: ast.AST) -> ast.AST | None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return next((above for above in program.ancestors(node) if isinstance(above, kinds)), None)


def _results(program: Program, scope: Scope) -> list[str]:
    """What a function may return: arrays created alike, then names that nothing reads, then any array."""
    groups = [", ".join(group) for group in scope.created]
    pairs = [
        f"{first}, {second}"
        for group in scope.created
        for first in group
        for second in group
        if len(group) > 2 and first != second
    ]
    singles = [name for name in reversed(scope.names) if name in scope.unused and name in scope.stored]
    rest = [name for name in reversed(tuple(scope.stored)) if scope.role(name) in ("array", "scalar")]
    return list(dict.fromkeys((*groups, *pairs[:6], *singles, *rest)))


def _returned(program: Program, scope: Scope, node: ast.Return, value: ast.expr) -> Iterator[Edit]:
    original = program.text(value)
    sentence = "Something else should be returned."
    if isinstance(value, ast.Tuple) and len(value.elts) == 2:
        first, second = (program.text(part) for part in value.elts)
        yield program.edit(
            "return-order", node, 8, "The returned values are in the wrong order.",
            program.put(value.elts[0], second), program.put(value.elts[1], first),
        )  # fmt: skip
        if isinstance(value.elts[0], ast.Name) or isinstance(value.elts[1], ast.Name):
            for part in value.elts:
                if isinstance(part, ast.Name):
                    yield program.edit("return", node, 24, sentence, program.put(value, part.id))
    elif isinstance(value, ast.Tuple) and len(value.elts) > 2:
        first, second = (program.text(part) for part in value.elts[:2])
        yield program.edit("return", node, 12, sentence, program.put(value, f"{first}, {second}"))
    product = value
    while isinstance(product, ast.BinOp):
        if isinstance(product.op, ast.MatMult | ast.Mult):
            sides = [_bare(program, side) for side in (product.left, product.right)]
            yield program.edit("return", node, 6, sentence, program.put(value, ", ".join(sides)))
        product = product.right if isinstance(product.right, ast.BinOp) else product.left
    for n in ast.walk(value):  # the product may be in parentheses, in a call, or in an attribute
        if isinstance(n, ast.Name) and isinstance(value, ast.BinOp | ast.Call) and scope.created:
            break
    for place, text in enumerate(_results(program, scope)):
        if text != original:
            weight = 7 + place if "," in text or text in scope.unused else 16 + place
            yield program.edit("return", node, weight, sentence, program.put(value, text))


def _bare(program: Program, node: ast.expr) -> str:
    """The text of a factor without its transpose."""
    while True:
        if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr not in ("t", "transpose"):
                return program.text(node)
            node = node.func.value
        else:
            return program.text(node)


def _no_return(program: Program, scope: Scope) -> Iterator[Edit]:
    """Add a missing `return`: after the function's last statement, or in place of a bare expression."""
    body = scope.node.body  # type: ignore[attr-defined]
    last = body[-1]
    sentence = f"`{scope.node.name}` returns nothing."  # type: ignore[attr-defined]
    if isinstance(last, ast.Expr) and not isinstance(last.value, ast.Call | ast.Yield | ast.Constant):
        yield program.edit(
            "return", last, 1, sentence, program.put(last, f"return {program.text(last.value)}")
        )
    indent = " " * body[0].col_offset
    for place, text in enumerate(_results(program, scope)):
        end = (last.end_lineno or 0, last.end_col_offset or 0)
        line = program.line(end[0])
        end = (end[0], len(line.encode()))
        weight = 3 + place
        yield program.edit(
            "return", end[0], weight, sentence, program.put_between(end, end, f"\n{indent}return {text}")
        )


def _guards(program: Program, scope: Scope) -> Iterator[Edit]:
    """Skip the entries where an unused parameter is 0."""
    done: set[tuple[str, int]] = set()
    for node, base in _entries(program, scope):
        statement = program.statement(node)
        for name in scope.parameters:
            if name == base or (scope.role(name) == "size" and name not in scope.unused):
                continue
            if (name, statement.lineno) in done or not (name in scope.unused or name in scope.arrays):
                continue
            if statement.col_offset != len(program.line(statement.lineno)) - len(
                program.line(statement.lineno).lstrip()
            ):
                continue
            done.add((name, statement.lineno))
            entry = name + program.text(node).removeprefix(base)
            indent = " " * statement.col_offset
            text = f"if {entry} == 0:\n{indent}    continue\n{indent}"
            begin = (statement.lineno, statement.col_offset)
            sentence = f"The following lines run for every cell, whatever `{name}` contains."
            weight = 5 if name in scope.unused else 13
            yield program.edit(
                "guard-missing", statement, weight, sentence, program.put_between(begin, begin, text)
            )


def _whole_conditions(program: Program, scope: Scope) -> Iterator[Edit]:
    """Replace a condition on a whole parameter by one on the entry that the following lines use."""
    entries = list(_entries(program, scope))
    for node in scope.nodes:
        if not isinstance(node, ast.If):
            continue
        names = [n for n in ast.walk(node.test) if isinstance(n, ast.Name) and n.id in scope.parameters]
        if len(names) != 1 or isinstance(program.parent(names[0]), ast.Subscript):
            continue
        name = names[0].id
        inside = next((e for e in entries if e[1] != name and node in program.ancestors(e[0])), None)
        if inside is None:
            continue
        entry = name + program.text(inside[0]).removeprefix(inside[1])
        sentence = f"The condition `{program.text(node.test)}` tests all of `{name}`, whatever the cell."
        yield program.edit("condition", node.test, 4, sentence, program.put(node.test, f"{entry} != 0"))


def _entries(program: Program, scope: Scope) -> Iterator[tuple[ast.Subscript, str]]:
    """Single entries of parameters that are read in loops, each with the parameter's name."""
    for node in scope.nodes:
        if not isinstance(node, ast.Subscript) or not program.loops(node):
            continue
        base: ast.expr = node
        while isinstance(base, ast.Subscript):
            base = base.value
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        two = len(parts) == 2 or isinstance(node.value, ast.Subscript)
        if isinstance(base, ast.Name) and base.id in scope.parameters and two:
            yield node, base.id
