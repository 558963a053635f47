"""The plots of the lab: the run of a factorisation epoch by epoch, and matrices on one colour scale.

The curve of a correct solution is that of the sheet's rule, run from the student's own start, and needs no
call. A wrong solution is called for a few shorter runs, and only if its full run returned. So a plot cannot
cost a submission its worker, or more than half the time of the run already made.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from grader.lab import Bench, CheckResult, Curve, Grid, HeatMaps, Level, LinePlot, Outcome, Picture
from grader.labkit import UnusableResult, low_rank
from reference import data
from reference.checks.call_spec import CallSpec
from reference.checks.candidate import Candidate
from reference.checks.factorisation_context import FactorisationContext
from reference.checks.factorisation_probe import FactorisationProbe
from reference.checks.stated_matrices import is_best, is_completion, is_factorisation, stated_by
from reference.rules.update_rule import SHEET, Factors, run

__all__ = ["completed", "descents", "factorised"]

Array = npt.NDArray[np.float64]

EPOCHS: Final = (1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 40, 60, 80, 100, 150, 200, 300, 400, 500, 600, 800, 1000)
"""The epochs at which to sample a curve that needs no call, about evenly spaced on a logarithmic axis."""

FEW_EPOCHS: Final = (1, 3, 10, 30, 100, 300)
"""The epochs at which to call a wrong solution, besides its run of 1000 epochs: 444 epochs in all."""

PLAUSIBLE: Final = 3.0
"""The largest observed loss of a stated matrix that counts as an attempt to complete A (zeros: 15.8)."""

SMALLEST: Final = 1e-12
"""The smallest loss in a plot: smaller losses are float32 rounding errors."""

HIDDEN: Final = tuple((int(r), int(c)) for r, c in np.argwhere(data.M == 0))


# --- curves -----------------------------------------------------------------------------------------------


def descents(
    context: FactorisationContext, bench: Bench, results: Sequence[CheckResult]
) -> tuple[Picture, ...]:
    """The loss of a factorisation function against the epoch and, if it is wrong, its product beside A.

    Nothing is plotted if there is no run to show.
    """
    outcomes = {result.id.partition("-")[2]: result.outcome for result in results}
    if outcomes.get("still") is not Outcome.PASS:
        return ()
    default, faster = (
        context.adapted(bench, context.inputs.defaults),
        context.adapted(bench, context.inputs.converges),
    )
    try:
        if outcomes.get("defaults") is Outcome.PASS and _follows_the_sheet(context.probe, bench, default):
            return (_right_curve(default, context.probe.start(bench, default)),)
        end = context.probe.observe(bench, faster)
        start = context.probe.start(bench, faster)
        between = [(e, context.probe.observe(bench, faster.changed(epochs=e))) for e in FEW_EPOCHS]
    except UnusableResult:
        return ()
    theirs = _points((e, _loss(faster, factors)) for e, factors in (*between, (faster.epochs, end)))
    if len(theirs) < 2:
        return ()
    return (_wrong_curve(faster, start, theirs), *_product(faster, end))


def _follows_the_sheet(probe: FactorisationProbe, bench: Bench, call: CallSpec) -> bool:
    """Whether the curve is the sheet's: a sound variant passes as well, but its curve differs."""
    return probe.compare_long_run(bench, call, defaults=True) is None


def _right_curve(call: CallSpec, start: Factors) -> LinePlot:
    ours = _sheet_curve(call, start)
    first, last = ours[0][1], ours[-1][1]
    return LinePlot(
        title=f"{_what(call).capitalize()} against epoch, from your own start",
        alternative=f"The {_what(call)} falls from {first:.4g} after the first epoch to {last:.4g} "
        f"after {call.epochs}, as the sheet's rule does from the same start.{_floor(call)}",
        x_label="epoch",
        y_label=_what(call),
        curves=(Curve(name="yours = sheet’s", points=ours),),
        levels=_levels(call),
    )


def _wrong_curve(call: CallSpec, start: Factors, theirs: tuple[tuple[float, float], ...]) -> LinePlot:
    ours = _sheet_curve(call, start)
    return LinePlot(
        title=f"{_what(call).capitalize()} against epoch at lr = {call.lr:g}, from your own start",
        alternative=f"Your {_what(call)} goes from {theirs[0][1]:.4g} after epoch {theirs[0][0]:g} to "
        f"{theirs[-1][1]:.4g} after epoch {theirs[-1][0]:g}; from the same start, the sheet's rule reaches "
        f"{ours[-1][1]:.4g}.{_floor(call)}",
        x_label="epoch",
        y_label=_what(call),
        curves=(Curve(name="yours", points=theirs), Curve(name="sheet’s rule", points=ours)),
        levels=_levels(call),
    )


