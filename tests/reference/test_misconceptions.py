"""The catalogue of mistakes: each is recognised as itself, no two are alike, correct work matches none."""

from itertools import combinations

import numpy as np
import pytest
import torch

from grader.core.result import Diagnosis
from grader.execution.check_runner import run_checks
from grader.lab import Exercise
from reference import LAB
from reference.checks.factorisation_context import FactorisationContext, factorisation_context
from reference.checks.truncated_svd import Decomposition
from reference.diagnosis import descent_counterexample
from reference.diagnosis.factorisation import OTHERS
from reference.diagnosis.initialisation import REDRAWN, STARTS
from reference.diagnosis.matching import all_explained, runs
from reference.diagnosis.returned_values import RESULTS
from reference.diagnosis.truncated_svd import SVD_OTHERS, diagnose_svd
from reference.misconceptions import (
    MASKED_MISCONCEPTIONS,
    MISCONCEPTIONS,
    SVD_MISCONCEPTIONS,
    Misconception,
    MisconceptionText,
)
from reference.misconceptions.truncated_svd import MistakenSvd, outcomes
from reference.model import solution
from reference.rules.update_rule import Rule, run
from tests.support.in_process_bench import InProcessBench, following
from tests.support.sampling import first_of_each

DESCENTS = (*((m, False) for m in MISCONCEPTIONS), *((m, True) for m in MASKED_MISCONCEPTIONS))
ALIKE = {
    frozenset({"update-not-written-back", "mask-never-true"}),
    frozenset({"svd-keeps-smallest", "svd-zeroes-largest"}),
    frozenset({"svd-residual-returned", "svd-zeroes-largest"}),
}
"""Pairs that say the same of what is seen; which is named depends on what else is known."""

EVERY_WORD: tuple[MisconceptionText, ...] = (
    *MISCONCEPTIONS, *MASKED_MISCONCEPTIONS, *SVD_MISCONCEPTIONS, *STARTS, REDRAWN, *RESULTS, *OTHERS, *SVD_OTHERS,
)  # fmt: skip


def context(masked: bool) -> FactorisationContext:
    return factorisation_context("3.1" if masked else "1.1", masked, LAB.seed)


def exercise(id_: str) -> Exercise:
    return next(e for e in LAB.exercises(LAB.seed) if e.id == id_)


def diagnosed(bench: InProcessBench, id_: str) -> tuple[Diagnosis, ...]:
    asked = exercise(id_)
    return asked.diagnose(bench, run_checks(asked, bench))


def test_the_catalogue_covers_more_than_sixty_mistakes() -> None:
    assert len({words.id for words in EVERY_WORD}) >= 60


def test_every_mistake_is_told_in_full_with_a_question_and_without_a_line_of_code() -> None:
    for words in EVERY_WORD:
        assert words.title.endswith((".", "later.")), words.id
        assert words.message.strip().endswith("."), words.id
        assert words.question.endswith("?"), words.id
        assert words.concept, words.id
        for text in (words.title, words.message, words.question):
            assert "+=" not in text and "range(m" not in text and ".clone()" not in text, words.id


@pytest.mark.parametrize(
    ("mistake", "masked"),
    first_of_each(lambda case: case[1], DESCENTS),
    ids=lambda v: getattr(v, "id", ""),
)
def test_every_mistake_of_a_descent_is_diagnosed_as_itself(mistake: Misconception, masked: bool) -> None:
    subject = context(masked)
    bench = InProcessBench({subject.function.name: following(mistake.rules[0])})
    found = diagnosed(bench, subject.exercise)
    assert found, mistake.id
    assert found[0].id == mistake.id or frozenset({found[0].id, mistake.id}) in ALIKE
    assert found[0].verified


@pytest.mark.slow
@pytest.mark.parametrize("masked", [False, True])
def test_any_two_mistakes_of_a_descent_differ_on_the_probes(masked: bool) -> None:
    subject = context(masked)
    settings = (*subject.inputs.all(), subject.inputs.many)
    seen = {
        (mistake.id, number): [_end(rule, s) for s in settings]
        for mistake in (*MISCONCEPTIONS, *(MASKED_MISCONCEPTIONS if masked else ()))
        for number, rule in enumerate(mistake.rules)
    }
    for (first, ours), (second, theirs) in combinations(seen.items(), 2):
        if first[0] == second[0] or frozenset({first[0], second[0]}) in ALIKE:
            continue
        assert any(_differ(x, y) for x, y in zip(ours, theirs, strict=True)), (first, second)


def _end(rule: Rule, s):  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(s.seed)
    m, n = s.A.shape
    try:
        return np.concatenate(
            [
                f.ravel()
                for f in run(
                    rule, s.A, s.M, (rng.random((m, s.rank)), rng.random((n, s.rank))), s.epochs, s.lr
                )
            ]
        )
    except IndexError:
        return None


def _differ(x: np.ndarray | None, y: np.ndarray | None) -> bool:
    if x is None or y is None:
        return (x is None) != (y is None)
    same = np.isclose(x, y, rtol=1e-6, atol=1e-6, equal_nan=True)
    return not same.all()


