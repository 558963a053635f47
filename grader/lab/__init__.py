"""All that a lab imports to describe itself: exercises, checks, functions, what was observed and what was found.

A lab is data and pure functions; the grader runs it without knowing its subject. What many labs need besides is in
`grader.labkit`.
"""

from grader.core.escaping import capital
from grader.core.evidence import (
    Answer,
    CheckedValue,
    Counterexample,
    Curve,
    Grid,
    HeatMaps,
    Level,
    LinePlot,
    Picture,
    Quote,
)
from grader.core.frozen import Frozen
from grader.core.observation import (
    Died,
    FoundIn,
    LoadReport,
    Observation,
    Probe,
    RunCall,
    StatedValue,
    Uncallable,
)
from grader.core.result import CheckResult, Comparison, Diagnosis, Finding, Outcome
from grader.core.submission import Passage, Place, Source
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
    "CheckedValue",
    "Comparison",
    "Counterexample",
    "Curve",
    "Demonstration",
    "Diagnosis",
    "Died",
    "Exercise",
    "ExerciseRubric",
    "Fact",
    "Finding",
    "FoundIn",
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
    "RunCall",
    "Slot",
    "Source",
    "StatedValue",
    "Text",
    "Uncallable",
    "Value",
    "array_of",
    "call_text",
    "capital",
    "read_rubric",
]
