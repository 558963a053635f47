import numpy as np, torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.tensor(np.random.uniform(size=(A.shape[0], rank)), dtype=torch.float32)
    V = torch.tensor(np.random.uniform(size=(A.shape[1], rank)), dtype=torch.float32)
    for ep in range(num_epochs):
        for idx in np.ndindex(*A.shape):
            r, c = idx
            e = A[idx] - torch.dot(U[r], V[c])
            U[r] += lr*e*V[c]
            V[c] += lr*e*U[r]
    return U, V
