"""Ways in which students write the parts of a correct solution, and print their results.

A text in braces on a line of its own is a placeholder for another part; `{A}`, `{X}` and `{W}` are the
matrices of a head, by the head's names for them.
"""

from typing import NamedTuple


class Part(NamedTuple):
    """One way to write a part of a solution."""

    name: str
    text: str
    end: str = ""
    """What it needs elsewhere: for a head, the assignment of the sheet's names; for a start, the conversion
    of U and V before they are returned; for a place, its special property."""


HEADS = (
    Part("as on the sheet", "{A}, rank, num_epochs=1000, lr=0.01"),
    Part("typed", "{A:t}, rank: int, num_epochs: int = 1000, lr: float = 0.01"),
    Part("names of their own", "{X}, k, epochs=1000, alpha=0.01", "A, rank, num_epochs, lr = X, k, epochs, alpha"),
    Part("words in full", "{W}, n_factors, n_iter=1000, learning_rate=0.01",
         "A, rank, num_epochs, lr = matrix, n_factors, n_iter, learning_rate"),
    Part("words of their own", "{A}, rank, train_steps=1000, stride=0.01", "num_epochs, lr = train_steps, stride"),
    Part("by keyword", "{A}, rank, *, num_epochs=1000, lr=0.01"),
    Part("no defaults", "{A}, rank, num_epochs, lr"),
    Part("rate first", "{A}, rank, lr=0.01, num_epochs=1000"),
    Part("an option last", "{A}, rank, num_epochs=1000, lr=0.01, verbose=False"),
    Part("an option between", "{A}, rank, history=None, num_epochs=1000, lr=0.01"),
    Part("a default rank", "{A}, rank=2, num_epochs=1000, lr=0.01, seed=None"),
    Part("options by name", "{A}, rank, **options",
         'num_epochs, lr = options.get("num_epochs", 1000), options.get("lr", 0.01)'),
    Part("by position", "{A}, rank, num_epochs=1000, lr=0.01, /"),
    Part("constants", "{A}, rank, num_epochs=int(1e3), lr=1e-2, device='cpu', rng=None"),
    Part("none for a default", "{A}, rank, num_epochs=None, lr=None",
         "num_epochs = 1000 if num_epochs is None else num_epochs\nlr = 0.01 if lr is None else lr"),
)  # fmt: skip

STARTS = (
    Part("torch.rand", "U, V = torch.rand(m, rank), torch.rand(n, rank)"),
    Part("V first", "V = torch.rand(n, rank)\nU = torch.rand(m, rank)"),
    Part("uniform_", "U = torch.empty(m, rank).uniform_()\nV = torch.empty(n, rank).uniform_(0, 1)"),
    Part("nn.init", "U = torch.nn.init.uniform_(torch.empty(m, rank))\nV = torch.nn.init.uniform_(torch.empty(n, rank))"),
    Part("numpy", "U = torch.from_numpy(np.random.rand(m, rank)).float()\n"
                  "V = torch.from_numpy(np.random.uniform(size=(n, rank))).float()"),
    Part("a generator", "numbers = torch.Generator().manual_seed(7)\n"
                        "U, V = torch.rand(m, rank, generator=numbers), torch.rand(n, rank, generator=numbers)"),
    Part("lists of rows", "U, V = [torch.rand(rank) for _ in range(m)], [torch.rand(rank) for _ in range(n)]",
         "U, V = torch.stack(U), torch.stack(V)"),
    Part("parameters", "U, V = (torch.nn.Parameter(torch.rand(size, rank), requires_grad=False) for size in (m, n))",
         "U, V = U.detach(), V.detach()"),
    Part("doubles", "A = A.double()\nU, V = torch.rand(m, rank).double(), torch.rand(n, rank, dtype=torch.float64)"),
    Part("a turned V", "U, V = torch.rand(m, rank), torch.rand(rank, n).t()"),
    Part("split", "U, V = torch.rand(m + n, rank).split([m, n])"),
    Part("rand_like", "U, V = torch.rand_like(torch.empty(m, rank)), torch.rand_like(torch.empty(n, rank))"),
    Part("a distribution", "draw = torch.distributions.Uniform(0, 1)\n"
                           "U, V = draw.sample((m, rank)), draw.sample((n, rank))"),
)  # fmt: skip

