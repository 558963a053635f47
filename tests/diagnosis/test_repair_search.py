"""The search for verified repairs: through real workers, within its budget, the same every time."""

from functools import partial

import msgspec
import pytest

from grader import protocol
from grader.core.observation import Probe
from grader.core.result import Comparison, Diagnosis, Finding, Outcome
from grader.diagnosis.repair_search import search
from grader.diagnosis.repair_types import Budget, Repair, SearchResult
from grader.execution.bench import WorkerBench
from grader.execution.check_runner import run_checks
from grader.lab import Bench, Check, Exercise, array_of
from reference import LAB
from tests.support.sampling import first_of_each
from tests.support.workers import WORK, OpenBench
from tests.tools.accuracy import CORPUS

EXERCISES = {exercise.id: exercise for exercise in LAB.exercises(LAB.seed)}


def _searched(bench: WorkerBench, exercise: Exercise, **budget: int) -> SearchResult:
    results = run_checks(exercise, bench)
    worth = LAB.rubric.exercises.get(exercise.id)
    counted = None if worth is None else [check for check, marks in worth.checks.items() if marks > 0]
    return search(exercise, LAB.functions, bench, results, Budget(**budget), counted)


def _wrong(name: str, folder: str = "wrong") -> str:
    return (CORPUS / folder / name).read_text(encoding="utf-8")


def _lines(repair: Repair) -> list[tuple[str, int]]:
    return [(place.kind, place.line) for place in repair.places]


@pytest.mark.parametrize(
    ("name", "exercise", "kind", "line"),
    first_of_each(
        lambda case: case[1] == "2.1",
        [
            ("rows_over_rank.py", "1.1", "loop-bound", 10),
            ("default_lr_low.py", "1.1", "default-value", 3),
            ("masked_stale_error.py", "3.1", "indent", 13),
            ("svd_one_too_few.py", "2.1", "term-dropped", 5),
        ],
    ),
)
def test_the_first_repair_is_the_slip_that_was_made(
    open_bench: OpenBench, name: str, exercise: str, kind: str, line: int
) -> None:
    found = _searched(open_bench(_wrong(name), functions=LAB.functions), EXERCISES[exercise], wanted=1)
    assert (kind, line) in _lines(found.repairs[0])
    assert len(found.repairs[0].places) == 1


REPORTS_EVERY_TENTH = """\
import torch


def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):
    rows, cols = A.shape
    U, V = torch.rand(rows, rank), torch.rand(cols, rank)
    losses = []
    for step in range(num_epochs):
        for i in range(rows):
            for j in range(1, cols):
                gap = A[i, j] - torch.dot(U[i], V[j])
                U[i] += lr * gap * V[j]
                V[j] += lr * gap * U[i]
        if step % (num_epochs // 10) == 0:
            losses.append(((A - U @ V.T) ** 2).sum().item())
    return U, V
"""
ASSERTS_ITS_RATE = """\
import torch


def sgd_factorise_masked(A, M, rank, num_epochs=1000, lr=0.01):
    assert num_epochs > 0 and lr > 0, "nothing would be learned"
    U = torch.rand(A.size(0), rank)
    V = torch.rand(A.size(1), rank)
    for _ in range(num_epochs):
        for i, j in M.nonzero().tolist():
            gap = A[i, j] - U[i] @ V[j]
            U[i] = U[i] + lr * gap * V[j]
            V[j] = V[j] - lr * gap * U[i]
    return U, V
"""


@pytest.mark.parametrize(
    ("code", "exercise", "line"),
    first_of_each(lambda case: "", [(REPORTS_EVERY_TENTH, "1.1", 10), (ASSERTS_ITS_RATE, "3.1", 12)]),
)
def test_a_program_that_cannot_be_asked_everything_is_mended_at_its_slip(
    open_bench: OpenBench, code: str, exercise: str, line: int
) -> None:
    found = _searched(open_bench(code, functions=LAB.functions), EXERCISES[exercise], wanted=1)
    assert [place.line for place in found.repairs[0].places] == [line]


def test_a_repaired_program_passes_every_check_when_it_is_graded_itself(open_bench: OpenBench) -> None:
    exercise = EXERCISES["2.1"]
    found = _searched(open_bench(_wrong("svd_one_too_many.py"), functions=LAB.functions), exercise)
    results = run_checks(exercise, open_bench(found.repairs[0].code, functions=LAB.functions))
    passed = [result.id for result in results if result.outcome is Outcome.PASS]
    assert passed == ["2.1-matrix", "2.1-shapes"]
    assert found.repairs[0].passed == len(passed)
    assert "-    for i in range(rank + 1, len(S)):" in found.repairs[0].diff


def test_a_repair_keeps_the_rest_of_the_script_and_does_not_run_it_again(open_bench: OpenBench) -> None:
    code = _wrong("svd_one_too_many.py") + (
        "\nwith open('runs.txt', 'a') as file:\n    file.write('run ')\nprint(open('runs.txt').read())\n"
    )
    bench = open_bench(code, functions=LAB.functions)
    found = _searched(bench, EXERCISES["2.1"])
    assert found.candidates > 1
    assert found.repairs[0].code.endswith("print(open('runs.txt').read())\n")
    again = open_bench("print(open('runs.txt').read())\n", others={"runs.txt": "never"})
    assert again.loaded.printed.strip() == "never"
    assert bench.loaded.printed.strip() == "run"
    folder = bench.loaded.source.path.parent if bench.loaded.source else None
    assert folder is not None and (folder / "runs.txt").read_text() == "run "


