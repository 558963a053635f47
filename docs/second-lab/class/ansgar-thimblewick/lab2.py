import numpy as np

B = np.array([[2.0, 1, 0], [1, 3, 1], [0, 1, 4]])


def power_iteration(A, x, num_steps=100):
    for step in range(num_steps):
        x = A.dot(x)
        x = x / np.sqrt((x * x).sum())
    return x @ A @ x, x


value, vector = power_iteration(B, np.ones(3))
print("largest eigenvalue:", round(value, 4))
# The part along the second eigenvector shrinks by |λ₂/λ₁| in every step.
