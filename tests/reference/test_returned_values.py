"""Every kind of returned value has its own sentence: what was returned and what was expected."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from grader.core.result import Outcome
from grader.execution.check_runner import run_checks
from reference import exercises
from reference.model.solution import sgd_factorise, sgd_factorise_masked, truncated_svd
from tests.support.in_process_bench import InProcessBench
from tests.support.sampling import first_of_each

Factors = tuple[torch.Tensor, torch.Tensor]


def numbers() -> Iterator[int]:
    yield 1


BAD: dict[str, tuple[Callable[[Factors], Any], str]] = {
    "None": (lambda f: None, "None"),
    "one value": (lambda f: f[0], "a tensor of shape (3, 2)"),
    "a tuple of one": (lambda f: (f[0],), "1 value"),
    "an empty tuple": (lambda f: (), "0 values"),
    "a wrong shape": (lambda f: (f[0][:1], f[1]), "(1, 2)"),
    "integers": (lambda f: (f[0].int(), f[1].int()), "type int32"),
    "complex numbers": (lambda f: (f[0].to(torch.complex64), f[1]), "type complex64"),
    "booleans": (lambda f: (f[0] > 0, f[1] > 0), "type bool"),
    "half precision": (lambda f: (f[0].half(), f[1].half()), "type float16"),
    "bfloat16": (lambda f: (f[0].bfloat16(), f[1]), "bfloat16"),
    "nan": (lambda f: (f[0] * float("nan"), f[1]), "not finite"),
    "infinity": (lambda f: (f[0], f[1] / 0), "not finite"),
    "sparse tensors": (lambda f: (f[0].to_sparse(), f[1]), "sparse tensor"),
    "meta tensors": (lambda f: (f[0].to("meta"), f[1]), "device meta"),
    "zero-dimensional tensors": (lambda f: (f[0].sum(), f[1].sum()), "shape ()"),
    "a string": (lambda f: "U and V", "a string"),
    "a generator": (lambda f: numbers(), "generator"),
    "numbers": (lambda f: (1.0, 2.0), "the float 1.0"),
    "a dict of strings": (lambda f: {"U": "a", "V": "b"}, "a string"),
    "ragged lists": (lambda f: ([[1.0], [1.0, 2.0]], [[1.0]]), "a list of 2"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_return_of_a_factorisation_says_what_came_and_what_was_wanted(what: str) -> None:
    spoil, words = BAD[what]
    bench = InProcessBench({"sgd_factorise": lambda **given: spoil(sgd_factorise(**given))})
    results = {r.id: r for r in run_checks(exercises(20)[0], bench)}
    returns = results["1.1-returns"]
    assert returns.outcome is Outcome.FAIL
    assert words in returns.message
    assert "U of shape (3, 2)" in returns.message or returns.wanted
    assert results["1.1-update"].outcome is Outcome.SKIPPED


GOOD: dict[str, Callable[[Factors], Any]] = {
    "a list": list,
    "a dict": lambda f: {"U": f[0], "V": f[1]},
    "float64": lambda f: (f[0].double(), f[1].double()),
    "numpy arrays": lambda f: (f[0].numpy(), f[1].numpy()),
    "lists of rows": lambda f: (f[0].tolist(), f[1].tolist()),
    "parameters": lambda f: (torch.nn.Parameter(f[0]), torch.nn.Parameter(f[1])),
    "views that are not contiguous": lambda f: (f[0].T.contiguous().T, f[1].T.contiguous().T),
}


@pytest.mark.parametrize("what", first_of_each(lambda what: what in ("numpy arrays", "lists of rows"), GOOD))
def test_the_two_factors_are_accepted_in_any_wrapping(what: str) -> None:
    bench = InProcessBench({"sgd_factorise": lambda **given: GOOD[what](sgd_factorise(**given))})
    for result in run_checks(exercises(20)[0], bench):
        assert result.outcome is Outcome.PASS, (result.id, result.message)


ARRANGED: dict[str, tuple[Callable[[Factors], Any], str]] = {
    "V transposed": (lambda f: (f[0], f[1].T), "V is transposed"),
    "U transposed": (lambda f: (f[0].T, f[1]), "U is transposed"),
    "both transposed": (lambda f: [f[0].T, f[1].T], "U and V are transposed"),
    "exchanged": (lambda f: (f[1], f[0]), "U and V are swapped"),
    "flat": (lambda f: (f[0].flatten(), f[1].flatten()), "have lost their shape"),
    "V transposed by name": (lambda f: {"V": f[1].T, "U": f[0]}, "V is transposed"),
}


@pytest.mark.parametrize(
    ("how", "exercise"),
    first_of_each(lambda case: case[1], [(how, id_) for how in ARRANGED for id_ in ("1.1", "3.1")]),
)
def test_factors_that_come_otherwise_than_asked_fail_for_their_shapes_only(how: str, exercise: str) -> None:
    arrange, words = ARRANGED[how]
    bench = InProcessBench(
        {
            "sgd_factorise": lambda **given: arrange(sgd_factorise(**given)),
            "sgd_factorise_masked": lambda **given: arrange(sgd_factorise_masked(**given)),
        }
    )
    judged = run_checks(next(e for e in exercises(20) if e.id == exercise), bench)
    failed = [result for result in judged if result.outcome is not Outcome.PASS]
    assert [result.id for result in failed] == [f"{exercise}-shapes"]
    assert words in failed[0].message


@pytest.mark.parametrize("how", first_of_each(lambda _: "", ARRANGED))
def test_a_mistake_in_factors_that_come_otherwise_than_asked_is_found_all_the_same(how: str) -> None:
    arrange, _ = ARRANGED[how]
    bench = InProcessBench(
        {
            "sgd_factorise": lambda **given: arrange(
                sgd_factorise(**(given | {"lr": 2 * given.get("lr", 0.01)}))
            )
        }
    )
    exercise = exercises(20)[0]
    judged = run_checks(exercise, bench)
    failed = {result.id for result in judged if result.outcome is Outcome.FAIL}
    assert {"1.1-shapes", "1.1-update"} <= failed
    assert "1.1-returns" not in failed


def test_what_stands_beside_the_factors_is_not_taken_for_them_where_it_has_their_shape() -> None:
    def with_product(**given: Any) -> Any:
        U, V = sgd_factorise(**given)
        return U @ V.T, U, V

    results = run_checks(exercises(20)[0], InProcessBench({"sgd_factorise": with_product}))
    for result in results:
        assert result.outcome is Outcome.PASS, (result.id, result.message)
    assert next(r for r in results if r.id == "1.1-returns").cost == "extra-values"


def test_an_exception_for_some_shapes_only_names_the_call_that_raises() -> None:
    def square_only(**given: Any) -> Factors:
        if given["A"].shape[0] != given["A"].shape[1]:
            raise IndexError("index 3 is out of bounds")
        return sgd_factorise(**given)

    bench = InProcessBench({"sgd_factorise": square_only})
    returns = next(r for r in run_checks(exercises(20)[0], bench) if r.id == "1.1-returns")
    assert returns.outcome is Outcome.FAIL
    assert "IndexError" in returns.message and "out of bounds" in returns.message
    assert "sgd_factorise(torch.tensor([[" in returns.call


@pytest.mark.parametrize(
    ("what", "spoil"),
    [
        ("None", lambda A, rank: None),
        ("a string", lambda A, rank: "done"),
        ("S only", lambda A, rank: torch.linalg.svdvals(A)),
        ("U and S", lambda A, rank: torch.linalg.svd(A)[:2]),
        ("nan", lambda A, rank: A * float("nan")),
        ("A itself", lambda A, rank: A),
        ("integers", lambda A, rank: truncated_svd(A, rank).int()),
    ],
)
def test_a_bad_return_of_an_svd_fails_with_a_sentence(what: str, spoil: Callable[..., Any]) -> None:
    bench = InProcessBench({"truncated_svd": spoil})
    exercise = next(e for e in exercises(20) if e.id == "2.1")
    matrix = next(c for c in exercise.checks if c.id == "2.1-matrix").run(bench)
    assert matrix.outcome is Outcome.FAIL
    assert matrix.message.endswith(".") and matrix.call


def test_u_s_and_v_are_accepted_in_either_convention() -> None:
    def parts(A: torch.Tensor, rank: int) -> tuple[torch.Tensor, ...]:
        U, S, Vh = torch.linalg.svd(A, full_matrices=False)
        return U[:, :rank], S[:rank], Vh[:rank]

    forms: tuple[Callable[..., Any], ...] = (
        parts,
        lambda A, rank: (lambda U, S, Vh: (U, S, Vh.T))(*parts(A, rank)),
        lambda A, rank: (lambda U, S, Vh: (U, torch.diag(S), Vh))(*parts(A, rank)),
        lambda A, rank: (truncated_svd(A, rank), 0.5),
    )
    exercise = next(e for e in exercises(20) if e.id == "2.1")
    for form in forms:
        bench = InProcessBench({"truncated_svd": form})
        for check in exercise.checks[:2]:
            finding = check.run(bench)
            assert finding.outcome is Outcome.PASS, finding.message