LOOPS = (
    Part("two fors", "for r in range(m):\n    for c in range(n):\n        a = A[r, c]\n        {step}"),
    Part("columns outside", "for c in range(n):\n    for r in range(m):\n        a = A[r][c]\n        {step}"),
    Part("product", "for r, c in itertools.product(range(m), range(n)):\n    a = A[r, c]\n    {step}"),
    Part("enumerate", "for r, row in enumerate(A):\n    for c, a in enumerate(row):\n        {step}"),
    Part("flat", "for i in range(m * n):\n    r, c = divmod(i, n)\n    a = A[r, c]\n    {step}"),
    Part("ndindex", "for r, c in np.ndindex(m, n):\n    a = A[r, c]\n    {step}"),
    Part("while", "r = 0\nwhile r < m:\n    c = 0\n    while c < n:\n        a = A[r, c]\n        {step}\n"
                  "        c += 1\n    r += 1"),
    Part("a list of cells", "cells = [(r, c) for r in range(m) for c in range(n)]\n"
                            "for r, c in cells:\n    a = A[r, c].clone()\n    {step}"),
    Part("tensors for indices", "for r in torch.arange(m):\n    for c in torch.arange(n):\n        a = A[r, c]\n        {step}"),
    Part("ndenumerate", "for (r, c), a in np.ndenumerate(A.numpy()):\n    a = float(a)\n    {step}"),
    Part("nonzero", "for r, c in torch.nonzero(torch.ones(m, n)).tolist():\n    a = A[r, c]\n    {step}"),
)  # fmt: skip

STEPS = (
    Part("as on the sheet", "e = a - U[r] @ V[c]\nU[r] += lr * e * V[c]\nV[c] += lr * e * U[r]"),
    Part("dot", "e = a - torch.dot(U[r], V[c])\nU[r] = U[r] + lr * e * V[c]\nV[c] = V[c] + lr * e * U[r]"),
    Part("sum", "e = a - (U[r] * V[c]).sum()\nU[r].add_(lr * e * V[c])\nV[c].add_(lr * e * U[r])"),
    Part("item", "e = (a - U[r].dot(V[c])).item()\nU[r] += lr * e * V[c]\nV[c] += lr * e * U[r]"),
    Part("over k", "e = a - sum(U[r][k] * V[c][k] for k in range(rank))\n"
                   "for k in range(rank):\n    U[r][k] += lr * e * V[c][k]\n    V[c][k] += lr * e * U[r][k]"),
    Part("gradients", "g = -(a - torch.inner(U[r], V[c]))\nU[r] -= lr * g * V[c]\nV[c] -= lr * g * U[r]"),
    Part("einsum", 'e = a - torch.einsum("k,k->", U[r], V[c])\nU[r] += e * lr * V[c]\nV[c] += e * lr * U[r]'),
    Part("views", "u, v = U[r], V[c]\ne = a - u @ v\nu += lr * e * v\nv += lr * e * u"),
    Part("alpha", "e = a - torch.matmul(U[r], V[c])\nU[r].add_(V[c], alpha=float(lr * e))\n"
                  "V[c].add_(U[r], alpha=float(lr * e))"),
    Part("slices", "e = a - torch.sum(torch.mul(U[r][:], V[c][:]))\nU[r][:] += lr * e * V[c][:]\n"
                   "V[c][:] += lr * e * U[r][:]"),
    Part("a product of matrices", "e = a - (U[r].unsqueeze(0) @ V[c].unsqueeze(1)).squeeze()\n"
                                  "U[r] += (lr * e) * V[c].clone()\nV[c] += (lr * e) * U[r].clone()"),
    Part("a step of its own", "U[r], V[c] = step(a, U[r], V[c], lr)"),
)  # fmt: skip

SIGHTS = (
    Part("if", "if M[r, c] == 1:\n    {step}"),
    Part("continue", "seen = bool(M[r, c])\nif seen:\n    {step}"),
    Part("truthy", "if M[r][c]:\n    {step}"),
    Part("not hidden", "if not M[r, c] == 0:\n    {step}"),
    Part("item", "if int(M[r, c]) > 0:\n    {step}"),
    Part("a boolean copy", "if M.bool()[r, c]:\n    {step}"),
    Part("is_nonzero", "if torch.is_nonzero(M[r, c]):\n    {step}"),
    Part("of a list", "if [r, c] in torch.nonzero(M).tolist():\n    {step}"),
)

