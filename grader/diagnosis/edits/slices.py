"""The part of a program that some of its functions depend on, line for line.

Other lines become empty, so that positions stay the same. The slice of a script contains its functions but
not the calls that the script makes to them.
"""

import ast
import symtable
from collections.abc import Iterable, Iterator
from typing import TypeGuard

from grader.core.parsing import parsed

__all__ = ["sliced"]


def sliced(code: str, names: Iterable[str]) -> str:
    """The program with only the top-level statements that bind the names, and those they depend on."""
    tree = parsed(code)
    units = list(_units(tree))
    inside = _globals(code)
    binding: dict[str, list[int]] = {}
    for number, unit in enumerate(units):
        for name in _touched(unit):
            binding.setdefault(name, []).append(number)
    kept: set[int] = set()
    wanted = [*names, "*"]
    seen = set(wanted)
    while wanted:
        for number in binding.get(wanted.pop(), ()):
            if number in kept:
                continue
            kept.add(number)
            used = _used(units[number], inside)
            wanted += sorted(used - seen)
            seen |= used
    lines = code.split("\n")
    needed = {line for number in kept for line in _lines(units[number])}
    needed |= {
        line
        for statement in tree.body
        if isinstance(statement, ast.If) and needed & set(_lines(statement))
        for line in range(statement.lineno, statement.body[0].lineno)
    }
    return "\n".join(line if number in needed else "" for number, line in enumerate(lines, 1))


def _units(tree: ast.Module) -> Iterator[ast.stmt]:
    for statement in tree.body:
        if _is_main_guard(statement):
            yield from statement.body
        else:
            yield statement


def _is_main_guard(statement: ast.stmt) -> TypeGuard[ast.If]:
    return (
        isinstance(statement, ast.If)
        and not statement.orelse
        and statement.body[0].lineno > statement.lineno
        and any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test))
    )


def _globals(code: str) -> dict[tuple[str, int], set[str]]:
    """The global names that each function and class uses, by its name and line."""

    def names(table: symtable.SymbolTable) -> set[str]:
        own = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        return own.union(*(names(child) for child in table.get_children()))

    top = symtable.symtable(code, "slice", "exec")
    return {(table.get_name(), table.get_lineno()): names(table) for table in top.get_children()}


def _used(statement: ast.stmt, inside: dict[tuple[str, int], set[str]]) -> set[str]:
    """The top-level names that a statement depends on."""
    key = (getattr(statement, "name", ""), statement.lineno)
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or key not in inside:
        return _names(statement)
    at_once: list[ast.AST] = [*statement.decorator_list]
    if isinstance(statement, ast.ClassDef):
        return inside[key].union(_names(statement))
    at_once += [statement.args] + ([statement.returns] if statement.returns else [])
    return inside[key].union(*(_names(part) for part in at_once))


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _lines(statement: ast.stmt) -> range:
    first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", ()))])
    return range(first, (statement.end_lineno or statement.lineno) + 1)


def _touched(statement: ast.stmt) -> set[str]:
    """Names that a statement binds or changes, at any depth that runs when it does."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    names: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            names |= {_base(node)} - {""}
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            names |= {_base(node.value.func)} - {""} if isinstance(node.value.func, ast.Attribute) else set()
    return names


def _base(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
