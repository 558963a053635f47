"""What several test files share: the real command line, real workers, right solutions as text."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from grader import sources
from grader.execution.bench import WorkerBench
from grader.execution.bench_context import BenchContext
from grader.lab import Function, Parameter
from grader.sandbox.worker_client import ForkServer, Limits

ROOT = Path(__file__).resolve().parent.parent
SUBMISSIONS = ROOT / "submissions"

WORK = Function("work", (Parameter("A"),))
"""An invented function of one matrix, for tests that are about the worker and not about a lab."""

LIMITS = Limits(call_seconds=2.0, submission_seconds=60.0)

RIGHT_SVD = """\
import torch

def truncated_svd(A, rank):
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    S[rank:] = 0
    return U @ torch.diag(S) @ Vh

A = torch.tensor([[0.3374, 0.6005, 0.1735], [3.3359, 0.0492, 1.8374], [2.9407, 0.5301, 2.2620]])
print("error", torch.sum((A - truncated_svd(A, 2)) ** 2))
"""
"""A right answer to exercise 2.1, quick to grade."""

WRONG_SVD = RIGHT_SVD.replace("S[rank:] = 0", "S[:rank] = 0")
"""Drops the largest singular values instead of the smallest."""


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without anything that steers the grader or its colours, and no cache."""
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GRADE_", "COV_", "PYTEST_"))
        and name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM")
    }
    return {**plain, "TERM": "xterm", "PYTHONIOENCODING": "utf-8", "GRADE_CACHE": "no", **changes}


def interruptible() -> None:
    """For `preexec_fn`: a test run in the background hands down an ignored SIGINT, which no interrupt ends."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def run_grade(
    *arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run the command line as a user does, with both streams piped."""
    return subprocess.run(
        [sys.executable, "-m", "grader.cli", *map(str, arguments)],
        cwd=cwd,
        env=environment(**(env or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


@cache
def unavailable_reason() -> str:
    """What keeps this machine from strict isolation, in a few words; empty where it holds."""
    with ForkServer() as started:
        return started.unavailable_reason


Grade = Callable[..., "subprocess.CompletedProcess[str]"]
OpenBench = Callable[..., WorkerBench]
Handed = Callable[..., Path]


@pytest.fixture
def grade(tmp_path: Path) -> Grade:
    """`grade(*arguments, env={})` runs the command line in an empty folder of its own."""
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
    """An empty folder for what has to be unpacked."""
    return tmp_path / "staging"


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    """One process that starts workers, for all tests of this process."""
    with ForkServer() as started:
        yield started


@pytest.fixture(scope="session")
def free_fork_server() -> Iterator[ForkServer]:
    """One whose workers are separated and limited only: they can start programs and reach other processes."""
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
