"""Edits of operators, signs, factors, and their grouping."""

import ast
from collections.abc import Iterator

from grader.diagnosis.edits.program import Program, Scope
from grader.diagnosis.edits.values import Edit, Replacement

__all__ = ["arithmetic_edits"]

_OTHERS: dict[type[ast.operator], tuple[tuple[int, str], ...]] = {
    ast.Add: ((6, "-"),),
    ast.Sub: ((8, "+"),),
    ast.Mult: ((9, "@"), (20, "/")),
    ast.MatMult: ((12, "*"),),
    ast.Div: ((14, "*"),),
    ast.FloorDiv: ((20, "/"),),
}
_LOOSE = (ast.Add, ast.Sub)
_TIGHT = (ast.Mult, ast.Div, ast.MatMult, ast.FloorDiv, ast.Mod)


def arithmetic_edits(program: Program) -> Iterator[Edit]:
    """Edits of binary operations and of assignments that add or subtract."""
    for node in program.order:
        if isinstance(node, ast.BinOp):
            yield from _operator(program, node)
            yield from _dropped(program, node)
            yield from _regrouped(program, node)
        elif isinstance(node, ast.AugAssign):
            yield from _augmented(program, node)
        elif isinstance(node, ast.Assign):
            yield from _assigned(program, node)
        elif isinstance(node, ast.UnaryOp):
            yield from _signed(program, node)
    for scope in program.scopes:
        yield from _missing(program, scope)
        yield from _in_place(program, scope)


def _signed(program: Program, node: ast.UnaryOp) -> Iterator[Edit]:
    if isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        sentence = f"The sign of `{program.text(node)}` is wrong."
        text = program.between((node.lineno, node.col_offset + 1), _end(node)).strip()
        yield program.edit("sign", node, 9, sentence, program.put(node, text))


def _end(node: ast.expr) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def _in_index(program: Program, node: ast.AST) -> bool:
    """Whether an expression counts (in brackets, in `range`) rather than computes."""
    for above in program.ancestors(node):
        if isinstance(above, ast.stmt):
            return False
        if isinstance(above, ast.Subscript):
            return True
        if isinstance(above, ast.Call) and getattr(above.func, "id", "") in ("range", "len"):
            return True
    return False


def _operator(program: Program, node: ast.BinOp) -> Iterator[Edit]:
    span, operands = program.operator_span(node), program.operands(node)
    if span is None or operands is None or _in_index(program, node):
        return
    original = program.text(node)
    for weight, other in _OTHERS.get(type(node.op), ()):
        sentence = f"The operator between `{operands[0]}` and `{operands[1]}` is wrong."
        if "\n" in original:
            sentence = "An operator is wrong."
        spaces = "" if program.between(span[0], span[1]) == other else other
        yield program.edit("operator", node, weight, sentence, program.put_between(*span, spaces))
    left, right = operands
    if isinstance(node.op, ast.Sub):
        sentence = f"The operands of the difference `{original}` are in the wrong order."
        first = right if not _is(node.right, _LOOSE) or right.startswith("(") else f"({right})"
        second = f"({left})" if _is(node.left, _LOOSE) and not left.startswith("(") else left
        yield program.edit("operands", node, 5, sentence, program.put(node, f"{first} - {second}"))
    if isinstance(node.op, ast.MatMult):
        sentence = f"The factors of `{original}` are in the wrong order."
        first = right if not _is(node.right, _TIGHT) or right.startswith("(") else f"({right})"
        second = f"({left})" if _is(node.left, _TIGHT) and not left.startswith("(") else left
        result = isinstance(program.statement(node), ast.Return)
        weight = 16 if result else 19
        yield program.edit("operands", node, weight, sentence, program.put(node, f"{first} @ {second}"))


def _is(node: ast.expr, kinds: tuple[type[ast.operator], ...]) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, kinds)


