"""All that a lab imports to describe itself: exercises, checks, functions, what was observed and what was found.

A lab is data and pure functions; the grader runs it without knowing its subject. What many labs need besides is in
`grader.labkit`.
"""

from grader.core.escaping import capital
from grader.core.evidence import (
    Answer,
    Claim,
    Curve,
    Grid,
    HeatMaps,
    Level,
    LinePlot,
    Picture,
    Quote,
    Witness,
)
from grader.core.model import (
    CheckResult,
    Comparison,
    Diagnosis,
    Died,
    Figure,
    Finding,
    Frozen,
    LoadReport,
    Observation,
    Outcome,
    Passage,
    Place,
    Probe,
    Source,
    Uncallable,
)
from grader.lab.arrays import array_of
from grader.lab.call_binding import written as call_text
from grader.lab.learned import Fact, Learned
from grader.lab.rubric import read_rubric
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
from grader.protocol import Array as ArrayValue
from grader.protocol import Items, Nothing, Number, Opaque, Raised, Returned, Text, Value

__all__ = [
    "Answer",
    "ArrayValue",
    "Bench",
    "Binding",
    "Check",
    "CheckResult",
    "Claim",
    "Comparison",
    "Curve",
    "Demonstration",
    "Diagnosis",
    "Died",
    "Exercise",
    "ExerciseRubric",
    "Fact",
    "Figure",
    "Finding",
    "Frozen",
    "Function",
    "Grid",
    "HeatMaps",
    "Items",
    "Kit",
    "Lab",
    "Learned",
    "Level",
    "LinePlot",
    "LoadReport",
    "Located",
    "Nothing",
    "Number",
    "Observation",
    "Opaque",
    "Outcome",
    "Parameter",
    "Passage",
    "Picture",
    "Place",
    "Probe",
    "Quote",
    "Raised",
    "Returned",
    "Rubric",
    "Slot",
    "Source",
    "Text",
    "Uncallable",
    "Value",
    "Witness",
    "array_of",
    "call_text",
    "capital",
    "read_rubric",
]
