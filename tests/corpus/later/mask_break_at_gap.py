import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    zeilen, spalten = A.shape
    U = torch.rand(zeilen, rank)
    V = torch.rand(spalten, rank)
    for _ in range(num_epochs):
        for i in range(zeilen):
            for j in range(spalten):
                if M[i, j] == 0:    # unbekannt, überspringen
                    break
                fehler = A[i, j] - U[i] @ V[j]
                U[i] = U[i] + lr * fehler * V[j]
                V[j] = V[j] + lr * fehler * U[i]
    return U, V
