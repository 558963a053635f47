import torch


def sgd_factorise(A, rang, num_epochs=1000, lr=0.01):
    lignes, colonnes = A.shape
    U = torch.rand(lignes, rang)
    V = torch.rand(colonnes, rang)
    for epoque in range(num_epochs):
        for i in range(lignes):
            for j in range(colonnes):
                for k in range(rang):
                    e = A[i, j] - U[i, k] * V[j, k]
                    # mise a jour composante par composante
                    U[i, k] += lr * e * V[j, k]
                    V[j, k] += lr * e * U[i, k]
    return U, V