def _sheet_curve(call: CallSpec, start: Factors) -> tuple[tuple[float, float], ...]:
    """The losses of the sheet's rule from this start, each computed from the previous point of the curve."""
    losses, done, factors = [], 0, start
    for epoch in (e for e in EPOCHS if e <= call.epochs):
        factors = run(SHEET, call.A, call.M, factors, epoch - done, call.lr)
        done = epoch
        losses.append((epoch, _loss(call, factors)))
    return _points(losses)


def _loss(call: CallSpec, factors: Factors) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        P = factors[0] @ factors[1].T
        if not np.isfinite(P).all():
            return float("inf")
        A = call.A.astype(np.float64)
        return low_rank.loss(A, P) if call.M is None else low_rank.observed_loss(A, call.M, P)


def _points(losses: Iterable[tuple[int, float]]) -> tuple[tuple[float, float], ...]:
    """Finite losses to four significant digits; the curve ends at a loss that is not finite."""
    return tuple(
        (float(epoch), float(f"{max(loss, SMALLEST):.4g}")) for epoch, loss in losses if np.isfinite(loss)
    )


def _what(call: CallSpec) -> str:
    return "loss" if call.M is None else "observed loss"


def _levels(call: CallSpec) -> tuple[Level, ...]:
    """The Eckart–Young minimum, and the saddles near which a descent of this rank lingers."""
    if call.M is not None:
        return ()
    names = {(3,): "floor σ₃²", (2,): "saddle σ₂²", (2, 3): "saddle σ₂²+σ₃²"}
    return tuple(
        Level(name=names[dropped], value=float(f"{value:.6g}"))
        for dropped, value in low_rank.saddle_levels(call.A, call.rank)
        if dropped in names
    )


def _floor(call: CallSpec) -> str:
    if call.M is not None:
        return ""
    levels = {level.name: level.value for level in _levels(call)}
    return (
        f" No matrix of rank {call.rank} has a loss below {levels['floor σ₃²']:.4g} (Eckart–Young); "
        f"runs may linger at the saddle {levels['saddle σ₂²']:.4g}."
    )


def _product(call: CallSpec, end: Factors) -> tuple[HeatMaps, ...]:
    with np.errstate(over="ignore", invalid="ignore"):
        P = end[0] @ end[1].T
    if not np.isfinite(P).all():
        return ()
    hidden = HIDDEN if call.M is not None else ()
    return (_heat(f"A, the UVᵀ of your function at lr = {call.lr:g}, and the difference", P, hidden, "UVᵀ"),)


# --- stated matrices --------------------------------------------------------------------------------------


def factorised(bench: Bench, results: Sequence[CheckResult]) -> tuple[Picture, ...]:
    """The stated factorisation of A beside A, or the closest attempt (exercise 1.2)."""
    stated = stated_by(bench)
    right = [candidate for candidate in stated if is_factorisation(candidate)]
    attempts = [c for c in stated if c.is_product and not is_best(c) and not is_completion(c, PLAUSIBLE)]
    return _stated("A, your UVᵀ, and the difference", right[:1] or _nearest(attempts), ())


def completed(bench: Bench, results: Sequence[CheckResult]) -> tuple[Picture, ...]:
    """The stated completion beside A, or the closest attempt, with hidden cells hatched (exercise 3.2)."""
    stated = stated_by(bench)
    attempts = [candidate for candidate in stated if is_completion(candidate, PLAUSIBLE)]
    return _stated("A, your completion, and the difference", _nearest(attempts, data.M), HIDDEN)


def _nearest(attempts: list[Candidate], M: "data.Mask | None" = None) -> list[Candidate]:
    A = data.A.astype(np.float64)

    def distance(candidate: Candidate) -> float:
        return low_rank.loss(A, candidate.P) if M is None else low_rank.observed_loss(A, M, candidate.P)

    return [min(attempts, key=distance)] if attempts else []


def _stated(
    title: str, candidates: Sequence[Candidate], hidden: tuple[tuple[int, int], ...]
) -> tuple[Picture, ...]:
    return tuple(_heat(title, candidate.P, hidden, "UVᵀ") for candidate in candidates[:1])


def _heat(title: str, P: Array, hidden: tuple[tuple[int, int], ...], name: str) -> HeatMaps:
    A = data.A.astype(np.float64)
    rest = A - P
    r, c = (int(i) for i in np.unravel_index(int(np.abs(rest).argmax()), rest.shape))
    kind = "a hidden" if (r, c) in hidden else "an observed" if hidden else "a"
    return HeatMaps(
        title=title,
        alternative=f"{title}. The largest difference is {rest[r, c]:.4f}, at {kind} cell: row {r + 1}, "
        f"column {c + 1}.",
        grids=(
            _grid("A", A, hidden),
            _grid(name, P, hidden),
            _grid(f"A − {name}", rest, hidden),
        ),
    )


def _grid(name: str, values: Array, hidden: tuple[tuple[int, int], ...]) -> Grid:
    return Grid(
        name=name,
        rows=tuple(tuple(float(f"{value:.6g}") for value in row) for row in values),
        hidden=hidden,
    )
