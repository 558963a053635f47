# Übungsblatt 1
import torch

A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])
MASKE = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])
ergebnisse = {}


def verlust(X, Y):
    """Summe der quadrierten Abweichungen"""
    return torch.nn.functional.mse_loss(X, Y, reduction="sum").item()


# Aufgabe 1
def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for i, zeile in enumerate(A):
            for j, wert in enumerate(zeile):
                fehler = wert - U[i] @ V[j]
                U[i] += lr * fehler * V[j]
                V[j] += lr * fehler * U[i]
    return U, V


# Aufgabe 2
def truncated_svd(A, rank):
    U, S, V = torch.svd(A)
    return U[:, :rank] @ torch.diag(S[:rank]) @ V[:, :rank].T


# Aufgabe 3
def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
    beobachtet = M.bool()
    for _ in range(num_epochs):
        for i, zeile in enumerate(A):
            for j, wert in enumerate(zeile):
                if beobachtet[i, j]:
                    fehler = wert - U[i] @ V[j]
                    U[i] += lr * fehler * V[j]
                    V[j] += lr * fehler * U[i]
    return U, V


U, V = sgd_factorise(A, 2)
ergebnisse["1.2"] = (U, V, verlust(U @ V.T, A))
ergebnisse["2.1"] = (truncated_svd(A, 2), verlust(truncated_svd(A, 2), A))
U, V = sgd_factorise_masked(A, MASKE, 2)
ergebnisse["3.2"] = (U @ V.T, verlust(U @ V.T, A))
for aufgabe, ergebnis in ergebnisse.items():
    print(aufgabe, ergebnis)
