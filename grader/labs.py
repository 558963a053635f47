"""Load a lab by name, `package:NAME`."""

import importlib
import sys
from types import ModuleType

from grader.errors import LabError
from grader.lab import Exercise, Lab
from grader.rubric import check_rubric

__all__ = ["DEFAULT_LAB", "lab_module", "load_lab", "selected"]

DEFAULT_LAB = "reference:LAB"


def load_lab(name: str) -> Lab:
    """Import the lab and check its rubric. Raises LabError or RubricError in one sentence."""
    module_name, _, attribute = name.partition(":")
    try:
        lab = getattr(importlib.import_module(module_name), attribute or "LAB")
    except ImportError as error:
        raise LabError(
            f"The lab {name!r} cannot be loaded ({error}): give it as package:NAME, such as {DEFAULT_LAB}."
        ) from error
    except AttributeError as error:
        raise LabError(f"The package {module_name!r} has no lab called {attribute or 'LAB'!r}.") from error
    if not isinstance(lab, Lab):
        raise LabError(f"{name!r} is not a lab: it has to be a grader.lab.Lab.")
    check_rubric(lab.rubric, lab.exercises(lab.seed))
    return lab


def lab_module(name: str) -> ModuleType:
    """The package a loaded lab stands in, or the single module."""
    return sys.modules[name.partition(":")[0].partition(".")[0]]


def selected(lab: Lab, seed: int, ids: tuple[str, ...]) -> tuple[Exercise, ...]:
    """The lab's exercises, or those named. Raises LabError for one it does not have."""
    exercises = lab.exercises(seed)
    known = [exercise.id for exercise in exercises]
    for wanted in ids:
        if wanted not in known:
            raise LabError(f"There is no exercise {wanted!r}: the lab has {', '.join(known)}.")
    return tuple(exercise for exercise in exercises if not ids or exercise.id in ids)
