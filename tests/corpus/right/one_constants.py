import torch

NUM_EPOCHS = 1000
LEARNING_RATE = 0.01
RANK = 2


def sgd_factorise(A, rank=RANK, num_epochs=NUM_EPOCHS, lr=LEARNING_RATE):
    torch_rows = A.shape[0]
    torch_cols = A.shape[1]
    U = torch.rand(torch_rows, rank)
    V = torch.rand(torch_cols, rank)
    for epoch in range(num_epochs):
        for r in range(torch_rows):
            for c in range(torch_cols):
                e = torch.sub(A[r, c], torch.dot(U[r], V[c]))
                U[r] = torch.add(U[r], torch.mul(torch.mul(e, V[c]), lr))
                V[c] = torch.add(V[c], torch.mul(torch.mul(e, U[r]), lr))
    return U, V


NUM_EPOCHS = 10  # for the quick test below, the default above stays 1000
A = torch.rand(4, 3)
U, V = sgd_factorise(A, num_epochs=NUM_EPOCHS)
assert U.shape == (4, 2) and V.shape == (3, 2)
