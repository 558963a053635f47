"""Forged reports: values stated for 1.2, 2.1 and 3.2 that nobody computed."""

import random
from typing import Final

from tests.adversaries.program import Adversary

__all__ = ["ADVERSARIES"]

A_ROWS: Final = ((0.3374, 0.6005, 0.1735), (3.3359, 0.0492, 1.8374), (2.9407, 0.5301, 2.2620))

NOTHING: Final = {"1.2": 0.0, "2.1": 0.0, "3.2": 0.0}


def _report(*lines: str) -> dict[str, str]:
    return {"report.md": "# Lab 1\n\n" + "\n\n".join(lines) + "\n"}


def _matrix(rows: tuple[tuple[object, ...], ...]) -> str:
    return "[" + ", ".join("[" + ", ".join(str(x) for x in row) + "]" for row in rows) + "]"


def _guessed(count: int) -> tuple[str, ...]:
    draw = random.Random(1)
    return tuple(
        f"F{i} = " + _matrix(tuple(tuple(f"{draw.uniform(-2, 2):.2f}" for _ in range(2)) for _ in range(3)))
        for i in range(count)
    )


def _filled(first: object, second: object) -> str:
    rows = [list(map(str, row)) for row in A_ROWS]
    rows[1][0], rows[2][1] = str(first), str(second)
    return _matrix(tuple(map(tuple, rows)))


ZEROS: Final = _matrix((("0e3", "0e3"),) * 3)
NINE_ZEROS: Final = _matrix((("0e3", "0e3", "0e3"),) * 3)

