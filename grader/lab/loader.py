"""Load a lab: `package:NAME`, a path such as `labs/power_lab:LAB`, or its installed name."""

import importlib
import importlib.util
import os
import sys
import traceback
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Final

from grader.core.errors import GraderError, LabError
from grader.lab.rubric import check_rubric
from grader.lab.spec import Exercise, Lab

__all__ = ["find_lab", "installed_labs", "load_lab", "selected"]

GROUP: Final = "grader.labs"
"""The entry points under which a package lists its labs."""


def installed_labs() -> dict[str, str]:
    """The labs that installed packages offer: `package:NAME` by installed name."""
    return {point.name: point.value for point in entry_points(group=GROUP)}


def load_lab(name: str | None = None) -> Lab:
    """Import a lab and check its rubric; without a name, the only installed one.

    Raises LabError or RubricError, in one sentence.
    """
    module, attribute = find_lab(name)
    lab = getattr(module, attribute, None)
    if lab is None:
        raise LabError(f"{module.__name__!r} has no lab named {attribute!r}.")
    if not isinstance(lab, Lab):
        raise LabError(f"{module.__name__}:{attribute} is not a lab: it must be a grader.lab.Lab.")
    check_rubric(lab.rubric, lab.exercises(lab.seed))
    return lab


def find_lab(name: str | None = None) -> tuple[ModuleType, str]:
    """Import the lab's module and return it with the lab's name there. Raises LabError, in one sentence."""
    offered = installed_labs()
    if name is None:
        if len(offered) != 1:
            there = (
                f"{len(offered)} labs are installed ({', '.join(offered)})"
                if offered
                else "no lab is installed"
            )
            raise LabError(f"Which lab? Name it with --lab: {there}.")
        (name,) = offered.values()
    name = offered.get(name, name)
    module_name, _, attribute = name.partition(":")
    try:
        module = (
            _from_path(Path(module_name)) if _is_path(module_name) else importlib.import_module(module_name)
        )
    except ImportError as error:
        raise LabError(
            f"The lab {name!r} cannot be loaded ({error}): write it as package:NAME or folder/package:NAME."
        ) from error
    except GraderError:
        raise
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        raise LabError(
            f"The lab {name!r} raises an error when loaded ({type(error).__name__}: {error}): correct "
            f"{frame.filename} line {frame.lineno}."
        ) from error
    return module, attribute or "LAB"


def _is_path(name: str) -> bool:
    return os.sep in name or name.endswith(".py")


def _from_path(path: Path) -> ModuleType:
    """Import a package from its folder, or a module from its file, without changing `sys.path`.

    Neighbouring files stay out of reach: a folder of submissions must not offer modules to the grader.
    """
    file = (path / "__init__.py" if path.is_dir() else path).resolve()
    name = path.resolve().name.removesuffix(".py")
    known = sys.modules.get(name)
    if known is not None:
        if getattr(known, "__file__", None) == str(file):
            return known
        raise ImportError(f"another module is named {name}; rename the folder")
    folder = [str(file.parent)] if path.is_dir() else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=folder)
    if spec is None or spec.loader is None or not file.is_file():
        raise ImportError(f"{path} is neither a package nor a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception:
        del sys.modules[name]
        raise
    return module


def selected(lab: Lab, seed: int, ids: tuple[str, ...]) -> tuple[Exercise, ...]:
    """The lab's exercises, or those named. Raises LabError for an unknown one."""
    exercises = lab.exercises(seed)
    known = [exercise.id for exercise in exercises]
    for wanted in ids:
        if wanted not in known:
            raise LabError(f"There is no exercise {wanted!r}: the lab has {', '.join(known)}.")
    return tuple(exercise for exercise in exercises if not ids or exercise.id in ids)
