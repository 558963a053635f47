"""Record what a program does while it is loaded: calls of its own functions, values it shows, values it replaces.

The record comes from the student's process, so it is a statement like anything printed: it helps to tell which values
belong together, and proves nothing about a function. Call sites are marked in the syntax tree before a statement is
compiled. The functions themselves stay as they are, so that nothing that looks at them sees a difference.
"""

import ast
import builtins
import functools
import inspect
from collections.abc import Callable, Iterator
from types import FunctionType, MethodType
from typing import Any, Final, NamedTuple

from grader import protocol
from grader.worker.safe_names import plain
from grader.worker.value_codec import Room, is_statable, to_wire

__all__ = ["RunRecord"]

MAX_NUMBERS: Final = 6_000
"""Numbers in the whole record; the rest of the message is for variables."""

MAX_VALUES: Final = 1_200
"""Values in the whole record."""

MAX_EVENTS: Final = 200
"""Calls, and as many values shown, and as many replaced."""

FIRST: Final = 3
"""From one line, the first few events are kept, and the last of each further ones: a loop may cause thousands."""

LONG_PRODUCT: Final = 3
"""A product of two factors is known by them; of so many and more, by itself: U diag(S) Vᵀ inside an expression."""

LAST: Final = 5
"""How many of the last ones."""

_CALL: Final = "__record_call__"
_SHOW: Final = "__record_shown__"
_TEXT: Final = "__record_text__"
_PRODUCT: Final = "__record_product__"

_TITLES: Final = frozenset({"title", "suptitle", "set_title", "annotate", "set_xlabel", "set_ylabel"})
"""Methods of a plot that show their text."""

_LIBRARY: Final = frozenset({"svd", "linalg_svd"})
"""Functions of libraries whose calls are recorded: what they decompose decides what a reconstruction is of."""


class _Event(NamedTuple):
    """Something recorded: its number, which is unique, what it takes of the record, and its message."""

    number: int
    size: tuple[int, int, int]
    message: Any


class RunRecord:
    """The record of one program. It is switched on while the program is loaded and off while functions are called."""

    def __init__(self, filename: str, printed: Callable[[], int]) -> None:
        self._filename = filename
        self._printed = printed
        self._number = 0
        self._events: dict[tuple[str, int], list[_Event]] = {}
        self._inside = False
        self._open: set[int] = set()
        self._texts: list[protocol.ShownText] = []

    def __enter__(self) -> "RunRecord":
        vars(builtins).update(
            {_CALL: self._called, _SHOW: self.shown, _TEXT: self._text, _PRODUCT: self._product}
        )
        return self

    def __exit__(self, *exc: object) -> None:
        vars(builtins).update(
            {_CALL: _as_it_is, _SHOW: _unrecorded, _TEXT: _unrecorded, _PRODUCT: _unrecorded}
        )

    # --- what marked code calls -----------------------------------------------------------------------------

    def _called(self, line: int, function: Any) -> Any:
        """The function, or something that calls it and records the call."""
        if self._inside or not self._is_recorded(function):
            return function
        return functools.partial(self._record_call, line, function)

    def _record_call(self, line: int, function: Any, /, *positional: Any, **named: Any) -> Any:
        given = _bound(function, positional, named)
        room = _room()
        arguments = tuple(_variable(name, value, room) for name, value in given)
        self._inside = self._first_line(function) not in self._open
        try:
            result = function(*positional, **named)
        finally:
            self._inside = False
        call = protocol.RecordedCall(
            name=plain(getattr(function, "__name__", ""))[: protocol.MAX_NAME],
            defined=self._first_line(function),
            line=line,
            printed=self._printed(),
            arguments=arguments,
            result=to_wire(result, room),
        )
        self._add("call", line, call, room)
        return result

    def shown(self, line: int, value: Any) -> Any:
        """A value is about to be shown; returns it."""
        if not self._inside:
            self._add_value("shown", "", line, value)
        return value

    def _text(self, line: int, value: Any) -> Any:
        """A text that a picture shows."""
        if isinstance(value, str) and len(self._texts) < MAX_EVENTS:
            text = str.__str__(value)[:1_000].encode("utf-8", "replace").decode("utf-8")
            self._texts.append(protocol.ShownText(line=line, text=text))
        return value

    def _product(self, line: int, value: Any) -> Any:
        """A product of matrices inside an expression; no name keeps it."""
        if not self._inside:
            self._add_value("replaced", "", line, value)
        return value

    def replaced(self, name: str, line: int, value: Any) -> None:
        """A variable is about to get another value."""
        self._add_value("replaced", name, line, value)

    def marked(self, statement: ast.stmt) -> ast.stmt:
        """The statement with its calls and the values it shows marked, in place.

        So are the bodies of functions that run rarely, `main()` for example; the calls they make are recorded too.
        """
        _Marker(self._open).visit(statement)
        return statement

    def _first_line(self, function: Any) -> int:
        code = getattr(getattr(function, "__func__", function), "__code__", None)
        return int(code.co_firstlineno) if code is not None and code.co_filename == self._filename else 0

    # --- what is kept ---------------------------------------------------------------------------------------

    def _is_recorded(self, function: Any) -> bool:
        plain_function = function.__func__ if type(function) is MethodType else function
        if type(plain_function) is FunctionType:
            return plain_function.__code__.co_filename == self._filename
        return getattr(plain_function, "__name__", "") in _LIBRARY

    def _add_value(self, kind: str, name: str, line: int, value: Any) -> None:
        if is_statable(value):
            room = _room()
            copied = _variable(name, value, room)
            event = protocol.RecordedValue(
                name=copied.name, line=line, printed=self._printed(), value=copied.value
            )
            self._add(kind, line, event, room)

    def _add(self, kind: str, line: int, event: Any, room: Room) -> None:
        kept = self._events.setdefault((kind, line), [])
        kept.append(_Event(self._number, room.used, event))
        self._number += 1
        if len(kept) > FIRST + LAST:
            del kept[FIRST]

    def taken(self) -> tuple[protocol.Record, Room]:
        """The record as far as it fits into a message, and the room that is left of it."""
        room = Room(MAX_NUMBERS, MAX_VALUES)
        calls, shown, replaced = (tuple(self._that_fit(kind, room)) for kind in ("call", "shown", "replaced"))
        return protocol.Record(calls=calls, shown=shown, replaced=replaced, texts=tuple(self._texts)), room

    def _that_fit(self, kind: str, room: Room) -> Iterator[Any]:
        events = sorted(event for (k, _), kept in self._events.items() if k == kind for event in kept)
        return (event.message for event in events[:MAX_EVENTS] if room.holds(event.size))


