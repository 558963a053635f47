"""Every stated value, with what became of checking it: found, recomputed, holds or fails by how much."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from grader.lab import Bench, CheckedValue, StatedValue
from grader.labkit import format_matrix, is_within, low_rank, number_of, scalars
from reference.checks.candidate import OPTIMUM, A, Candidate, Part
from reference.checks.completion import LINGERING, is_sound_completion
from reference.checks.loss_names import is_called_loss
from reference.checks.stated_answers import (
    accepted_answers,
    answers_for,
    call_problem,
)
from reference.checks.stated_losses import is_loss_of, numbers_for, sharpened
from reference.checks.stated_matrices import (
    BEST,
    HIGHEST,
    is_best,
    is_completion,
    is_factorisation,
    is_of_another_exercise,
    stated_by,
)
from reference.checks.stated_results import PLAUSIBLE, WHOLE
from reference.data import M

__all__ = ["checked_completion", "checked_factorisation", "checked_reconstruction"]

MOST: Final = 12
"""Claims listed for one exercise."""

SINGULAR_VALUES: Final = low_rank.singular_values(A)


def checked_factorisation(bench: Bench) -> tuple[CheckedValue, ...]:
    """Exercise 1.2: each product of rank 2 that is stated as its answer, and each loss."""
    stated = answers_for(bench, "1.2")
    accepted = _different(accepted_answers(bench, "1.2", is_factorisation))
    found = [_factorisation(candidate, True, "") for candidate in accepted]
    if not accepted:
        attempts = [c for c in stated if c.is_product and not is_of_another_exercise(c, LINGERING)]
        found += [_factorisation(c, False, call_problem(bench, c, "1.2")) for c in _different(attempts)]
    if accepted:
        found += _losses_of(bench, accepted, stated)
    return tuple(found[:MOST])


def _losses_of(
    bench: Bench, accepted: Sequence[Candidate], stated: Sequence[Candidate]
) -> Iterator[CheckedValue]:
    """The losses stated for the accepted factorisations."""
    losses = list(_losses(bench))
    fitting = [any(is_loss_of(number, candidate) for candidate in accepted) for number in losses]
    for number, fits in zip(losses, fitting, strict=True):
        # Where one holds, others that the code prints or keeps were only passed on the way there.
        on_the_way = any(fitting) and number.is_computed
        if fits or not (on_the_way or _is_of_another(number, stated)):
            yield _number("loss ‖A − UVᵀ‖²", number, [candidate.loss for candidate in accepted], fits)


def checked_reconstruction(bench: Bench) -> tuple[CheckedValue, ...]:
    """Exercise 2.1: the matrix put together again, its error, the singular values."""
    found: list[CheckedValue] = []
    near = [c for c in stated_by(bench) if not c.is_product and np.abs(c.P - BEST).max() < 0.02]
    near = [
        c for c in near if c.name or c.is_shown
    ] or near  # what only an expression had, is not listed beside it
    for candidate in _different([c for c in near if is_best(c) or not is_factorisation(c)]):
        off = float(np.abs(candidate.P - BEST).max())
        allowed = float(candidate.half_width.max()) + 1e-5
        found.append(
            CheckedValue(
                what="best matrix of rank 2",
                stated=format_matrix(candidate.P),
                origin=candidate.origin,
                recomputed=format_matrix(BEST),
                holds=is_best(candidate),
                difference=f"at most {off:.1e} in an entry; its digits allow {allowed:.1e}",
            )
        )
    exact = low_rank.Interval(OPTIMUM, OPTIMUM)
    for number in numbers_for(bench, "2.1"):
        if number.half_width <= 5e-3 and is_within(sharpened(number), exact):
            found.append(_number("error, σ₃²", number, [exact], True))
    for stated_value in bench.stated_values:
        if stated_value.values.shape == (3,) and np.isfinite(stated_value.values).all():
            off = float(np.abs(stated_value.values - SINGULAR_VALUES).max())
            if off < 0.05:
                allowed = stated_value.half_width + 1e-4
                found.append(
                    CheckedValue(
                        what="singular values of A",
                        stated=format_matrix(stated_value.values),
                        origin=stated_value.origin,
                        recomputed=format_matrix(SINGULAR_VALUES),
                        holds=off <= allowed,
                        difference=f"at most {off:.1e}; its digits allow {allowed:.1e}",
                    )
                )
    return tuple(found[:MOST])


def checked_completion(bench: Bench) -> tuple[CheckedValue, ...]:
    """Exercise 3.2: the completed matrix, and its losses over all and over the observed cells."""
    stated = stated_by(bench)
    accepted = _different(accepted_answers(bench, "3.2", is_sound_completion))
    found = [_completion(candidate, True) for candidate in accepted]
    if not accepted:
        nearest = [
            c
            for c in stated
            if not is_best(c) and not is_factorisation(c) and low_rank.observed_loss(A, M, c.P) <= PLAUSIBLE
            and not np.array_equal(c.P, A)
        ]  # fmt: skip
        found += [_completion(candidate, False) for candidate in _different(nearest)[:3]]
    for number in scalars(bench.stated_values):
        if number.half_width > 5e-3:
            continue
        for candidate in accepted:
            observed = [candidate.observed_loss]
            if is_within(number, candidate.loss):
                found.append(_number("loss over all cells", number, [candidate.loss], True))
            elif is_called_loss(number) and is_within(number, observed[0]):
                found.append(_number("loss over the observed cells", number, observed, True))
    return tuple(found[:MOST])


def _factorisation(candidate: Candidate, holds: bool, problem: str) -> CheckedValue:
    loss = low_rank.loss(A, candidate.P)
    rank = "2" if candidate.excess_rank <= 1e-5 else "3"
    allowed = f"valid range: {OPTIMUM:.4f}–{HIGHEST:.4f}"
    return CheckedValue(
        what="U and V" if candidate.is_product else "UVᵀ",
        stated=format_matrix(candidate.P),
        origin=candidate.origin,
        recomputed=f"rank {rank}, loss {loss:.4f}",
        holds=holds,
        difference=f"from {problem}"
        if problem
        else f"{loss - OPTIMUM:+.4f} from the minimum loss of rank 2; {allowed}",
    )


def _completion(candidate: Candidate, holds: bool) -> CheckedValue:
    observed = low_rank.observed_loss(A, M, candidate.P)
    return CheckedValue(
        what="completed matrix",
        stated=format_matrix(candidate.P),
        origin=candidate.origin,
        recomputed=f"loss {observed:.4f} over the observed cells, {low_rank.loss(A, candidate.P):.4f} over all",
        holds=holds,
        difference=f"{observed:.4f} from the observed cells (squared); up to {LINGERING} are possible",
    )


def _number(
    what: str, number: StatedValue, intervals: Sequence[low_rank.Interval], holds: bool
) -> CheckedValue:
    value = number_of(number)
    nearest = min(intervals, key=lambda interval: _distance(value, interval))
    middle = (nearest.low + nearest.high) / 2
    allowed = (nearest.high - nearest.low) / 2 + number.half_width
    return CheckedValue(
        what=what,
        stated=f"{value:.6g}",
        origin=number.origin,
        recomputed=f"{middle:.6g}",
        holds=holds,
        difference=f"{abs(value - middle):.1e} apart; the printed digits allow {allowed:.1e}",
    )


def _losses(bench: Bench) -> Iterator[StatedValue]:
    """Single numbers that are called a loss or an error, each value once."""
    seen: set[tuple[float, str]] = set()
    for number in numbers_for(bench, "1.2"):
        key = (number_of(number), number.origin)
        if is_called_loss(number) and number.half_width < WHOLE and key not in seen:
            seen.add(key)
            yield number


def _is_of_another(number: StatedValue, stated: Sequence[Candidate]) -> bool:
    """Whether a loss belongs to the SVD or to the completion instead."""
    if is_within(number, low_rank.Interval(OPTIMUM, OPTIMUM)) or is_within(
        number, low_rank.Interval(OPTIMUM**0.5, OPTIMUM**0.5)
    ):
        return True
    return any(
        is_within(number, candidate.loss) or is_within(number, candidate.observed_loss)
        for candidate in stated
        if is_completion(candidate, LINGERING)
    )


def _different(found: Sequence[Candidate]) -> list[Candidate]:
    """Candidates that stand in different places, each matrix once a place: U times V stands where V times U does."""
    kept: dict[tuple[frozenset[Part], bytes], Candidate] = {}
    for candidate in found:
        parts = frozenset(candidate.parts)
        P = np.round(candidate.P, 6)
        both = (P.tobytes(), P.T.tobytes()) if candidate.is_product else (P.tobytes(),)
        kept.setdefault((parts, min(both)), candidate)
    return list(kept.values())


def _distance(value: float, interval: low_rank.Interval) -> float:
    return max(interval.low - value, value - interval.high, 0.0)