# --- an invented exercise, to see the search itself -----------------------------------------------------


def _gives(given: int, wanted: int, bench: Bench) -> Finding:
    observation = bench.observe(Probe("work", {"A": given}, seed=1))
    if isinstance(observation, protocol.Returned) and observation.value == protocol.Number(value=wanted):
        return Finding(outcome=Outcome.PASS)
    return Finding(outcome=Outcome.FAIL, got=str(observation))


def _no_diagnosis(bench: Bench, results: object) -> tuple[Diagnosis, ...]:
    return ()


DOUBLE = Exercise(
    "double",
    "Double",
    "",
    (
        Check("nothing", "Twice nothing is nothing", partial(_gives, 0, 0)),
        Check("three", "Twice three is six", partial(_gives, 3, 6)),
    ),
    _no_diagnosis,
    lambda results: "",
)


def _double(bench: WorkerBench, **budget: int) -> SearchResult:
    return search(DOUBLE, (WORK,), bench, run_checks(DOUBLE, bench), Budget(**budget))


def _at(wanted: tuple[float, ...], by_numbers: bool, bench: Bench) -> Finding:
    """A vector is asked for. What was seen and wanted is told in words without numbers, the numbers beside
    them or not."""
    observation = bench.observe(Probe("work", {"A": 3}, seed=1))
    seen = array_of(observation.value) if isinstance(observation, protocol.Returned) else None
    if seen is not None and seen.tolist() == list(wanted):
        return Finding(outcome=Outcome.PASS)
    compared = Comparison.of([seen], [wanted]) if by_numbers and seen is not None else msgspec.UNSET
    return Finding(outcome=Outcome.FAIL, got="another vector", wanted="the vector", compared=compared)


@pytest.mark.parametrize("by_numbers", [True, False])
def test_a_program_comes_nearer_by_the_numbers_of_a_finding_whatever_its_words(
    open_bench: OpenBench, by_numbers: bool
) -> None:
    run = partial(_at, (4.0, -2.0), by_numbers)
    exercise = Exercise(
        "at", "At", "", (Check("at", "It is the vector", run),), _no_diagnosis, lambda results: ""
    )
    bench = open_bench("def work(A):\n    return [A - 1.0, A + 5.0]\n")
    found = search(exercise, (WORK,), bench, run_checks(exercise, bench))
    assert bool(found.repairs) is by_numbers


WRONG_LOOP = """\
def work(A):
    total = 0
    count = 0
    while count < A:
        total = total + 1
        count = count + 1
    return total
"""


def test_what_is_right_costs_nothing(open_bench: OpenBench) -> None:
    assert _double(open_bench("def work(A):\n    return A + A\n")) == SearchResult(())


def test_what_cannot_be_mended_ends_within_the_budget(open_bench: OpenBench) -> None:
    found = _double(open_bench("def work(A):\n    return [A, A - 2, 'x', (A * 3, 4)]\n"), candidates=25)
    assert found.repairs == ()
    assert 0 < found.candidates <= 26


def test_the_same_program_gives_the_same_answer(open_bench: OpenBench) -> None:
    first, second = _double(open_bench(WRONG_LOOP)), _double(open_bench(WRONG_LOOP))
    assert first.repairs
    assert first == second


def test_two_slips_are_mended_by_two_edits(open_bench: OpenBench) -> None:
    found = _double(
        open_bench("def work(A):\n    start = 1\n    step = 3\n    return start + A * step\n"), wanted=1
    )
    assert len(found.repairs[0].places) == 2
    assert ("constant", 3) in _lines(found.repairs[0])


def test_calls_of_a_program_that_does_far_more_than_it_should_use_up_the_search_sooner(
    open_bench: OpenBench,
) -> None:
    code = "def work(A):\n    for i in range({}):\n        n = i\n    return [A, A - 2, 'x', (A * 3, 4)]\n"
    brief, lengthy = (_double(open_bench(code.format(times)), calls=200) for times in (2, 20_000))
    assert brief.calls <= 200 < lengthy.calls
    assert 0 < lengthy.candidates < brief.candidates


@pytest.mark.slow
def test_an_endless_loop_among_the_edits_is_stopped_and_the_search_goes_on(open_bench: OpenBench) -> None:
    code = "def work(A):\n    n = A\n    while n != 8 - A:\n        n = n + 2\n    return n\n"
    found = _double(open_bench(code), hangs=3, candidates=80)
    assert found.hangs > 0
    assert found.candidates > found.hangs


def test_a_repair_says_the_place_without_the_mended_line(open_bench: OpenBench) -> None:
    (repair, *_) = _double(open_bench("def work(A):\n    ü = 3\n    return A - ü * 1 - A\n")).repairs or (
        None,
    )
    assert repair is None or all(
        line[1:].strip() not in place.sentence
        for place in repair.places
        for line in repair.diff.split("\n")
        if line.startswith("+") and not line.startswith("+++")
    )


def test_a_repair_is_a_plain_value(open_bench: OpenBench) -> None:
    found = _double(open_bench("def work(A):\n    return A - A\n"), wanted=1)
    assert msgspec.json.decode(msgspec.json.encode(found), type=SearchResult) == found
    place = found.repairs[0].places[0]
    assert (place.kind, place.line, place.original) == ("operator", 2, "    return A - A")
