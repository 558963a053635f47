# TP 1 - factorisation de matrice
import torch


def erreur_totale(A, U, V):
    return torch.norm(A - U @ V.T, p='fro') ** 2


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    """Factorise A ≈ U Vᵀ par descente de gradient stochastique."""
    nb_lignes, nb_colonnes = A.shape
    U = torch.rand(nb_lignes, rank)
    V = torch.rand(nb_colonnes, rank)
    for epoque in range(num_epochs):
        for l in range(nb_lignes):
            for c in range(nb_colonnes):
                e = A[l, c] - U[l] @ V[c]
                U[l] += lr * e * V[c]
                V[c] += lr * e * U[l]
        if epoque % 100 == 0:
            print(f"époque {epoque:4d} : erreur = {erreur_totale(A, U, V):.4f}")
    return U, V


A = torch.tensor([[0.3374, 0.6005, 0.1735],
                  [3.3359, 0.0492, 1.8374],
                  [2.9407, 0.5301, 2.2620]])
U, V = sgd_factorise(A, 2)
print("U =", U)
print("V =", V)
print("erreur finale :", erreur_totale(A, U, V).item())
