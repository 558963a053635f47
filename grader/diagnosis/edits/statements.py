"""Edits of whole statements: their indentation and order; superfluous, missing and misplaced ones."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from grader.core.frozen import Frozen
from grader.diagnosis.edits.program import Program, Scope
from grader.diagnosis.edits.values import Edit

__all__ = ["counter_lines", "statement_edits"]

_COMPOUND = (ast.For, ast.While, ast.If, ast.With)


class _Unit(Frozen, frozen=True):
    """Statements that share lines with each other and with no other statement."""

    first: int
    last: int
    statements: tuple[ast.stmt, ...]

    @property
    def simple(self) -> bool:
        return not any(isinstance(s, (*_COMPOUND, ast.FunctionDef, ast.ClassDef)) for s in self.statements)

    @property
    def only(self) -> ast.stmt:
        return self.statements[0]


def statement_edits(program: Program) -> Iterator[Edit]:
    """Edits of statements within every body of every function."""
    for scope in program.scopes:
        for node in scope.nodes:
            for field in ("body", "orelse"):
                body = getattr(node, field, None)
                if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                    units = _units(program, body)
                    yield from _dedented(program, node, field, units)
                    yield from _indented(program, units)
                    yield from _reordered(program, units)
                    yield from _dropped(program, scope, node, units)
                    yield from _into_loop(program, units)
                    yield from _out_of_loop(program, node, field, units)
                    yield from _mirrored(program, scope, units)


def _units(program: Program, body: list[ast.stmt]) -> list[_Unit]:
    units: list[_Unit] = []
    for statement in body:
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        if units and first <= units[-1].last:
            units[-1] = _Unit(units[-1].first, last, (*units[-1].statements, statement))
        else:
            units.append(_Unit(first, last, (statement,)))
    return [unit for unit in units if not program.line(unit.first)[: unit.only.col_offset].strip()]


def _text(program: Program, first: int, last: int, shift: int = 0) -> list[str]:
    lines = [program.line(number) for number in range(first, last + 1)]
    if shift > 0:
        return [" " * shift + line if line.strip() else line for line in lines]
    return [line[min(-shift, len(line) - len(line.lstrip())) :] for line in lines]


def _named(program: Program, unit: _Unit) -> str:
    text = program.line(unit.first).strip()
    return f"`{text}`" if unit.first == unit.last else f"`{text} …`"


def _dedented(program: Program, node: ast.AST, field: str, units: list[_Unit]) -> Iterator[Edit]:
    """Move the last statements of a body out of it: by one level, and a `return` by every level."""
    if not isinstance(node, _COMPOUND) or not units or (getattr(node, "orelse", []) and field == "body"):
        return
    levels = [node]
    for above in program.ancestors(node):
        if not isinstance(above, _COMPOUND) or getattr(above, "end_lineno", 0) != units[-1].last:
            break
        levels.append(above)
    last = units[-1]
    returns = isinstance(last.only, ast.Return)
    for count in (1, 2, 3):
        if count >= len(units) and not (returns and count == 1 and len(units) > 1):
            break
        moved = units[-count:]
        if not all(unit.simple for unit in moved):
            break
        for depth, level in enumerate(levels):
            if depth and not returns:
                break
            shift = level.col_offset - moved[0].only.col_offset
            lines = _text(program, moved[0].first, moved[-1].last, shift)
            weight = 4 - depth if returns else 9 + 2 * count
            sentence = f"{_named(program, moved[0])} is indented one level too far."
            yield program.edit(
                "dedent", moved[0].first, max(weight, 1), sentence,
                program.put_lines(moved[0].first, moved[-1].last, lines),
            )  # fmt: skip


def _indented(program: Program, units: list[_Unit]) -> Iterator[Edit]:
    """Move statements after a loop or a condition into it."""
    for place, unit in enumerate(units[:-1]):
        target: ast.AST = unit.only
        if not isinstance(target, _COMPOUND) or len(unit.statements) != 1:
            continue
        weight = 6
        while isinstance(target, _COMPOUND):
            inner = (getattr(target, "orelse", []) or target.body)[-1]
            if inner.lineno == target.lineno:
                break
            for count in (1, 2, 3):
                moved = units[place + 1 : place + 1 + count]
                if len(moved) < count or not all(unit.simple for unit in moved):
                    break
                if any(isinstance(unit.only, ast.Return) for unit in moved):
                    break
                shift = inner.col_offset - moved[0].only.col_offset
                lines = _text(program, moved[0].first, moved[-1].last, shift)
                sentence = f"{_named(program, moved[0])} is indented one level too little."
                yield program.edit(
                    "indent", moved[0].first, weight + count, sentence,
                    program.put_lines(moved[0].first, moved[-1].last, lines),
                )  # fmt: skip
            target = inner
            weight += 4


def _reordered(program: Program, units: list[_Unit]) -> Iterator[Edit]:
    for first, second in pairwise(units):
        if not (first.simple and second.simple) or second.first != first.last + 1:
            continue
        if not _depend(first, second):
            continue
        lines = [*_text(program, second.first, second.last), *_text(program, first.first, first.last)]
        sentence = f"{_named(program, first)} and the statement after it are in the wrong order."
        yield program.edit(
            "statement-order", first.first, 11, sentence, program.put_lines(first.first, second.last, lines)
        )


def _depend(first: _Unit, second: _Unit) -> bool:
    names = [
        {n.id for s in unit.statements for n in ast.walk(s) if isinstance(n, ast.Name)}
        for unit in (first, second)
    ]
    return bool(names[0] & names[1])


def _dropped(program: Program, scope: Scope, node: ast.AST, units: list[_Unit]) -> Iterator[Edit]:
    for unit in units:
        if isinstance(unit.only, ast.Return | ast.FunctionDef | ast.ClassDef | ast.Pass):
            continue
        if len(unit.statements) == 1 and isinstance(unit.only, ast.For | ast.While):
            continue
        if _is_counter(program, unit.only) or _is_first_binding(program, scope, unit):
            continue
        sentence = f"{_named(program, unit)} is superfluous."
        lines = [" " * unit.only.col_offset + "pass"] if len(units) == 1 else []
        overwritten = _overwrites(scope, unit.only)
        jumps = isinstance(unit.only, ast.If) and any(
            isinstance(n, ast.Break | ast.Continue | ast.Return) for n in ast.walk(unit.only)
        )
        weight = 2 if overwritten else 7 if jumps or not program.loops(unit.only) else 10
        yield program.edit(
            "statement-dropped", unit.first, weight, sentence, program.put_lines(unit.first, unit.last, lines)
        )


def _overwrites(scope: Scope, statement: ast.stmt) -> bool:
    """Whether a statement overwrites a parameter, such as `rank = 2`."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return False
    return statement.targets[0].id in scope.parameters


