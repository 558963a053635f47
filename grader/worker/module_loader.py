"""Execute a student's file statement by statement, so that a failing statement affects only itself.

The file runs as `__main__`; the body of ``if __name__ == "__main__":`` is executed as separate statements.
"""

import __future__

import ast
import functools
import gc
import inspect
import linecache
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any, Final

import msgspec

from grader import protocol
from grader.worker import methods, nested_functions, numpy_names, stub_modules
from grader.worker.function_info import as_written, describe, listed
from grader.worker.isolation import rlimits
from grader.worker.run_record import RunRecord
from grader.worker.safe_names import name_of, plain
from grader.worker.value_codec import Room, is_statable, to_wire

__all__ = ["Loading", "line_of", "load", "message_of"]

PACKAGE: Final = "handed_in"
"""The name of the package that a file with relative imports belongs to."""

MAX_FUNCTIONS = 200
MAX_VARIABLES = 500
MAX_FAILURES = 200
MAX_PARAMETERS_IN_ALL = 1_000
MAX_NUMBERS_OF_A_VARIABLE = 10_000
MAX_MESSAGE = 500
_DEFINES: Final = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


class Loading:
    """A file after execution: its callables by number, and the report to the grader."""

    def __init__(self) -> None:
        self.callables: list[Callable[..., Any]] = []
        self.functions: list[protocol.FunctionInfo] = []
        self.failures: list[protocol.Failure] = []
        self.variables: list[protocol.Variable] = []
        self.record = protocol.Record()
        self.numpy_1: tuple[str, ...] = ()
        """Names of numpy 1 that it uses."""


def load(
    request: protocol.Load,
    folder: str,
    progress: Callable[[protocol.Started], None],
    printed: Callable[[], int],
) -> Loading:
    """Execute the file and call `progress` before each statement. The code is known to parse.

    `printed` says how many lines have been printed so far. A value that stands alone is displayed, as in a
    notebook: if the notebook was exported or its outputs were cleared, that is the only place that states it.
    """
    loading = Loading()
    module = ModuleType("__main__")
    module.__file__ = request.filename
    namespace = module.__dict__
    sys.modules["__main__"] = module
    sys.argv = [request.filename]
    lines = request.code.splitlines(keepends=True)
    linecache.cache[request.filename] = (len(request.code), None, lines, request.filename)
    tree = ast.parse(request.code)
    _put_into_package(module, tree, Path(folder), Path(request.filename))
    flags = _future_flags(tree)
    loading.numpy_1 = numpy_names.restored_in(tree)
    defined: list[ast.FunctionDef] = []
    exec(request.before, namespace)
    with RunRecord(request.filename, printed) as record:
        marked = map(record.marked, _statements(ast.parse(request.code)))
        for number, (statement, recorded) in enumerate(zip(_statements(tree), marked, strict=True)):
            if number in request.skip:
                continue
            if (
                request.brief_from is not None
                and number >= request.brief_from
                and not isinstance(statement, _DEFINES)
            ):
                continue
            progress(protocol.Started(statement=number, line=statement.lineno))
            try:
                _execute(recorded, request.filename, flags, namespace, record)
            except BaseException as error:  # a student's SystemExit must not end the worker
                if len(loading.failures) < MAX_FAILURES:
                    loading.failures.append(
                        protocol.Failure(
                            statement=number,
                            line=line_of(error, request.filename) or statement.lineno,
                            begins=statement.lineno,
                            type_name=name_of(type(error)),
                            text=message_of(error),
                        )
                    )
            _end_without_memory()
            if isinstance(statement, ast.FunctionDef):
                _add(loading, statement.name, namespace.get(statement.name), statement.lineno, statement)
                defined.append(statement)
    loading.record, room = record.taken()
    _collect(loading, dict(namespace), request.filename, folder, room)
    _add_nested(loading, namespace, defined, request.filename)
    return loading


