"""Rules that differ from the sheet's but factorise as well: they are recognised, pass, and get a note.

A column-major sweep is not here: cells that share neither row nor column commute, and the others keep
their order, so it gives the sheet's result bit for bit.
"""

from typing import Final

import msgspec

from reference.rules.update_rule import Matrix, Row, Rule, u_then_v

__all__ = ["ORDERS", "VARIANTS", "Variant", "permuted"]


class Variant(msgspec.Struct, frozen=True):
    """A sound rule, its cost (a key of rubric.toml) and its description for the student."""

    cost: str
    rule: Rule
    note: str


def _snake(m: int, n: int, rank: int) -> list[tuple[int, int]]:
    return [(r, c if r % 2 == 0 else n - 1 - c) for r in range(m) for c in range(n)]


def _snake_columns(m: int, n: int, rank: int) -> list[tuple[int, int]]:
    return [(r if c % 2 == 0 else m - 1 - r, c) for c in range(n) for r in range(m)]


def _rows_reversed(m: int, n: int, rank: int) -> list[tuple[int, int]]:
    return [(r, c) for r in reversed(range(m)) for c in range(n)]


def _columns_reversed(m: int, n: int, rank: int) -> list[tuple[int, int]]:
    return [(r, c) for r in range(m) for c in reversed(range(n))]


def _both_reversed(m: int, n: int, rank: int) -> list[tuple[int, int]]:
    return [(r, c) for r in reversed(range(m)) for c in reversed(range(n))]


def v_then_u(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    """V[c] first, then U[r] with the updated V[c]."""
    v, u = u_then_v(v, u, e, lr)
    return u, v


def simultaneous(u: Row, v: Row, e: float, lr: float) -> tuple[Row, Row]:
    """Both from the values before the step: the gradient of e²/2 at a single point."""
    s = lr * e
    return (
        [x + s * y for x, y in zip(u, v, strict=True)],
        [y + s * x for x, y in zip(u, v, strict=True)],
    )


def full_batch(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    """One step along the gradient of the whole loss: all errors first, then one update of U and V."""
    old_U, old_V = [list(row) for row in U], [list(row) for row in V]
    for r, row in enumerate(A):
        for c, a in enumerate(row):
            if M is not None and M[r][c] != 1:
                continue
            e = rule.error(a, old_U[r], old_V[c])
            U[r] = [x + lr * e * y for x, y in zip(U[r], old_V[c], strict=True)]
            V[c] = [y + lr * e * x for y, x in zip(V[c], old_U[r], strict=True)]


def full_batch_u_first(rule: Rule, A: Matrix, M: Matrix | None, U: Matrix, V: Matrix, lr: float) -> None:
    """All errors first, then a step of U along its gradient, then one of V with the updated U."""
    old_U, old_V = [list(row) for row in U], [list(row) for row in V]
    errors = [
        [
            0.0 if M is not None and M[r][c] != 1 else rule.error(a, old_U[r], old_V[c])
            for c, a in enumerate(row)
        ]
        for r, row in enumerate(A)
    ]
    for r, row in enumerate(errors):
        for c, e in enumerate(row):
            U[r] = [x + lr * e * y for x, y in zip(U[r], old_V[c], strict=True)]
    for r, row in enumerate(errors):
        for c, e in enumerate(row):
            V[c] = [y + lr * e * x for y, x in zip(V[c], U[r], strict=True)]


def permuted(order: tuple[tuple[int, int], ...]) -> Rule:
    """The sheet's rule with the cells in the given order, for one shape only."""
    return Rule("shuffled", cells=lambda m, n, rank: order)


ORDERS: Final = (_rows_reversed, _columns_reversed, _both_reversed, _snake, _snake_columns)

_ORDER_NOTE: Final = "visits the cells in a different order from the sheet (rows outside, columns inside)"

VARIANTS: Final = (
    *(Variant("order", Rule("order", cells=cells), _ORDER_NOTE) for cells in ORDERS),
    Variant(
        "v-first", Rule("v-first", update=v_then_u), "updates V[c] before U[r]; the sheet updates U[r] first"
    ),
    Variant(
        "simultaneous",
        Rule("simultaneous", update=simultaneous),
        "updates V[c] with the old U[r]; the sheet uses the updated U[r]",
    ),
    *(
        Variant(
            "full-batch",
            Rule("full-batch", epoch=epoch),
            "makes one step per epoch along the gradient of the whole loss; the sheet updates after every cell",
        )
        for epoch in (full_batch, full_batch_u_first)
    ),
)
"""The variants in the order they are tried; the first one that explains every probe is used."""
