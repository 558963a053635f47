"""Correct and wrong programs to hand in, and the fixture that writes them into a class."""

from collections.abc import Callable
from pathlib import Path

Handed = Callable[..., Path]
"""The fixture `handed_in`."""

RIGHT_SVD = """\
import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S[rank:] = 0
    return U @ torch.diag(S) @ Vh

A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
print("error", torch.sum((A - truncated_svd(A, 2)) ** 2))
"""
"""A correct solution of exercise 2.1 that is quick to grade."""

WRONG_SVD = RIGHT_SVD.replace("S[rank:] = 0", "S[:rank] = 0")
"""Drops the largest singular values instead of the smallest."""
