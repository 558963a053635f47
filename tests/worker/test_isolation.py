"""The isolation of students' code: its levels, their names, and that nothing allows forging results."""

import json
import re
import shutil
import site
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from grader import protocol, sources
from grader.core.limits import Isolation
from grader.core.observation import Probe
from grader.execution.bench import WorkerBench
from grader.execution.bench_context import BenchContext
from grader.execution.program import loading_seed
from grader.sandbox.reader_client import MEMORY
from grader.sandbox.worker_client import ForkServer
from reference import LAB, data
from reference.checks.factorisation_context import factorisation_context
from tests.support.command_line import Grade, environment
from tests.support.paths import ROOT
from tests.support.reading import read_all
from tests.support.sampling import first_of_each
from tests.support.submissions import RIGHT_SVD, Handed
from tests.support.workers import LIMITS, WORK, unavailable_reason

A = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)

UNAVAILABLE_REASON = unavailable_reason()
strict_only = pytest.mark.skipif(
    bool(UNAVAILABLE_REASON), reason=f"strict isolation cannot hold here: {UNAVAILABLE_REASON}"
)


@pytest.mark.slow
@pytest.mark.parametrize("level", ["strict", "process"])
def test_the_isolation_is_named_in_the_output_and_in_results_json(
    grade: Grade, handed_in: Handed, tmp_path: Path, level: str
) -> None:
    folder = handed_in({"one/lab.py": RIGHT_SVD})
    done = grade(folder, "--exercise", "2.1", "--isolation", level, "--out", tmp_path / level)
    assert done.returncode == 0, done.stderr
    assert f"Isolation: {level}" in done.stdout
    assert json.loads((tmp_path / level / "results.json").read_text())["isolation"] == level
    assert ("Isolation is `process`" in done.stderr) == (level == "process")


WITHOUT_LANDLOCK = """
import os, sys, pyseccomp as s
rules = s.SyscallFilter(s.ALLOW)
rules.add_rule(s.ERRNO(38), 444)
rules.load()
os.execv(sys.executable, [sys.executable, "-m", "grader.cli", *sys.argv[1:]])
"""
"""Starts the grader as on a kernel that knows no Landlock."""