def _dropped(program: Program, node: ast.BinOp) -> Iterator[Edit]:
    """Remove a superfluous factor or term."""
    operands = program.operands(node)
    if operands is None or _in_index(program, node):
        return
    left, right = operands
    above = program.parent(node)
    tight_above = isinstance(above, ast.BinOp) and isinstance(above.op, (*_TIGHT, ast.Pow))

    def kept(text: str, side: ast.expr) -> str:
        loose = isinstance(side, ast.BinOp | ast.UnaryOp | ast.Compare | ast.IfExp)
        return f"({text})" if tight_above and loose and not text.startswith("(") else text

    if isinstance(node.op, ast.Mult):
        for side, text, other in ((node.right, right, node.left), (node.left, left, node.right)):
            what = program.text(other)
            weight = 3 if isinstance(other, ast.Constant) else 7 if not _is(other, _TIGHT) else 14
            sentence = f"There is one factor too many: `{what}`."
            yield program.edit("factor-dropped", node, weight, sentence, program.put(node, kept(text, side)))
    elif isinstance(node.op, ast.Div | ast.FloorDiv):
        sentence = f"There is one division too many: by `{program.text(node.right)}`."
        yield program.edit("factor-dropped", node, 5, sentence, program.put(node, kept(left, node.left)))
    elif isinstance(node.op, ast.Pow):
        sentence = f"There is one power too many in `{program.text(node)}`."
        yield program.edit("wrapper-dropped", node, 4, sentence, program.put(node, kept(left, node.left)))
    elif isinstance(node.op, ast.Add | ast.Sub):
        sentence = f"There is one term too many: `{program.text(node.right)}`."
        weight = 9 if isinstance(node.right, ast.Name | ast.BinOp | ast.Constant) else 16
        yield program.edit("term-dropped", node, weight, sentence, program.put(node, kept(left, node.left)))


def _regrouped(program: Program, node: ast.BinOp) -> Iterator[Edit]:
    """Change `a * b - c` to `a * (b - c)`, `b - a * c` likewise, and the reverse."""
    operands = program.operands(node)
    if operands is None:
        return
    left, right = operands
    sign = "-" if isinstance(node.op, ast.Sub) else "+"
    sentence = f"In `{program.text(node)}`, the factor belongs to another part of the expression."
    if isinstance(node.op, ast.Add | ast.Sub):
        if _is(node.left, (ast.Mult, ast.Div)) and not left.startswith("("):
            inner = program.operands(node.left)  # type: ignore[arg-type]
            if inner:
                yield program.edit(
                    "grouping",
                    node,
                    7,
                    sentence,
                    program.put(node, f"{inner[0]} * ({inner[1]} {sign} {right})"),
                )
        if _is(node.right, (ast.Mult,)):
            inner = program.operands(node.right)  # type: ignore[arg-type]
            if inner:
                text = f"{inner[0]} * ({left} {sign} {inner[1]})"
                yield program.edit("grouping", node, 7, sentence, program.put(node, text))
        if _is(node.left, (ast.Mult,)) and left.startswith("("):
            inner = program.operands(node.left)  # type: ignore[arg-type]
            if inner:
                text = f"{inner[0]} * ({inner[1]} {sign} {right})"
                yield program.edit("grouping", node, 7, sentence, program.put(node, text))
    if isinstance(node.op, ast.Mult) and right.startswith("(") and _is(node.right, _LOOSE):
        yield program.edit("grouping", node, 14, sentence, program.put(node, f"{left} * {right[1:-1]}"))


