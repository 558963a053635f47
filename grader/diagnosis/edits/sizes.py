"""Recognise expressions for a size of an array: `A.shape[0]`, `A.size(0)`, `len(A)` and `len(A[0])`."""

import ast

__all__ = ["shape_of", "size_key"]


def size_key(node: ast.AST) -> str:
    """`A.0` for the rows of A, `A.1` for its columns, however they are written; empty for anything else."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        owner = shape_of(node.value)
        return f"{owner}.{node.slice.value!r}" if owner else ""
    if isinstance(node, ast.Call) and len(node.args) == 1:
        argument = node.args[0]
        if isinstance(node.func, ast.Name) and node.func.id == "len":
            if isinstance(argument, ast.Name):
                return f"{argument.id}.0"
            if isinstance(argument, ast.Subscript) and isinstance(argument.value, ast.Name):
                return f"{argument.value.id}.1"
            if isinstance(argument, ast.Attribute) and isinstance(argument.value, ast.Name):
                return f"{argument.value.id}.1" if argument.attr == "T" else ""
        if (
            isinstance(node.func, ast.Attribute)
            and node.func.attr == "size"
            and isinstance(node.func.value, ast.Name)
            and isinstance(argument, ast.Constant)
        ):
            return f"{node.func.value.id}.{argument.value!r}"
    return ""


def shape_of(node: ast.AST) -> str:
    """The array whose whole shape an expression means, such as `A.shape`; empty for anything else."""
    if isinstance(node, ast.Attribute) and node.attr == "shape" and isinstance(node.value, ast.Name):
        return node.value.id
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.args:
        return ""
    owner = node.func.value
    return owner.id if node.func.attr == "size" and isinstance(owner, ast.Name) else ""
