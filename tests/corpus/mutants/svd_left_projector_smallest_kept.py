import numpy
import torch

def truncated_svd(A, rank):
    a = numpy.array(A, dtype=float)
    U = numpy.linalg.svd(a)[0]
    U = U[:, -rank:]
    return torch.tensor(U.dot(U.T).dot(a), dtype=A.dtype)
