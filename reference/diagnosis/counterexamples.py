"""The smallest input on which a student's function and the sheet's rule give different results.

Shapes, ranks, masks and numbers of epochs are tried in order of size, with numbers that are easy to follow
with pen and paper. The first input whose results differ is reported.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from grader.lab import Bench, CheckResult, Counterexample, Died, Grid, Outcome, Raised, Returned
from grader.labkit import UnusableResult, WorkerEnded, describe, failure, format_matrix, low_rank
from reference.checks.call_spec import CallSpec
from reference.checks.factorisation_context import FactorisationContext
from reference.checks.factorisation_probe import Inconclusive
from reference.checks.rounding_tolerance import Mismatch
from reference.checks.truncated_svd import Case, Decomposition
from reference.diagnosis.matching import start_of
from reference.factors.layout import AS_ASKED
from reference.factors.reading import approximations
from reference.sheet import TRUNCATED_SVD

__all__ = ["COMPARED", "descent_counterexample", "raised_by_descent", "svd_counterexample"]

SHAPES: Final = ((1, 1), (1, 2), (2, 1), (2, 2), (1, 3), (3, 1), (2, 3), (3, 2), (3, 3))
RANKS: Final = (1, 2, 3)
EPOCHS: Final = (1, 2, 3)
PATIENCE: Final = 12
"""How many inputs to try for a comparable result after one input has given none."""

SEED: Final = 0
"""The seed of the student's own start."""

_STEPS: Final = frozenset(
    {"still", "update", "product", "columns", "rows", "sweep", "hidden", "values", "epochs", "rate"}
)
"""The checks that compare the steps."""

COMPARED: Final = _STEPS | {"returns", "shapes"}
"""The checks that fail because of a mistake in the rule or in the returned values."""

VALUES: Final = ((2.0, 1.0, -1.0), (1.0, 3.0, 2.0), (-2.0, 1.0, 2.0))
"""Small whole numbers, of full rank and of both signs; a smaller matrix is the upper left corner."""


def descent_counterexample(
    context: FactorisationContext, bench: Bench, results: tuple[CheckResult, ...]
) -> Counterexample | None:
    """The smallest call of 1.1 or 3.1 whose result differs from the sheet's rule; None if none does.

    A mistake only in the start, the defaults or the arguments has no such input.
    """
    failed = {r.id.partition("-")[2] for r in results if r.outcome is Outcome.FAIL}
    if not failed & COMPARED:
        return None
    refused: Counterexample | None = None
    is_shape_only = "shapes" in failed and not failed & _STEPS
    for number, call in enumerate(_calls(context.masked)):
        call = context.informative(bench, call)
        if is_shape_only:
            call = call.changed(layout=AS_ASKED)
        if refused is not None and number > PATIENCE:
            return refused
        try:
            start = start_of(context, bench, call)
            mismatch = context.probe.compare(bench, call, start=start)
        except WorkerEnded:
            return refused
        except Inconclusive:
            continue
        except UnusableResult as problem:
            refused = refused or _refused(context, bench, call, str(problem))
            continue
        if mismatch is not None:
            return _differs(context, bench, call, start, mismatch)
    return refused


def raised_by_descent(context: FactorisationContext, bench: Bench) -> Raised | None:
    """The error of the smallest call that raises one; None if no call of the checks does."""
    for call in sorted(context.inputs.all(), key=lambda s: (s.A.size * s.epochs, s.rank)):
        observation = bench.observe(context.probe.probe_of(context.informative(bench, call)))
        if isinstance(observation, Died):
            return None
        if isinstance(observation, Raised):
            return observation
    return None


def _calls(masked: bool) -> Iterator[CallSpec]:
    """Every shape, rank, number of epochs and mask, ordered by the number of steps, then by the rank."""
    sizes = [(m * n * epochs, rank, m, n, epochs) for m, n in SHAPES for rank in RANKS for epochs in EPOCHS]
    for _, rank, m, n, epochs in sorted(sizes):
        A = np.array([row[:n] for row in VALUES[:m]], np.float32)
        for M in _masks(m, n) if masked else (None,):
            yield CallSpec(A, rank, SEED, M, epochs=epochs, lr=0.1)


def _masks(m: int, n: int) -> Iterator[npt.NDArray[np.int64]]:
    """All observed, then each cell hidden by itself, for small matrices."""
    yield np.ones((m, n), np.int64)
    if m * n <= 6:
        for r in range(m):
            for c in range(n):
                mask = np.ones((m, n), np.int64)
                mask[r, c] = 0
                yield mask


