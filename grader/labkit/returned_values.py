"""Describe or read the value that a call returned, or reject it with a sentence for the student."""

import numpy as np
import numpy.typing as npt

from grader import protocol
from grader.lab import Died, Located, Observation, Uncallable, array_of

__all__ = [
    "UnusableResult",
    "WorkerEnded",
    "array_in",
    "array_text",
    "describe",
    "failure",
    "format_matrix",
    "is_changed",
    "items_of",
    "number_in",
    "parts_in",
    "returned",
    "values_side_by_side",
]


class UnusableResult(Exception):  # noqa: N818  not an error of ours: the sentence is for the student
    """Raised if a returned value cannot be used; the message says what it is and what was expected."""


class WorkerEnded(UnusableResult):
    """Raised if the worker ended during the call: repeating the call would only end another worker."""


def describe(value: protocol.Value) -> str:
    """The returned value in a few words."""
    if isinstance(value, protocol.Nothing):
        return "None"
    if isinstance(value, protocol.Number):
        return f"the {type(value.value).__name__} {value.value!r}"
    if isinstance(value, protocol.Text):
        return "a string"
    if isinstance(value, protocol.Items) and value.type_name == protocol.ATTRIBUTES:
        names = ", ".join(f"`{name}`" for name in value.names[:5])
        return f"an object that holds {names}{', …' if len(value.names) > 5 else ''}"
    if isinstance(value, protocol.Items):
        names = ", ".join(describe(item) for item in value.items[:3])
        dots = ", …" if len(value.items) > 3 else ""
        return f"a {value.type_name} of {len(value.items)} ({names}{dots})"
    if isinstance(value, protocol.Array) and value.origin == "list":
        return f"a list of {' by '.join(map(str, value.shape))} numbers"
    if isinstance(value, protocol.Array):
        kind = "tensor" if value.origin == "torch" else "array"
        return f"a {kind} of shape {value.shape} and type {value.dtype}"
    if value.text.startswith("array"):
        return f"an {value.text}"
    return f"a {value.text}" if value.text else f"an object of type {value.type_name}"


def failure(observation: Observation) -> str:
    """Why a call gave no result, as a sentence; empty if it returned."""
    if isinstance(observation, protocol.Raised):
        where = f" in {observation.place or f'line {observation.line}'}" if observation.line else ""
        text = f": {observation.text}" if observation.text else ""
        shapes = ", ".join(f"{name} has shape {shape}" for name, shape in observation.shapes)
        return f"The call raised {observation.type_name}{where}{text}.{f' There {shapes}.' if shapes else ''}"
    if isinstance(observation, Died):
        return f"The call did not return: {observation.text}."
    if isinstance(observation, Uncallable):
        return f"The function cannot be called as on the sheet: {observation.text}."
    return ""


def is_changed(given: npt.NDArray[np.generic], after: protocol.Value) -> bool:
    """Whether a call changed an array that it was given."""
    return not (isinstance(after, protocol.Array) and after.data == given.tobytes())


def items_of(value: protocol.Value) -> tuple[protocol.Value, ...] | None:
    """The parts of a tuple or list of separate values; None for a single value."""
    return value.items if isinstance(value, protocol.Items) else None


def array_text(values: str, located: Located) -> str:
    """A matrix as the student's program writes it: a tensor, or an array if the program does not use torch."""
    return f"np.array({values})" if located.arrays == "numpy" else f"torch.tensor({values})"


def format_matrix(array: npt.NDArray[np.generic], digits: int = 4) -> str:
    """The array as nested lists, rounded, for messages only."""
    if array.ndim == 0:
        return f"{float(array):.{digits}f}"
    if array.ndim == 1:
        return "[" + ", ".join(f"{float(x):.{digits}f}" for x in array) + "]"
    return "[" + ", ".join(format_matrix(row, digits) for row in array) + "]"


def values_side_by_side(value: protocol.Value) -> int:
    """How many separate values were returned; 1 for a single value and for any object."""
    if isinstance(value, protocol.Items) and value.type_name != protocol.ATTRIBUTES:
        return len(value.items)
    return 1


def returned(observation: Observation) -> protocol.Value:
    """The returned value. Raises WorkerEnded or UnusableResult with a sentence if the call did not return."""
    if isinstance(observation, protocol.Returned):
        return observation.value
    raise (WorkerEnded if isinstance(observation, Died) else UnusableResult)(failure(observation))


def parts_in(value: protocol.Value, count: int, wanted: str) -> tuple[protocol.Value, ...]:
    """The parts of a tuple or list of `count` values; `wanted` names them. Raises UnusableResult."""
    parts = items_of(value)
    if parts is None or len(parts) != count:
        raise UnusableResult(f"It returned {describe(value)}; expected: {wanted}.")
    return parts


def array_in(value: protocol.Value, shape: tuple[int, ...], wanted: str) -> npt.NDArray[np.float64]:
    """A finite array of this shape, as float64; `wanted` names it. Raises UnusableResult."""
    array = array_of(value)
    if array is None:
        raise UnusableResult(f"It returned {describe(value)}; wanted: {wanted} of shape {shape}.")
    if array.shape != shape:
        raise UnusableResult(f"It returned shape {array.shape}; wanted: {wanted} of shape {shape}.")
    if not np.isfinite(array).all():
        raise UnusableResult(f"There are values in {wanted} that are not finite (inf or nan).")
    return array


def number_in(value: protocol.Value, wanted: str) -> float:
    """A finite number, or an array with one entry; `wanted` names it. Raises UnusableResult."""
    array = array_of(value)
    if array is None or array.size != 1:
        raise UnusableResult(f"It returned {describe(value)}; expected: {wanted}.")
    if not np.isfinite(array).all():
        raise UnusableResult(f"{wanted[:1].upper()}{wanted[1:]} is not finite (inf or nan).")
    return float(array.reshape(()))