@pytest.mark.parametrize("masked", [False, True])
def test_no_mistake_explains_the_model_solution(masked: bool) -> None:
    subject = context(masked)
    bench = InProcessBench(
        {"sgd_factorise": solution.sgd_factorise, "sgd_factorise_masked": solution.sgd_factorise_masked}
    )
    seen = runs(subject, bench)
    assert len(seen) == len(subject.inputs.all()) + 1
    for mistake in (*MISCONCEPTIONS, *(MASKED_MISCONCEPTIONS if masked else ())):
        for rule in mistake.rules:
            assert not all_explained(rule, seen), mistake.id


@pytest.mark.parametrize(
    "mistake", first_of_each(lambda m: m.concept, SVD_MISCONCEPTIONS), ids=lambda m: m.id
)
def test_every_mistaken_svd_is_diagnosed_as_itself(mistake: MistakenSvd) -> None:
    found = diagnose_svd(*_judged(mistake))
    assert found, mistake.id
    assert found[0].id == mistake.id or frozenset({found[0].id, mistake.id}) in ALIKE


def _judged(mistake: MistakenSvd):  # type: ignore[no-untyped-def]
    def truncated_svd(A: torch.Tensor, rank: int) -> torch.Tensor:
        made = next(iter(outcomes(mistake.ways[0], A.double().numpy(), rank)), None)
        if made is None:
            raise RuntimeError("shapes do not fit")
        return torch.from_numpy(made).float()

    lab = Decomposition("2.1", LAB.seed)
    bench = InProcessBench({"truncated_svd": truncated_svd})
    return lab, bench, run_checks(exercise("2.1"), bench)


def test_the_model_svd_is_explained_by_no_mistake() -> None:
    lab = Decomposition("2.1", LAB.seed)
    bench = InProcessBench({"truncated_svd": solution.truncated_svd})
    assert diagnose_svd(lab, bench, run_checks(exercise("2.1"), bench)) == ()
    harmless: dict[str, set[str]] = {}
    for case in lab.cases(bench):
        best = solution.truncated_svd(torch.from_numpy(case.A.copy()), case.rank).numpy()
        for mistake in SVD_MISCONCEPTIONS:
            explained = any(
                made.shape == best.shape and np.allclose(made, best, atol=1e-5)
                for way in mistake.ways
                for made in outcomes(way, case.A.astype(np.float64), case.rank)
            )
            if explained:  # e.g. “keeps two” where two are asked for
                harmless.setdefault(mistake.id, set()).add(case.what)
    assert all(len(whats) < len({case.what for case in lab.cases(bench)}) for whats in harmless.values())


@pytest.mark.parametrize(
    ("first", "second"),
    first_of_each(
        lambda pair: "",
        [
            ("rows-over-rank", "factor-two"),
            ("error-adds-prediction", "one-epoch-too-few"),
            ("only-u-updated", "first-column-skipped"),
        ],
    ),
)
def test_two_mistakes_at_once_are_both_named(first: str, second: str) -> None:
    rules = {mistake.id: mistake.rules[0] for mistake in (*MISCONCEPTIONS, *MASKED_MISCONCEPTIONS)}
    both = rules[first].with_changes_of(rules[second])
    assert both is not None
    found = diagnosed(InProcessBench({"sgd_factorise": following(both)}), "1.1")
    assert {d.id for d in found[:2]} == {first, second}


@pytest.mark.parametrize(
    ("mistake", "shape", "rank"),
    first_of_each(lambda case: case[1:], [
        ("factor-two", (1, 1), 1), ("first-row-skipped", (1, 1), 1), ("rows-over-rank", (2, 1), 1),
        ("last-column-skipped", (1, 1), 1), ("dot-averaged", (1, 1), 2), ("a-indexed-transposed", (1, 2), 1),
        ("upper-triangle-only", (2, 1), 1), ("columns-over-rank", (1, 2), 1),
    ]),
)  # fmt: skip
def test_the_counterexample_is_the_smallest_input_that_shows_the_mistake(
    mistake: str, shape: tuple[int, int], rank: int
) -> None:
    rule = next(m for m in MISCONCEPTIONS if m.id == mistake).rules[0]
    subject = context(False)
    bench = InProcessBench({"sgd_factorise": following(rule)})
    counterexample = descent_counterexample(subject, bench, run_checks(exercise("1.1"), bench))
    assert counterexample is not None
    A = counterexample.given[0].rows
    assert (len(A), len(A[0])) == shape
    if len(counterexample.given) > 1:
        assert len(counterexample.given[1].rows[0]) == rank


def test_a_counterexample_shows_both_answers_and_marks_the_entry_that_differs_first() -> None:
    rule = next(m for m in MISCONCEPTIONS if m.id == "only-u-updated").rules[0]
    bench = InProcessBench({"sgd_factorise": following(rule)})
    counterexample = descent_counterexample(context(False), bench, run_checks(exercise("1.1"), bench))
    assert counterexample is not None
    (theirs,) = [grid for grid in counterexample.got if grid.marked]
    (sheets,) = [grid for grid in counterexample.wanted if grid.marked]
    assert theirs.marked == sheets.marked == ((0, 0),)
    assert "V[0, 0]" in counterexample.sentence
    assert theirs.rows[0][0] != pytest.approx(sheets.rows[0][0])
