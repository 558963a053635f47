"""What came back from a student's function, or stands in a variable, as an array of real numbers."""

import numpy as np
import numpy.typing as npt

from grader import protocol

__all__ = ["array_of"]


def array_of(value: protocol.Value) -> npt.NDArray[np.float64] | None:
    """The value as float64, where it is a real number, a real array or nested lists of equal length; else None."""
    if isinstance(value, protocol.Number):
        return np.array(value.value, np.float64) if not isinstance(value.value, bool) else None
    if isinstance(value, protocol.Array):
        if value.dtype.startswith("complex"):
            return None
        return np.frombuffer(value.data, dtype=value.dtype).reshape(value.shape).astype(np.float64)
    if isinstance(value, protocol.Items) and value.items and not value.names:
        parts = [array_of(item) for item in value.items]
        if any(part is None for part in parts):
            return None
        whole = [part for part in parts if part is not None]
        if len({part.shape for part in whole}) == 1 and whole[0].ndim < 2:
            return np.stack(whole)
    return None