def _update(program: Program, node: ast.AST) -> ast.expr | None:
    """The step of an update: the expression that is added to or subtracted from its target."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
        return node.value
    if isinstance(node, ast.Assign) and _is(node.value, _LOOSE):
        left = node.value.left  # type: ignore[attr-defined]
        if program.text(left) == program.text(node.targets[0]):
            return node.value.right  # type: ignore[attr-defined, no-any-return]
    return None


def _missing(program: Program, scope: Scope) -> Iterator[Edit]:
    """Add a missing factor to an update: a parameter, a factor of other updates, or an entry of a matrix."""
    common: dict[str, int] = {}
    updates: list[tuple[ast.stmt, ast.expr]] = []
    for node in scope.nodes:
        step = _update(program, node)
        if step is not None and isinstance(node, ast.stmt) and program.loops(node):
            updates.append((node, step))
            for factor in _factors(step):
                common[program.text(factor)] = common.get(program.text(factor), 0) + 1
    plain = [name for name in scope.parameters if scope.role(name) == "scalar"]
    for node, step in updates:
        present = {program.text(factor) for factor in _factors(step)}
        original = program.text(step)
        shared = [text for text, count in common.items() if count and text not in plain]
        for text in dict.fromkeys((*plain, *shared)):
            if text in present or "\n" in text:
                continue
            weight = 4 if text in plain and common.get(text) else 9 if text in plain else 14
            if text in scope.unused:
                weight = 5
            sentence = f"A factor is missing in the step `{original}`."
            yield program.edit("factor-missing", node, weight, sentence, _times(program, text, step))
    yield from _exchanged(program, updates)
    entries = list(_other_entries(program, scope))
    yield from _missing_in_term(program, scope, entries)
    for statement in scope.nodes:
        if not isinstance(statement, ast.Assign) or not program.loops(statement):
            continue
        for entry, unused in entries:
            if entry in program.text(statement):
                continue
            sentence = f"A factor is missing in `{program.text(statement.value)}`."
            weight = 6 if unused else 13
            yield program.edit(
                "factor-missing", statement, weight, sentence, _times(program, entry, statement.value)
            )
    for node, step in updates:
        for entry, unused in entries:
            if entry not in program.text(step):
                sentence = f"A factor is missing in the step `{program.text(step)}`."
                yield program.edit(
                    "factor-missing", node, 11 if unused else 12, sentence, _times(program, entry, step)
                )
    for statement in scope.nodes:  # lr * torch.ones(M.shape) instead of lr * M
        if isinstance(statement, ast.Assign) and not program.loops(statement):
            for name in scope.parameters:
                if name in scope.unused and scope.role(name) == "scalar":
                    sentence = f"A factor is missing in `{program.text(statement.value)}`."
                    yield program.edit(
                        "factor-missing", statement, 20, sentence, _times(program, name, statement.value)
                    )


def _exchanged(program: Program, updates: list[tuple[ast.stmt, ast.expr]]) -> Iterator[Edit]:
    """Replace a factor of one update by the corresponding factor of another update."""
    for node, step in updates:
        for factor in _factors(step):
            original = program.text(factor)
            for _, other_step in updates:
                others = {program.text(other) for other in _factors(other_step)}
                if other_step is step or original in others:
                    continue
                present = {program.text(mine) for mine in _factors(step)}
                for text in sorted(others - present):
                    sentence = f"A factor other than `{original}` belongs in the step."
                    yield program.edit("name", node, 9, sentence, program.put(factor, text))


def _missing_in_term(program: Program, scope: Scope, entries: list[tuple[str, bool]]) -> Iterator[Edit]:
    """Add a factor that only one side of a difference lacks."""
    for node in scope.nodes:
        if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and program.loops(node)):
            continue
        operands = program.operands(node)
        if operands is None or _in_index(program, node):
            continue
        sentence = f"A factor is missing in a part of `{program.text(node)}`."
        for entry, _ in entries:
            if entry not in operands[1]:
                text = f"{operands[0]} - {entry} * ({operands[1]})"
                yield program.edit("factor-missing", node, 13, sentence, program.put(node, text))


def _times(program: Program, factor: str, step: ast.expr) -> Replacement:
    text = program.text(step)
    loose = _is(step, _LOOSE) or isinstance(step, ast.UnaryOp | ast.IfExp | ast.Compare)
    return program.put(step, f"{factor} * ({text})" if loose else f"{factor} * {text}")


def _other_entries(program: Program, scope: Scope) -> Iterator[tuple[str, bool]]:
    """Entries of other parameters with the same indices as an entry that is read: `M[r, c]` for `A[r, c]`."""
    seen: dict[str, bool] = {}
    for node in scope.nodes:
        if isinstance(node, ast.Subscript) and program.loops(node):
            base: ast.expr = node
            while isinstance(base, ast.Subscript):
                base = base.value
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            two = len(parts) == 2 or isinstance(node.value, ast.Subscript)
            if isinstance(base, ast.Name) and base.id in scope.parameters and two:
                whole = program.text(node)
                for name in scope.parameters:
                    if name != base.id and (name in scope.unused or name in scope.arrays):
                        seen[name + whole.removeprefix(base.id)] = name in scope.unused
    yield from seen.items()


def _factors(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        yield from _factors(node.left)
        yield from _factors(node.right)
    else:
        yield node


def _augmented(program: Program, node: ast.AugAssign) -> Iterator[Edit]:
    begin = (node.target.end_lineno or 0, node.target.end_col_offset or 0)
    end = (node.value.lineno, node.value.col_offset)
    gap = program.between(begin, end)
    if "\n" in gap or "=" not in gap:
        return
    target = program.text(node.target)
    others = {ast.Add: ("-=", 5), ast.Sub: ("+=", 5), ast.Mult: ("+=", 12), ast.Div: ("*=", 16)}
    if type(node.op) in others:
        other, weight = others[type(node.op)]
        sign = gap.strip(" (")
        sentence = f"The step of `{target}` goes in the wrong direction."
        yield program.edit(
            "sign", node, weight, sentence, program.put_between(begin, end, gap.replace(sign, other))
        )
        sentence = f"`{target}` is changed in place here."
        yield program.edit(
            "augmented", node, 24, sentence, program.put_between(begin, end, gap.replace(sign, "="))
        )


def _assigned(program: Program, node: ast.Assign) -> Iterator[Edit]:
    target = node.targets[0]
    if len(node.targets) != 1 or not isinstance(target, ast.Name | ast.Subscript | ast.Attribute):
        return
    begin = (target.end_lineno or 0, target.end_col_offset or 0)
    end = (node.value.lineno, node.value.col_offset)
    gap = program.between(begin, end)
    original = program.text(target)
    sentence = f"`{original}` is replaced here, but something should be added to it."
    sign = program.text(node.value)[0]
    if sign in "+-" and "\n" not in gap:
        weight = 1 if sign == "+" else 5
        after = (end[0], end[1] + 1)
        yield program.edit(
            "augmented", node, weight, sentence, program.put_between(begin, after, f" {sign}= ")
        )
    elif isinstance(target, ast.Subscript | ast.Attribute) and program.loops(node) and "\n" not in gap:
        for weight, other in ((6, " += "), (18, " -= ")):
            yield program.edit(
                "augmented",
                node,
                weight,
                sentence,
                program.put_between(begin, (begin[0], begin[1] + len(gap)), other),
            )
    if isinstance(target, ast.Name) and program.loops(node) and "\n" not in gap:
        scope = program.scope_of(node)
        steps = [n for n in scope.nodes if isinstance(n, ast.AugAssign)] if scope else []
        if any(isinstance(n.target, ast.Name) and n.lineno != node.lineno for n in steps):
            part = program.put_between(begin, (begin[0], begin[1] + len(gap)), " += ")
            yield program.edit("augmented", node, 7, sentence, part)
    left = node.value.left if _is(node.value, _LOOSE) else None  # type: ignore[attr-defined]
    if (
        isinstance(target, ast.Subscript)
        and isinstance(left, ast.Subscript)
        and program.text(left) != original
    ):
        sentence = f"`{original}` is not the entry that the step is added to."
        yield program.edit("target", node, 5, sentence, program.put(left, original))
        yield program.edit("target", node, 4, sentence, program.put(target, program.text(left)))


def _in_place(program: Program, scope: Scope) -> Iterator[Edit]:
    """Change `u = u + …`, which assigns to a local name, to `u += …`, which changes the row itself."""
    rebound: list[tuple[ast.Assign, Replacement]] = []
    for node in scope.nodes:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1 or not _is(node.value, _LOOSE):
            continue
        target, value = node.targets[0], node.value
        assert isinstance(value, ast.BinOp)
        if isinstance(target, ast.Name) and program.text(value.left) == target.id:
            operands = program.operands(value)
            if operands is not None:
                sign = "+=" if isinstance(value.op, ast.Add) else "-="
                text = f"{target.id} {sign} {operands[1]}"
                rebound.append((node, program.put(node, text)))
    for node, part in rebound:
        sentence = (
            f"`{program.text(node.targets[0])}` is assigned a new value instead of being changed in place."
        )
        yield program.edit("augmented", node, 6, sentence, part)
    if len(rebound) > 1:
        sentence = "Names are assigned new values instead of being changed in place."
        yield program.edit("augmented", rebound[0][0], 7, sentence, *(part for _, part in rebound))
    for node in scope.nodes:
        if (
            isinstance(node, ast.AugAssign)
            and isinstance(node.target, ast.Name)
            and node.target.id in scope.parameters
            and isinstance(node.op, ast.Add | ast.Sub)
        ):
            sign = "+" if isinstance(node.op, ast.Add) else "-"
            name, step = node.target.id, program.text(node.value)
            step = f"({step})" if _is(node.value, _LOOSE) else step
            sentence = f"The argument `{name}` is changed in place, which also changes it for the caller."
            text = f"{name} = {name} {sign} {step}"
            yield program.edit("augmented", node, 7, sentence, program.put(node, text))