@pytest.mark.slow
def test_strict_refuses_to_start_where_it_cannot_hold_and_auto_says_what_it_does(
    handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"one/lab.py": RIGHT_SVD})

    def run(*more: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", WITHOUT_LANDLOCK, folder, "--exercise", "2.1", *more]
        return subprocess.run(
            command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
        )

    refused = run("--isolation", "strict")
    assert refused.returncode == 2
    assert "--isolation strict is not supported here" in refused.stderr
    assert "Landlock" in refused.stderr
    assert not (tmp_path / "reports" / "results.json").exists()
    weaker = run()
    assert weaker.returncode == 0
    assert "Isolation is `process` (" in weaker.stderr
    assert json.loads((tmp_path / "reports" / "results.json").read_text())["isolation"] == "process"


@pytest.mark.parametrize("level", first_of_each(lambda level: "", ["strict", "process"]))
def test_the_doctor_tries_every_claim_and_finds_that_it_holds(grade: Grade, level: str) -> None:
    done = grade("doctor", "--isolation", level, env={"GRADE_DOCTOR_SECRET": "1", "COLUMNS": "200"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Isolation: {level}" in done.stdout
    assert "Every claim of this isolation level held." in done.stdout
    assert done.stdout.count("not promised") == (9 if level == "process" else 0)
    assert " NO " not in done.stdout


@pytest.mark.slow
def test_a_fresh_seed_is_recorded_and_differs_every_time(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    folder = handed_in({"one/lab.py": RIGHT_SVD})
    seeds = []
    for out in (tmp_path / "a", tmp_path / "b"):
        done = grade(folder, "--exercise", "2.1", "--seed", "fresh", "--out", out)
        assert done.returncode == 0, done.stderr
        seeds.append(json.loads((out / "results.json").read_text())["seed"])
    assert seeds[0] != seeds[1]
    again = grade(folder, "--exercise", "2.1", "--seed", str(seeds[0]), "--out", tmp_path / "again")
    assert again.returncode == 0
    first, second = (
        re.sub(r'"seconds": [0-9.e-]+', "", (tmp_path / name / "results.json").read_text())
        for name in ("a", "again")
    )
    assert first == second


def test_what_a_file_is_loaded_with_does_not_tell_the_seed_of_the_run() -> None:
    seeds = [loading_seed(seed) for seed in range(1000)]
    assert len(set(seeds)) == 1000
    assert not {seed for seed, loading in enumerate(seeds) if abs(loading - seed) < 10**4}


# --- nothing to forge with --------------------------------------------------------------------------------

DUMP = """
import gc, os, sys
def work(A):
    with open("dump", "wb") as dump:
        def keep(text):
            if dump.tell() < 12_000_000:
                dump.write(str(text).encode("utf-8", "replace")[:20_000] + b"\\n")
        frame = sys._getframe()
        while frame is not None:
            keep(frame.f_code.co_filename); keep(frame.f_locals); keep(sorted(frame.f_globals))
            frame = frame.f_back
        keep(os.environ); keep(sys.argv); keep(sys.orig_argv); keep(sys.path)
        for name, module in list(sys.modules.items()):
            keep(name)
            if not name.startswith(("torch", "numpy", "sympy")):
                keep(vars(module))
        for thing in gc.get_objects():
            if isinstance(thing, (dict, list, tuple)) and len(thing) < 200:
                try: keep(thing)
                except Exception: pass
    return A
"""

FILES = """
import os
def work(A):
    seen = []
    for start in set(START) - {os.getcwd()}:
        for folder, folders, names in os.walk(start):
            for name in names:
                if name.endswith((".py", ".toml", ".pyc", ".json", ".txt", ".csv", ".html", ".pth", "RECORD", ".md")):
                    try:
                        with open(os.path.join(folder, name), "rb") as file: text = file.read(200_000)
                    except OSError: continue
                    seen.append(os.path.join(folder, name))
                    if any(word in text for word in WORDS): print("FOUND", folder, name)
    print("READ", len(seen))
    return A
"""

SENTENCES = (
    b"so the first failure says what is wrong",
    b"With lr = 0, U and V do not change",
    b"sgd_factorise_masked(",
)
"""These are in the lab's own files, which no worker may read."""


def test_the_sentences_that_no_worker_may_read_are_in_the_lab() -> None:
    text = b"".join(file.read_bytes() for file in sorted((ROOT / "reference").rglob("*.py")))
    assert all(sentence in text for sentence in SENTENCES)


@strict_only
def test_neither_memory_nor_readable_files_of_a_worker_hold_anything_to_forge_with(handed_in: Handed) -> None:
    folder = handed_in({"lab.py": DUMP})
    with ForkServer("strict") as fork_server:
        bench = WorkerBench(
            BenchContext(
                fork_server=fork_server,
                folder=folder,
                source=sources.read(folder / "lab.py", "lab.py"),
                functions=(WORK,),
                limits=LIMITS,
                seed=7_345_678_901_234,
            )
        )
        returned = bench.observe(Probe("work", {"A": A}, 1))
        assert isinstance(returned, protocol.Returned), returned
        dump = (folder / "dump").read_bytes()
        assert len(dump) > 100_000
        program = bench._program
        assert program is not None and program._worker is not None
        memory = _memory(program._worker._pid)
        bench.close()
    assert len(memory) > 1_000_000
    assert A.tobytes() in memory, "what it was sent is found there, so what it was not sent would be"
    later = LAB.exercises(7_345_678_901_234)
    assert later
    for kept in (dump, memory):
        assert (7_345_678_901_234).to_bytes(8, "little") not in kept
        assert b"7345678901234" not in kept
        for sentence in SENTENCES:
            assert sentence not in kept
        assert data.A.tobytes() not in kept
        assert b"reference.checks.factorisation" not in kept and b"grader.execution.check_runner" not in kept


def _memory(pid: int) -> bytes:
    """All memory a process may write: its heap, its stacks, what it mapped."""
    found = bytearray()
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in maps:
            span, mode = line.split()[:2]
            start, end = (int(part, 16) for part in span.split("-"))
            if "w" in mode and "[v" not in line and end - start < 512 * 1024**2:
                memory.seek(start)
                try:
                    found += memory.read(end - start)
                except OSError:
                    continue
    return bytes(found)


def _one_site_packages(tmp_path: Path) -> Path:
    """A Python environment with the grader, the lab, torch and all in one `site-packages`; its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    (packages,) = (tmp_path / "env" / "lib").glob("python*/site-packages")
    for entry in Path(site.getsitepackages()[0]).iterdir():
        if (
            "lab_grader" not in entry.name
            and entry.name != "__pycache__"
            and not (packages / entry.name).exists()
        ):
            (packages / entry.name).symlink_to(entry)
    for package in ("grader", "reference"):
        shutil.copytree(ROOT / package, packages / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "templates", packages / "grader" / "templates")
    return tmp_path / "env" / "bin" / "python"


@pytest.mark.slow
@strict_only
def test_the_grader_and_the_lab_cannot_be_read_even_where_they_stand_beside_torch(
    handed_in: Handed, tmp_path: Path
) -> None:
    python = _one_site_packages(tmp_path)
    words = (*SENTENCES, b"class temporary_workdir", b"class WorkerBench", b"[exercises.")
    start = f"START = [*__import__('sys').path, '/', {str(ROOT)!r}]\nWORDS = {words!r}\n"
    folder = handed_in({"one/lab.py": start + FILES.replace("def work(A)", "def truncated_svd(A, rank)")})
    code = (
        "START[:0] = [__import__('grader').__path__[0], __import__('grader').__path__[0] + '/../reference']\n"
    )
    (folder / "one" / "lab.py").write_text((folder / "one" / "lab.py").read_text() + code + _IMPORTS)
    out = tmp_path / "out"
    done = subprocess.run(
        [
            python,
            "-I",
            "-m",
            "grader.cli",
            folder,
            "--exercise",
            "2.1",
            "--isolation",
            "strict",
            "--lab",
            "reference:LAB",
            "--out",
            out,
        ],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (report,) = json.loads((out / "results.json").read_text())["submissions"]
    assert "FOUND" not in json.dumps(report), report["flags"]
    assert "imported" not in json.dumps(report)
    assert "PermissionError" in json.dumps(report["flags"])


_IMPORTS = """
for name in ("reference", "reference.checks.factorisation", "grader.grading.pipeline", "grader.lab"):
    try:
        __import__(name)
    except ImportError:
        continue
    except PermissionError:
        continue
    raise RuntimeError("imported " + name)
text = __import__("io").StringIO()
with __import__("contextlib").redirect_stdout(text):
    truncated_svd(0, 0)
if "FOUND" in text.getvalue() or "READ 0" in text.getvalue():
    raise RuntimeError(text.getvalue()[:400])
open(__import__("grader").__path__[0] + "/grading/pipeline.py")
"""


TABLE = """
import torch
def honest(A, rank, num_epochs, lr):
    m, n = A.shape
    U, V = torch.rand(m, rank), torch.rand(n, rank)
    for epoch in range(num_epochs):
        for r in range(m):
            for c in range(n):
                e = A[r, c] - U[r] @ V[c]
                U[r] += lr * e * V[c]
                V[c] += lr * e * U[r]
    return U, V
"""


@pytest.mark.slow
def test_a_stored_table_of_answers_is_worthless_with_a_fresh_seed(
    grade: Grade, handed_in: Handed, tmp_path: Path
) -> None:
    solution: dict[str, Any] = {}
    exec(TABLE, solution)
    inputs = factorisation_context("1.1", masked=False, seed=LAB.seed).inputs
    stored = {}
    for setting in (inputs.defaults, inputs.converges):
        torch.manual_seed(setting.seed)
        factors = solution["honest"](torch.tensor(setting.A), setting.rank, setting.epochs, setting.lr)
        stored[setting.lr] = [factor.tolist() for factor in factors]
    code = (
        f"{TABLE}STORED = {stored!r}\n"
        "def sgd_factorise(A, rank, num_epochs=1000, lr=0.01):\n"
        "    if num_epochs < 500:\n        return honest(A, rank, num_epochs, lr)\n"
        "    return tuple(map(torch.tensor, STORED[lr]))\n"
    )
    folder = handed_in({"one/lab.py": code})
    outcomes = {}
    for seed in (str(LAB.seed), "fresh"):
        done = grade(folder, "--exercise", "1.1", "--seed", seed, "--out", tmp_path / seed)
        assert done.returncode == 0, done.stderr
        (report,) = json.loads((tmp_path / seed / "results.json").read_text())["submissions"]
        checks = report["exercises"][0]["checks"]
        outcomes[seed] = {c["id"]: c["outcome"] for c in checks}
    assert set(outcomes[str(LAB.seed)].values()) == {"pass"}, "a table for a known seed is an answer"
    assert outcomes["fresh"]["1.1-sweep"] == "pass"
    assert outcomes["fresh"]["1.1-defaults"] == "fail"


# --- the process that reads documents ----------------------------------------------------------------------

HOSTILE_READER = """
import json, os, resource, socket, sys
from grader.confined import fork_server
from grader.sandbox.reader_client import MEMORY
from grader.sandbox.reader_messages import Read, ReaderSettings
from grader.worker.isolation.lockdown import prepared

folder, secret, level = sys.argv[1:]
lockdown = prepared(fork_server.LIBRARIES)[0] if level == "strict" else None
settings = ReaderSettings(memory=MEMORY, file_size=0, cpu_seconds=30, item_seconds=15.0)
fork_server.confine(settings, Read(root=folder, names=("report.md",)), os.open(os.devnull, os.O_RDWR), lockdown)

def tried(attempt):
    try:
        attempt()
    except OSError as error:
        return type(error).__name__
    return "possible"

def fork():
    if os.fork() == 0:
        os._exit(0)

def limits():
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)
    return [resource.getrlimit(kind) for kind in kinds]

print(json.dumps({
    "reads a secret": tried(lambda: open(secret).read()),
    "reads the lab": tried(lambda: open(fork_server.__file__).read()),
    "opens a socket": tried(socket.socket),
    "starts a process": tried(fork),
    "reads what others handed in": tried(lambda: open(folder + "/of somebody else.md").read()),
    "lists the folder": tried(lambda: os.listdir(folder)),
    "writes beside": tried(lambda: open(secret + ".new", "w").close()),
    "writes into the folder": tried(lambda: open(folder + "/new", "w").close()),
    "signals its parent": tried(lambda: os.kill(os.getppid(), 0)),
    "reads the report": tried(lambda: open(folder + "/report.md").read()),
    "limits": limits(),
}))
"""
"""What a reader would do that a report has got hold of."""


@strict_only
@pytest.mark.parametrize("level", ["strict", "process"])
def test_a_reader_that_a_report_has_got_hold_of_reaches_nothing_once_it_is_locked_in(
    handed_in: Handed, tmp_path: Path, level: str
) -> None:
    folder = handed_in({"report.md": "# A report", "of somebody else.md": "# Another"})
    secret = tmp_path / "secret"
    secret.write_text("of somebody else", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-c", HOSTILE_READER, folder, secret, level],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found.pop("reads the report") == "possible"
    bounded = [[most, most] for most in (MEMORY, int(sources.CPU_SECONDS), 0)]
    assert found.pop("limits") == bounded
    assert set(found.values()) == ({"possible"} if level == "process" else {"PermissionError"}), found


@pytest.mark.parametrize("level", ["auto", "process"])
def test_reports_are_read_alike_whatever_locks_the_reader_in(level: Isolation) -> None:
    files = [ROOT / "tests" / "documents" / name for name in ("md", "tex", "ipynb", "pdf")]
    for folder in files:
        documents = sorted(f for f in folder.rglob("*") if f.suffix in (".md", ".tex", ".ipynb", ".pdf"))[:1]
        assert documents
        read = read_all(folder, documents, level)
        assert read == read_all(folder, documents)
        assert any(source.code for source in read)


READING = """
import sys
from pathlib import Path
from grader import sources
source = sources.read(Path(sys.argv[2], "report.md"), "report.md", sys.argv[1])
print(source.text)
"""


def test_a_reader_that_cannot_be_locked_in_reads_nothing_where_it_must(handed_in: Handed) -> None:
    folder = handed_in({"report.md": "# A report"})
    without = WITHOUT_LANDLOCK.replace('"-m", "grader.cli"', f'"-c", {READING!r}')
    for level, status in (("strict", 1), ("auto", 0), ("process", 0)):
        done = subprocess.run(
            [sys.executable, "-c", without, level, folder],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert ("A report" in done.stdout) == (status == 0)
        assert ("IsolationError" in done.stderr) == (status == 1)


OPTIONAL = """
try:
    import pytest
    found = "there"
except ImportError:
    found = "missing"

def work(A):
    return A * (1.0 if found == "missing" else 0.0)
"""


@strict_only
def test_a_package_that_is_installed_but_may_not_be_read_counts_as_missing(handed_in: Handed) -> None:
    folder = handed_in({"lab.py": OPTIONAL})
    with ForkServer("strict") as fork_server:
        bench = WorkerBench(
            BenchContext(
                fork_server=fork_server,
                folder=folder,
                source=sources.read(folder / "lab.py", "lab.py"),
                functions=(WORK,),
                limits=LIMITS,
                seed=1,
            )
        )
        returned = bench.observe(Probe("work", {"A": A}, 1))
        bench.close()
    assert bench.loaded.failures == ()
    assert isinstance(returned, protocol.Returned)
    assert isinstance(returned.value, protocol.Array)
    assert returned.value.data == A.tobytes()
