"""Mistakes in the returned value: visible in the value, or in factors that are right if read another way."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from grader.lab import ArrayValue, Bench, Nothing, Observation, Opaque, Returned, Text, Value, array_of
from grader.labkit import MisconceptionText, items_of
from reference.checks.call_spec import CallSpec
from reference.checks.factorisation_context import FactorisationContext
from reference.diagnosis.initialisation import COPIED
from reference.diagnosis.matching import Reading
from reference.factors.layout import FLAT, SWAPPED, TURNED, U_TURNED, V_TURNED
from reference.factors.reading import FLOATS, factors
from reference.rules.update_rule import Factors

__all__ = ["ARRANGED", "READINGS", "RESULTS", "of_numbers", "of_value"]

_WHAT: Final = "what a function returns"
_ASKED: Final = "The sheet asks for the two factors, U (m×rank) and V (n×rank), in this order. "


def _words(id_: str, title: str, message: str, question: str) -> MisconceptionText:
    return MisconceptionText(id_, title, message, _WHAT, question)


_NONE = _words("returns-none", "The function returns nothing.",
               "What it computes is lost when it ends; printing is not returning.",
               "What does `x = f()` put into x when f has no `return`?")  # fmt: skip
_GENERATOR = _words("returns-generator", "The function is a generator.",
                    "`yield` makes a function produce values one by one on request; calling it computes nothing.",
                    "What is the type of your function's result?")  # fmt: skip
_STRING = _words("returns-string", "A string is returned instead of the factors.",
                 _ASKED + "You cannot compute with a string.", "What is the type of your function's result?")  # fmt: skip
_U_ONLY = _words("returns-u-only", "Only U is returned.", _ASKED, "How many matrices are returned?")
_V_ONLY = _words("returns-v-only", "Only V is returned.", _ASKED, "How many matrices are returned?")
_PRODUCT = _words("returns-product", "The product of the factors is returned instead of the factors.",
                  _ASKED + "They cannot be recovered from the product alone.", "How many matrices are returned?")  # fmt: skip
_MASKED = _words("returns-masked-product", "The product is returned, with its hidden cells blanked out.",
                 _ASKED + "The purpose of the completion is to fill in the hidden cells.", "How many matrices are returned?")  # fmt: skip
_PRODUCT_LOSS = _words("returns-product-and-loss", "The product and its loss are returned instead of U and V.",
                       _ASKED, "Which two values are returned?")  # fmt: skip
_SCALARS = _words("returns-scalars", "Single numbers are returned instead of matrices.", _ASKED,
                  "What are the shapes of the two returned values?")  # fmt: skip
_ROWS = _words("returns-single-rows", "Only one row of each factor is returned.", _ASKED,
               "What are the shapes of the two returned values?")  # fmt: skip
_INTEGERS = _words("factors-integer", "The factors are integer tensors.",
                   "Every step is truncated to an integer when it is stored.",
                   "What does your tensor contain after you store 0.3 in it?")  # fmt: skip
_CONVERTED = _words("returns-int", "The factors are converted to integers before they are returned.",
                    "Converting to int throws away the fractional part.",
                    "What is the type of the returned tensors?")  # fmt: skip
_COMPLEX = _words("factors-complex", "The factors are complex tensors.", "The sheet's factors are real.",
                  "What is the type of the returned tensors?")  # fmt: skip
_RANK = _words("rank-hard-coded", "The number of columns does not depend on the requested rank.",
               "U and V must have `rank` columns, whatever rank is.",
               "What are the shapes of U and V when the function is called with rank=3?")  # fmt: skip
_SIZES = _words("shape-unpacked-swapped", "U has a row for each column of A, and V one for each row.",
                "The dimensions of A are swapped. With a square matrix, this goes unnoticed.",
                "What is the first number in the shape of a matrix, rows or columns?")  # fmt: skip
_V_SIZE = _words("v-has-rows-of-u", "V has as many rows as U.",
                 "V has one row for each column of A. With a square matrix, this goes unnoticed.",
                 "How many rows does your V have when A is 2×5?")  # fmt: skip
_U_SIZE = _words("u-has-rows-of-v", "U has as many rows as V.",
                 "U has one row for each row of A. With a square matrix, this goes unnoticed.",
                 "How many rows does your U have when A is 2×5?")  # fmt: skip
_SWAPPED = _words("returns-swapped", "U and V are returned in the wrong order.", _ASKED,
                  "Which of the two is returned first?")  # fmt: skip
_V_TRANSPOSED = _words("returns-v-transposed", "V is returned transposed.",
                       _ASKED + "V has one row for each column of A.",
                       "What is the shape of the returned V when A is 2×5?")  # fmt: skip
_U_TRANSPOSED = _words("returns-u-transposed", "U is returned transposed.", _ASKED,
                       "What is the shape of the returned U when A is 2×5?")  # fmt: skip
_BOTH_TRANSPOSED = _words("returns-both-transposed", "U and V are returned transposed.", _ASKED,
                          "What are the shapes of the two returned matrices when A is 2×5?")  # fmt: skip
_RESHAPED: Final = (
    "Reshaping keeps the order of the entries and splits them into different rows, so they end up in the wrong places.",
    "Where does the second entry of the first row go when a 2×3 matrix is reshaped to 3×2?",
)
_V_RESHAPED = _words("returns-v-reshaped", "V is reshaped instead of transposed.", *_RESHAPED)
_U_RESHAPED = _words("returns-u-reshaped", "U is reshaped instead of transposed.", *_RESHAPED)
_FLAT = _words("returns-flat-lists", "The factors are returned as flat lists.",
               _ASKED + "A flat list has lost its shape.", "What are the shapes of the two returned values?")  # fmt: skip

_ROUNDED = _words("result-rounded", "U and V are rounded before they are returned.",
                  "Rounded values are no use for further computation; round when you print.",
                  "Where does your function lose digits?")  # fmt: skip
_UNIT = _words("result-normalised", "The rows of U and V are scaled to length 1 before they are returned.",
               "Their product is then no longer close to A.", "Which matrix is your U·Vᵀ close to?")  # fmt: skip

RESULTS: Final = (
    _ROUNDED, _UNIT,
    _NONE, _GENERATOR, _STRING, _U_ONLY, _V_ONLY, _PRODUCT, _MASKED, _PRODUCT_LOSS, _SCALARS, _ROWS, _INTEGERS,
    _CONVERTED, _COMPLEX, _RANK, _SIZES, _V_SIZE, _U_SIZE, _SWAPPED, _V_TRANSPOSED, _U_TRANSPOSED,
    _BOTH_TRANSPOSED, _V_RESHAPED, _U_RESHAPED, _FLAT,
)  # fmt: skip
"""Mistakes in the returned value."""


ARRANGED: Final = {
    SWAPPED: _SWAPPED,
    V_TURNED: _V_TRANSPOSED,
    U_TURNED: _U_TRANSPOSED,
    TURNED: _BOTH_TRANSPOSED,
    FLAT: _FLAT,
}
"""The mistake of each layout in which the factors can be recognised."""


def _v_reshaped(value: Value, m: int, n: int, rank: int) -> Factors:
    U, V = factors(value, m, n, rank)
    return U, V.reshape(rank, n).T


def _u_reshaped(value: Value, m: int, n: int, rank: int) -> Factors:
    U, V = factors(value, m, n, rank)
    return U.reshape(rank, m).T, V


READINGS: Final[tuple[tuple[MisconceptionText, Reading], ...]] = (
    (_V_RESHAPED, _v_reshaped),
    (_U_RESHAPED, _u_reshaped),
)
"""Ways to read factors that have the right shapes and are right if read like this."""


def of_value(context: FactorisationContext, bench: Bench) -> MisconceptionText | None:
    """The known mistake in the values returned for two oblong matrices of different rank; None if none."""
    mistakes: list[MisconceptionText | None] = []
    for call in (context.inputs.sweep[2], context.inputs.sweep[4]):  # all of m, n and rank differ
        call = context.informative(bench, call)
        mistake = _classified(bench.observe(context.probe.probe_of(call)), call)
        # Loops that run too far raise an error; without epochs, the shapes can still be observed.
        idle = bench.observe(context.probe.probe_of(call.changed(epochs=0)))
        if mistake is None:
            mistake = _shapes(idle, call)
        mistakes.append(_integers_or_converted(mistake, idle, call))
    first, second = mistakes
    return first if first is not None and first == second else _rank_of(context, bench)


def _integers_or_converted(
    mistake: MisconceptionText | None, idle: Observation, call: CallSpec
) -> MisconceptionText | None:
    """Tell integers from converted numbers: a start in [0, 1) that was converted at the end is all 0."""
    if mistake is not _INTEGERS or not isinstance(idle, Returned):
        return mistake
    parts = items_of(idle.value) or ()
    arrays = [array_of(part) for part in parts[:2]]
    return _CONVERTED if all(a is not None and not a.any() for a in arrays) else mistake


def _classified(observation: Observation, call: CallSpec) -> MisconceptionText | None:
    if not isinstance(observation, Returned):
        return None
    value = observation.value
    if isinstance(value, Nothing):
        return _NONE
    if isinstance(value, Text):
        return _STRING
    if isinstance(value, Opaque):
        return _GENERATOR if value.type_name in ("generator", "map", "zip") else None
    parts = items_of(value)
    return _single(value, call) if parts is None else _several(parts, call) or _single(value, call)


def _single(value: Value, call: CallSpec) -> MisconceptionText | None:
    array = array_of(value)
    if array is None:
        return None
    m, n = call.A.shape
    if array.shape == (m, call.rank):
        return _U_ONLY
    if array.shape == (n, call.rank):
        return _V_ONLY
    if array.shape == (m, n):
        hidden = call.M == 0 if call.M is not None else np.zeros((m, n), bool)
        if hidden.any() and not array[hidden].any():
            return _MASKED
        values = np.linalg.svd(array, compute_uv=False)
        if (values[call.rank :] <= 1e-5 * values[0]).all():
            return _PRODUCT
    return _SCALARS if array.ndim == 0 else None


def _several(parts: tuple[Value, ...], call: CallSpec) -> MisconceptionText | None:
    m, n = call.A.shape
    types = [part.dtype for part in parts[:2] if isinstance(part, ArrayValue)]
    if any("complex" in dtype for dtype in types):
        return _COMPLEX
    arrays = [array_of(part) for part in parts[:2]]
    if len(arrays) < 2 or arrays[0] is None or arrays[1] is None:
        return None
    shapes = (arrays[0].shape, arrays[1].shape)
    if shapes == ((m, call.rank), (n, call.rank)) and any(t not in FLOATS for t in types):
        return _INTEGERS
    if shapes[0] == (m, n) and arrays[1].size == 1:
        return _PRODUCT_LOSS
    if shapes == ((), ()):
        return _SCALARS
    if shapes in (((call.rank,), (call.rank,)), ((1, call.rank), (1, call.rank))):
        return _ROWS
    return None


def _shapes(observation: Observation, call: CallSpec) -> MisconceptionText | None:
    if not isinstance(observation, Returned):
        return None
    parts = items_of(observation.value)
    arrays = [array_of(part) for part in (parts or ())[:2]]
    if len(arrays) < 2 or arrays[0] is None or arrays[1] is None:
        return None
    (m, n), k = call.A.shape, call.rank
    by_shapes: dict[object, MisconceptionText] = {
        ((n, k), (m, k)): _SIZES,
        ((m, k), (m, k)): _V_SIZE,
        ((n, k), (n, k)): _U_SIZE,
    }
    shapes: tuple[tuple[int, ...], tuple[int, ...]] = (arrays[0].shape, arrays[1].shape)
    if np.array_equal(arrays[0], arrays[1]):
        return COPIED
    return by_shapes.get(shapes)


def _rank_of(context: FactorisationContext, bench: Bench) -> MisconceptionText | None:
    """The mistake of a hard-coded rank: at rank 1 or rank 3, a factor has another number of columns."""
    wide = set()
    for call in (context.inputs.sweep[3], context.inputs.sweep[4]):
        call = context.informative(bench, call).changed(epochs=0)
        observation = bench.observe(context.probe.probe_of(call))
        parts = items_of(observation.value) if isinstance(observation, Returned) else None
        shapes = tuple(array.shape[1:] for part in (parts or ())[:2] if (array := array_of(part)) is not None)
        if len(shapes) != 2:
            return None
        wide.add(tuple(shape != (call.rank,) and len(shape) == 1 for shape in shapes))
    return _RANK if any(any(entry) for entry in wide) else None


def of_numbers(seen: Iterable[Factors]) -> MisconceptionText | None:
    """The mistake that shows in all returned numbers, such as rounding; None if there is none."""
    arrays = [array.astype(np.float64) for pair in seen for array in pair if array.size]
    if not arrays or not any(array.any() for array in arrays):
        return None
    numbers = np.concatenate([array.ravel() for array in arrays])
    if not np.isfinite(numbers).all():
        return None
    small = np.unique(numbers[np.abs(numbers) <= 4])  # float32 stores seven digits of these
    for digits in range(5):
        if len(small) >= 4 and np.abs(small - np.round(small, digits)).max() <= 1e-6:
            return _ROUNDED if digits else _CONVERTED
    wide = [array for array in arrays if array.shape[1] > 1]
    if wide and all(np.allclose(np.linalg.norm(array, axis=1), 1.0, atol=1e-5) for array in wide):
        return _UNIT
    return None
