"""The corpus of stated values is what it says: enough of it, labelled without contradiction, with true numbers."""

import ast
import json
import re
from collections import Counter

import numpy as np
import pytest
import torch

from reference import data
from reference.model import solution
from tests.tools.stated_cases import CHECKS, Case, build, cases, indistinct, run_values

CASES = {case.name: case for case in cases()}
WRONG = [case for case in cases() if case.wrong]


def text(case: Case, seed: int = 0) -> str:
    return b"\n".join(build(case, seed).values()).decode()


def test_there_are_a_hundred_right_and_a_hundred_and_sixty_wrong_hand_ins() -> None:
    assert len([case for case in cases() if not case.wrong]) >= 100
    assert len(WRONG) >= 160


@pytest.mark.slow
def test_nothing_is_left_to_fill_in() -> None:
    for case in cases()[::12]:
        assert not re.search("[«»]", text(case)), case.name


@pytest.mark.slow
def test_no_two_hand_ins_are_the_same() -> None:
    texts = {case.name: text(case) for case in cases()}
    assert not [name for name, written in texts.items() if re.search("[«»]", written)]
    assert [texts for texts, times in Counter(texts.values()).items() if times > 1] == []


def test_every_hand_in_has_a_name_of_its_own() -> None:
    assert len(CASES) == len(cases())


def test_no_check_is_labelled_both_right_and_wrong() -> None:
    for case in cases():
        assert not set(case.right) & set(case.wrong), case.name
        assert {*case.right, *case.wrong} <= set(CHECKS), case.name


def test_whatever_is_wrong_says_which_words_name_the_mistake() -> None:
    for case in cases():
        assert bool(case.says) == bool(case.wrong), case.name


def test_every_check_is_often_right_and_often_wrong() -> None:
    right = Counter(check for case in cases() for check in case.right)
    wrong = Counter(check for case in cases() for check in case.wrong)
    for check in CHECKS:
        assert right[check] >= 100, check
        assert wrong[check] >= 25, check


def test_every_mistake_is_made_in_several_ways_and_formats() -> None:
    made: dict[str, set[tuple[str, str]]] = {}
    for case in WRONG:
        made.setdefault(case.mistake, set()).add((case.way, case.format))
    assert all(len(ways) >= 3 for ways in made.values())


@pytest.mark.parametrize("kind", ["script", "main", "bare-main", "exit-main", "argparse"])
def test_every_script_is_a_program(kind: str) -> None:
    for case in cases():
        if case.format == kind:
            ast.parse(text(case))


def test_odd_scripts_are_programs() -> None:
    for case in cases():
        if case.format.startswith("odd/") and case.has_code:
            ast.parse(text(case))


def test_a_hand_in_depends_on_its_seed_alone() -> None:
    for name in ("right/bmatrix.md", "right/notebook/math/plain", "right/script/bare-print/plain"):
        assert text(CASES[name], 3) == text(CASES[name], 3)
        assert text(CASES[name], 3) != text(CASES[name], 4)


def _numbers(written: str) -> list[float]:
    return [
        float(number) for number in re.findall(r"-?\d+\.\d+", written.replace("{,}", ".").replace(",", "."))
    ]


def _published(seed: int) -> list[float]:
    """What the sheet's order of the exercises gives at a seed, to four decimals."""
    A, M = torch.tensor(data.A), torch.tensor(data.M)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        U, V = solution.sgd_factorise(A, 2)
        Um, Vm = solution.sgd_factorise_masked(A, M, 2)
    best = solution.truncated_svd(A, 2)
    matrices = (U, V, U @ V.T, best, Um @ Vm.T, torch.sum((A - U @ V.T) ** 2), torch.sum((A - best) ** 2))
    return [float(x) for matrix in matrices for x in np.round(matrix.numpy().astype(np.float64), 4).ravel()]


DOCUMENTS = [
    case.name
    for case in cases()
    if not case.wrong and case.format.endswith((".md", ".tex", ".html")) and case.style != "reuse"
]
"""All but those whose program sets no seed: their numbers come from a run of their own."""


@pytest.mark.parametrize("seed", [5])
@pytest.mark.parametrize("name", [name for name in DOCUMENTS if not name.startswith("odd/")])
def test_a_right_document_states_what_the_model_solution_gave(name: str, seed: int) -> None:
    written = np.array(_numbers(text(CASES[name], seed)))
    for number in _published(seed)[-11:]:  # the completed matrix and the two losses stand in all of them
        assert np.abs(written - number).min() <= 6e-5, number


def test_a_saved_notebook_shows_the_numbers_of_its_own_run() -> None:
    saved = json.loads(build(CASES["right/notebook/table-of-rows/plain"], 2)["lab1.ipynb"])
    shown = " ".join(output.get("text", "") for cell in saved["cells"] for output in cell.get("outputs", ()))
    for number in _published(2)[-11:]:
        assert np.abs(np.array(_numbers(shown)) - number).min() <= 6e-5, number


def test_only_numbers_without_code_may_leave_a_mistake_unseen() -> None:
    for case in WRONG:
        if case.has_code and not case.format.startswith("odd/"):
            assert not indistinct(case, 0), case.name


@pytest.mark.parametrize(
    ("mistake", "wrong", "right"),
    [
        ("mean", "L", "loss(A, U @ V.T)"),
        ("norm", "L", "loss(A, U @ V.T)"),
        ("half", "L", "loss(A, U @ V.T)"),
        ("sum-before-squaring", "L", "loss(A, U @ V.T)"),
        ("product-of-other-factors", "P", "U @ V.T"),
        ("product-transposed", "P", "U @ V.T"),
        ("nothing-cut", "B", "best(A)"),
        ("one-too-many", "B", "best(A)"),
        ("v-transposed", "B", "best(A)"),
        ("svd-of-product", "B", "best(A)"),
        ("svd-mean", "E", "loss(A, best(A))"),
        ("error-against-product", "E", "loss(A, best(A))"),
        ("estimate-masked", "C", "Um @ Vm.T"),
        ("given-kept", "C", "Um @ Vm.T"),
        ("completion-transposed", "C", "Um @ Vm.T"),
        ("mixed-factors", "C", "Um @ Vm.T"),
    ],
)
def test_what_is_labelled_wrong_differs_from_what_is_right(mistake: str, wrong: str, right: str) -> None:
    for seed in (0, 1):
        ran = run_values(Case("", "bare-print", mistake), seed)
        assert float(np.abs(np.asarray(ran(wrong)) - np.asarray(ran(right))).max()) > 4e-3


@pytest.mark.slow
def test_a_mistake_can_be_seen_at_most_seeds() -> None:
    numbers = [case for case in WRONG if not case.has_code]
    for case in numbers:
        assert sum(indistinct(case, seed) for seed in range(8)) <= 5, case.name