def _execute(
    statement: ast.stmt, filename: str, flags: int, namespace: dict[str, Any], record: RunRecord
) -> None:
    for name in _assigned(statement):
        if name in namespace and not name.startswith("_"):
            record.replaced(name, statement.lineno, namespace[name])
    if isinstance(statement, ast.Expr):
        tree = ast.Expression(statement.value)
        value = eval(compile(tree, filename, "eval", flags=flags, dont_inherit=True), namespace)
        if is_statable(value):
            print(record.shown(statement.lineno, value))
        elif stub_modules.is_shown(value):
            print(value)
    else:
        module = ast.Module(body=[statement], type_ignores=[])
        exec(compile(module, filename, "exec", flags=flags, dont_inherit=True), namespace)


def _put_into_package(module: ModuleType, tree: ast.Module, folder: Path, file: Path) -> None:
    """Let `from .part import name` work as under `python -m`: the folders around the file become packages."""
    if not any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(tree)):
        return
    place, name = folder, PACKAGE
    for part in ("", *file.parent.parts):
        place, name = (place / part, f"{name}.{part}") if part else (place, name)
        package = ModuleType(name)
        package.__path__ = [str(place)]
        sys.modules[name] = package
    module.__package__ = name


def _assigned(statement: ast.stmt) -> list[str]:
    """The variables that an assignment at the top level gives a value."""
    if not isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return []
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]


def _future_flags(tree: ast.Module) -> int:
    """What `from __future__ import …` asks for: it holds for the whole file, not only for its statement."""
    names = [
        alias.name
        for statement in tree.body
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        for alias in statement.names
    ]
    features = (getattr(__future__, name) for name in names if name in __future__.all_feature_names)
    return functools.reduce(int.__or__, (feature.compiler_flag for feature in features), 0)


def _end_without_memory() -> None:
    """End the worker if a statement left no memory: everything after it would fail, statement by statement."""
    if not rlimits.has_room():
        gc.collect()
        if not rlimits.has_room():
            os._exit(protocol.OUT_OF_MEMORY)


def _statements(tree: ast.Module) -> list[ast.stmt]:
    statements: list[ast.stmt] = []
    for statement in tree.body:
        if _is_main_guard(statement):
            statements += statement.body  # type: ignore[attr-defined]
        else:
            statements.append(statement)
    return statements


def _is_main_guard(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.If) or statement.orelse or not isinstance(statement.test, ast.Compare):
        return False
    names = [node.id for node in ast.walk(statement.test) if isinstance(node, ast.Name)]
    values = [node.value for node in ast.walk(statement.test) if isinstance(node, ast.Constant)]
    return names == ["__name__"] and values == ["__main__"] and isinstance(statement.test.ops[0], ast.Eq)


def _collect(
    loading: Loading, namespace: dict[str, Any], filename: str, folder: str, recorded_run: Room
) -> None:
    """List callables that only exist after execution (lambdas, closures, methods, imports), then variables."""
    recorded: list[tuple[Room, protocol.Variable]] = []
    for name, value in namespace.items():
        try:
            _collect_one(loading, recorded, name, value, filename, folder)
        except BaseException:  # inspecting a student's object may run student code
            continue
    loading.variables = _that_fit(recorded, recorded_run)


def _collect_one(
    loading: Loading,
    recorded: list[tuple[Room, protocol.Variable]],
    name: str,
    value: Any,
    filename: str,
    folder: str,
) -> None:
    if name.startswith("__"):
        return
    if isinstance(value, type) and value.__module__ == "__main__":
        _add_methods(loading, name, value, filename, folder)
    elif not isinstance(value, type | ModuleType):
        if _is_theirs(value, filename, folder):
            _add(loading, name, value, _first_line(value))
        elif type(value).__module__ == "__main__":
            _add_methods(loading, name, value, filename, folder)
        elif len(recorded) < MAX_VARIABLES and not name.startswith("_") and len(name) <= protocol.MAX_NAME:
            room = Room(MAX_NUMBERS_OF_A_VARIABLE)
            copied = to_wire(value, room)
            if not isinstance(copied, protocol.Opaque | protocol.Nothing | protocol.Text):
                recorded.append((room, protocol.Variable(name=plain(name), value=copied)))


def _that_fit(recorded: list[tuple[Room, protocol.Variable]], recorded_run: Room) -> list[protocol.Variable]:
    """The variables that fit into one message beside the record, in order; the largest are left out first."""
    whole, kept = Room(), set[str]()
    whole.holds(recorded_run.used)
    for room, variable in sorted(recorded, key=lambda each: each[0].used):
        if whole.holds(room.used):
            kept.add(variable.name)
    return [variable for _, variable in recorded if variable.name in kept]