RETURNS = (
    Part("a pair", "return U, V"),
    Part("a list", "return [U, V]"),
    Part("a dict", 'return {"U": U, "V": V}'),
    Part("a named tuple", "return Factors(U, V)"),
    Part("a dataclass", "return Result(V=V, U=U)"),
    Part("arrays", "return np.asarray(U), np.asarray(V)"),
    Part("lists", "return U.tolist(), V.tolist()"),
    Part("a namespace", "return types.SimpleNamespace(U=U, V=V)"),
    Part("an object", "return Pair(U, V)"),
    Part("clones", "return U.clone().detach(), V.clone().detach()"),
)

PLACES = (
    Part("a function", "{function}"),
    Part("an own name", "{function}", "own"),
    Part("a static method", "class Lab:\n    @staticmethod\n    {function}"),
    Part("a method", "class Lab:\n    def __init__(self):\n        self.done = []\n\n    {method}"),
    Part("made with the rank", "", "made"),
    Part("within main", "def main():\n    {function}\n\n    print({name}.__name__)\n\n\nmain()"),
    Part("decorated", "def logged(f):\n    @functools.wraps(f)\n    def g(*args, **kwargs):\n"
                      "        return f(*args, **kwargs)\n    return g\n\n\n@logged\n{function}"),
    Part("without gradients", "@torch.no_grad()\n{function}"),
    Part("in a condition", 'if torch.__version__:\n    {function}'),
    Part("a callable object", "class Learner:\n    {call}\n\n\n{name} = Learner()"),
    Part("an alias", "{function}\n\n\nfactorise = {name}"),
    Part("under the guard", 'if __name__ == "__main__":\n    {function}'),
)  # fmt: skip

SVD_HEADS = (
    Part("as on the sheet", "{A}, rank"),
    Part("typed", "{A:t}, rank: int"),
    Part("names of their own", "{X}, k", "A, rank = X, k"),
    Part("words in full", "{W}, n_components=2", "A, rank = matrix, n_components"),
    Part("an option last", "{A}, rank=2, verbose=False"),
    Part("by keyword", "{A}, *, rank"),
)

DECOMPOSITIONS = (
    Part("reduced", "U, S, Vh = torch.linalg.svd(A, full_matrices=False)"),
    Part("torch.svd", "U, S, V = torch.svd(A)\nVh = V.T"),
    Part("full", "U, S, Vh = torch.linalg.svd(A)\nU, Vh = U[:, : len(S)], Vh[: len(S)]"),
    Part("numpy", "U, S, Vh = (torch.from_numpy(x) for x in np.linalg.svd(A.numpy(), full_matrices=False))"),
    Part("double", "A = A.double()\nU, S, Vh = torch.linalg.svd(A, full_matrices=False)"),
    Part("of the transpose", "V, S, Uh = torch.linalg.svd(A.T, full_matrices=False)\nU, Vh = Uh.T, V.T"),
)

CUTS = (
    Part("zeros", "S[rank:] = 0\nP = U @ torch.diag(S) @ Vh"),
    Part("slices", "P = U[:, :rank] @ torch.diag(S[:rank]) @ Vh[:rank]"),
    Part("scaled columns", "P = (U[:, :rank] * S[:rank]) @ Vh[:rank, :]"),
    Part("outer products", "P = sum(S[i] * torch.outer(U[:, i], Vh[i]) for i in range(min(rank, len(S))))"),
    Part(
        "where",
        "S = torch.where(torch.arange(len(S)) < rank, S, torch.zeros_like(S))\nP = U @ (S[:, None] * Vh)",
    ),
    Part(
        "what is dropped",
        "P = A.clone()\nfor i in range(rank, len(S)):\n    P -= S[i] * torch.outer(U[:, i], Vh[i])",
    ),
    Part("einsum", 'P = torch.einsum("ik,k,kj->ij", U[:, :rank], S[:rank], Vh[:rank])'),
    Part("projected", "P = U[:, :rank] @ (U[:, :rank].T @ A)"),
    Part(
        "one at a time", "while len(S) > rank:\n    S = S[:-1]\nk = len(S)\nP = U[:, :k] @ S.diag() @ Vh[:k]"
    ),
)

SVD_RETURNS = (
    Part("a matrix", "return P"),
    Part("with its error", "return P, torch.sum((A - P) ** 2)"),
    Part("a float with it", "return P, ((A - P) ** 2).sum().item()"),
    Part("an array", "return P.numpy()"),
    Part("a list", "return P.tolist()"),
    Part("the three factors", "return U[:, :rank], S[:rank], Vh[:rank]"),
    Part("two factors", "return U[:, :rank] * S[:rank], Vh[:rank].T"),
    Part("a dict", 'return {"approximation": P, "S": S}'),
)  # fmt: skip

