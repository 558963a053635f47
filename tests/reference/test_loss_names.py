"""The name of a number counts in the same way for its mark and for the table of checked values."""

import pytest

from grader.core.result import Outcome
from grader.execution.stated_values import from_text
from reference.checks.loss_names import is_called_loss
from tests.support.submissions import Handed
from tests.support.workers import ReportOf


@pytest.mark.parametrize(
    ("line", "called"),
    [
        ("final error: 0.1443", [0.1443]),
        ("residual at rank 2 and 700 epochs = 0.1443", [2, 700, 0.1443]),
        ("error fell from 5.25 to 0.1443", [5.25, 0.1443]),
        ("loss with learning rate 0.05: 0.1443", [0.1443]),
        ("loss 0.1443 after 3.5 seconds, time 3.5", [0.1443, 3.5]),
        ("step 40, mse 0.1443, lr 0.02, accuracy 0.93", [0.1443]),
        ("norm error 0.1443, singular values 4.51 and 2.25", [0.1443, 2.25]),
        ("learning rate 0.05", []),
        ("U[0, 0] is 0.6168", []),
    ],
)
def test_a_number_is_called_a_loss_by_the_words_before_it(line: str, called: list[float]) -> None:
    assert [
        float(stated_value.values) for stated_value in from_text(line) if is_called_loss(stated_value)
    ] == called


PRODUCT = "U V^T = [[0.2214, 0.5153, 0.3612], [3.2531, -0.0114, 1.9717], [3.0356, 0.5997, 2.1083]]"


@pytest.mark.parametrize("words", ["error over all 9 cells", "final residual at rank 2, seed 17, 900 epochs"])
def test_a_loss_that_fails_is_among_the_figures_shown(
    words: str, handed_in: Handed, report_of: ReportOf
) -> None:
    code = f"print({PRODUCT!r})\nprint({f'{words}: 0.0357'!r})\n"
    (report,) = report_of(handed_in({"lab1.py": code}) / "lab1.py", "1.2").exercises
    (failed,) = [check for check in report.checks if check.id == "1.2-loss"]
    assert failed.outcome is Outcome.FAIL
    assert "0.0357" in failed.message
    assert [
        checked_value.stated for checked_value in report.checked_values if checked_value.holds is False
    ] == ["0.0357"]