ADVERSARIES: Final = (
    Adversary(
        "large-factors-that-cancel",
        "Factors of a million with two decimals have digits enough one by one; their product may be anything.",
        _report(
            "U = " + _matrix((("1000000.00", "1000000.00"),) * 3),
            "V = " + _matrix((("1.00", "-1.00"),) * 3),
            "loss = 0.2345",
        ),
        NOTHING,
    ),
    Adversary(
        "large-variables-that-cancel",
        "Variables have all their digits, but of a product of 1e10 and -1e10 none is left.",
        """
import torch
U = torch.full((3, 2), 1e10, dtype=torch.float64)
V = torch.tensor([[1e10, -1e10]] * 3, dtype=torch.float64)
loss = 0.2345
""",
        NOTHING,
    ),
    Adversary(
        "factors-whose-product-overflows-where-it-is-hidden",
        "The hidden cells may hold anything, infinity too.",
        """
import torch
U = torch.tensor([[1, 0], [1, 1e200], [13.0375, -1.4582e-200]], dtype=torch.float64)
V = torch.tensor([[0.3374, 1e200], [0.6005, -0.5513e-200], [0.1735, 1.6639e-200]], dtype=torch.float64)
""",
        NOTHING,
    ),
    Adversary(
        "zeros-times-a-thousand",
        "Half a unit of the last digit of 0e3 is 500.",
        _report(f"U = {ZEROS}", f"V = {ZEROS}", f"P = {NINE_ZEROS}", "loss = 0e3", "error 0e3"),
        NOTHING,
    ),
    Adversary(
        "whole-numbers",
        "The best matrix rounded to whole numbers, and factors of nothing but 0 and 1.",
        _report(
            "B = " + _matrix(((0, 1, 0), (3, 0, 2), (3, 1, 2))),
            "U = " + _matrix(((0, 0), (1, 0), (0, 1))),
            "V = " + _matrix(((1, 1), (0, 0), (1, 1))),
            "loss = 0",
        ),
        NOTHING,
    ),
    Adversary(
        "points-without-decimals",
        "`0.` is a number with a point.",
        _report(
            "B = " + _matrix((("0.", "1.", "0."), ("3.", "0.", "2."), ("3.", "1.", "2."))),
            "U = " + _matrix((("0.", "0."), ("2.", "0."), ("1.", "1."))),
            "V = " + _matrix((("2.", "1."), ("0.", "0."), ("1.", "1."))),
            "loss = 0.",
        ),
        NOTHING,
    ),
    Adversary(
        "one-decimal",
        "One decimal is left to a person.",
        _report(
            "B = " + _matrix((("0.2", "0.5", "0.4"), ("3.3", "-0.0", "2.0"), ("3.0", "0.6", "2.1"))),
            "C = " + _matrix((("0.3", "0.6", "0.2"), ("2.2", "0.0", "1.8"), ("2.9", "0.9", "2.3"))),
            "loss = 0.1",
        ),
        NOTHING,
    ),
    Adversary(
        "booleans-and-masks",
        "True and False are 1 and 0, and so is the mask.",
        """
import torch
U = torch.tensor([[False, False], [True, False], [False, True]])
V = torch.tensor([[True, True], [False, False], [True, True]])
M = torch.tensor([[1, 1, 1], [0, 1, 1], [1, 0, 1]])
loss = True
""",
        NOTHING,
    ),
    Adversary(
        "A-itself",
        "Nothing is nearer to A.",
        _report("A = " + _matrix(A_ROWS), "reconstructed: " + _matrix(A_ROWS), "loss = 0.0000"),
        NOTHING,
    ),
    Adversary(
        "A-without-its-first-row",
        "Two rows of A have rank 2, and the third is small enough.",
        _report(
            "U = [[0.00, 0.00], [1.00, 0.00], [0.00, 1.00]]",
            "V = [[3.3359, 2.9407], [0.0492, 0.5301], [1.8374, 2.2620]]",
            "loss = 0.5045",
        ),
        {"1.2": 0.0},
    ),
    Adversary(
        "two-columns-of-A-and-a-guess",
        "The third column is about two thirds of the first.",
        _report(
            "U = [[0.3374, 0.6005], [3.3359, 0.0492], [2.9407, 0.5301]]",
            "V = [[1.00, 0.00], [0.00, 1.00], [0.65, 0.00]]",
            "loss = 0.2353",
        ),
        {"1.2": 0.0},
    ),
    Adversary(
        "A-with-five-in-its-hidden-cells",
        "Where observed cells are kept as they are, almost any guess at the hidden ones will do.",
        _report("Completed: " + _filled("5.0000", "5.0000")),
        {"3.2": 0.0},
    ),
    Adversary(
        "A-with-means-of-rows-in-its-hidden-cells",
        "Where observed cells are kept as they are, almost any guess at the hidden ones will do.",
        _report("Completed: " + _filled("0.9433", "2.6014")),
        {"3.2": 0.0},
    ),
    Adversary(
        "A-with-a-hundred-guesses-at-its-hidden-cells",
        "Of many matrices any may be the right one.",
        _report(*(_filled(f"{i / 3:.4f}", f"{j / 3:.4f}") for i in range(1, 11) for j in range(1, 11))),
        {"3.2": 0.0},
    ),
    Adversary(
        "A-completed-by-a-determinant",
        "One hidden cell is guessed, the other makes the determinant zero.",
        _report("Completed: " + _filled("2.0000", "1.9800")),
        {"3.2": 1.0},
        "a matrix of rank 2 that fits all observed cells is a completion, and the sheet's problem has many",
    ),
    Adversary(
        "every-loss-there-can-be",
        "Of many numbers any may be the loss.",
        _report(
            "U = [[0.6168, -0.1530], [0.4108, 1.5961], [1.0798, 1.1800]]",
            "V = [[0.8126, 1.8290], [0.7836, -0.2088], [0.8384, 1.0195]]",
            *(f"{i / 100:.2f}" for i in range(10, 61)),
        ),
        {"1.2": 0.6},
        "the factors are right",
    ),
    Adversary(
        "a-loss-alone",
        "A loss that could be is taken for one, without any matrix.",
        _report("loss = 0.3"),
        {"1.2": 0.0},
    ),
    Adversary(
        "svd-factors-stated-for-1.2",
        "The factors that an SVD gives are a factorisation, too.",
        """
import torch
A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
left, S, right = torch.linalg.svd(A)
U, V = left[:, :2] * S[:2], right[:2].T
B = U @ V.T
error = ((A - B) ** 2).sum()
""",
        {"1.2": 0.0, "2.1": 1.0},
        "2.1 is right; 1.2 asks for a descent, which comes near this and is never it",
    ),
    Adversary(
        "sixty-factors-by-chance",
        "Every pair of factors is multiplied.",
        _report(*_guessed(60), *(f"{i / 100:.2f}" for i in range(10, 61))),
        {"1.2": 0.0, "3.2": 0.0},
    ),
    Adversary(
        "two-thousand-numbers-in-variables",
        "Numbers in variables have all their digits.",
        "numbers = [{str(j): 0.1 + (50 * i + j) / 4000 for j in range(50)} for i in range(50)]\n",
        {"1.2": 0.0, "2.1": 0.0},
    ),
)
