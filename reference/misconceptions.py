"""The bank of known mistakes in a factorisation by descent: each one a rule that can be run.

A mistake is named only where running it from the student's own start gives what the student's function
gave, on every rung of the ladder. Nothing is guessed from the text of the program.
"""

from collections.abc import Iterable
from typing import Final

import msgspec
import numpy as np

from grader.lab import Bench
from grader.model import CheckResult, Diagnosis, Outcome
from reference.descent import Descent, Setting, first_mismatch
from reference.epochs import Factors, Matrix, Row, Rule, Update, difference, run
from reference.ladder import Ladder
from reference.returned import Ended, Refused

__all__ = ["BANK", "MASKED_BANK", "Misconception", "diagnose"]

CLOSENESS: Final = 1e-5
"""A mistake explains a run where every entry agrees to this, relative to the largest one: well above the
rounding of three float32 epochs (2e-6), and a hundredth of what a mistake changes."""


class Misconception(msgspec.Struct, frozen=True):
    """A mistake: how it is told, and the rule it amounts to."""

    id: str
    title: str
    message: str
    rule: Rule


def _rows_over_rank(m: int, n: int, rank: int) -> Iterable[tuple[int, int]]:
    return ((r, c) for r in range(rank) for c in range(n))


def _columns_over_rank(m: int, n: int, rank: int) -> Iterable[tuple[int, int]]:
    return ((r, c) for r in range(m) for c in range(rank))


def _rows_from_one(m: int, n: int, rank: int) -> Iterable[tuple[int, int]]:
    return ((r, c) for r in range(1, m) for c in range(n))


def _columns_from_one(m: int, n: int, rank: int) -> Iterable[tuple[int, int]]:
    return ((r, c) for r in range(m) for c in range(1, n))


def _rows_one_short(m: int, n: int, rank: int) -> Iterable[tuple[int, int]]:
    return ((r, c) for r in range(m - 1) for c in range(n))


def _columns_one_short(m: int, n: int, rank: int) -> Iterable[tuple[int, int]]:
    return ((r, c) for r in range(m) for c in range(n - 1))


def _exchanged(m: int, n: int, rank: int) -> Iterable[tuple[int, int]]:
    return ((r, c) for r in range(n) for c in range(m))


def _diagonal(m: int, n: int, rank: int) -> Iterable[tuple[int, int]]:
    return ((i, i) for i in range(min(m, n)))


def _dot(u: Row, v: Row) -> float:
    return sum(x * y for x, y in zip(u, v, strict=True))


def _add(x: Row, y: Row, s: float) -> Row:
    return [p + s * q for p, q in zip(x, y, strict=True)]


