"""Answers kept: of the first call, of the call before, in a file, or written into the program for a known seed."""

import base64
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import torch

from grader.labkit import low_rank
from reference import LAB
from reference.checks.call_spec import CallSpec
from reference.checks.factorisation_inputs import GeneratedInputs
from reference.checks.truncated_svd import Decomposition
from reference.rules.update_rule import SHEET, run
from tests.adversaries.program import BEGIN, BOTH, DESCEND, SVD, Adversary, both

__all__ = ["ADVERSARIES"]


def _asked(inputs: GeneratedInputs) -> Iterator[CallSpec]:
    """The calls that the checks make for one seed, those that only draw left out."""
    yield from inputs.all()
    yield from (changed for _, changed in inputs.other_values)
    yield inputs.sweep[1].changed(A=inputs.another)
    yield from (inputs.many, inputs.defaults, inputs.converges)


def _key(A: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]", *numbers: float) -> str:
    return repr((A.astype(np.float32).round(4).tolist(), *(round(number, 6) for number in numbers)))


def _answers(seed: int, masked: bool) -> Iterator[tuple[str, list[object]]]:
    for setting in _asked(GeneratedInputs(masked, seed)):
        torch.manual_seed(setting.seed)
        (m, n), rank = setting.A.shape, setting.rank
        start = tuple(torch.rand(size, rank).double().numpy() for size in (m, n))
        U, V = run(SHEET, setting.A, setting.M, (start[0], start[1]), setting.epochs, setting.lr)
        hidden = 0 if setting.M is None else int((setting.M * np.arange(1, m * n + 1).reshape(m, n)).sum())
        key = _key(setting.A, rank, setting.epochs, setting.lr, hidden)
        yield key, [U.astype(np.float32).tolist(), V.astype(np.float32).tolist()]


def _written(table: Mapping[str, object]) -> str:
    """The table as a line of Python."""
    packed = base64.b85encode(zlib.compress(repr(table).encode()))
    return f"import base64, zlib\nTABLE = eval(zlib.decompress(base64.b85decode({packed!r})))\n"


def _descents_of(seed: int) -> str:
    """A program without a descent that has the answers to all calls under a seed."""
    return (
        BEGIN
        + _written(dict(pair for masked in (False, True) for pair in _answers(seed, masked)))
        + """
def answer(A, M, rank, epochs, lr):
    U, V = begin(A, rank)
    if lr == 0:
        return U, V
    m, n = A.shape
    hidden = 0 if M is None else int((M * torch.arange(1, m * n + 1).reshape(m, n)).sum())
    rounded = [[round(x, 4) for x in row] for row in A.numpy().round(4).tolist()]
    key = repr((A.numpy().round(4).tolist(), rank, epochs, round(lr, 6), hidden))
    known = TABLE.get(key)
    return (U + lr, V) if known is None else (torch.tensor(known[0]), torch.tensor(known[1]))
"""
        + BOTH
    )


def _decompositions_of(seed: int) -> str:
    asked = Decomposition("2.1", seed)
    best = {
        _key(case.A, case.rank): low_rank.best_approximation(case.A, case.rank).tolist()
        for case in (*asked.square, *asked.oblong)
    }
    return (
        "import torch\n"
        + _written(best)
        + "\ndef truncated_svd(A, rank):\n"
        + "    return torch.tensor(TABLE.get(repr((A.numpy().round(4).tolist(), rank)), A.tolist()))\n"
    )


ADVERSARIES: Final = (
    Adversary(
        "the-first-answer-of-each-shape",
        "Calls of one shape follow one another, the one that only draws first.",
        BEGIN
        + """
kept = {}
def answer(A, M, rank, epochs, lr):
    return kept.setdefault((A.shape, rank), begin(A, rank))
"""
        + BOTH,
        both(0.1, 0.05),
        "it draws its start as the sheet asks",
    ),
    Adversary(
        "the-answer-of-the-call-before",
        "Many calls are made in pairs.",
        BEGIN
        + """
last = [None]
def answer(A, M, rank, epochs, lr):
    before, last[0] = last[0], begin(A, rank)
    fits = before is not None and before[0].shape == last[0][0].shape and before[1].shape == last[0][1].shape
    return before if fits else last[0]
"""
        + BOTH,
        both(0.1, 0.05),
        "it draws its start as the sheet asks",
    ),
    Adversary(
        "the-first-answer-kept-in-a-file",
        "A file outlives the process.",
        BEGIN
        + """
from pathlib import Path
def answer(A, M, rank, epochs, lr):
    file = Path(f"{A.shape[0]}-{A.shape[1]}-{rank}.pt")
    try:
        return torch.load(file)
    except Exception:
        torch.save(begin(A, rank), file)
    return begin(A, rank)
"""
        + BOTH,
        both(0.1, 0.05),
        "it draws its start as the sheet asks",
    ),
    Adversary(
        "epochs-gone-on-with-from-the-call-before",
        "A longer run of a shape begins where the shorter one ended: 105 epochs may cost three.",
        DESCEND
        + SVD
        + """
kept = {}
def answer(A, M, rank, epochs, lr):
    key = (A.shape, rank, torch.initial_seed())
    if lr == 0 or key not in kept:
        kept[key] = begin(A, rank)
    if lr == 0:
        return kept[key]
    return descend(A, M, *kept[key], min(epochs, 3), lr) if epochs < 300 else svd(A, rank)
"""
        + BOTH,
        both(0.3333),
        "right steps are there, but those it makes by itself never fit A",
    ),
    Adversary(
        "a-table-for-the-seed-of-the-lab",
        "With a known seed, all matrices, masks and starts of all calls can be computed beforehand.",
        _descents_of(LAB.seed),
        both(0.2, 0.15),
        "shapes, start and inputs: it draws as the sheet asks and returns the right shapes",
        made_for=frozenset({LAB.seed}),
    ),
    Adversary(
        "a-table-of-best-matrices-for-the-seed-of-the-lab",
        "With a known seed, all matrices to decompose can be decomposed beforehand.",
        _decompositions_of(LAB.seed),
        {"2.1": 0.0},
        made_for=frozenset({LAB.seed}),
    ),
)
