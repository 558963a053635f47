import logging

import torch
import torch.nn.functional as F

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
log = logging.getLogger(__name__)

history = []


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    U = torch.rand(A.shape[0], rank)
    V = torch.rand(A.shape[1], rank)
    log.debug("start: %s", F.mse_loss(U @ V.T, A, reduction="sum"))
    for epoch in range(num_epochs):
        epoch_loss = 0.0
        for r in range(A.shape[0]):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c]
                epoch_loss += float(e) ** 2
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
        history.append(epoch_loss)
        if (epoch + 1) % 250 == 0:
            log.info("epoch %d loss %.4f", epoch + 1, epoch_loss)
    return U, V
