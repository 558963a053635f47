"""Tools for many labs: check tables, reading results, random matrices and starts, free-text answers.

They use only `grader.lab`, and Python's parser through `grader.core.parsing`. `low_rank` and `random_matrices` are collections of functions, used by module
name.
"""

from grader.labkit import low_rank, random_matrices
from grader.labkit.check_table import CheckTable, Row, first_advice, undiagnosed
from grader.labkit.comparison import agrees, probe_text
from grader.labkit.counted_loops import CountedLoop, counted_loops
from grader.labkit.free_text_answers import REASONING, Idea, Question, read_by_a_person
from grader.labkit.function_presence import (
    lacking_parameters,
    listed,
    missing_function,
    presence,
    signature,
)
from grader.labkit.lost_work import lost_definition, lost_file, lost_statement
from grader.labkit.low_rank import Interval
from grader.labkit.misconception import MisconceptionText, diagnosis_of, names_mistakes
from grader.labkit.not_started import is_not_started, not_started
from grader.labkit.raised_errors import RAISES, raised_error
from grader.labkit.random_start import drawn_by_numpy, drawn_by_torch, uniform_start
from grader.labkit.returned_values import (
    UnusableResult,
    WorkerEnded,
    array_in,
    array_text,
    describe,
    failure,
    format_matrix,
    is_changed,
    items_of,
    number_in,
    parts_in,
    returned,
    values_side_by_side,
)
from grader.labkit.stated_numbers import is_within, number_of, scalars, states
from grader.labkit.statistics import dkw_tolerance, extreme_tolerance, uniform_distance
from grader.labkit.unreachable_functions import Unreachable, unreachable

__all__ = [
    "RAISES",
    "REASONING",
    "CheckTable",
    "CountedLoop",
    "Idea",
    "Interval",
    "MisconceptionText",
    "Question",
    "Row",
    "Unreachable",
    "UnusableResult",
    "WorkerEnded",
    "agrees",
    "array_in",
    "array_text",
    "counted_loops",
    "describe",
    "diagnosis_of",
    "dkw_tolerance",
    "drawn_by_numpy",
    "drawn_by_torch",
    "extreme_tolerance",
    "failure",
    "first_advice",
    "format_matrix",
    "is_changed",
    "is_not_started",
    "is_within",
    "items_of",
    "lacking_parameters",
    "listed",
    "lost_definition",
    "lost_file",
    "lost_statement",
    "low_rank",
    "missing_function",
    "names_mistakes",
    "not_started",
    "number_in",
    "number_of",
    "parts_in",
    "presence",
    "probe_text",
    "raised_error",
    "random_matrices",
    "read_by_a_person",
    "returned",
    "scalars",
    "signature",
    "states",
    "undiagnosed",
    "uniform_distance",
    "uniform_start",
    "unreachable",
    "values_side_by_side",
]
