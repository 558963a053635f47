import numpy as np


def power_iteration(A, x, num_steps=100):
    for _ in range(num_steps):
        x = A @ x
    return (x @ A @ x) / (x @ x), x


B = np.array([[2, 1, 0], [1, 3, 1], [0, 1, 4]])
print(power_iteration(B, np.array([1, 1, 1]), 12)[0])
