"""Lab 2: fill in the function, then state the largest eigenvalue of B."""

import numpy as np

B = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 4.0]])


def power_iteration(A, x, num_steps=100):
    """Exercise 1: each step replaces x by Ax / ‖Ax‖; return the Rayleigh quotient and x."""
    raise NotImplementedError


# Exercise 2: print the largest eigenvalue of B, and say what decides how fast the iteration converges.
