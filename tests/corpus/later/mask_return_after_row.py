import torch

def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    nb_lignes, nb_colonnes = A.shape
    U = torch.rand(nb_lignes, rank)
    V = torch.rand(nb_colonnes, rank)
    for epoque in range(num_epochs):
        for l in range(nb_lignes):
            for c in range(nb_colonnes):
                if M[l, c] == 1:      # case observée
                    erreur = A[l, c] - U[l] @ V[c]
                    U[l] += lr * erreur * V[c]
                    V[c] += lr * erreur * U[l]
            return U, V
