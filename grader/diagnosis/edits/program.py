"""A program's syntax tree and its text: parents, positions, scopes, and the apparent roles of names."""

import ast
from collections.abc import Iterator
from functools import cached_property

from grader.core.parsing import parsed
from grader.diagnosis.edits.sizes import shape_of, size_key
from grader.diagnosis.edits.values import Edit, Replacement

__all__ = ["Program", "Scope", "makes_array"]

_OUTPUT = frozenset({"print", "logging", "logger", "log", "warnings", "plt", "tqdm"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_FROM_VALUES = frozenset(
    {"tensor", "uniform", "normal", "randint", "uniform_", "normal_", "Parameter", "random"}
)
_OF_ARRAYS = frozenset({"shape", "T", "clone", "t", "size", "nonzero"})
_CREATORS = frozenset(
    {"rand", "randn", "zeros", "ones", "empty", "full", "uniform", "normal", "tensor", "new_zeros", "randint",
     "rand_like", "zeros_like", "ones_like", "new_ones", "new_empty", "uniform_", "normal_", "Parameter", "random"}
)  # fmt: skip


def makes_array(node: ast.Call) -> bool:
    """Whether a call creates an array of the given sizes."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return bool(node.args) and name in _CREATORS and name not in _FROM_VALUES


class Program:
    """One program: its text, its tree, and every statement and expression worth editing, in order."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.tree = parsed(code)
        self.lines = [line.encode() for line in code.split("\n")]
        self.parents: dict[ast.AST, ast.AST] = {}
        self.order: list[ast.AST] = []
        for statement in self.tree.body:
            self._enter(statement, self.tree)

    def _enter(self, node: ast.AST, parent: ast.AST) -> None:
        self.parents[node] = parent
        if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr | ast.expr_context):
            return
        if _is_output(node) or _is_docstring(node):
            self.order.append(node)
            return
        self.order.append(node)
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    self._enter(child, node)

    @cached_property
    def scopes(self) -> tuple["Scope", ...]:
        """Every top-level function and every method, each with its nested functions."""
        owners = [*self.tree.body]
        for statement in self.tree.body:
            if isinstance(statement, ast.ClassDef | ast.If):
                owners += statement.body
        return tuple(Scope(self, owner) for owner in owners if isinstance(owner, _FUNCTIONS))

    def scope_of(self, node: ast.AST) -> "Scope | None":
        """The function a node is in; None at the top level."""
        inside = {scope.node: scope for scope in self.scopes}
        while node in self.parents:
            if node in inside:
                return inside[node]
            node = self.parents[node]
        return None

    def all(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """The nodes of these kinds, in the order of the text."""
        return (node for node in self.order if isinstance(node, kinds))

    def parent(self, node: ast.AST) -> ast.AST:
        """The node that contains this one."""
        return self.parents[node]

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes that contain this one, from the inside out."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement an expression belongs to."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def loops(self, node: ast.AST) -> list[ast.For | ast.While]:
        """The loops around a node, from the inside out, within its function."""
        loops: list[ast.For | ast.While] = []
        for above in self.ancestors(node):
            if isinstance(above, (*_FUNCTIONS, ast.Lambda)):
                break
            if isinstance(above, ast.For | ast.While):
                loops.append(above)
        return loops

    # --- text ---------------------------------------------------------------------------------------------

    def text(self, node: ast.AST) -> str:
        """A node's own text, without parentheses around it."""
        return self.between(_begin(node), _end(node))

    def between(self, begin: tuple[int, int], end: tuple[int, int]) -> str:
        """The text from one position to another."""
        (first, column), (last, end_column) = begin, end
        if first == last:
            return self.lines[first - 1][column:end_column].decode()
        middle = self.lines[first : last - 1]
        parts = [self.lines[first - 1][column:], *middle, self.lines[last - 1][:end_column]]
        return b"\n".join(parts).decode()

    def operator_span(self, node: ast.BinOp) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """The position of the operator of a binary operation."""
        begin, end = _end(node.left), _begin(node.right)
        gap = self.between(begin, end)
        if "\n" in gap or "#" in gap:
            return None
        bare = gap.strip(" \t()\\")
        if not bare:
            return None
        column = begin[1] + len(gap[: gap.index(bare)].encode())
        return (begin[0], column), (begin[0], column + len(bare.encode()))

    def operands(self, node: ast.BinOp) -> tuple[str, str] | None:
        """The text of both operands, with their parentheses."""
        span = self.operator_span(node)
        if span is None:
            return None
        return self.between(_begin(node), span[0]).strip(), self.between(span[1], _end(node)).strip()

    def put(self, node: ast.AST, text: str) -> Replacement:
        """Replace a node by text."""
        return _replacement(_begin(node), _end(node), text)

    def put_between(self, begin: tuple[int, int], end: tuple[int, int], text: str) -> Replacement:
        """Replace a range of text."""
        return _replacement(begin, end, text)

    def edit(self, kind: str, node: ast.AST | int, weight: int, sentence: str, *parts: Replacement) -> Edit:
        """An edit about a node's line, or about a line."""
        line = node if isinstance(node, int) else node.lineno  # type: ignore[attr-defined]
        return Edit(kind, line, sentence, weight, parts)

    def put_lines(self, first: int, last: int, lines: list[str]) -> Replacement:
        """Replace the lines from first to last; `last < first` inserts before first."""
        text = "\n".join(lines)
        if last < first:
            return Replacement(first, 0, first, 0, text + "\n")
        if not lines:
            if last < len(self.lines):
                return Replacement(first, 0, last + 1, 0, "")
            return Replacement(first - 1, len(self.lines[first - 2]), last, len(self.lines[last - 1]), "")
        return Replacement(first, 0, last, len(self.lines[last - 1]), text)

    def line(self, number: int) -> str:
        """One line of the text."""
        return self.lines[number - 1].decode()


class Scope:
    """A function with its nested functions: its parameters, and its names by their apparent roles."""

    def __init__(self, program: Program, node: ast.AST) -> None:
        self.program = program
        self.node = node
        self.nodes = [n for n in program.order if n is node or node in program.ancestors(n)]

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """All parameters, including those of nested functions, in order."""
        names = (
            argument.arg
            for n in self.nodes
            if isinstance(n, ast.arguments)
            for argument in (*n.posonlyargs, *n.args, *n.kwonlyargs)
        )
        return tuple(name for name in dict.fromkeys(names) if name not in ("self", "cls"))

    @cached_property
    def loaded(self) -> dict[str, list[ast.Name]]:
        """The places where each name is read."""
        places: dict[str, list[ast.Name]] = {}
        for n in self.nodes:
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load):
                places.setdefault(n.id, []).append(n)
        return places

    @cached_property
    def stored(self) -> dict[str, list[ast.Name]]:
        """The places where each name is bound."""
        places: dict[str, list[ast.Name]] = {}
        for n in self.nodes:
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
                places.setdefault(n.id, []).append(n)
        return places

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name with a value: parameters, then bound names, in order."""
        return tuple(dict.fromkeys((*self.parameters, *self.stored)))

    @cached_property
    def unused(self) -> tuple[str, ...]:
        """Names whose value nothing reads, except loop counters named `_` or counting epochs."""
        counters = {
            n.target.id for n in self.nodes if isinstance(n, ast.For) and isinstance(n.target, ast.Name)
        }
        return tuple(n for n in self.names if not self._is_read(n) and n not in counters and n != "_")

    def _is_read(self, name: str) -> bool:
        """Whether anything reads the name; `S[k:] = 0` only changes its value."""
        return any(
            not isinstance(getattr(self.program.parent(node), "ctx", None), ast.Store)
            for node in self.loaded.get(name, ())
        )

    @cached_property
    def indices(self) -> tuple[str, ...]:
        """Names that count or are used as indices."""
        names: dict[str, None] = {}
        for n in self.nodes:
            if isinstance(n, ast.Subscript):
                parts = n.slice.elts if isinstance(n.slice, ast.Tuple) else [n.slice]
                names |= {part.id: None for part in parts if isinstance(part, ast.Name)}
        return tuple(name for name in names if name in self.stored or name in self.parameters)

    @cached_property
    def arrays(self) -> tuple[str, ...]:
        """Names that are indexed, transposed, measured, or created as arrays."""
        names: dict[str, None] = {}
        for n in self.nodes:
            whole = isinstance(n, ast.Attribute) and n.attr in _OF_ARRAYS
            if (whole or isinstance(n, ast.Subscript)) and isinstance(n.value, ast.Name):  # type: ignore[attr-defined]
                names[n.value.id] = None  # type: ignore[attr-defined]
            if isinstance(n, ast.BinOp) and isinstance(n.op, ast.MatMult):
                names |= {side.id: None for side in (n.left, n.right) if isinstance(side, ast.Name)}
        names |= dict.fromkeys(name for group in self.created for name in group)
        return tuple(name for name in names if name in self.names)

    @cached_property
    def created(self) -> tuple[tuple[str, ...], ...]:
        """Groups of names bound by calls of the same array-creating function, such as all random arrays."""
        groups: dict[str, list[str]] = {}
        for n in self.nodes:
            if not isinstance(n, ast.Assign):
                continue
            for target in n.targets:
                pairs: list[tuple[ast.AST, ast.AST]] = [(target, n.value)]
                if isinstance(target, ast.Tuple) and isinstance(n.value, ast.Tuple):
                    pairs = list(zip(target.elts, n.value.elts, strict=False))
                elif isinstance(target, ast.Tuple):
                    pairs = [(part, n.value) for part in target.elts]
                for part, value in pairs:
                    key = self._creator(value)
                    if isinstance(part, ast.Name) and key and part.id not in groups.setdefault(key, []):
                        groups[key].append(part.id)
        return tuple(tuple(group) for group in groups.values() if len(group) > 1)

    def _creator(self, value: ast.AST) -> str:
        for n in ast.walk(value):
            if isinstance(n, ast.Call):
                name = n.func.attr if isinstance(n.func, ast.Attribute) else getattr(n.func, "id", "")
                if name in _CREATORS:
                    return name
        for n in ast.walk(value):
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name):
                return n.func.id if n.func.id not in ("range", "len", "list", "zip", "int", "float") else ""
        return ""

    @cached_property
    def sizes(self) -> tuple[str, ...]:
        """Expressions for sizes: names bound to one, parameters passed to `range`, `X.shape[0]` and so on."""
        expressions: dict[str, str] = {}  # by size key: how the program writes it
        for n in self.nodes:
            if not isinstance(n, ast.Assign) or not isinstance(n.targets[0], ast.Name | ast.Tuple):
                continue
            target = n.targets[0]
            owner = shape_of(n.value)
            if isinstance(target, ast.Tuple) and owner:
                for axis, part in enumerate(target.elts):
                    if isinstance(part, ast.Name):
                        expressions.setdefault(f"{owner}.{axis}", part.id)
            elif isinstance(target, ast.Tuple) and isinstance(n.value, ast.Tuple):
                for part, value in zip(target.elts, n.value.elts, strict=False):
                    if isinstance(part, ast.Name) and size_key(value):
                        expressions.setdefault(size_key(value), part.id)
            elif isinstance(target, ast.Name) and size_key(n.value):
                expressions.setdefault(size_key(n.value), target.id)
        for n in self.nodes:
            key = size_key(n)
            if key and key not in expressions:
                expressions[key] = self.program.text(n)
        for name in self.arrays:
            if name in self.parameters and any(isinstance(n, ast.Subscript) for n in self.nodes):
                for axis in (0, 1):
                    expressions.setdefault(f"{name}.{axis}", f"{name}.shape[{axis}]")
        counted = [
            argument.id
            for n in self.nodes
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "range"
            for argument in n.args
            if isinstance(argument, ast.Name)
        ]
        plain = [name for name in self.parameters if name not in self.arrays and name not in self.indices]
        whole = [name for name in plain if name in counted or self._is_whole(name)]
        return tuple(dict.fromkeys((*expressions.values(), *counted, *whole)))

    def _is_whole(self, name: str) -> bool:
        default = self.defaults.get(name)
        if default is None:
            return True
        return isinstance(default, ast.Constant) and type(default.value) is int

    @cached_property
    def defaults(self) -> dict[str, ast.expr]:
        """Parameters with their default values."""
        defaults: dict[str, ast.expr] = {}
        for n in self.nodes:
            if isinstance(n, ast.arguments):
                positional = [*n.posonlyargs, *n.args]
                pairs = zip(positional[len(positional) - len(n.defaults) :], n.defaults, strict=True)
                defaults |= {argument.arg: value for argument, value in pairs}
                defaults |= {
                    argument.arg: value
                    for argument, value in zip(n.kwonlyargs, n.kw_defaults, strict=True)
                    if value is not None
                }
        return defaults

    @cached_property
    def scalars(self) -> tuple[str, ...]:
        """All other names, scalar parameters first."""
        others = {*self.indices, *self.arrays, *self.sizes}
        return tuple(name for name in self.names if name not in others)

    def role(self, name: str) -> str:
        """`index`, `size`, `array` or `scalar`."""
        if name in self.indices:
            return "index"
        if name in self.arrays:
            return "array"
        return "size" if name in self.sizes else "scalar"


def _is_output(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    function = node.value.func
    while isinstance(function, ast.Attribute):
        function = function.value
    return isinstance(function, ast.Name) and function.id in _OUTPUT


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _begin(node: ast.AST) -> tuple[int, int]:
    return node.lineno, node.col_offset  # type: ignore[attr-defined]


def _end(node: ast.AST) -> tuple[int, int]:
    return node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]


def _replacement(begin: tuple[int, int], end: tuple[int, int], text: str) -> Replacement:
    return Replacement(begin[0], begin[1], end[0], end[1], text)
