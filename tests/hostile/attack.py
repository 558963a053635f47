"""What an attack is, and how it is handed in."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["HONEST", "RIGHT", "WRONG", "Attack", "Place", "hand_in"]

RIGHT = """
import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S[rank:] = 0
    return U @ torch.diag(S) @ Vh

A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
print("error", torch.sum((A - truncated_svd(A, 2)) ** 2))
"""
"""Exercise 2.1 done right, worth 1 mark."""

WRONG = """
import torch

def truncated_svd(A, rank):
    return torch.zeros_like(A)
"""
"""Worth nothing but what an attack adds."""

DESCENT = """
import torch

def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    m, n = A.shape
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
"""
"""Exercise 1.1 done right, worth 1 mark."""

HONEST = {
    "honest-right": RIGHT + DESCENT,
    "honest-wrong": WRONG,
    "honest-half": RIGHT.replace("print", "#"),
    "honest-with-helper": "from helper import truncated_svd\n",
}


@dataclass(frozen=True)
class Place:
    """Where a class is graded, and what no submission may touch or tell."""

    students: Path
    canary: Path
    """A folder with `secret.txt` and `target.txt`."""
    out: Path
    port: int
    word: str
    """Stands in the command line of every program an attack starts."""


@dataclass(frozen=True)
class Attack:
    """One hostile submission. `most` is what its honest part deserves.

    Its code may use CANARY, CLASS, OUT, PORT and WORD, and calls `sing(why)` where it got through: that
    is an exception, and its message would stand in the report. `holds` names the levels it is kept off.
    """

    name: str
    code: str
    most: float = 1.0
    holds: tuple[str, ...] = ("strict", "process")
    others: dict[str, str | bytes] = field(default_factory=dict)
    make: Callable[[Path], None] | None = None
    """Makes what text cannot: links, pipes, modes."""
    file: str = "lab.py"
    least: float | None = None
    """What it must earn in spite of the accident beside it, where that is not all that it deserves."""
    plain: bool = False
    """Handed in without the lines that define CANARY and the like."""


def prelude(place: Place) -> str:
    """The lines before an attack's own code."""
    return (
        f"CANARY, CLASS, OUT = {str(place.canary)!r}, {str(place.students)!r}, {str(place.out)!r}\n"
        f"PORT, WORD = {place.port}, {place.word!r}\n"
        "def sing(why):\n    raise RuntimeError('canary ' + 'sings: ' + str(why))\n"
    )


def hand_in(attacks: list[Attack], place: Place) -> None:
    """Write honest students and attacks into the class, one folder each."""
    for name, code in HONEST.items():
        folder = place.students / name
        folder.mkdir(parents=True)
        (folder / "lab.py").write_text(code, encoding="utf-8")
    (place.students / "honest-with-helper" / "helper.py").write_text(RIGHT, encoding="utf-8")
    for attack in attacks:
        folder = place.students / attack.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        if attack.code:
            code = attack.code if attack.plain else prelude(place) + attack.code
            (folder / attack.file).write_text(code, encoding="utf-8", errors="surrogatepass")
        for name, content in attack.others.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        if attack.make is not None:
            attack.make(folder)
