"""Code that asks for a graphics processor runs on the CPU, and a note says so."""

import pytest

from grader.core.result import Verdict
from tests.reference.test_stated_results import HEAD
from tests.support.submissions import Handed
from tests.support.workers import OpenBench, ReportOf


@pytest.mark.parametrize(
    "line",
    [
        "x = torch.ones(2, device='cuda')",
        "x = torch.ones(2, device=torch.device('cuda:0'))",
        "x = torch.ones(2).to('mps')",
        "x = torch.ones(2).to(torch.device('cuda'), torch.float64)",
        "x = torch.ones(2).cuda()",
        "x = torch.nn.Linear(1, 2).to('cuda').bias.detach() * 0 + 1",
    ],
)
def test_a_device_that_is_not_there_is_replaced(open_bench: OpenBench, line: str) -> None:
    bench = open_bench(f"import torch\n{line}")
    assert not bench.loaded.failures
    (value,) = (v for v in bench.stated_values if v.name == "x")
    assert value.values.tolist() == [1.0, 1.0]
    assert any("run on the CPU" in note for note in bench.loaded.notes)


def test_a_solution_on_a_gpu_earns_its_mark(handed_in: Handed, report_of: ReportOf) -> None:
    code = HEAD.replace(
        "torch.rand(A.shape[0], rank)", "torch.rand(A.shape[0], rank, device='cuda')"
    ).replace("torch.rand(A.shape[1], rank)", "torch.rand(A.shape[1], rank).cuda()")
    report = report_of(handed_in({"lab1.py": code}) / "lab1.py", "1.1")
    assert report.exercises[0].verdict is Verdict.FULL


def test_other_code_gets_no_note(open_bench: OpenBench) -> None:
    assert not open_bench("import torch\nx = torch.ones(2)").loaded.notes
