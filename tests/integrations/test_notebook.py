"""`from grader import check`: quick feedback in a notebook's own process, with a worker's verdicts."""

import random
import re
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
import torch
from torch import Tensor

from grader import check
from grader.core.result import Outcome
from grader.integrations.notebook import NOT_OFFICIAL, Checked
from reference.model import solution
from tests.support.command_line import environment
from tests.support.paths import ROOT

A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])


def rows_over_rank(A: Tensor, rank: int, num_epochs: int = 1000, lr: float = 0.01) -> tuple[Tensor, Tensor]:
    """The lab's best-known mistake."""
    U, V = torch.rand(A.shape[0], rank), torch.rand(A.shape[1], rank)
    for _ in range(num_epochs):
        for r in range(rank):
            for c in range(A.shape[1]):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V


def failed(checked: Checked) -> list[str]:
    """The ids of the checks that failed."""
    assert checked.exercise is not None, checked.problem
    return [c.id for c in checked.exercise.checks if c.outcome is Outcome.FAIL]


def test_a_right_function_passes_whatever_it_is_called() -> None:
    checked = check("2.1", lambda matrix, k: solution.truncated_svd(matrix, k), error=0.1219108)
    assert checked.passed, repr(checked)
    assert failed(checked) == []


def test_a_wrong_function_is_told_what_is_wrong_and_what_to_do() -> None:
    checked = check("1.1", rows_over_rank)
    assert not checked.passed
    assert "1.1-rows" in failed(checked)
    for shown in (repr(checked), re.sub("<[^>]*>", "", checked._repr_html_())):
        assert "The loop over rows runs over the rank." in shown
        assert "got: U = " in shown
        assert "→" in shown
        assert NOT_OFFICIAL.split("'")[0] in shown


def test_no_mark_is_shown() -> None:
    checked = check("1.1", rows_over_rank)
    assert not re.search(r"\bmarks?\b", repr(checked).replace(NOT_OFFICIAL, ""))


def test_stated_figures_are_given_by_name() -> None:
    torch.manual_seed(0)
    U, V = solution.sgd_factorise(A, 2)
    assert check("1.2", U=U, V=V, loss=float(((A - U @ V.T) ** 2).sum())).passed
    wrong = check("1.2", U=U, V=V, loss=float(((A - U @ V.T) ** 2).mean()))
    assert failed(wrong) == ["1.2-loss"]
    assert "the mean of the squared differences" in repr(wrong)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("9.9", solution.truncated_svd), "There is no exercise '9.9'"),
        (("1.1", 3), "Pass the function itself"),
        (("1.2", solution.truncated_svd), "pass values by name"),
        (("2.1", len, len), "takes truncated_svd"),
    ],
)
def test_a_call_that_makes_no_sense_is_one_sentence(given: tuple[str, object], sentence: str) -> None:
    checked = check(*given)  # type: ignore[arg-type]
    assert sentence in repr(checked)
    assert sentence.replace("'", "&#39;") in checked._repr_html_()
    assert not checked.passed


def test_the_environment_names_another_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADE_LAB", str(ROOT / "docs" / "second-lab" / "power_lab"))
    checked = check("2", value=4.7320508)
    assert checked.exercise is not None
    assert checked.exercise.title == "The largest eigenvalue of B"
    assert checked.passed


def test_without_a_function_nothing_is_found() -> None:
    checked = check("1.1")
    assert checked.exercise is not None
    assert {c.outcome for c in checked.exercise.checks} == {Outcome.MISSING}


def test_the_session_goes_on_as_if_nothing_had_run(capsys: pytest.CaptureFixture[str]) -> None:
    def noisy(A: Tensor, rank: int) -> Tensor:
        torch.set_default_dtype(torch.float64)
        np.seterr(all="raise")
        print("hello", random.random(), np.random.rand())
        return solution.truncated_svd(A, rank)

    torch.manual_seed(5)
    np.random.seed(5)
    random.seed(5)
    expected = (torch.rand(1), np.random.rand(), random.random())
    torch.manual_seed(5)
    np.random.seed(5)
    random.seed(5)
    seed, errors = torch.seed, np.geterr()
    check("2.1", noisy)
    assert (torch.rand(1), np.random.rand(), random.random()) == expected
    assert torch.get_default_dtype() is torch.float32
    assert torch.seed is seed
    assert np.geterr() == errors
    assert capsys.readouterr().out == ""


def test_an_interrupt_of_the_kernel_ends_the_check() -> None:
    def hangs(A: Tensor, rank: int) -> Tensor:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("2.1", hangs)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)


def test_what_a_student_wrote_is_escaped() -> None:
    def hostile(A: Tensor, rank: int) -> Tensor:
        raise ValueError("<script>alert(1)</script>\x1b[31m")

    checked = check("2.1", hostile)
    parser = _Text()
    parser.feed(checked._repr_html_())
    assert "script" not in parser.tags
    assert "&lt;script&gt;" in checked._repr_html_()
    assert "\x1b" not in checked._repr_html_() + repr(checked)


def test_importing_the_package_loads_nothing_heavy() -> None:
    script = "import sys, grader; print(*(m.split('.')[0] for m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, text=True, check=True
    )
    assert not set(done.stdout.split()) & {
        "torch",
        "numpy",
        "jinja2",
        "msgspec",
        "rich",
        "click",
        "reference",
    }


@pytest.mark.slow
def test_a_real_notebook_shows_html_and_text() -> None:
    import nbformat
    from nbclient import NotebookClient

    cells = (
        "from grader import check\nimport torch",
        "def mine(A, k):\n    U, S, Vh = torch.linalg.svd(A)\n    return U",
        "check('2.1', mine)",
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    shown = notebook.cells[-1].outputs[0].data
    assert "<li" in shown["text/html"] and "not passed" in shown["text/html"]
    assert "✗ The truncated SVD gives the best approximation of its rank" in shown["text/plain"]
    assert "not the official mark" in shown["text/html"] and "not the official mark" in shown["text/plain"]