PRELUDE = """import dataclasses
import functools
import itertools
import types
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


class Factors(NamedTuple):
    U: torch.Tensor
    V: torch.Tensor


@dataclasses.dataclass
class Result:
    U: torch.Tensor
    V: torch.Tensor


class Pair:
    def __init__(self, U, V):
        self.U = U
        self.V = V


def step(a, u, v, lr):
    e = a - torch.dot(u, v)
    u = u + lr * e * v
    return u, v + lr * e * u


"""

SHOWN = (
    Part("factors", "{U}\n{V}"),
    Part("the product", "{P}"),
    Part("all three", "{U}\n{V}\n{P}"),
)

MATRICES = (
    Part("alone", "print({x})"),
    Part("with its name", 'print("{name}:", {x})'),
    Part("below its name", 'print("{name} =\\n", {x})'),
    Part("in a sentence", 'print(f"{name} is\\n{{x}}")'),
    Part("as an array", 'print("{name}", {x}.numpy())'),
    Part("as a list", 'print("{name} =", {x}.tolist())'),
    Part("rounded", 'print("{name}:", np.round({x}.numpy(), 4))'),
    Part("row by row", 'print("{name}")\nfor row in {x}:\n    print(row)'),
    Part("lists by row", 'print("{name}:")\nfor row in {x}.tolist():\n    print(row)'),
    Part("a table", 'print("{name}")\nfor row in {x}:\n    print("  ".join(f"{x:8.4f}" for x in row))'),
    Part(
        "a table of commas",
        'print("{name}:")\nfor row in {x}.tolist():\n    print(", ".join("%.5f" % x for x in row))',
    ),
    Part("more digits", 'torch.set_printoptions(precision=6)\nprint("{name}", {x})'),
    Part("no exponents", "np.set_printoptions(suppress=True, precision=5)\nprint({x}.numpy())"),
    Part("displayed", "display({x})"),
    Part(
        "cell by cell",
        'print("{name}:")\nfor i in range({x}.shape[0]):\n    for j in range({x}.shape[1]):\n'
        '        print(round({x}[i, j].item(), 4), end=" ")\n    print()',
    ),
    Part("array2string", 'print("{name} " + np.array2string({x}.numpy(), precision=4, separator=", "))'),
    Part("pretty", 'import pprint\nprint("{name}")\npprint.pprint({x}.tolist())'),
)

NUMBERS = (
    Part("a tensor", 'print("loss:", {x})'),
    Part("an item", 'print("Loss", {x}.item())'),
    Part("four digits", 'print(f"loss = {{x}:.4f}")'),
    Part("in a sentence", 'print("The reconstruction error is %.5f." % {x})'),
    Part("a formula", 'print("||A - A_hat||_F^2 =", round(float({x}), 4))'),
    Part("alone", "print({x})"),
    Part("an exponent", 'print(f"Squared error: {{x}:.4e}")'),
    Part("a tuple", 'print(("loss", float({x})))'),
)

LOSSES = (
    Part("sum of squares", "((A - {P}) ** 2).sum()"),
    Part("squared norm", "torch.norm(A - {P}) ** 2"),
    Part("mse_loss", 'torch.nn.functional.mse_loss({P}, A, reduction="sum")'),
    Part("trace", "torch.trace((A - {P}).T @ (A - {P}))"),
    Part("times nine", "torch.mean((A - {P}).pow(2)) * A.numel()"),
)

NOISE = (
    Part("none", "pass"),
    Part("shapes", "print(A.shape, A.dtype)"),
    Part("the matrix given", 'print("A =", A)'),
    Part("progress", 'print("epoch 1000/1000 done in 0.17 s (lr 0.01)")'),
    Part("a line", 'print("=" * 30, "Exercise", "=" * 30)'),
)

SCOPES = (Part("at the top", "{program}"), Part("in main", "def main():\n    {program}\n\n\nmain()"))

GIVEN = """A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    return sgd_factorise_masked(A, torch.ones_like(A), rank, num_epochs, lr)


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r, c in M.nonzero().tolist():
            U[r], V[c] = step(A[r, c], U[r], V[c], lr)
    return U, V


"""
