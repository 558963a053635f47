"""Tools for many labs: check tables, comparisons, stated numbers, and reading results or rejecting them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from grader.core.result import Outcome
from grader.execution.check_runner import run_checks
from grader.integrations.in_process_bench import InProcessBench
from grader.lab import Check, CheckResult, Exercise, Function, Parameter, Probe, Value
from grader.labkit import (
    CheckTable,
    Row,
    agrees,
    array_in,
    number_in,
    parts_in,
    presence,
    states,
    undiagnosed,
)

Array = npt.NDArray[np.float64]

DOUBLE = Function("double", (Parameter("x", is_array=True), Parameter("times", (), 1)), arrays="numpy")
X = np.array([1.0, 3.0])


def _probe(times: int) -> Probe:
    return Probe("double", {"x": X, "times": times}, seed=1)


def _got(answer: Value, times: int) -> Array:
    return array_in(answer, (2,), "the doubled vector")


def _wanted(answer: Value, times: int) -> Array:
    return X * 2**times


ROWS: tuple[Row[tuple[int, ...]], ...] = (
    Row(name="found", title="`{function}` is there", run=presence(DOUBLE), advice="Define `{function}`."),
    Row(
        name="doubles",
        title="It doubles",
        run=agrees(DOUBLE, _probe, 1e-6, lambda times: times, _got, _wanted, "It does not double."),
        needs=("found",),
        advice="Multiply by two.",
        tolerance="1e-6",
    ),
)
TABLE = CheckTable("1", ROWS, (1, 2), "double")


def judged(double: Callable[..., Any] | None) -> dict[str, CheckResult]:
    """The results of the table for a function, or for none."""
    bench = InProcessBench((DOUBLE,), {} if double is None else {"double": double}, {})
    exercise = Exercise("1", "", "", TABLE.checks(), undiagnosed, TABLE.advice)
    return {result.id: result for result in run_checks(exercise, bench)}


def test_a_row_becomes_a_check_with_the_exercise_in_its_ids_and_the_function_in_its_title() -> None:
    found, doubles = TABLE.checks()
    assert isinstance(found, Check)
    assert (found.id, found.title, found.needs) == ("1-found", "`double` is there", ())
    assert (doubles.id, doubles.needs, doubles.tolerance) == ("1-doubles", ("1-found",), "1e-6")


def test_a_right_function_passes_every_row_and_is_given_no_advice() -> None:
    results = judged(lambda x, times: x * 2**times)
    assert {result.outcome for result in results.values()} == {Outcome.PASS}
    assert TABLE.advice(tuple(results.values())) == ""


def test_the_first_case_that_differs_is_shown_with_both_arrays_and_the_call() -> None:
    results = judged(lambda x, times: x * 2)
    failed = results["1-doubles"]
    assert failed.outcome is Outcome.FAIL
    assert (failed.got, failed.wanted) == ("[2.000000, 6.000000]", "[4.000000, 12.000000]")
    assert failed.call == "<lambda>(np.array([1.0, 3.0]), times=2)"
    assert TABLE.advice(tuple(results.values())) == "Multiply by two."


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (None, "It returned None; wanted: the doubled vector of shape (2,)."),
        (np.zeros(3), "It returned shape (3,); wanted: the doubled vector of shape (2,)."),
        (np.array([1.0, np.nan]), "There are values in the doubled vector that are not finite (inf or nan)."),
    ],
)
def test_what_cannot_be_compared_fails_with_a_sentence_and_is_no_error_of_ours(
    answer: object, sentence: str
) -> None:
    failed = judged(lambda x, times: answer)["1-doubles"]
    assert (failed.outcome, failed.message) == (Outcome.FAIL, sentence)


def test_a_function_that_raises_fails_with_what_it_raised() -> None:
    def double(x: Array, times: int) -> Array:
        raise ValueError("no")

    assert "ValueError" in judged(double)["1-doubles"].message


def test_a_function_that_is_not_there_is_missing_and_the_rest_waits() -> None:
    results = judged(None)
    assert results["1-found"].outcome is Outcome.MISSING
    assert "`double`" in results["1-found"].message
    assert TABLE.advice(tuple(results.values())) == "Define `double`."


def test_a_function_that_lacks_a_parameter_of_the_sheet_is_told_which() -> None:
    failed = judged(lambda x: x * 2)["1-found"]
    assert failed.outcome is Outcome.FAIL
    assert "does not take `times`" in failed.message and failed.wanted == "double(x, times)"


def test_parts_and_numbers_are_read_or_refused() -> None:
    def both(answer: Value, times: int) -> Array:
        left, right = parts_in(answer, 2, "a number and a vector")
        return np.array([number_in(left, "the number"), *array_in(right, (1,), "the vector")])

    row: Row[object] = Row(
        name="both",
        title="",
        run=agrees(DOUBLE, _probe, 1e-6, lambda context: [1], both, lambda answer, times: X, "No."),
    )
    (check,) = CheckTable("1", (row,), None).checks()
    for answer, message in (
        ((1.0, np.array([3.0])), ""),
        ((np.array([1.0]), np.array([3.0])), ""),
        ((1.0,), "It returned a tuple of 1 (the float 1.0); expected: a number and a vector."),
        (("a", np.array([3.0])), "It returned a string; expected: the number."),
        ((float("inf"), np.array([3.0])), "The number is not finite (inf or nan)."),
    ):
        bench = InProcessBench((DOUBLE,), {"double": lambda x, times, a=answer: a}, {})
        assert check.run(bench).message == message


@pytest.mark.parametrize(
    ("stated", "outcome"),
    [
        ({}, Outcome.MISSING),
        ({"y": 4.7321}, Outcome.PASS),
        ({"y": np.array([4.7320508])}, Outcome.PASS),
        ({"y": 4.75}, Outcome.FAIL),
    ],
)
def test_a_number_is_stated_where_one_lies_between_the_bounds(
    stated: dict[str, Any], outcome: Outcome
) -> None:
    bench = InProcessBench((), {}, stated)
    assert states(4.732, 4.7325, 0.05, "4.7321", "It is not there.")(None, bench).outcome is outcome
