"""The structure of the code: the direction of dependencies, public names, documentation."""

import ast
import importlib
import inspect
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support.command_line import environment
from tests.support.paths import ROOT

PACKAGES = ("grader", "reference")
FILES = sorted(
    file for package in PACKAGES for file in (ROOT / package).rglob("*.py") if "starter" not in file.parts
)  # what students begin with is theirs, and no module of ours
MODULES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in FILES
}


@cache
def tree(module: str) -> ast.Module:
    """The module's syntax tree."""
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def imported(module: str, *, anywhere: bool = True) -> Iterator[str]:
    """Full names of the modules and members a module imports; only at its top level if asked."""
    for node in ast.walk(tree(module)) if anywhere else tree(module).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(name: str) -> str | None:
    """The module of ours a full name leads to: itself, or the module it is a member of."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name or None


def test_there_are_modules_to_look_at() -> None:
    assert {
        "grader",
        "grader.cli",
        "grader.worker.request_loop",
        "reference.checks.factorisation",
    } <= MODULES.keys()


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("grader")])
def test_the_grader_knows_no_lab(module: str) -> None:
    assert not [name for name in imported(module) if name.split(".")[0] == "reference"]


LAB_FILES = [
    file
    for folder in (ROOT / "reference", ROOT / "docs" / "second-lab" / "power_lab")
    for file in sorted(folder.rglob("*.py"))
    if "starter" not in file.parts
]


@pytest.mark.parametrize("file", LAB_FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_lab_imports_the_two_public_packages_and_nothing_else_of_the_grader(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not [alias.name for alias in node.names if alias.name.split(".")[0] == "grader"]
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "grader":
            assert node.module in ("grader.lab", "grader.labkit"), f"line {node.lineno}"
            public = importlib.import_module(node.module).__all__
            assert {alias.name for alias in node.names} <= set(public), f"line {node.lineno}"


def test_what_a_lab_imports_loads_neither_torch_nor_what_runs_students_code() -> None:
    script = "import sys, grader.lab, grader.labkit; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], env=environment(), capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert "grader.labkit.low_rank" in loaded
    rooms = {name.split(".")[1] for name in loaded if name.startswith("grader.")}
    assert "torch" not in loaded and rooms == {"core", "lab", "labkit", "protocol"}


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("grader.worker")])
def test_a_worker_knows_nothing_that_judges(module: str) -> None:
    allowed = {name for name in MODULES if name.startswith(("grader.protocol", "grader.worker"))}
    assert {ours(name) for name in imported(module)} - {None} <= allowed


def test_a_process_that_runs_student_code_has_loaded_nothing_that_judges() -> None:
    script = (
        "import sys, grader.worker.fork_server, grader.worker.request_loop\n"
        "print(*(m for m in sys.modules if m.split('.')[0] in ('grader', 'reference')))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], env=environment(), capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert "grader.worker.request_loop" in loaded
    assert not [m for m in loaded if m != "grader" and not m.startswith(("grader.protocol", "grader.worker"))]


def test_only_one_room_parses_for_all_threads() -> None:
    parses = {
        module
        for module in MODULES
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Attribute) and node.attr == "parse" and getattr(node.value, "id", "") == "ast"
    }
    assert parses == {"grader.core.parsing", "grader.worker.module_loader"}


def test_only_the_worker_runs_code_of_others() -> None:
    calls = {
        module
        for module in MODULES
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("exec", "eval", "compile", "__import__")
    }
    assert calls == {"grader.worker.module_loader"}


def test_imports_are_acyclic() -> None:
    graph = {
        module: {found for name in imported(module, anywhere=False) if (found := ours(name)) not in (None, module)}
        for module in MODULES
    }  # fmt: skip
    assert list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_unpickled_anywhere(module: str) -> None:
    forbidden = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"}
    assert not {name.split(".")[0] for name in imported(module)} & forbidden
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert (node.value.id, node.attr) not in {("torch", "load"), ("torch", "save"), ("np", "load")}


@pytest.mark.parametrize("module", MODULES)
def test_no_state_hides_behind_weak_references(module: str) -> None:
    assert not [name for name in imported(module) if name.split(".")[0] == "weakref"]


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_is_for(module: str) -> None:
    assert ast.get_docstring(tree(module))


def _public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name.startswith("_"):
                continue
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body, f"{node.name}.")


@pytest.mark.parametrize("module", MODULES)
def test_every_public_function_and_class_has_a_docstring(module: str) -> None:
    assert not [
        name
        for name, node in _public(tree(module).body)
        if not ast.get_docstring(node)  # type: ignore[arg-type]
    ]


def _only_a_docstring(module: str) -> bool:
    return len(tree(module).body) == 1


@pytest.mark.parametrize("module", [name for name in MODULES if not _only_a_docstring(name)])
def test_what_is_public_is_listed_once_and_there(module: str) -> None:
    loaded = importlib.import_module(module)
    if module.endswith((".worker.fork_server", ".__main__")):
        assert not hasattr(loaded, "__all__"), "a program is not imported from"
        return
    listed = loaded.__all__
    assert len(set(listed)) == len(listed)
    assert all(hasattr(loaded, name) for name in listed)


def test_the_errors_a_user_can_cause_share_one_root_and_are_drawn_in_the_docstring() -> None:
    from grader.core import errors

    assert errors.__doc__ is not None
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), errors.GraderError)
        assert name in errors.__doc__


def test_no_module_catches_everything_outside_the_worker() -> None:
    for module in MODULES:
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.ExceptHandler) and not module.startswith("grader.worker"):
                caught = ast.unparse(node.type) if node.type else ""
                assert caught not in ("", "BaseException"), f"{module}, line {node.lineno}"


MOST_LINES = 400
MOST_PARAMETERS = 8
MOST_MODULES_AT_THE_TOP = 6


@pytest.mark.parametrize("module", MODULES)
def test_no_file_is_too_long_to_be_read_in_one_go(module: str) -> None:
    lines = MODULES[module].read_text(encoding="utf-8").count("\n")
    assert lines <= MOST_LINES


@pytest.mark.parametrize("module", MODULES)
def test_no_function_takes_more_than_eight_parameters(module: str) -> None:
    assert not [
        f"{node.name}, line {node.lineno}"
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and len(list(_parameters(node.args))) > MOST_PARAMETERS
    ]


def _parameters(signature: ast.arguments) -> Iterator[str]:
    """Names of all that a caller gives; the object of a method is not among them."""
    every = (
        *signature.posonlyargs,
        *signature.args,
        *signature.kwonlyargs,
        signature.vararg,
        signature.kwarg,
    )
    yield from (each.arg for each in every if each is not None and each.arg not in ("self", "cls"))


def test_few_modules_stand_outside_the_rooms_of_the_grader() -> None:
    at_the_top = sorted(file.name for file in (ROOT / "grader").glob("*.py"))
    assert "__init__.py" in at_the_top
    assert len(at_the_top) <= MOST_MODULES_AT_THE_TOP, at_the_top


def test_tests_are_sentences() -> None:
    for file in Path(__file__).parent.rglob("test_*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                assert node.name.count("_") >= 3, f"{file.name}: {node.name}"
    assert inspect.isfunction(test_tests_are_sentences)