def _only_u(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    return _add(u, v, lr * e), v


def _only_v(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    return u, _add(v, u, lr * e)


def _scaled(factor: float) -> Update:
    def update(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
        u = _add(u, v, factor * lr * e)
        return u, _add(v, u, factor * lr * e)

    return update


def _without_rate(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    u = _add(u, v, e)
    return u, _add(v, u, e)


def _fixed_rate(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    u = _add(u, v, 0.01 * e)
    return u, _add(v, u, 0.01 * e)


def _u_without_rate(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    u = _add(u, v, e)
    return u, _add(v, u, lr * e)


def _v_without_rate(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    u = _add(u, v, lr * e)
    return u, _add(v, u, e)


def _u_sign(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    u = _add(u, v, -lr * e)
    return u, _add(v, u, lr * e)


def _v_sign(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    u = _add(u, v, lr * e)
    return u, _add(v, u, -lr * e)


def _replaced(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    u = [lr * e * y for y in v]
    return u, [lr * e * x for x in u]


def _own_factor(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    return _add(u, u, lr * e), _add(v, v, lr * e)


def _fresh_error(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    for r, row in enumerate(A):
        for c, a in enumerate(row):
            if M is None or M[r][c] == 1:
                U[r] = _add(U[r], V[c], lr * difference(a, U[r], V[c]))
                V[c] = _add(V[c], U[r], lr * difference(a, U[r], V[c]))


def _stale_errors(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    errors = [[difference(a, u, v) for a, v in zip(row, V, strict=True)] for row, u in zip(A, U, strict=True)]
    for r, row in enumerate(errors):
        for c, e in enumerate(row):
            if M is None or M[r][c] == 1:
                U[r], V[c] = rule.update(U[r], V[c], e, lr)


def _row_errors(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    for r, row in enumerate(A):
        errors = [difference(a, U[r], v) for a, v in zip(row, V, strict=True)]
        for c, e in enumerate(errors):
            if M is None or M[r][c] == 1:
                U[r], V[c] = rule.update(U[r], V[c], e, lr)


def _elementwise(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    for r, row in enumerate(A):
        for c, a in enumerate(row):
            if M is None or M[r][c] == 1:
                e = [a - x * y for x, y in zip(U[r], V[c], strict=True)]
                U[r] = [x + lr * d * y for x, y, d in zip(U[r], V[c], e, strict=True)]
                V[c] = [y + lr * d * x for x, y, d in zip(U[r], V[c], e, strict=True)]


def _stops_at_hidden(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    for r, row in enumerate(A):
        for c, a in enumerate(row):
            if M is not None and M[r][c] != 1:
                break
            U[r], V[c] = rule.update(U[r], V[c], rule.error(a, U[r], V[c]), lr)


_CELL = "Every cell has to be visited: "

BANK: Final = (
    Misconception(
        "rows-over-rank",
        "The loop over rows runs over the rank.",
        _CELL
        + "A has m rows, and rank is the number of columns of U. The rows of U beyond `rank` are never updated.",
        Rule("", cells=_rows_over_rank),
    ),
    Misconception(
        "columns-over-rank",
        "The loop over columns runs over the rank.",
        _CELL
        + "A has n columns, and rank is the number of columns of V. The rows of V beyond `rank` are never updated.",
        Rule("", cells=_columns_over_rank),
    ),
    Misconception(
        "rows-from-one",
        "The loop over rows starts at 1.",
        _CELL + "Python counts from 0, so the first row is left out.",
        Rule("", cells=_rows_from_one),
    ),
    Misconception(
        "columns-from-one",
        "The loop over columns starts at 1.",
        _CELL + "Python counts from 0, so the first column is left out.",
        Rule("", cells=_columns_from_one),
    ),
    Misconception(
        "rows-one-short",
        "The loop over rows ends one row early.",
        _CELL + "`range(m)` already stops before m.",
        Rule("", cells=_rows_one_short),
    ),
    Misconception(
        "columns-one-short",
        "The loop over columns ends one column early.",
        _CELL + "`range(n)` already stops before n.",
        Rule("", cells=_columns_one_short),
    ),
    Misconception(
        "loops-exchanged",
        "The numbers of rows and columns are exchanged.",
        "A has shape (m, n): `A.shape[0]` rows, `A.shape[1]` columns. On a square matrix this does not show.",
        Rule("", cells=_exchanged),
    ),
    Misconception(
        "diagonal-only",
        "Only the cells on the diagonal are visited.",
        _CELL + "the loop over columns belongs inside the loop over rows.",
        Rule("", cells=_diagonal),
    ),
    Misconception(
        "only-u", "Only U is updated.", "Each step updates U[r] and then V[c].", Rule("", update=_only_u)
    ),
    Misconception(
        "only-v", "Only V is updated.", "Each step updates U[r] and then V[c].", Rule("", update=_only_v)
    ),
    Misconception(
        "factor-two",
        "The step is twice as large as the sheet's.",
        "The sheet's rule has no factor 2: it is taken into the learning rate.",
        Rule("", update=_scaled(2.0)),
    ),
    Misconception(
        "half-step",
        "The step is half as large as the sheet's.",
        "The sheet's rule is lr·e·V[c], without a factor ½.",
        Rule("", update=_scaled(0.5)),
    ),
    Misconception(
        "sign",
        "The step goes the wrong way: the loss grows.",
        "With e = A[r,c] − U[r]·V[c], the step is added.",
        Rule("", update=_scaled(-1.0)),
    ),
    Misconception(
        "sign-u",
        "The step of U goes the wrong way.",
        "With e = A[r,c] − U[r]·V[c], both steps are added.",
        Rule("", update=_u_sign),
    ),
    Misconception(
        "sign-v",
        "The step of V goes the wrong way.",
        "With e = A[r,c] − U[r]·V[c], both steps are added.",
        Rule("", update=_v_sign),
    ),
    Misconception(
        "no-rate",
        "The learning rate is left out.",
        "Each step is lr·e·V[c], and lr·e·U[r].",
        Rule("", update=_without_rate),
    ),
    Misconception(
        "fixed-rate",
        "The learning rate is always 0.01, whatever is asked for.",
        "The parameter lr is not used in the updates.",
        Rule("", update=_fixed_rate),
    ),
    Misconception(
        "no-rate-u",
        "The learning rate is left out of the step of U.",
        "Each step is lr·e·V[c], and lr·e·U[r].",
        Rule("", update=_u_without_rate),
    ),
    Misconception(
        "no-rate-v",
        "The learning rate is left out of the step of V.",
        "Each step is lr·e·V[c], and lr·e·U[r].",
        Rule("", update=_v_without_rate),
    ),
    Misconception(
        "assigned",
        "U and V are replaced by the step instead of changed by it.",
        "The sheet writes +=: the step is added to what is there.",
        Rule("", update=_replaced),
    ),
    Misconception(
        "own-factor",
        "U is updated with U, and V with V.",
        "The gradient of e² with respect to U[r] is along V[c], and the other way round.",
        Rule("", update=_own_factor),
    ),
    Misconception(
        "error-plus",
        "The error adds the prediction instead of subtracting it.",
        "e = A[r,c] − U[r]·V[c].",
        Rule("", error=lambda a, u, v: a + _dot(u, v)),
    ),
    Misconception(
        "error-reversed",
        "The error has the wrong sign.",
        "e = A[r,c] − U[r]·V[c]; with the difference the other way round, the step must be subtracted.",
        Rule("", error=lambda a, u, v: _dot(u, v) - a),
    ),
    Misconception(
        "error-squared",
        "The squared error is used as the error.",
        "The gradient of e² has e itself in it, with its sign.",
        Rule("", error=lambda a, u, v: difference(a, u, v) ** 2),
    ),
    Misconception(
        "error-absolute",
        "The error has lost its sign.",
        "The gradient of e² has e itself in it, with its sign.",
        Rule("", error=lambda a, u, v: abs(difference(a, u, v))),
    ),
    Misconception(
        "no-error",
        "The value of the cell is used as the error.",
        "e = A[r,c] − U[r]·V[c]: the prediction is missing.",
        Rule("", error=lambda a, u, v: a),
    ),
    Misconception(
        "fresh-error",
        "The error is computed again between the two updates.",
        "Both updates of a cell use the same e.",
        Rule("", epoch=_fresh_error),
    ),
    Misconception(
        "stale-errors",
        "The errors of an epoch are all computed before its first update.",
        "Each cell's error uses the U and V just updated by the cell before.",
        Rule("", epoch=_stale_errors),
    ),
    Misconception(
        "row-errors",
        "The errors of a row are all computed before its first update.",
        "Each cell's error uses the U[r] just updated by the cell before.",
        Rule("", epoch=_row_errors),
    ),
    Misconception(
        "elementwise",
        "U[r]·V[c] is taken entry by entry instead of as a dot product.",
        "The prediction is one number: the sum over k of U[r,k]·V[c,k].",
        Rule("", epoch=_elementwise),
    ),
    Misconception(
        "one-epoch",
        "Only one epoch is run, however many are asked for.",
        "A `return` (or a `break`) inside the loop over epochs ends it after the first.",
        Rule("", epochs=lambda n: min(n, 1)),
    ),
    Misconception(
        "epochs-one-short",
        "One epoch too few is run.",
        "`range(num_epochs)` runs num_epochs times.",
        Rule("", epochs=lambda n: max(n - 1, 0)),
    ),
    Misconception(
        "epochs-one-more",
        "One epoch too many is run.",
        "`range(num_epochs)` runs num_epochs times.",
        Rule("", epochs=lambda n: n + 1),
    ),
)
"""Mistakes of 1.1, which 3.1 can have too; the first that explains everything is named."""

MASKED_BANK: Final = (
    Misconception(
        "mask-ignored",
        "The mask is not used: hidden cells are fitted like the others.",
        "Update U[r] and V[c] only where M[r,c] is 1.",
        Rule("", sight=lambda a, mask: a),
    ),
    Misconception(
        "mask-inverted",
        "The mask is read the wrong way round.",
        "1 marks the cells that are observed; 0 those that are hidden.",
        Rule("", sight=lambda a, mask: a if mask == 0 else None),
    ),
    Misconception(
        "zero-filled",
        "Hidden cells are fitted as if they held 0.",
        "A hidden cell has no value, not the value 0: leave it out.",
        Rule("", sight=lambda a, mask: a if mask == 1 else 0.0),
    ),
    Misconception(
        "value-not-mask",
        "Cells are left out by their value instead of by the mask.",
        "Whether a cell is hidden is written in M, whatever A holds there.",
        Rule("", sight=lambda a, mask: a if a != 0 else None),
    ),
    Misconception(
        "stops-at-hidden",
        "A row ends at its first hidden cell.",
        "`continue` goes on with the next cell; `break` leaves the loop.",
        Rule("", epoch=_stops_at_hidden),
    ),
)
"""Mistakes only 3.1 can have."""


def diagnose(ladder: Ladder, bench: Bench, results: tuple[CheckResult, ...]) -> tuple[Diagnosis, ...]:
    """The mistake of the bank that explains everything the student's function did, if there is one.

    Looked for only where a rung failed; checked on every rung from the student's own start.
    """
    rungs = {
        "update",
        "product",
        "columns",
        "rows",
        "sweep",
        "hidden",
        "values",
        "epochs",
        "rate",
        "still",
        "returns",
    }
    if not any(r.outcome is Outcome.FAIL and r.id.partition("-")[2] in rungs for r in results):
        return ()
    seen = _runs(ladder, bench)
    if not seen:
        return ()
    located = bench.locate(ladder.function)
    source = bench.loaded.source
    for mistake in (*BANK, *(MASKED_BANK if ladder.masked else ())):
        if all(_explains(mistake.rule, setting, start, got) for setting, start, got in seen):
            return (
                Diagnosis(
                    id=mistake.id,
                    title=mistake.title,
                    message=mistake.message,
                    file=source.name if source is not None else "",
                    line=located.line if located is not None else None,
                    verified=True,
                ),
            )
    return ()


def _runs(ladder: Ladder, bench: Bench) -> list[tuple[Setting, Factors, Factors | None]]:
    """What the function did on every rung, with its start; None where it failed. Empty without a start."""
    descent: Descent = ladder.descent
    found: list[tuple[Setting, Factors, Factors | None]] = []
    for setting in ladder.settings():
        try:
            start = _start(descent, bench, setting)
            found.append((setting, start, _end(descent, bench, setting)))
        except Ended:
            return []
        except Refused:
            continue
    moved = any(got is not None and not np.array_equal(got[0], start[0]) for _, start, got in found)
    return found if moved else []


def _end(descent: Descent, bench: Bench, setting: Setting) -> Factors | None:
    try:
        return descent.observe(bench, setting)
    except Ended:
        raise
    except Refused:
        return None


def _start(descent: Descent, bench: Bench, setting: Setting) -> Factors:
    """The start where a mistake may ignore lr: what no epochs leave, else what lr = 0 leaves."""
    try:
        return descent.observe(bench, setting.changed(epochs=0))
    except Ended:
        raise
    except Refused:
        return descent.start(bench, setting)


def _explains(rule: Rule, setting: Setting, start: Factors, got: Factors | None) -> bool:
    try:
        expected = run(rule, setting.A, setting.M, start, setting.epochs, setting.lr)
    except (IndexError, ValueError):
        return got is None
    if got is None:
        return False
    if not all(np.isfinite(part).all() for part in (*expected, *got)):
        return False  # a run that overflows shows no rule
    scale = max(1.0, *(float(np.abs(part).max()) for part in expected))
    tolerance = (np.full(expected[0].shape, CLOSENESS * scale), np.full(expected[1].shape, CLOSENESS * scale))
    return first_mismatch(got, expected, tolerance) is None
