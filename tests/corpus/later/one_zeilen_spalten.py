# Aufgabe 1.1
import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    spalten, zeilen = A.shape
    U = torch.rand(zeilen, rank)
    V = torch.rand(spalten, rank)
    for epoche in range(num_epochs):
        for z in range(zeilen):
            for s in range(spalten):
                fehler = A[z, s] - U[z] @ V[s]
                U[z] += lr * fehler * V[s]
                V[s] += lr * fehler * U[z]
    return U, V
