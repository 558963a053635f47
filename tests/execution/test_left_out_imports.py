"""A report's code runs without the imports it does not show; a program has to have its own."""

import pytest

from grader.core.result import Verdict
from grader.sources.import_names import unimported
from tests.reference.test_stated_results import HEAD
from tests.support.submissions import Handed
from tests.support.workers import OpenBench, ReportOf


def test_a_report_that_shows_only_its_functions_is_run_and_a_note_says_with_which_imports(
    handed_in: Handed, report_of: ReportOf
) -> None:
    code = HEAD.replace("import torch\n", "")
    report = report_of(handed_in({"report.md": f"# 1.1\n\n```python{code}```\n"}) / "report.md", "1.1")
    assert report.exercises[0].verdict is Verdict.FULL
    assert any("`import torch`" in flag for flag in report.flags)


def test_a_program_without_its_imports_fails_as_it_does_for_the_student(open_bench: OpenBench) -> None:
    bench = open_bench("x = torch.rand(2, 2)\ny = 1.5")
    assert [failure.type_name for failure in bench.loaded.failures] == ["NameError"]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("x = torch.rand(2)", ("torch",)),
        ("import torch\nx = torch.rand(2)", ()),
        ("def f(A: Tensor, np=None) -> Tuple[Tensor, Tensor]:\n    return A, np", ("Tensor", "Tuple")),
        ("F = 3\nprint(F)", ()),
    ],
)
def test_usual_names_are_those_used_and_nowhere_defined(code: str, names: tuple[str, ...]) -> None:
    assert unimported(code) == names
