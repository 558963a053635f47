"""The model solution, to be read with the sheet beside it."""

import numpy as np
import numpy.typing as npt

__all__ = ["power_iteration"]

Array = npt.NDArray[np.float64]


def power_iteration(A: Array, x: Array, num_steps: int = 100) -> tuple[float, Array]:
    """Approximate the largest eigenvalue of a symmetric matrix and its eigenvector.

    A: (n, n) symmetric; x: (n,), not zero. Returns the Rayleigh quotient and the vector, (n,) of length 1.
    """
    for _ in range(num_steps):
        y = A @ x
        x = y / np.linalg.norm(y)
    return float(x @ A @ x / (x @ x)), x