def _room() -> Room:
    """What one event may take of the record."""
    return Room(MAX_NUMBERS // 8, MAX_VALUES // 8)


def _variable(name: str, value: Any, room: Room) -> protocol.Variable:
    return protocol.Variable(name=plain(name)[: protocol.MAX_NAME], value=to_wire(value, room))


def _as_it_is(line: int, function: Any) -> Any:
    return function


def _unrecorded(line: int, value: Any) -> Any:
    return value


def _bound(function: Any, positional: tuple[Any, ...], named: dict[str, Any]) -> list[tuple[str, Any]]:
    """The arguments with the names of their parameters, defaults included."""
    try:
        bound = inspect.signature(function).bind(*positional, **named)
        bound.apply_defaults()
    except (TypeError, ValueError):
        return [*((f"[{number}]", value) for number, value in enumerate(positional)), *named.items()]
    return list(bound.arguments.items())


# --- marking ------------------------------------------------------------------------------------------------


class _Marker(ast.NodeTransformer):
    def __init__(self, marked_functions: set[int]) -> None:
        self._marked_functions = marked_functions
        self._known: set[ast.expr] = set()
        """Products that are not recorded by themselves."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """A body that may run thousands of times, or is looked at by a compiler, stays as it is."""
        if not node.decorator_list and (not _takes_something(node) or not _has_loop(node)):
            self._marked_functions.add(node.lineno)
            node.body = [self.visit(part) for part in node.body]
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        shows = _shown_name(node)
        self.generic_visit(node)
        if shows in _TITLES:
            node.args = [_hooked(_TEXT, argument) for argument in node.args]
        elif shows in ("print", "display"):
            node.args = [
                argument
                if isinstance(argument, ast.Starred | ast.Constant | ast.JoinedStr)
                else _hooked(_SHOW, argument)
                for argument in node.args
            ]
        elif shows == "format" and isinstance(node.func, ast.Attribute) and _is_text(node.func.value):
            node.args = [a if isinstance(a, ast.Starred) else _hooked(_SHOW, a) for a in node.args]
            return node
        if isinstance(node.func, ast.Name | ast.Attribute) and not _is_text(
            getattr(node.func, "value", None)
        ):
            if isinstance(node.func, ast.Name) and node.func.id in _FRAME:
                return node
            node.func = _hooked(_CALL, node.func)
        return node

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        self.generic_visit(node)
        node.value = _hooked(_SHOW, node.value)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """A product that gets a name is known by it."""
        self._known.add(node.value)
        return self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        if isinstance(node.op, ast.MatMult):
            self._known.add(node.left)  # the left part of a product is none of its own
        is_product = _factors(node) >= LONG_PRODUCT and node not in self._known
        self.generic_visit(node)
        if is_product:
            return _hooked(_PRODUCT, node)
        if isinstance(node.op, ast.Mod) and _is_text(node.left):
            if isinstance(node.right, ast.Tuple):
                node.right.elts = [
                    e if isinstance(e, ast.Starred) else _hooked(_SHOW, e) for e in node.right.elts
                ]
            else:
                node.right = _hooked(_SHOW, node.right)
        return node


_FRAME: Final = frozenset(
    {"super", "locals", "globals", "vars", "dir", "eval", "exec", "print", "range", "len"}
)
"""Built-in functions that look at the frame of their caller, and those that are called most."""


def _factors(node: ast.expr) -> int:
    """How many factors a product of matrices written with `@` has."""
    factors = 1
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        factors += 1
        node = node.left
    return factors


def _hooked(hook: str, node: ast.expr) -> ast.expr:
    """A call of the hook with the line and the expression, at the expression's place."""
    name = ast.copy_location(ast.Name(id=hook, ctx=ast.Load()), node)
    line = ast.copy_location(ast.Constant(value=node.lineno), node)
    return ast.copy_location(ast.Call(func=name, args=[line, node], keywords=[]), node)


def _shown_name(node: ast.Call) -> str:
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _is_text(node: ast.AST | None) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _takes_something(node: ast.FunctionDef) -> bool:
    given = node.args
    required = len(given.posonlyargs) + len(given.args) - len(given.defaults)
    return required > 0 or any(default is None for default in given.kw_defaults)


def _has_loop(node: ast.FunctionDef) -> bool:
    return any(isinstance(part, ast.For | ast.While) for part in ast.walk(node))
