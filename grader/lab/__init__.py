"""The interface a lab imports to describe itself: exercises, checks, functions, rubric.

A lab is data and pure functions; the grader runs it without knowing its subject.
"""

from grader.lab.learned import Fact, Learned
from grader.lab.spec import (
    Bench,
    Binding,
    Check,
    Demonstration,
    Exercise,
    ExerciseRubric,
    Function,
    Kit,
    Lab,
    Located,
    Parameter,
    Rubric,
    Slot,
)

__all__ = [
    "Bench",
    "Binding",
    "Check",
    "Demonstration",
    "Exercise",
    "ExerciseRubric",
    "Fact",
    "Function",
    "Kit",
    "Lab",
    "Learned",
    "Located",
    "Parameter",
    "Rubric",
    "Slot",
]
