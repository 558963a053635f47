"""Checks of the truncated SVD, exercise 2.1: of a function if there is one, else of the stated values.

The sheet asks for the best approximation of rank k, however it is computed and returned. The checks recognise
it by its rank and its loss (Eckart–Young–Mirsky) instead of comparing it with one formula.
"""

from collections.abc import Iterable
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from grader.lab import (
    Bench,
    Check,
    Comparison,
    Finding,
    FoundIn,
    Frozen,
    Located,
    Observation,
    Outcome,
    Probe,
    Raised,
    Returned,
    StatedValue,
    array_of,
    call_text,
)
from grader.labkit import (
    array_text,
    describe,
    failure,
    format_matrix,
    is_changed,
    is_not_started,
    items_of,
    lost_definition,
    lost_file,
    low_rank,
    not_started,
    random_matrices,
)
from reference import data
from reference.checks.absence import lost_work
from reference.checks.stated_matrices import BEST, is_best, too_coarse
from reference.checks.stated_mistakes import a_for_the_reconstruction
from reference.checks.stated_results import error_check, prose_check, stated_best
from reference.factors.reading import approximations_by_place
from reference.misconceptions.stated_svd import stated_mistake
from reference.sheet import TRUNCATED_SVD

__all__ = ["ADVICE", "SEED", "Case", "Decomposition"]

Array = npt.NDArray[np.float64]

FLOAT32_EPS: Final = 2.0**-23

SEED: Final = 1
"""The seed of every call: the result must not depend on it."""

ADVICE: Final = {
    "matrix": "Set the smallest singular values to zero, multiply U, diag(S) and Vᵀ, and compare the product with A.",
    "shapes": "Use `full_matrices=False`, so that U, S and Vᵀ fit together for any shape.",
    "error": "Print the sum of the squared entries of A minus your reconstruction.",
    "why": "",
}
"""What to do next when this is the first check that fails."""


class Case(Frozen, frozen=True):
    """One call of a truncated SVD: A (m, n) float32 and the rank to keep."""

    A: npt.NDArray[np.float32]
    rank: int
    what: str


def _unpredictable(values: tuple[float, ...], rng: np.random.Generator) -> tuple[float, ...]:
    """Change each singular value by up to a fifth, so that no polynomial fitted to fixed values works."""
    return tuple(value * rng.uniform(0.8, 1.2) for value in values)


