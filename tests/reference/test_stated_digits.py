"""Stated digits count only if they could be wrong: a value so coarse that anything fits proves nothing."""

import json
from pathlib import Path

import pytest

from grader.core.observation import LoadReport, StatedValue
from grader.core.result import CheckResult, Outcome
from grader.core.submission import Source
from grader.execution.check_runner import run_checks
from grader.sources import read
from reference import exercises
from tests.support.command_line import Grade
from tests.support.in_process_bench import InProcessBench
from tests.support.submissions import Handed

BEST = "[[{0}, {1}, {2}], [{3}, {4}, {5}], [{6}, {7}, {8}]]"
BEST_ENTRIES = (0.2245, 0.5212, 0.3592, 3.2530, -0.0090, 1.9737, 3.0378, 0.5983, 2.1023)
FACTORS = "U = [[{}, {}], [{}, {}], [{}, {}]]\n\nV = [[{}, {}], [{}, {}], [{}, {}]]"
FACTOR_ENTRIES = (
    0.6168,
    -0.1530,
    0.4108,
    1.5961,
    1.0798,
    1.1800,
    0.8126,
    1.8290,
    0.7836,
    -0.2088,
    0.8384,
    1.0195,
)


class StatedBench(InProcessBench):
    """A bench of a report without functions."""

    def __init__(self, source: Source, stated_values: tuple[StatedValue, ...]) -> None:
        super().__init__({})
        self._report = LoadReport(source, stated_values=stated_values)

    @property
    def loaded(self) -> LoadReport:
        return self._report

    @property
    def stated_values(self) -> tuple[StatedValue, ...]:
        return self._report.stated_values


def result(tmp_path: Path, text: str, check_id: str) -> CheckResult:
    """The result of one check for a report with this text."""
    from grader.execution import stated_values

    file = tmp_path / "report.md"
    file.write_text(text, encoding="utf-8")
    source = read(file, file.name)
    bench = StatedBench(source, tuple(stated_values.from_source(source)))
    (exercise,) = (e for e in exercises(20) if e.id == check_id.partition("-")[0])
    (found,) = (r for r in run_checks(exercise, bench) if r.id == check_id)
    return found


def rounded(form: str, entries: tuple[float, ...], digits: int) -> str:
    return form.format(*(f"{entry:.{digits}f}" for entry in entries))


@pytest.mark.parametrize(
    ("digits", "outcome"),
    [(4, Outcome.PASS), (3, Outcome.PASS), (2, Outcome.PASS), (1, Outcome.MANUAL), (0, Outcome.FAIL)],
)
def test_a_matrix_needs_two_decimals_to_be_taken_for_the_best(
    tmp_path: Path, digits: int, outcome: Outcome
) -> None:
    found = result(tmp_path, f"reconstruction = {rounded(BEST, BEST_ENTRIES, digits)}\n", "2.1-matrix")
    assert found.outcome is outcome, found.message


@pytest.mark.parametrize(
    ("digits", "outcome"), [(4, Outcome.PASS), (2, Outcome.PASS), (1, Outcome.MANUAL), (0, Outcome.FAIL)]
)
def test_factors_need_two_decimals_to_be_taken_for_a_factorisation(
    tmp_path: Path, digits: int, outcome: Outcome
) -> None:
    found = result(tmp_path, rounded(FACTORS, FACTOR_ENTRIES, digits), "1.2-factors")
    assert found.outcome is outcome, found.message


def test_small_factors_need_three_digits_of_their_largest_entry(tmp_path: Path) -> None:
    U = "U = [[0.06, -0.02], [0.04, 0.16], [0.11, 0.12]]"
    V = "V = [[8.126, 18.290], [7.836, -2.088], [8.384, 10.195]]"
    assert result(tmp_path, f"{U}\n\n{V}", "1.2-factors").outcome is not Outcome.PASS


COARSE = {
    "exponents": "[[0e3, 0e3, 0e3], [0e3, 0e3, 0e3], [0e3, 0e3, 0e3]]",
    "a leading digit with an exponent": "[[2e-1, 5e-1, 4e-1], [3e0, 0e0, 2e0], [3e0, 6e-1, 2e0]]",
    "dots without decimals": "[[0., 1., 0.], [3., 0., 2.], [3., 1., 2.]]",
    "whole numbers": "[[0, 1, 0], [3, 0, 2], [3, 1, 2]]",
}


@pytest.mark.parametrize("what", COARSE)
@pytest.mark.parametrize("check_id", ["2.1-matrix", "3.2-completed"])
def test_what_is_stated_too_coarsely_earns_nothing(tmp_path: Path, what: str, check_id: str) -> None:
    found = result(tmp_path, f"M = [[1, 1, 1], [0, 1, 1], [1, 0, 1]]\n\nmatrix = {COARSE[what]}\n", check_id)
    assert found.outcome in (Outcome.FAIL, Outcome.MISSING), found.message


def test_too_few_digits_are_told_with_the_interval_they_allow(tmp_path: Path) -> None:
    found = result(tmp_path, f"reconstruction = {rounded(BEST, BEST_ENTRIES, 0)}\n", "2.1-matrix")
    assert "too few digits" in found.message
    assert "the loss may be anything from" in found.message


def test_a_loss_beside_coarse_factors_is_not_taken_for_a_loss_alone(tmp_path: Path) -> None:
    report = rounded(FACTORS, FACTOR_ENTRIES, 0)
    assert result(tmp_path, f"{report}\n\nloss = 0.1220\n", "1.2-loss").outcome is Outcome.FAIL


@pytest.mark.slow
def test_a_report_of_zeros_with_exponents_earns_no_matrix_of_it(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    zeros = "[[0e3, 0e3], [0e3, 0e3], [0e3, 0e3]]"
    report = (
        f"1.2: U = {zeros}\n\nV = {zeros}\n\nloss = 0.1220\n\n"
        f"2.1: reconstruction = {COARSE['exponents']}\n\n3.2: completed matrix = {COARSE['exponents']}\n"
    )
    done = grade(handed_in({"orla/report.md": report}), "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    entry = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))["submissions"][0]
    assert {e["id"]: e["marks"] for e in entry["exercises"]} == {
        "1.1": 0,
        "1.2": 0,
        "2.1": 0,
        "3.1": 0,
        "3.2": 0,
    }
