"""Generosity: results in other orders and forms, more of them than asked, objects that answer otherwise each time."""

from typing import Final

from tests.adversaries.program import BEGIN, BOTH, DESCEND, SVD, Adversary, both

__all__ = ["ADVERSARIES"]

OF_AN_SVD: Final = "as for the factors of an SVD"

ADVERSARIES: Final = (
    Adversary(
        "right-but-exchanged",
        "V before U is read all the same.",
        DESCEND
        + "\ndef answer(A, M, rank, epochs, lr):\n    return descend(A, M, *begin(A, rank), epochs, lr)[::-1]\n"
        + BOTH,
        both(0.95),
        "everything but the shapes",
    ),
    Adversary(
        "right-but-flat",
        "What lost its shape is read all the same.",
        DESCEND
        + """
def answer(A, M, rank, epochs, lr):
    return tuple(x.reshape(-1) for x in descend(A, M, *begin(A, rank), epochs, lr))
"""
        + BOTH,
        both(0.95),
        "everything but the shapes",
    ),
    Adversary(
        "many-pairs-in-a-tuple",
        "Of several values two that fit are looked for.",
        BEGIN
        + SVD
        + """
def answer(A, M, rank, epochs, lr):
    (U, V), (P, Q) = begin(A, rank), svd(A, rank)
    R = A - U @ V.T
    pairs = [(U, V), (U + lr * R @ V, V + lr * R.T @ U), (P, Q), (-P, -Q)]
    return tuple(x for pair in (pairs if lr == 0 else pairs[::-1]) for x in pair)
"""
        + BOTH,
        both(0.15, 0.1),
        "shapes, inputs, fits and (without a mask) converges, less what the extra values cost",
    ),
    Adversary(
        "more-names-than-values",
        "A name without a value has to fail where it is read, and what fails in the grader costs no mark.",
        BEGIN
        + """
class Pair(tuple):
    _fields = ("a", "b", "u", "v")

def answer(A, M, rank, epochs, lr):
    return Pair(begin(A, rank))
"""
        + BOTH,
        both(0.0),
    ),
    Adversary(
        "a-dict-with-more-keys-than-values",
        "The same by a mapping whose keys and values do not belong together.",
        BEGIN
        + """
class Mapped(dict):
    def __iter__(self):
        return iter(("a", "b", "c", "U", "V"))

def answer(A, M, rank, epochs, lr):
    return Mapped(zip("UV", begin(A, rank)))
"""
        + BOTH,
        both(0.0),
    ),
    Adversary(
        "a-list-that-changes-between-readings",
        "Whoever reads twice is told twice.",
        BEGIN
        + SVD
        + """
class Changing(list):
    readings = 0
    def __iter__(self):
        Changing.readings += 1
        return iter(self[:2] if Changing.readings % 2 else self[2:])
    def __len__(self):
        return 2

def answer(A, M, rank, epochs, lr):
    return Changing([*begin(A, rank), *svd(A, rank)])
"""
        + BOTH,
        both(0.2, 0.15),
        OF_AN_SVD,
    ),
    Adversary(
        "an-object-whose-factors-are-computed-when-read",
        "A property is computed at each reading, from whatever is known by then.",
        BEGIN
        + SVD
        + """
import dataclasses

@dataclasses.dataclass
class Result:
    U: object
    V: object
    def __getattribute__(self, name):
        held = object.__getattribute__(self, name)
        return held() if name in "UV" else held

def answer(A, M, rank, epochs, lr):
    U, V = begin(A, rank) if lr == 0 else svd(A, rank)
    return Result(lambda: U, lambda: V)
"""
        + BOTH,
        both(0.2, 0.15),
        OF_AN_SVD,
    ),
    Adversary(
        "views-of-the-argument",
        "A view of A holds whatever A is changed into later.",
        BEGIN
        + """
def answer(A, M, rank, epochs, lr):
    if rank <= A.shape[1]:
        return A[:, :rank], torch.eye(A.shape[1])[:, :rank]
    return begin(A, rank)
"""
        + BOTH,
        both(0.1),
        "shapes and inputs",
    ),
    Adversary(
        "changed-by-a-thread-after-the-return",
        "What is looked at later may be something else by then.",
        BEGIN
        + SVD
        + """
import threading
def answer(A, M, rank, epochs, lr):
    U, V = begin(A, rank)
    P, Q = svd(A, rank)
    threading.Timer(0.005, lambda: (U.copy_(P), V.copy_(Q))).start()
    return U, V
"""
        + BOTH,
        both(0.2, 0.15),
        "as for the factors of an SVD, where the thread comes first; else only the start is there",
    ),
    Adversary(
        "a-tensor-subclass-that-equals-everything",
        "Comparisons are asked of the student's own class.",
        BEGIN
        + """
class Agreeing(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function.__name__ in ("allclose", "equal", "isclose", "eq", "le", "lt"):
            return True
        return super().__torch_function__(function, types, args, kwargs or {})

def answer(A, M, rank, epochs, lr):
    return tuple((x + lr * A.mean()).as_subclass(Agreeing) for x in begin(A, rank))
"""
        + BOTH,
        both(0.2, 0.15),
        "shapes, start and inputs, which any wrong update earns",
    ),
    Adversary(
        "three-rows-and-rank-two-without-epochs-and-rate",
        "Who takes neither epochs nor rate is asked for two or three whole runs, all of three rows and rank 2.",
        DESCEND
        + """
def sgd_factorise(A, rank):
    U, V = begin(A[:3], 2)
    return descend(A[:3], None, U, V, 1000, 0.01)

def sgd_factorise_masked(A, M, rank):
    U, V = begin(A[:3], 2)
    return descend(A[:3], M, U, V, 1000, 0.01)
""",
        both(0.4, 0.3),
        "shapes, start, inputs, defaults, fits and converges: with these three rows and this rank it is right",
    ),
    Adversary(
        "a-class-with-an-svd-in-it",
        "What stands in a class may wait for a person.",
        BEGIN
        + SVD
        + """
class Factoriser:
    def __init__(self, rank):
        self.rank = rank
    def sgd_factorise(self, A, num_epochs=1000, lr=0.01):
        return svd(A, self.rank) if lr else begin(A, self.rank)
    def sgd_factorise_masked(self, A, M, num_epochs=1000, lr=0.01):
        return svd(A, self.rank) if lr else begin(A, self.rank)
""",
        both(0.2, 0.15),
        OF_AN_SVD,
    ),
)
