"""Mistakes in the whole run: the number of epochs, the rate, the matrix."""

import math
from collections.abc import Callable
from typing import Final

from reference import data
from reference.misconceptions.entry import Misconception
from reference.rules.update_rule import Matrix, Rule

__all__ = ["RUNS"]

Given = tuple[Matrix, Matrix | None]


def _matrix(made: Callable[[Matrix], Matrix]) -> Callable[[Matrix, Matrix | None], Given]:
    def prepare(A: Matrix, M: Matrix | None) -> Given:
        return made(A), M

    return prepare


def _transposed(A: Matrix) -> Matrix:
    return [[A[c][r] for c in range(len(A[0]))] for r in range(len(A))]


def _sheet_matrix(A: Matrix) -> Matrix:
    sheet = data.A.astype(float).tolist()
    return [[sheet[r][c] for c in range(len(A[0]))] for r in range(len(A))]


def _over(x: float, y: float) -> float:
    """x / y as for tensors: dividing by 0 raises no error."""
    return x / y if y else (math.nan if x == 0 else math.copysign(math.inf, x))


def _cells(A: Matrix) -> list[float]:
    return [a for row in A for a in row]


def _min_max(A: Matrix) -> Matrix:
    low, high = min(_cells(A)), max(_cells(A))
    return [[_over(a - low, high - low) for a in row] for row in A]


def _min_max_never_over_zero(A: Matrix) -> Matrix:
    low, high = min(_cells(A)), max(_cells(A))
    return [[(a - low) / (high - low + 1e-8) for a in row] for row in A]


def _standardised(A: Matrix) -> Matrix:
    mean = sum(_cells(A)) / len(_cells(A))
    variance = sum((a - mean) ** 2 for a in _cells(A))
    return [[_over(a - mean, math.sqrt(variance / max(len(_cells(A)) - 1, 1))) for a in row] for row in A]


def _over_largest(A: Matrix) -> Matrix:
    largest = max(_cells(A))
    return [[_over(a, largest) for a in row] for row in A]


def _centred(A: Matrix) -> Matrix:
    mean = sum(_cells(A)) / len(_cells(A))
    return [[a - mean for a in row] for row in A]


def _over_norm(A: Matrix) -> Matrix:
    norm = sum(a * a for a in _cells(A)) ** 0.5
    return [[_over(a, norm) for a in row] for row in A]


def _truncated(X: Matrix) -> Matrix:
    return [[float(int(x)) for x in row] for row in X]


def _nearest(X: Matrix) -> Matrix:
    return [[float(round(x)) for x in row] for row in X]


def _geometric(factor: float) -> Callable[[float, int], float]:
    return lambda lr, epoch: lr * float(factor**epoch)


def _geometric_at_once(factor: float) -> Callable[[float, int], float]:
    return lambda lr, epoch: lr * factor ** (epoch + 1)


def _harmonic(lr: float, epoch: int) -> float:
    return lr / (epoch + 1)


def _root(lr: float, epoch: int) -> float:
    return lr / math.sqrt(epoch + 1)


def _harmonic_with(factor: float) -> Callable[[float, int], float]:
    return lambda lr, epoch: lr / (1 + factor * epoch)


def _fixed(count: int) -> Callable[[int], int]:
    return lambda epochs: count


def _entry(id_: str, concept: str, title: str, message: str, question: str, *rules: Rule) -> Misconception:
    return Misconception(id_, title, message, concept, question, rules)


_COUNT: Final = "how many epochs run"
_INPUT: Final = "the matrix to factorise is the argument, as it is"
_RATE: Final = "the learning rate"

RUNS: Final = (
    _entry("return-inside-epoch-loop", _COUNT, "Only one epoch runs, however many are requested.",
           "Something ends the training after the first one: a `return` or `break` inside the loop over epochs, or an exhausted iterator.",
           "What is left to visit when your second epoch begins?",
           Rule("", epochs=lambda n: min(n, 1))),
    _entry("one-epoch-too-few", _COUNT, "One epoch too few runs.",
           "A loop that starts at 1, ends one early or skips the first epoch loses an epoch.",
           "How often does your loop over epochs run when num_epochs is 1?",
           Rule("", epochs=lambda n: max(n - 1, 0))),
    _entry("one-epoch-too-many", _COUNT, "One epoch too many runs.",
           "A loop from 0 that includes num_epochs itself runs once more than requested.",
           "How often does your loop over epochs run when num_epochs is 0?",
           Rule("", epochs=lambda n: n + 1)),
    _entry("epochs-hard-coded", _COUNT, "The number of epochs is a constant, whatever is requested.",
           "The parameter num_epochs has no effect.",
           "What changes when your function is called with num_epochs=1?",
           *(Rule("", epochs=_fixed(count)) for count in (1000, 100, 500, 10, 50, 200, 2000, 5, 2, 3, 20))),
    _entry("twice-as-many-epochs", _COUNT, "Twice as many epochs run as requested.",
           "Something runs the whole epoch a second time.",
           "How often is a cell visited when num_epochs is 1?",
           Rule("", epochs=lambda n: 2 * n)),
    _entry("lr-decays", _RATE, "The learning rate shrinks from epoch to epoch.",
           "The sheet keeps it constant.",
           "What is the learning rate in your second epoch?",
           *(Rule("", rate=make(factor)) for make in (_geometric, _geometric_at_once)
             for factor in (0.9, 0.95, 0.99, 0.995, 0.999, 0.5, 0.1, 0.98, 0.8)),
           Rule("", rate=_harmonic), Rule("", rate=_root),
           *(Rule("", rate=_harmonic_with(factor)) for factor in (0.1, 0.01, 0.001, 0.5))),
    _entry("a-indexed-transposed", "rows and columns of A", "A is read with row and column swapped.",
           "The cell in row r and column c is factorised by U[r] and V[c]; here the transpose is learnt.",
           "Which entry of A do you read for U[0] and V[1]?",
           Rule("", prepare=_matrix(_transposed))),
    _entry("global-matrix-used", _INPUT, "The sheet's matrix is used instead of the argument.",
           "The function has to work for any matrix it is given.",
           "What changes in your result when the function is called with another matrix?",
           Rule("", prepare=_matrix(_sheet_matrix))),
    _entry("a-normalised", _INPUT, "A is scaled first, so a different matrix is factorised.",
           "The product of U and V then approaches the scaled matrix, not A.",
           "Which matrix is your U·Vᵀ close to?",
           *(Rule("", prepare=_matrix(made)) for made in (_min_max, _min_max_never_over_zero, _standardised, _over_largest, _centred, _over_norm))),
    _entry("a-truncated-to-int", _INPUT, "The entries of A are truncated to integers.",
           "The digits after the decimal point are lost before the first step.",
           "What is the type of your copy of A?",
           Rule("", prepare=_matrix(_truncated)), Rule("", prepare=_matrix(_nearest))),
)  # fmt: skip
"""Mistakes around the epochs of 1.1 and 3.1."""
