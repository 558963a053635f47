"""A directive that documents msgspec structures from the code: every field, its type and its docstring."""

import ast
import importlib
import inspect
import types
import typing
from collections.abc import Iterator
from enum import Enum
from typing import Any

import msgspec
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

__all__ = ["described", "setup", "structures_in"]


def structures_in(root: type) -> list[type]:
    """The structure and every structure and enumeration its fields lead to, in the order they are met."""
    found: list[type] = []
    waiting = [root]
    while waiting:
        structure = waiting.pop(0)
        if structure in found:
            continue
        found.append(structure)
        if issubclass(structure, msgspec.Struct):
            for field in _written(structure):
                waiting += [leaf for leaf in _leaves(field.type) if leaf not in found]
    return found


def _written(structure: type) -> Iterator[msgspec.structs.FieldInfo]:
    """The fields that are written: what may be unset stays within a run."""
    return (
        field
        for field in msgspec.structs.fields(structure)
        if msgspec.UnsetType not in typing.get_args(field.type)
    )


def _leaves(annotation: Any) -> Iterator[type]:
    parts = typing.get_args(annotation)
    if parts:
        for part in parts:
            yield from _leaves(part)
    elif isinstance(annotation, type) and issubclass(annotation, msgspec.Struct | Enum):
        yield annotation


def described(structure: type) -> dict[str, str]:
    """The docstring of every field or member; empty where there is none."""
    descriptions: dict[str, str] = {}
    for owner in reversed(structure.__mro__):
        if owner.__module__.split(".")[0] not in ("grader", "reference"):
            continue
        tree = ast.parse(inspect.getsource(owner))
        assert isinstance(tree.body[0], ast.ClassDef)
        body = tree.body[0].body
        for statement, after in zip(body, [*body[1:], None], strict=True):
            target = _target(statement)
            if target:
                descriptions[target] = _text(after)
    return descriptions


def _target(statement: ast.stmt) -> str:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    return ""


def _text(statement: ast.stmt | None) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return " ".join(str(statement.value.value).split())
    return ""


def _type_text(annotation: Any) -> str:
    parts = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_type_text(part) for part in parts)
    if parts and origin is dict:
        return f"object of {_type_text(parts[1])}"
    if parts and origin is typing.Literal:
        return ", ".join(map(repr, parts))
    if parts:
        inner = [part for part in parts if part is not Ellipsis]
        return "list of " + ", ".join(dict.fromkeys(_type_text(part) for part in inner))
    names = {str: "string", int: "integer", float: "number", bool: "true or false", type(None): "null"}
    return names.get(annotation, annotation.__name__)


class Structures(SphinxDirective):
    """`{structures} module:Name`: a section for each structure below the one named."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Build the sections."""
        module, _, name = self.arguments[0].partition(":")
        shown: list[nodes.Node] = []
        for structure in structures_in(getattr(importlib.import_module(module), name)):
            section = nodes.section(ids=[nodes.make_id(structure.__name__)])
            section += nodes.title(text=structure.__name__)
            summary = inspect.cleandoc(structure.__doc__ or "")
            section += self.parse_text_to_nodes(summary)
            section += self._table(structure)
            shown.append(section)
        return shown

    def _table(self, structure: type) -> nodes.Node:
        descriptions = described(structure)
        if issubclass(structure, Enum):
            rows = [(f"`{member.value}`", descriptions[member.name]) for member in structure]
            return self._rows(("Value", "Meaning"), rows)
        rows3 = [
            (f"`{field.encode_name}`", _type_text(field.type), descriptions.get(field.name, ""))
            for field in _written(structure)
        ]
        return self._rows(("Field", "Type", "Meaning"), rows3)

    def _rows(self, header: tuple[str, ...], rows: Any) -> nodes.Node:
        table = nodes.table()
        group = nodes.tgroup(cols=len(header))
        table += group
        for _ in header:
            group += nodes.colspec(colwidth=1)
        for kind, lines in ((nodes.thead(), [header]), (nodes.tbody(), rows)):
            for line in lines:
                row = nodes.row()
                for cell in line:
                    entry = nodes.entry()
                    entry += self.parse_text_to_nodes(cell) if cell else nodes.paragraph()
                    row += entry
                kind += row
            group += kind
        return table


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("structures", Structures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