class Decomposition:
    """The checks of exercise 2.1 for one seed."""

    def __init__(self, exercise: str, seed: int) -> None:
        self.exercise = exercise
        rng = np.random.Generator(np.random.PCG64([seed, 21]))
        draw = random_matrices.with_spectrum

        def spectrum(size: int) -> tuple[float, ...]:
            return _unpredictable(random_matrices.well_separated(size), rng)

        def repeated(size: int, rank: int) -> tuple[float, ...]:
            factor = rng.uniform(0.8, 1.2)
            return tuple(factor * value for value in random_matrices.nearly_repeated(size, rank))

        self.square = (
            Case(data.A, 2, "the sheet's A"),
            Case(draw(spectrum(3), 3, 3, rng), 1, "a square matrix, one singular value kept"),
            Case(draw(spectrum(4), 4, 4, rng), 2, "a square matrix"),
            Case(draw((*spectrum(2), 0.0, 0.0), 4, 4, rng), 3, "a matrix whose rank is lower than requested"),
            Case(draw(repeated(4, 2), 4, 4, rng), 2, "nearly equal singular values"),
            Case(draw(spectrum(3), 3, 3, rng), 3, "nothing cut off"),
        )
        self.oblong = (
            Case(draw(spectrum(3), 3, 5, rng), 2, "a wide matrix"),
            Case(draw(spectrum(3), 5, 3, rng), 2, "a tall matrix"),
            Case(draw(repeated(4, 2), 4, 5, rng), 2, "nearly equal singular values"),
        )

    def checks(self) -> tuple[Check, ...]:
        """The checks of the matrix, of its error, and of the explanation, which a person reads."""
        matrix = f"{self.exercise}-matrix"
        backward = "backward error of a float32 SVD (Weyl, Mirsky): about 1e-5"
        return (
            Check(
                matrix,
                "The truncated SVD gives the best approximation of its rank",
                self._matrix,
                tolerance=backward,
            ),
            Check(
                f"{self.exercise}-shapes",
                "It also does so for wide and tall matrices",
                self._shapes,
                (matrix,),
                tolerance=backward,
            ),
            error_check(self.exercise, (), self._returned_error),
            prose_check(self.exercise),
        )

    def _matrix(self, bench: Bench) -> Finding:
        located = bench.locate(TRUNCATED_SVD)
        if located is None or is_not_started(bench, located):  # a script may state the matrix without it
            return self._stated_value(bench)
        return self._function(bench, located)

    def _function(self, bench: Bench, located: Located) -> Finding:
        takes_rank = "rank" in located.parameters
        failed = self._first_failure(bench, self.square, takes_rank)
        if failed is not None:
            return msgspec.structs.replace(failed, notes=located.notes)
        notes = located.notes
        if not takes_rank:
            notes += (
                f"`{located.name}` takes no rank; it was checked on matrices with three singular values.",
            )
        return Finding(outcome=Outcome.PASS, message=f"`{located.name}`, {located.place}.", notes=notes)

    def _shapes(self, bench: Bench) -> Finding:
        """Check wide and tall matrices, for information only: the sheet's A is square."""
        located = bench.locate(TRUNCATED_SVD)
        if located is None or is_not_started(bench, located):
            return Finding(outcome=Outcome.PASS, message="The sheet does not ask for a function.")
        failed = self._first_failure(bench, self.oblong, "rank" in located.parameters)
        return failed or Finding(outcome=Outcome.PASS, message=f"{len(self.oblong)} matrices.")

    def _first_failure(self, bench: Bench, cases: tuple[Case, ...], takes_rank: bool) -> Finding | None:
        calls = self.as_called(bench, cases)
        bench.expect([self._probe(case, takes_rank) for case in calls])
        places: frozenset[str] | None = None
        for case in calls:
            if case.rank >= min(case.A.shape) and isinstance(self.observe(bench, case), Raised):
                continue  # some functions raise an error if nothing is to be cut off
            finding, right = self._judge(bench, case, takes_rank)
            if finding is not None:
                return finding
            places = right if places is None else places & right
            if not places:
                return Finding(
                    outcome=Outcome.FAIL,
                    message="The function returns several matrices, and the position of the best one changes from "
                    "call to call.",
                    wanted="the truncated matrix at the same position for every rank",
                    call=self.call_text(bench, case),
                )
        return None

    def _stated_value(self, bench: Bench) -> Finding:
        stated = stated_best(bench)
        if stated is not None:
            return Finding(outcome=Outcome.PASS, message=f"Found as {stated.origin}.")
        unread = lost_file(bench.loaded)
        if unread is not None:
            return unread
        attempt = bench.attempt(TRUNCATED_SVD)
        if attempt is not None and not is_not_started(bench, attempt):
            return self._function(bench, attempt)
        wrong = too_coarse(bench, is_best, "the best matrix of rank 2") or self._stated_wrongly(bench)
        if wrong is not None:
            return wrong
        return (
            not_started(bench, TRUNCATED_SVD)
            or lost_definition(bench, TRUNCATED_SVD)
            or lost_work(bench, "2.1")
            or Finding(
                outcome=Outcome.MISSING,
                message="Neither a function such as `truncated_svd` nor the best rank-2 matrix of A was found.",
                wanted=format_matrix(BEST),
            )
        )

    def _stated_wrongly(self, bench: Bench) -> Finding | None:
        """Recognise, by the matrix it states, a script that decomposes A but reconstructs it wrongly."""
        recognised = stated_mistake(bench)
        if recognised is None:
            return a_for_the_reconstruction(bench, format_matrix(BEST))
        mistake, stated_value = recognised
        return Finding(
            outcome=Outcome.FAIL,
            message=f"The stated matrix ({stated_value.origin}) is not the best matrix of rank 2. {mistake.title}",
            got=format_matrix(stated_value.values),
            wanted=format_matrix(BEST),
        )

    def cases(self, bench: Bench) -> tuple[Case, ...]:
        """The calls that the checks make to the student's function, square matrices first."""
        return self.as_called(bench, (*self.square, *self.oblong))

    def as_called(self, bench: Bench, cases: Iterable[Case]) -> tuple[Case, ...]:
        """The cases that the student's function accepts.

        A function without a rank does what 2.1 asks for the sheet's A: it keeps two of three singular values.
        Whether it drops the last one or keeps the first two makes no difference.
        """
        located = bench.locate(TRUNCATED_SVD)
        if located is None or "rank" in located.parameters:
            return tuple(cases)
        three = [case for case in cases if min(case.A.shape) == 3]
        return tuple(case if case.rank == 2 else Case(case.A, 2, "another matrix") for case in three)

    def observe(self, bench: Bench, case: Case, seed: int = SEED) -> Observation:
        """Call the student's function for a case, with the rank if it has that parameter."""
        located = bench.locate(TRUNCATED_SVD)
        return bench.observe(self._probe(case, located is not None and "rank" in located.parameters, seed))

    def call_text(self, bench: Bench, case: Case) -> str:
        """The call of a case as a student can paste it below their code; empty if there is no function."""
        located = bench.locate(TRUNCATED_SVD)
        if located is None:
            return ""
        given = {"A": array_text(format_matrix(case.A), located)}
        if "rank" in located.parameters:
            given["rank"] = str(case.rank)
        return call_text(TRUNCATED_SVD, located, given)

    def _probe(self, case: Case, takes_rank: bool, seed: int = SEED) -> Probe:
        arguments: dict[str, npt.NDArray[np.generic] | int | float] = {"A": case.A}
        if takes_rank:
            arguments["rank"] = case.rank
        return Probe(TRUNCATED_SVD.name, arguments, seed)

    def _judge(self, bench: Bench, case: Case, takes_rank: bool) -> tuple[Finding | None, frozenset[str]]:
        """The failed check, or None if the function is right; and the positions of the right matrices."""
        judged = self._failure_or_places(bench, case, takes_rank)
        return (None, judged) if isinstance(judged, frozenset) else (judged, frozenset())

    def _failure_or_places(self, bench: Bench, case: Case, takes_rank: bool) -> Finding | frozenset[str]:
        observation = bench.observe(self._probe(case, takes_rank))
        call = self.call_text(bench, case)
        if not isinstance(observation, Returned):
            return Finding(outcome=Outcome.FAIL, message=failure(observation), call=call)
        if is_changed(case.A, observation.after[0]):
            return Finding(
                outcome=Outcome.FAIL,
                message="The call changes its argument A.",
                wanted="A as it was given",
                call=call,
            )
        A = case.A.astype(np.float64)
        best, tolerance = (
            low_rank.eckart_young(A, case.rank),
            low_rank.svd_tolerance(A, case.rank, FLOAT32_EPS),
        )
        by_place = list(approximations_by_place(observation.value, case.A.shape))
        read = [P for _, P in by_place]
        if not read:
            return Finding(
                outcome=Outcome.FAIL,
                message=f"It returned {describe(observation.value)}.",
                wanted=f"the {case.A.shape[0]}×{case.A.shape[1]} matrix, or U, S and V to compute it from",
                call=call,
            )
        nearest = min(read, key=lambda P: low_rank.loss(A, P) if np.isfinite(P).all() else np.inf)
        if not np.isfinite(nearest).all():
            return Finding(
                outcome=Outcome.FAIL, message="The result contains values that are not finite.", call=call
            )
        right = set[str]()
        for place, P in by_place:
            if not np.isfinite(P).all():
                continue
            beyond = low_rank.singular_values(P)[case.rank :]
            is_low_rank = beyond.size == 0 or float(beyond[0]) <= tolerance.singular_value
            if is_low_rank and low_rank.loss(A, P) <= best + tolerance.excess_loss:
                right.add(place)
        if right:
            return frozenset(right)
        reached = low_rank.loss(A, nearest)
        rank_found = int((low_rank.singular_values(nearest) > tolerance.singular_value).sum())
        if rank_found > case.rank:
            message = (
                f"For {case.what}, the result has rank {rank_found}, but only {case.rank} was requested."
            )
        else:
            message = (
                f"For {case.what}, the squared error is {reached:.6g}; the smallest possible at rank {case.rank} is "
                f"{best:.6g}."
            )
        wanted = low_rank.best_approximation(A, case.rank)
        return Finding(
            outcome=Outcome.FAIL,
            message=message,
            got=format_matrix(nearest),
            wanted=format_matrix(wanted),
            compared=Comparison.of([nearest], [wanted]),
            tolerance=f"{tolerance.excess_loss:.1e} in the squared error (backward error of a float32 SVD)",
            call=call,
        )

    def _returned_error(self, bench: Bench) -> tuple[StatedValue, ...]:
        located = bench.locate(TRUNCATED_SVD)
        if located is None:
            return ()
        observation = bench.observe(self._probe(self.square[0], "rank" in located.parameters))
        parts = items_of(observation.value) if isinstance(observation, Returned) else None
        numbers = [array_of(part) for part in parts or ()]
        return tuple(
            StatedValue(number, 0.0, "error", f"returned by `{located.name}`", found_in=FoundIn.RETURNED)
            for number in numbers
            if number is not None and number.size == 1
        )
