import numpy as np

X = np.array([[0.3374, 0.6005, 0.1735],
              [3.3359, 0.0492, 1.8374],
              [2.9407, 0.5301, 2.2620]])
u, sigma, v_transposed = np.linalg.svd(X)
sigma_cut = np.diag([sigma[0], sigma[1], 0])
X2 = np.dot(np.dot(u, sigma_cut), v_transposed)
fehler = np.linalg.norm(X - X2, 'fro') ** 2
print("Sigma: ", np.round(sigma, 4))
print("X2 = ")
print(np.round(X2, 4))
print("Fehler: ", round(float(fehler), 4))
