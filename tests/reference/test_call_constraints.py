"""A function that fails for calls only a grader would make gets other calls, and is judged as strictly."""

import pytest

from grader.core.result import Outcome
from grader.grading.examine import examine_exercise
from grader.marking.findings import ExaminedExercise
from reference import LAB
from reference.sheet import FUNCTIONS
from tests.support.sampling import first_of_each
from tests.support.workers import OpenBench

EXERCISES = {exercise.id: exercise for exercise in LAB.exercises(LAB.seed)}

HABITS = {
    "reports ten times": (
        "        if epoch % (num_epochs // 10) == 0:\n            print(epoch)\n",
        "",
        "times as many",
    ),
    "refuses a rate of 0": ("", "    assert lr > 0 and num_epochs > 0\n", "a rate of 1e-30"),
    "takes 0 for none": ("", "    lr = lr or 0.01\n    num_epochs = num_epochs or 1000\n", "a rate of 1e-30"),
    "keeps the rank in bounds": ("", "    assert rank <= min(A.shape)\n", "does not accept a rank larger"),
    "lowers the rank": ("", "    rank = min(rank, *A.shape)\n", "does not accept a rank larger"),
}
MISTAKES = {
    "": ("A[r, c] - U[r] @ V[c]", "lr * e * V[c]"),
    "error-sign-flipped": ("U[r] @ V[c] - A[r, c]", "lr * e * V[c]"),
    "factor-two": ("A[r, c] - U[r] @ V[c]", "2 * lr * e * V[c]"),
}


def code(habit: str, mistake: str, masked: bool) -> str:
    """A factorisation with a habit and perhaps a mistake."""
    in_each_epoch, before, _ = HABITS[habit]
    error, step = MISTAKES[mistake]
    name, mask = ("sgd_factorise_masked", "M, ") if masked else ("sgd_factorise", "")
    where = "if M[r, c] == 0: continue" if masked else "pass"
    return (
        f"import torch\ndef {name}(A, {mask}rank, num_epochs=1000, lr=0.01):\n{before}"
        "    U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)\n"
        f"    for epoch in range(num_epochs):\n{in_each_epoch}"
        "        for r in range(A.shape[0]):\n"
        "            for c in range(A.shape[1]):\n"
        f"                {where}\n"
        f"                e = {error}\n"
        f"                U[r] += {step}\n"
        f"                V[c] += {step.replace('V[c]', 'U[r]')}\n"
        "    return U, V\n"
    )


def examined(open_bench: OpenBench, text: str, masked: bool) -> ExaminedExercise:
    """The exercise of the function, judged and diagnosed without a search for repairs."""
    exercise = EXERCISES["3.1" if masked else "1.1"]
    return examine_exercise(exercise, open_bench(text, functions=FUNCTIONS), FUNCTIONS)


@pytest.mark.parametrize(
    ("habit", "masked"),
    first_of_each(
        lambda case: "rank" in case[0], [(h, masked) for h in reversed(HABITS) for masked in (True, False)]
    ),
)
def test_a_habit_is_noted_and_costs_no_mark(open_bench: OpenBench, habit: str, masked: bool) -> None:
    found = examined(open_bench, code(habit, "", masked), masked)
    assert {check.outcome for check in found.checks} == {Outcome.PASS}
    notes = " ".join(note for check in found.checks for note in check.notes)
    assert HABITS[habit][2] in notes
    assert not any(check.cost for check in found.checks)


@pytest.mark.parametrize(
    "refusal",
    first_of_each(
        lambda refusal: "",
        [
            "if M.sum() == 0: raise ValueError('nothing is observed')",
            "assert (M.sum(0) > 0).all() and (M.sum(1) > 0).all()",
            "assert M.sum() > 0 and rank <= min(A.shape)",
        ],
    ),
)
def test_a_mask_that_hides_a_row_may_be_refused(open_bench: OpenBench, refusal: str) -> None:
    text = code("keeps the rank in bounds", "", True).replace("assert rank <= min(A.shape)", refusal)
    found = examined(open_bench, text, True)
    assert {check.outcome for check in found.checks} == {Outcome.PASS}
    assert "hides a whole row or column" in " ".join(note for check in found.checks for note in check.notes)


def test_a_mask_that_hides_nothing_is_still_the_only_one_that_another_can_do(open_bench: OpenBench) -> None:
    text = code("keeps the rank in bounds", "", True).replace("rank <= min(A.shape)", "(M == 1).all()")
    outcomes = {check.id: check.outcome for check in examined(open_bench, text, True).checks}
    assert outcomes["3.1-hidden"] is Outcome.FAIL


@pytest.mark.parametrize(
    ("habit", "mistake"),
    first_of_each(
        lambda case: "", [(habit, mistake) for habit in reversed(HABITS) for mistake in MISTAKES if mistake]
    ),
)
def test_a_mistake_beside_a_habit_is_still_named(open_bench: OpenBench, habit: str, mistake: str) -> None:
    found = examined(open_bench, code(habit, mistake, False), False)
    assert [diagnosis.id for diagnosis in found.diagnoses] == [mistake]
    assert Outcome.FAIL in {check.outcome for check in found.checks}