def counter_lines(program: Program) -> frozenset[int]:
    """The lines of statements that change the variables in the condition of a surrounding `while` loop."""
    return frozenset(
        node.lineno
        for node in program.order
        if isinstance(node, ast.Assign | ast.AugAssign) and _is_counter(program, node)
    )


def _is_counter(program: Program, statement: ast.stmt) -> bool:
    loops = [loop for loop in program.loops(statement) if isinstance(loop, ast.While)]
    names = {n.id for loop in loops for n in ast.walk(loop.test) if isinstance(n, ast.Name)}
    target = getattr(statement, "target", None) or (getattr(statement, "targets", None) or [None])[0]
    return isinstance(target, ast.Name) and target.id in names


def _is_first_binding(program: Program, scope: Scope, unit: _Unit) -> bool:
    """Whether a name would have no value without these statements."""
    bound = {
        n.id
        for s in unit.statements
        if isinstance(s, ast.Assign)
        for target in s.targets
        for n in ast.walk(target)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    for name in bound:
        first = min(n.lineno for n in scope.stored.get(name, ())) if name in scope.stored else 0
        if name not in scope.parameters and first >= unit.first and name in scope.loaded:
            return True
    return False


def _into_loop(program: Program, units: list[_Unit]) -> Iterator[Edit]:
    """Move a value that is computed before a loop into the loop."""
    for place, unit in enumerate(units):
        if not unit.simple or not isinstance(unit.only, ast.Assign) or len(unit.statements) > 1:
            continue
        if isinstance(unit.only.value, ast.Constant | ast.Name):
            continue
        used = {n.id for n in ast.walk(unit.only) if isinstance(n, ast.Name)}
        following = next((u for u in units[place + 1 :] if isinstance(u.only, ast.For | ast.While)), None)
        if following is None:
            continue
        depth = 0
        loop: ast.stmt | None = following.only
        while isinstance(loop, ast.For | ast.While):
            body = loop.body
            changed = {n.id for n in ast.walk(loop) if isinstance(n, ast.Name) and _is_changed(program, n)}
            if body[0].lineno > loop.lineno and (used & changed or isinstance(unit.only.value, ast.BinOp)):
                shift = body[0].col_offset - unit.only.col_offset
                lines = _text(program, unit.first, unit.last, shift)
                gone = program.put_lines(unit.first, unit.last, [])
                sentence = f"{_named(program, unit)} is computed too early."
                yield program.edit(
                    "statement-moved", unit.first, 7 - depth, sentence,
                    gone, program.put_lines(body[0].lineno, body[0].lineno - 1, lines),
                )  # fmt: skip
            depth += 1
            inner = [s for s in body if isinstance(s, ast.For | ast.While)]
            loop = inner[0] if inner else None


def _is_changed(program: Program, name: ast.Name) -> bool:
    if isinstance(name.ctx, ast.Store):
        return True
    node: ast.AST = name
    above = program.parents.get(node)
    while isinstance(above, ast.Subscript | ast.Attribute):
        node, above = above, program.parents.get(above)
    return isinstance(getattr(node, "ctx", None), ast.Store)


def _out_of_loop(program: Program, node: ast.AST, field: str, units: list[_Unit]) -> Iterator[Edit]:
    """Move the first statements of a loop's body, which should run once, before the loop."""
    if not isinstance(node, ast.For | ast.While) or field != "body":
        return
    for count in (1, 2, 3):
        moved = units[:count]
        if len(units) <= count or not all(unit.simple for unit in moved):
            break
        if not all(isinstance(unit.only, ast.Assign | ast.Expr) for unit in moved):
            break
        outer = [node, *program.loops(node)]
        for depth, loop in enumerate(outer):
            shift = loop.col_offset - moved[0].only.col_offset
            lines = _text(program, moved[0].first, moved[-1].last, shift)
            gone = program.put_lines(moved[0].first, moved[-1].last, [])
            sentence = f"{_named(program, moved[0])} runs too often."
            weight = 5 if all(_creates(unit) for unit in moved) else 12 - count
            yield program.edit(
                "statement-moved", moved[0].first, weight + depth, sentence,
                gone, program.put_lines(loop.lineno, loop.lineno - 1, lines),
            )  # fmt: skip
    for count in (2, 3):
        moved = units[:count]
        if len(units) > count and all(isinstance(unit.only, ast.Assign | ast.Expr) for unit in moved):
            sentence = f"{_named(program, moved[0])} and the statements after it are superfluous."
            yield program.edit(
                "statement-dropped", moved[0].first, 12, sentence,
                program.put_lines(moved[0].first, moved[-1].last, []),
            )  # fmt: skip


def _creates(unit: _Unit) -> bool:
    """Whether the statements only create values from numbers and sizes, by calls."""
    return all(
        isinstance(s, ast.Assign | ast.Expr) and not any(isinstance(n, ast.Subscript) for n in ast.walk(s))
        for s in unit.statements
    ) and all(isinstance(s.value, ast.Call | ast.Tuple) for s in unit.statements)  # type: ignore[attr-defined]


def _mirrored(program: Program, scope: Scope, units: list[_Unit]) -> Iterator[Edit]:
    """Add the other half of a pair of updates: `U[r] += … V[c]` without its counterpart for `V[c]`."""
    for unit in units:
        statement = unit.only
        entry = _target(statement)
        if entry is None or not program.loops(statement) or len(unit.statements) > 1:
            continue
        mine = program.text(entry)
        yield from _counterpart(program, scope, unit, entry)
        others = {
            program.text(n)
            for n in ast.walk(_value(statement))
            if isinstance(n, ast.Subscript | ast.Name) and type(n) is type(entry)
        }
        for other in sorted(others - {mine}):
            if isinstance(entry, ast.Name) and not program.line(unit.first).count(other):
                continue
            text = program.between(
                (unit.first, statement.col_offset), (unit.last, len(program.line(unit.last).encode()))
            )
            swapped = other.join(part.replace(other, mine) for part in text.split(mine))
            begin = (unit.first, statement.col_offset)
            end = (unit.last, len(program.line(unit.last).encode()))
            indent = " " * statement.col_offset
            sentence = f"{_named(program, unit)} needs a counterpart, which is missing."
            for weight, both in ((12, f"{text}\n{indent}{swapped}"), (13, f"{swapped}\n{indent}{text}")):
                yield program.edit(
                    "statement-missing", unit.first, weight, sentence, program.put_between(begin, end, both)
                )


def _counterpart(program: Program, scope: Scope, unit: _Unit, entry: ast.expr) -> Iterator[Edit]:
    """Add the update for a step that was computed but is not used."""
    statement, mine = unit.only, program.text(entry)
    begin = (unit.first, statement.col_offset)
    end = (unit.last, len(program.line(unit.last).encode()))
    text = program.between(begin, end)
    entries = {
        program.text(n)
        for n in scope.nodes
        if isinstance(n, ast.Subscript) and type(n.value) is ast.Name and not isinstance(n.slice, ast.Tuple)
    }
    for unused in scope.unused:
        if unused not in scope.stored or not program.loops(scope.stored[unused][0]):
            continue
        used = {n.id for n in ast.walk(_value(statement)) if isinstance(n, ast.Name)} & set(scope.stored)
        for name in sorted(used):
            for other in sorted(entries - {mine}):
                added = text.replace(mine, other).replace(name, unused)
                indent = " " * statement.col_offset
                sentence = f"{_named(program, unit)} needs a counterpart, which is missing."
                for weight, both in ((8, f"{added}\n{indent}{text}"), (9, f"{text}\n{indent}{added}")):
                    yield program.edit(
                        "statement-missing",
                        unit.first,
                        weight,
                        sentence,
                        program.put_between(begin, end, both),
                    )


def _target(statement: ast.stmt) -> ast.expr | None:
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Subscript | ast.Name):
        return statement.target
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript):
        return statement.targets[0]
    value = getattr(statement, "value", None)
    if (
        isinstance(statement, ast.Expr)
        and isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
    ):
        owner = value.func.value
        return owner if isinstance(owner, ast.Subscript) else None
    return None


def _value(statement: ast.stmt) -> ast.expr:
    value: ast.expr = statement.value  # type: ignore[attr-defined]
    return value
