"""Fixtures that several test files share: the real command line, real workers, a class in a folder."""

import subprocess
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from grader import sources
from grader.core.result import Report
from grader.execution.bench import WorkerBench
from grader.execution.bench_context import BenchContext
from grader.grading.pipeline import grade_all
from grader.grading.run_plan import RunPlan
from grader.lab import Function
from grader.sandbox.worker_client import ForkServer, Limits
from grader.submissions.discovery import one
from reference import LAB
from tests.support.command_line import Grade, run_grade
from tests.support.submissions import Handed
from tests.support.workers import LIMITS, WORK, OpenBench, ReportOf, SharedExecutor


@pytest.fixture
def grade(tmp_path: Path) -> Grade:
    """`grade(*arguments, env={})` runs the command line in an empty temporary folder."""
    empty = tmp_path / "cwd"
    empty.mkdir()

    def run(
        *arguments: str | Path, cwd: Path = empty, env: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        return run_grade(*arguments, cwd=cwd, env=env)

    return run


@pytest.fixture
def handed_in(tmp_path: Path) -> Handed:
    """`handed_in({"name/file.py": text})` writes a class into a folder and returns it."""

    def write(files: Mapping[str, str | bytes], name: str = "class") -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for relative, content in files.items():
            file = folder / relative
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return write


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    """An empty folder to unpack archives into."""
    return tmp_path / "staging"


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    """One process that starts the workers of all tests of this process."""
    with ForkServer() as started:
        yield started


@pytest.fixture(scope="session")
def free_fork_server() -> Iterator[ForkServer]:
    """The same with isolation `process`: its workers can start programs and reach other processes."""
    with ForkServer("process") as started:
        yield started


@pytest.fixture
def open_bench(fork_server: ForkServer, handed_in: Handed) -> Iterator[OpenBench]:
    """`open_bench(code)` loads a file in a real worker and returns its bench."""
    opened: list[WorkerBench] = []

    def load(
        code: str,
        *,
        functions: Sequence[Function] = (WORK,),
        limits: Limits = LIMITS,
        name: str = "lab.py",
        others: Mapping[str, str] | None = None,
    ) -> WorkerBench:
        folder = handed_in({name: textwrap.dedent(code), **(others or {})}, f"student{len(opened)}")
        source = sources.read(folder / name, name)
        assert not source.problem, source.problem
        context = BenchContext(
            fork_server=fork_server,
            folder=folder,
            source=source,
            functions=tuple(functions),
            limits=limits,
            seed=1,
        )
        opened.append(WorkerBench(context))
        return opened[-1]

    yield load
    for bench in opened:
        bench.close()


@pytest.fixture
def report_of(fork_server: ForkServer) -> ReportOf:
    """`report_of(path, "1.2", limits=Limits())` runs one submission through the whole pipeline."""

    def grade_one(path: Path, *exercises: str, limits: Limits | None = None) -> Report:
        asked = tuple(e for e in LAB.exercises(LAB.seed) if not exercises or e.id in exercises)
        plan = RunPlan(lab=LAB, exercises=asked, seed=LAB.seed, limits=limits or Limits())
        (report,) = grade_all([one(path)], plan, SharedExecutor(plan, fork_server, 1))
        return report

    return grade_one