def _add_nested(
    loading: Loading, namespace: dict[str, Any], defined: list[ast.FunctionDef], filename: str
) -> None:
    """List functions that are nested in another function and need nothing of it."""
    for statement in defined:
        inner = nested_functions.independent(statement, namespace.get(statement.name))
        if not inner:
            continue
        around = dict(namespace)
        for node in inner:
            try:
                exec(compile(ast.Module(body=[node], type_ignores=[]), filename, "exec"), around)
            except Exception:
                continue
            if isinstance(node, ast.FunctionDef) and node.name not in namespace:
                _add(loading, node.name, around[node.name], node.lineno, within=statement.name)


def _add_methods(loading: Loading, name: str, owner: Any, filename: str, folder: str) -> None:
    is_class = isinstance(owner, type)
    for attribute, raw in vars(owner if is_class else type(owner)).items():
        if attribute.startswith("__") and attribute != "__call__":
            continue
        if isinstance(raw, FunctionType) and is_class:
            method = methods.as_function(owner, raw) if _is_theirs(raw, filename, folder) else None
            if method is not None:
                _add_method(loading, f"{name}.{attribute}", method, _first_line(raw))
        elif isinstance(raw, FunctionType | staticmethod | classmethod):
            bound = getattr(owner, attribute, None)
            if _is_theirs(bound, filename, folder):
                is_called_itself = attribute == "__call__" and not is_class
                _add(loading, name if is_called_itself else f"{name}.{attribute}", bound, _first_line(bound))


def _add_method(loading: Loading, name: str, method: methods.Method, line: int) -> None:
    parameters = listed(method.parameters)
    if parameters is not None and _has_room(loading, len(parameters)):
        loading.callables.append(method.call)
        loading.functions.append(
            protocol.FunctionInfo(
                name=plain(name),
                line=line,
                parameters=parameters,
                made_with=tuple(map(plain, method.made_with)),
                shared=tuple(map(plain, method.shared)),
            )
        )


def _has_room(loading: Loading, parameters: int) -> bool:
    known = sum(len(function.parameters) + len(function.made_with or ()) for function in loading.functions)
    return len(loading.callables) < MAX_FUNCTIONS and known + 2 * parameters <= MAX_PARAMETERS_IN_ALL


def _is_theirs(value: Any, filename: str, folder: str) -> bool:
    function = value.__func__ if isinstance(value, MethodType) else value
    function = inspect.unwrap(function) if callable(function) else function
    code = getattr(function, "__code__", None)
    origin = getattr(code, "co_filename", "")
    if origin:
        return bool(origin == filename or Path(origin).resolve().is_relative_to(Path(folder).resolve()))
    target = getattr(value, "func", None)  # functools.partial
    return target is not None and callable(value) and _is_theirs(target, filename, folder)


def _first_line(value: Any) -> int:
    function = inspect.unwrap(value) if callable(value) else value
    return int(getattr(getattr(function, "__code__", None), "co_firstlineno", 0))


def _add(
    loading: Loading,
    name: str,
    value: Any,
    line: int,
    statement: ast.FunctionDef | None = None,
    within: str | None = None,
) -> None:
    if not callable(value):
        return
    if any(
        known is value and info.name == name
        for known, info in zip(loading.callables, loading.functions, strict=True)
    ):
        return
    info = describe(name, value, line)
    if info is None and statement is not None:  # for example, the result of `torch.jit.script`
        info = as_written(statement)
    if info is not None and _has_room(loading, len(info.parameters)):
        loading.callables.append(value)
        loading.functions.append(msgspec.structs.replace(info, within=within and plain(within)))


def message_of(error: BaseException) -> str:
    """The exception's text, cut; empty if the exception cannot even be shown."""
    try:
        text = str(error)
    except Exception:
        return ""
    return text[:MAX_MESSAGE].encode("utf-8", "replace").decode("utf-8")


def line_of(error: BaseException, filename: str) -> int | None:
    """The innermost line of the student's file in the traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    numbers = [frame.lineno for frame in frames if frame.filename == filename]
    return numbers[-1] if numbers else None
