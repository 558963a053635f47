import torch


def sgd_factorise(A, rang, epochen=1000, lernrate=0.01):
    """
    Zerlegt die Matrix A in U * V^T mit stochastischem Gradientenabstieg.

    A         Matrix der Größe Zeilen x Spalten
    rang      Rang der Näherung
    epochen   Anzahl der Durchläufe
    lernrate  Schrittweite
    """
    zeilen, spalten = A.shape
    # Gleichverteilt zwischen 0 und 1 anfangen
    U = torch.rand(zeilen, rang)
    V = torch.rand(spalten, rang)
    for durchlauf in range(epochen):
        for z in range(zeilen):
            for s in range(spalten):
                naeherung = torch.linalg.vecdot(U[z], V[s])
                schritt = lernrate * (A[z, s] - naeherung)
                neu = U[z] + schritt * V[s]
                V[s] = V[s] + schritt * neu   # hier schon mit dem neuen U[z]
                U[z] = neu
    return U, V
