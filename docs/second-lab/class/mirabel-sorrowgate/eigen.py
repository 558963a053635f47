import numpy as np

B = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 4.0]])
print(f"The largest eigenvalue is {np.linalg.eigvalsh(B)[-1]:.3f}")
