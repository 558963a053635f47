"""The plots of the lab: their contents, and that drawing them costs no marks and hardly any calls."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch

from grader.core.evidence import HeatMaps, LinePlot
from grader.core.observation import Observation, Probe, StatedValue
from grader.core.result import CheckResult, Outcome, Verdict
from grader.execution.check_runner import run_checks
from grader.grading.examine import grade_one
from grader.grading.run_plan import RunPlan
from grader.lab import Bench
from grader.labkit import low_rank
from grader.sandbox.worker_client import ForkServer
from grader.submissions.discovery import collect
from reference import LAB, data, exercises, plots
from reference.checks.factorisation_context import factorisation_context
from reference.rules.accepted_variants import VARIANTS
from reference.rules.update_rule import SHEET, Rule
from tests.support.in_process_bench import InProcessBench, following
from tests.support.submissions import RIGHT_SVD, Handed
from tests.support.workers import LIMITS

ROWS_TO_RANK = Rule(
    "rows to rank", cells=lambda m, n, k: ((r, c) for r in range(min(m, k)) for c in range(n))
)
A = data.A.astype(np.float64)


class CountingBench(InProcessBench):
    """Counts the epochs and the calls it is asked for, and may state values."""

    stated_values: tuple[StatedValue, ...] = ()  # type: ignore[assignment]

    def __init__(self, functions: dict[str, Callable[..., Any]]) -> None:
        super().__init__(functions)
        self.epochs: list[int] = []

    def _call(self, probe: Probe) -> Observation:
        self.epochs.append(int(probe.arguments.get("num_epochs", 1000)))
        return super()._call(probe)


def illustrated(
    exercise_id: str, function: Callable[..., Any]
) -> tuple[Any, list[int], tuple[CheckResult, ...]]:
    """The pictures of an exercise for a function, the epochs run for them, and the results."""
    (exercise,) = [e for e in exercises(LAB.seed) if e.id == exercise_id]
    name = "sgd_factorise_masked" if exercise_id == "3.1" else "sgd_factorise"
    bench = CountingBench({name: function})
    results = run_checks(exercise, bench)
    bench.epochs.clear()
    return exercise.illustrate(bench, results), bench.epochs, results


@pytest.mark.parametrize("exercise_id", ["1.1", "3.1"])
def test_a_right_solution_is_drawn_without_a_single_further_call(exercise_id: str) -> None:
    drawn, calls, results = illustrated(exercise_id, following(SHEET))
    assert all(result.outcome is Outcome.PASS for result in results)
    assert calls == []
    (plot,) = drawn
    assert isinstance(plot, LinePlot)
    (curve,) = plot.curves
    assert curve.points[0][0] == 1 and curve.points[-1][0] == 1000
    assert curve.points[-1][1] < curve.points[0][1] / 10
    assert len(curve.points) <= 60


def test_the_curve_of_a_right_solution_ends_where_the_solution_itself_ends() -> None:
    (plot,), _, _ = illustrated("1.1", following(SHEET))
    setting = factorisation_context("1.1", masked=False, seed=LAB.seed).inputs.defaults
    torch.manual_seed(setting.seed)
    U, V = following(SHEET)(torch.from_numpy(setting.A.copy()), 2)
    ended = low_rank.loss(A, U.double().numpy() @ V.double().numpy().T)
    assert plot.curves[0].points[-1][1] == pytest.approx(ended, rel=1e-3)


def test_the_floor_and_the_saddles_are_the_theorems_levels() -> None:
    (plot,), _, _ = illustrated("1.1", following(SHEET))
    s = low_rank.singular_values(A) ** 2
    levels = {level.name: level.value for level in plot.levels}
    assert levels["floor σ₃²"] == pytest.approx(s[2], rel=1e-4)
    assert levels["saddle σ₂²"] == pytest.approx(s[1], rel=1e-4)
    assert levels["saddle σ₂²+σ₃²"] == pytest.approx(s[1] + s[2], rel=1e-4)
    assert f"{s[2]:.4g}" in plot.alternative


@pytest.mark.parametrize("exercise_id", ["1.1", "3.1"])
def test_a_wrong_solution_costs_a_few_short_runs_and_is_drawn_beside_the_sheets_rule(
    exercise_id: str,
) -> None:
    drawn, calls, results = illustrated(exercise_id, following(ROWS_TO_RANK))
    assert any(result.outcome is Outcome.FAIL for result in results)
    assert len(calls) <= 8
    assert sum(calls) < 500
    plot, heat = drawn
    theirs, ours = plot.curves
    assert theirs.points[0][0] == 1 and theirs.points[-1][0] == 1000
    assert theirs.points[-1][1] > 10 * ours.points[-1][1]
    assert f"{theirs.points[-1][1]:.4g}" in plot.alternative
    assert isinstance(heat, HeatMaps)
    rest = np.array(heat.grids[2].rows)
    for cell in heat.grids[2].hidden:
        rest[cell] = 0.0  # not asked for
    assert np.abs(rest[2]).max() > 10 * np.abs(rest[:2]).max()  # the last row is never learned
    assert bool(heat.grids[0].hidden) == (exercise_id == "3.1")


def test_a_sound_variant_is_drawn_as_what_it_does_itself_and_not_as_the_sheets_rule() -> None:
    (variant, *_) = VARIANTS
    drawn, _, _ = illustrated("1.1", following(variant.rule))
    assert [curve.name for curve in drawn[0].curves] == ["yours", "sheet’s rule"]


def test_what_cannot_be_run_or_diverges_at_once_is_not_drawn() -> None:
    def broken(A: torch.Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01) -> None:
        raise ValueError("no")

    assert illustrated("1.1", broken)[0] == ()
    explode = Rule(
        "explode", update=lambda u, v, e, lr: ([x + 1e6 * lr * e for x in u], [y + 1e6 * lr * e for y in v])
    )
    drawn, _, _ = illustrated("1.1", following(explode))
    assert all(
        np.isfinite(y)
        for picture in drawn
        if isinstance(picture, LinePlot)
        for c in picture.curves
        for _, y in c.points
    )


def stating(*stated_values: StatedValue) -> CountingBench:
    """A bench on which only values are stated."""
    bench = CountingBench({})
    bench.stated_values = stated_values
    return bench


def test_stated_factors_are_shown_as_their_product_beside_a() -> None:
    U, s, Vt = np.linalg.svd(A)
    mixed = np.array([[2.0, 1.0], [0.5, 1.0]])  # a descent ends at factors whose columns are not orthogonal
    left, right = U[:, :2] * s[:2] @ mixed, Vt[:2].T @ np.linalg.inv(mixed).T
    bench = stating(
        StatedValue(left, 5e-5, "U", "printed, line 1"), StatedValue(right, 5e-5, "V", "printed, line 2")
    )
    (heat,) = plots.factorised(bench, ())
    assert np.allclose(np.array(heat.grids[1].rows), low_rank.best_approximation(A, 2), atol=1e-5)
    assert np.allclose(np.array(heat.grids[2].rows), A - low_rank.best_approximation(A, 2), atol=1e-5)
    assert plots.factorised(stating(), ()) == ()


def test_a_stated_completion_has_its_hidden_cells_hatched() -> None:
    P = np.array([[0.3561, 0.5951, 0.1518], [2.1802, 0.0496, 1.8334], [2.9360, 0.8643, 2.2685]])
    (heat,) = plots.completed(stating(StatedValue(P, 5e-5, "P", "printed, line 9")), ())
    assert {grid.hidden for grid in heat.grids} == {((1, 0), (2, 1))}
    assert "hidden cell: row 2, column 1" in heat.alternative


def test_a_picture_that_cannot_be_drawn_costs_nothing_else(
    fork_server: ForkServer, handed_in: Handed, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(bench: Bench, results: tuple[CheckResult, ...]) -> tuple[HeatMaps, ...]:
        raise RuntimeError("no ink")

    folder: Path = handed_in({"someone/lab.py": RIGHT_SVD})
    (submission,) = collect([folder])
    (exercise,) = [e for e in exercises(LAB.seed) if e.id == "2.1"]
    spoiled = msgspec.structs.replace(exercise, illustrate=fail)
    plan = RunPlan(lab=LAB, exercises=(spoiled,), seed=LAB.seed, limits=LIMITS)
    report = grade_one(submission, plan, fork_server)
    assert report.exercises[0].verdict is Verdict.FULL
    assert report.exercises[0].pictures == ()
    assert "no ink" in caplog.text