def _differs(
    context: FactorisationContext,
    bench: Bench,
    call: CallSpec,
    start: tuple[npt.NDArray[np.float64], ...],
    mismatch: Mismatch,
) -> Counterexample:
    name, cell = mismatch.entry[0], _cell_of(mismatch.entry)
    steps = "one step" if call.A.size * call.epochs == 1 else _epochs(call.epochs)
    return Counterexample(
        sentence=f"After {steps} from your own start, {mismatch.entry} is {mismatch.got:.4f}; the sheet's rule "
        f"gives {mismatch.wanted:.4f}.",
        call=context.probe.call_text(bench, call),
        given=(*_given(call), _grid("U at the start", start[0]), _grid("V at the start", start[1])),
        wanted=tuple(
            _grid(f"{part} by the sheet", values, cell if part == name else None)
            for part, values in zip("UV", mismatch.wanted_factors, strict=True)
        ),
        got=tuple(
            _grid(f"your {part}", values, cell if part == name else None)
            for part, values in zip("UV", mismatch.got_factors, strict=True)
        ),
    )


def _refused(context: FactorisationContext, bench: Bench, call: CallSpec, sentence: str) -> Counterexample:
    """The counterexample of a call without a comparable result."""
    return Counterexample(sentence=sentence, call=context.probe.call_text(bench, call), given=_given(call))


def _epochs(count: int) -> str:
    return f"{count} epoch{'s' * (count > 1)}"


def _cell_of(entry: str) -> tuple[int, int]:
    row, column = entry[2:-1].split(",")
    return int(row), int(column)


def _given(call: CallSpec) -> tuple[Grid, ...]:
    hidden: tuple[tuple[int, int], ...] = ()
    if call.M is not None:
        hidden = tuple((int(r), int(c)) for r, c in np.argwhere(call.M == 0))
    return (_grid("A", call.A.astype(np.float64), hidden=hidden),)


def _grid(
    name: str,
    values: npt.NDArray[np.float64],
    marked: tuple[int, int] | None = None,
    hidden: tuple[tuple[int, int], ...] = (),
) -> Grid:
    rows = tuple(tuple(float(x) if np.isfinite(x) else None for x in row) for row in np.atleast_2d(values))
    return Grid(name=name, rows=rows, marked=(marked,) if marked is not None else (), hidden=hidden)


def svd_counterexample(
    lab: Decomposition, bench: Bench, results: tuple[CheckResult, ...]
) -> Counterexample | None:
    """The smallest matrix whose truncated SVD is not the best of its rank; None if there is none."""
    if bench.locate(TRUNCATED_SVD) is None:
        return None
    for case in lab.as_called(bench, _small_cases()):
        observation = lab.observe(bench, case)
        call = lab.call_text(bench, case)
        given = (_grid("A", case.A.astype(np.float64)),)
        if isinstance(observation, Died):
            return None
        if not isinstance(observation, Returned):
            return Counterexample(sentence=failure(observation), call=call, given=given)
        A = case.A.astype(np.float64)
        best = low_rank.best_approximation(A, case.rank)
        read = [P for P in approximations(observation.value, A.shape) if np.isfinite(P).all()]
        wanted = (_grid(f"best of rank {case.rank}", best),)
        if not read:
            return Counterexample(
                sentence=f"It returned {describe(observation.value)}, not a matrix of A's shape.",
                call=call, given=given, wanted=wanted,
            )  # fmt: skip
        nearest = read[int(np.argmin([np.abs(P - best).max() for P in read]))]
        apart = np.abs(nearest - best) > 1e-4
        if apart.any():
            r, c = (int(i) for i in np.argwhere(apart)[0])
            return Counterexample(
                sentence=f"The entry ({r}, {c}) is {nearest[r, c]:.4f}; in the best approximation of rank "
                f"{case.rank}, it is {best[r, c]:.4f}. The squared error of yours is "
                f"{low_rank.loss(A, nearest):.4g}, that of the best {low_rank.loss(A, best):.4g}.",
                call=call,
                given=given,
                wanted=(_grid(f"best of rank {case.rank}", best, (r, c)),),
                got=(_grid("your result", nearest, (r, c)),),
            )
    return None


def _small_cases() -> Iterator[Case]:
    """Matrices of small integers with distinct singular values, diagonal ones first."""
    for rows, rank in (
        (((2, 0), (0, 1)), 1),
        (((3, 0, 0), (0, 2, 0), (0, 0, 1)), 2),
        (((3, 0, 0), (0, 2, 0), (0, 0, 1)), 1),
        (((2, 1), (0, 1)), 1),
        (((2, 1), (0, 1)), 2),
        (((2, 1, 0), (0, 1, 1), (1, 0, 3)), 2),
        (((2, 1, 0), (0, 1, 1), (1, 0, 3)), 1),
        (((2, 0, 1), (0, 1, 0)), 1),
        (((2, 0), (0, 1), (1, 0)), 1),
        (((4, 0, 0, 1), (0, 3, 1, 0), (0, 0, 2, 0), (1, 0, 0, 1)), 2),
    ):  # fmt: skip
        yield Case(np.array(rows, np.float32), rank, format_matrix(np.array(rows), 0))
