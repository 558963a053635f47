"""Grading on a cluster: real schedulers and worker processes on this machine, started by the command line."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.support.command_line import Grade, environment, interruptible
from tests.support.paths import ROOT
from tests.support.submissions import RIGHT_SVD, WRONG_SVD, Handed

pytest.importorskip("distributed", reason="Dask is not installed: pip install 'lab-grader[cluster]'")

pytestmark = [pytest.mark.cluster, pytest.mark.xdist_group("cluster")]

SLOW = RIGHT_SVD + "\nfor _ in range(40_000_000):\n    pass\n"
"""A right answer that takes a second or two to come to."""

KILLS_THE_MACHINE = """
import os, signal

with open(f"/proc/{os.getppid()}/stat") as stat:
    machine = int(stat.read().rpartition(")")[2].split()[1])
os.kill(machine, signal.SIGKILL)
"""
"""On `process` a submission can reach what started its worker: here the process of the cluster."""


@contextmanager
def started(folder: Path, *arguments: str, code: Path = ROOT) -> Iterator[tuple[str, psutil.Process]]:
    """The address of a cluster that `grade cluster up` started, and its process."""
    command = [sys.executable, "-m", "grader.cli", "cluster", "up", "--port", "0", *arguments]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(PYTHONPATH=os.fspath(code), TMPDIR=os.fspath(folder)),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"workers at (\S+);", line)
            assert found, line
            yield found[1], psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, psutil.Process]]:
    """A cluster of two workers for the tests of this file."""
    with started(tmp_path_factory.mktemp("cluster"), "--workers", "2") as found:
        yield found


def without_seconds(out: Path) -> str:
    return re.sub(r'"seconds": [0-9.e-]+', "", (out / "results.json").read_text(encoding="utf-8"))


def test_a_cluster_gives_the_very_results_of_one_machine(
    grade: Grade, handed_in: Handed, tmp_path: Path, cluster: tuple[str, psutil.Process]
) -> None:
    folder = handed_in({"right/lab.py": RIGHT_SVD, "wrong/lab.py": WRONG_SVD, "none/.gitkeep": ""})
    shutil.copytree(ROOT / "submissions" / "philippa-dunmarrow", folder / "report")
    here, there = tmp_path / "here", tmp_path / "there"
    for out, more in ((here, ()), (there, ("--cluster", cluster[0]))):
        done = grade(folder, "--exercise", "2.1", "--out", out, *more)
        assert (done.returncode, done.stderr) == (0, "")
    assert without_seconds(here) == without_seconds(there)
    names = [sorted(f.relative_to(out) for f in out.rglob("*") if f.is_file()) for out in (here, there)]
    assert names[0] == names[1]


def test_a_machine_that_is_lost_in_the_middle_costs_nobody_anything(
    handed_in: Handed, tmp_path: Path, cluster: tuple[str, psutil.Process]
) -> None:
    address, process = cluster
    folder = handed_in({f"student-{n}/lab.py": SLOW for n in range(4)})
    command = [sys.executable, "-m", "grader.cli", folder, "--exercise", "2.1", "--out", tmp_path / "out"]
    with subprocess.Popen(
        [*map(os.fspath, command), "--cluster", address], env=environment(), stderr=subprocess.PIPE, text=True
    ) as run:
        busy = _busy(process)
        busy.kill()
        _, errors = run.communicate(timeout=200)
    assert (run.returncode, errors) == (0, "")
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert [entry["marks"] for entry in results["submissions"]] == [1.0] * 4


def _busy(cluster: psutil.Process) -> psutil.Process:
    """A process of the cluster that has a student's worker two generations below it."""
    while True:
        for child in cluster.children(recursive=True):
            try:
                if "grader.worker.fork_server" in child.cmdline() and child.children():
                    return child.parent() or child
            except psutil.NoSuchProcess:
                continue


def test_a_submission_that_ends_every_machine_it_meets_is_given_up_and_the_rest_is_graded(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"hostile/lab.py": KILLS_THE_MACHINE, "honest/lab.py": RIGHT_SVD})
    with started(tmp_path, "--workers", "2") as (address, _):
        done = grade(
            folder,
            "--exercise",
            "2.1",
            "--isolation",
            "process",
            "--cluster",
            address,
            "--out",
            tmp_path / "out",
        )
    assert done.returncode == 1, done.stderr
    honest, hostile = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))[
        "submissions"
    ]
    assert (honest["student"], honest["marks"]) == ("honest", 1.0)
    assert hostile["exercises"][0]["verdict"] == "error"
    assert "was lost" in " ".join(hostile["flags"])


def test_a_cluster_with_another_program_is_refused_in_a_sentence(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    for package in ("grader", "reference", "templates"):
        shutil.copytree(ROOT / package, other / package)
    with (other / "reference" / "data.py").open("a", encoding="utf-8") as file:
        file.write("\n# Not the same.\n")
    with started(tmp_path, "--workers", "1", code=other) as (address, _):
        done = grade(handed_in({"one/lab.py": RIGHT_SVD}), "--cluster", address)
    assert done.returncode == 2
    assert "runs a different program" in done.stderr
    assert "install the same" in done.stderr


def test_an_address_where_nobody_answers_is_told_in_a_sentence(grade: Grade, handed_in: Handed) -> None:
    done = grade(handed_in({"one/lab.py": RIGHT_SVD}), "--cluster", "tcp://127.0.0.1:9")
    assert done.returncode == 2
    assert done.stderr.startswith("grade: No scheduler answers at tcp://127.0.0.1:9")
    assert "Traceback" not in done.stderr


def test_the_commands_of_the_page_about_clusters_run(handed_in: Handed, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
    lines = [
        line for block in re.findall(r"^```sh\n(.*?)^```$", page, re.M | re.S) for line in block.splitlines()
    ]
    handed_in({"one/lab.py": RIGHT_SVD}, name="submissions")
    commands = Path(sys.executable).parent
    going_on: list[subprocess.Popen[str]] = []
    try:
        for line in lines:
            program, *arguments = line.split()
            told = [os.fspath(commands / program), *arguments]
            if program == "grade" and arguments[0] == "submissions/":
                done = subprocess.run(
                    told,
                    cwd=tmp_path,
                    env=environment(),
                    capture_output=True,
                    text=True,
                    timeout=200,
                    check=False,
                )
                assert (done.returncode, done.stderr) == (0, ""), line
                continue
            process = subprocess.Popen(
                told,
                cwd=tmp_path,
                env=environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                preexec_fn=interruptible,
            )
            going_on.append(process)
            ready = {
                "up": "workers at",
                "scheduler": "Scheduler at:",
                "worker": "Starting established connection",
            }
            assert process.stdout is not None
            sign = next(sign for word, sign in ready.items() if word in arguments)
            assert any(sign in output for output in process.stdout), line
    finally:
        for process in reversed(going_on):
            process.send_signal(signal.SIGINT)
        for process in going_on:
            process.wait(60)
    assert len(going_on) == 3
