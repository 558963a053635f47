"""Attacks and accidents beside honest work: no mark is forged, nothing is damaged, nothing is left behind.

Every attack of `tests/hostile` is graded by the real command line, all of them in one class, once for each
isolation it has to hold on, as root and as an ordinary user. That is slow; every day one of each kind is.
"""

import csv
import fcntl
import hashlib
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.hostile import crash, escape, forge, odd, resource, text
from tests.hostile.attack import HONEST, Attack, Place, hand_in
from tests.support.command_line import environment
from tests.support.paths import ROOT
from tests.support.workers import unavailable_reason

KINDS = {
    module.__name__.rpartition(".")[2]: module.ATTACKS
    for module in (forge, escape, resource, crash, text, odd)
}
ATTACKS = {attack.name: attack for attacks in KINDS.values() for attack in attacks}

ORDINARY = 65534
"""`nobody`: a user who owns nothing but what the test gives away."""

UNAVAILABLE_REASON = unavailable_reason()
SECONDS = 540
"""In which a run must end; it takes a fraction of that."""


@dataclass(frozen=True)
class Run:
    """What one run of the whole class left behind."""

    returncode: int
    stdout: str
    stderr: str
    harm: list[str]
    """Everything found that must not be, each in a sentence."""
    alone: dict[str, Any]
    """Honest students' entries of results.json, graded without the attacks beside them."""
    entries: dict[str, Any]
    attacks: list[str]
    """Those handed in."""
    out: Path

    @property
    def isolation(self) -> str:
        return str(json.loads((self.out / "results.json").read_text(encoding="utf-8"))["isolation"])


WHOLE = [
    pytest.param(("strict", "me", "all"), id="strict", marks=pytest.mark.slow),
    pytest.param(("process", "me", "all"), id="process", marks=pytest.mark.slow),
    pytest.param(("strict", "ordinary", "all"), id="strict-ordinary-user", marks=pytest.mark.slow),
    pytest.param(("process", "ordinary", "all"), id="process-ordinary-user", marks=pytest.mark.slow),
]
EVERYDAY = pytest.param(("strict", "me", "some"), id="strict-one-of-each-kind")


def attacks_on(level: str) -> list[Attack]:
    """Those that the level has to keep off."""
    return [attack for attack in ATTACKS.values() if level in attack.holds]


@pytest.fixture(scope="session", params=[EVERYDAY, *WHOLE])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The class graded once for each configuration, shared by all processes of this test run."""
    return _run(*request.param, tmp_path_factory)


@pytest.fixture(scope="session", params=WHOLE)
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same, where all attacks are in the class."""
    return _run(*request.param, tmp_path_factory)


def _run(level: str, user: str, which: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    if level == "strict" and UNAVAILABLE_REASON:
        pytest.skip(f"strict isolation cannot hold here: {UNAVAILABLE_REASON}")
    if user == "ordinary" and (os.getuid() != 0 or shutil.which("setpriv") is None):
        pytest.skip("only root can become another user; whoever is not root is an ordinary user already")
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / f"hostile-{level}-{user}-{which}"
    attacks = attacks_on(level) if which == "all" else [each[0] for each in KINDS.values()]
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "run.json").exists():
            _grade_them(attacks, level, user == "ordinary", folder)
    kept = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return Run(**kept, out=folder / "out")


LIMITED = ("prlimit", "--data=1073741824:unlimited") if shutil.which("prlimit") else ()
"""The grader's own process gets a gigabyte for all it writes to, whatever is handed in."""

BECOME = ("setpriv", f"--reuid={ORDINARY}", f"--regid={ORDINARY}", "--clear-groups")


def _interpreter_for_everyone(folder: Path) -> str:
    """A Python with the grader that an ordinary user can start, too; "" where there is none.

    Where this one stands in a folder of root's, the system's own of the same version is given our packages: by
    links to them, or in the end, where they stand in a folder of root's as well, all of them.
    """
    if _can_be_started(sys.executable):
        return sys.executable
    for place in ("/usr/local/bin", "/usr/bin"):
        base = Path(place, VERSION)
        for name, fill in (("linked", _link_packages), ("copied", _copy_packages)) if base.exists() else ():
            env = folder / f"env-{place.count('/')}-{name}"
            subprocess.run([base, "-m", "venv", "--without-pip", env], check=True)
            (packages,) = (env / "lib").glob("python*/site-packages")
            fill(packages)
            if _can_be_started(str(env / "bin" / "python")):
                return str(env / "bin" / "python")
    return ""


def _can_be_started(python: str) -> bool:
    """Whether an ordinary user can start it and what it starts, as the grader does with its workers."""
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {NEEDED!r}], check=True)"
    started = subprocess.run([*BECOME, python, "-c", code], capture_output=True, cwd="/", check=False)
    return started.returncode == 0


def _link_packages(packages: Path) -> None:
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not (packages / entry.name).exists():
            (packages / entry.name).symlink_to(entry)


def _copy_packages(packages: Path) -> None:
    """Hard links, which need no other space and no way to the originals, or copies on another disk."""

    def link(source: str, target: str) -> None:
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)

    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if entry.is_dir() and not (packages / entry.name).exists():
            shutil.copytree(entry, packages / entry.name, copy_function=link)
        elif entry.is_file() and "editable" not in entry.name:
            link(str(entry), str(packages / entry.name))
    for package in ("grader", "reference"):
        shutil.copytree(ROOT / package, packages / package, dirs_exist_ok=True)
    shutil.copytree(ROOT / "templates", packages / "grader" / "templates", dirs_exist_ok=True)


VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
NEEDED = "import torch, grader, reference"


def _grade_them(attacks: list[Attack], level: str, ordinary: bool, folder: Path) -> None:
    place = Place(folder / "class", folder / "canary", folder / "out", 0, f"{40_000_000 + os.getpid()}")
    for path in (place.students, place.canary, folder / "temporary", folder / "cwd"):
        path.mkdir(parents=True)
    (place.canary / "secret.txt").write_text(os.urandom(8).hex())
    (place.canary / "target.txt").write_text("untouched")
    for parent in (folder, *folder.parents)[:4]:
        if parent.stat().st_uid == os.getuid():
            parent.chmod(stat.S_IMODE(parent.stat().st_mode) | 0o055)
    python = _interpreter_for_everyone(folder) if ordinary else sys.executable
    if not python:
        pytest.skip(
            f"an ordinary user can start neither this Python nor a {VERSION} in /usr/local/bin or /usr/bin"
        )
    with _listening(place) as (place, arrived):
        hand_in([], place)
        alone = _grade(level, ordinary, folder, place, "alone", python)
        shutil.rmtree(place.students)
        place.students.mkdir()
        hand_in(attacks, place)
        before = _state(place.students) | _state(place.canary)
        done = _grade(level, ordinary, folder, place, "out", python)
        harm = [
            f"changed: {path}" for path in _differences(before, _state(place.students) | _state(place.canary))
        ]
        harm += arrived
    harm += [f"left over: {path.name}" for path in (folder / "temporary").iterdir()]
    harm += [f"left in the working directory: {path.name}" for path in (folder / "cwd").iterdir()]
    harm += [f"still running: {line}" for line in _running(place)]
    harm += ["shared memory was left" for _ in range(Path(f"/dev/shm/{place.word}").exists())]
    secret = (place.canary / "secret.txt").read_text()
    harm += [
        f"the secret stands in {file.name}"
        for file in (folder / "out").rglob("*")
        if file.is_file() and file.suffix != ".zip" and secret in file.read_text(encoding="utf-8")
    ]
    kept = {
        "returncode": done.returncode,
        "stdout": done.stdout,
        "stderr": done.stderr,
        "harm": harm,
        "alone": _entries(folder / "alone"),
        "entries": _entries(folder / "out"),
        "attacks": [attack.name for attack in attacks],
    }
    (folder / "run.json").write_text(json.dumps(kept), encoding="utf-8")
    assert alone.returncode == 0, alone.stderr


def _grade(
    level: str, ordinary: bool, folder: Path, place: Place, out: str, python: str
) -> "subprocess.CompletedProcess[str]":
    if ordinary:
        for path in (folder / "temporary", folder / "cwd", place.canary, *place.canary.iterdir()):
            os.chown(path, ORDINARY, ORDINARY)
        (folder / out).mkdir()
        os.chown(folder / out, ORDINARY, ORDINARY)
        for root, folders, names in os.walk(place.students):
            for name in (".", *folders, *names):
                os.chown(Path(root) / name, ORDINARY, ORDINARY, follow_symlinks=False)
    command = [
        *(BECOME if ordinary else ()), *LIMITED, python, "-m", "grader.cli", place.students, "--isolation", level, "--time-limit", "1.5",
        "--exercise", "2.1", "--exercise", "1.1", "--jobs", "6", "--format", "plain", "--out", folder / out,
    ]  # fmt: skip
    return subprocess.run(
        command,
        cwd=folder / "cwd",
        env=environment(
            TMPDIR=str(folder / "temporary"), HOME=str(place.canary), GITHUB_TOKEN="canary sings"
        ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )


class _listening:  # noqa: N801  used as a function
    """A port and a local socket nobody may reach; `arrived` tells who did."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def __enter__(self) -> tuple[Place, list[str]]:
        self._arrived: list[str] = []
        stream, datagram = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        stream.bind(("127.0.0.1", 0))
        port = stream.getsockname()[1]
        datagram.bind(("127.0.0.1", port))
        local = socket.socket(socket.AF_UNIX)
        here = Path.cwd()
        os.chdir(self._place.canary)  # a local socket's path may have a hundred letters only
        local.bind("socket")
        os.chdir(here)
        self._sockets = (stream, local, datagram)
        for listener in (stream, local):
            listener.listen()
        for listener in self._sockets:
            listener.setblocking(False)
        place = Place(self._place.students, self._place.canary, self._place.out, port, self._place.word)
        return place, self._arrived

    def __exit__(self, *exc: object) -> None:
        for listener, take in zip(self._sockets, ("accept", "accept", "recv"), strict=True):
            try:
                getattr(listener, take)(*([100] if take == "recv" else []))
                self._arrived.append(f"something arrived at {listener}")
            except BlockingIOError:
                pass
            listener.close()


def _state(folder: Path) -> dict[str, str]:
    """Every entry with its kind, mode, time and content."""
    found = {}
    for root, folders, names in os.walk(folder):
        for name in (".", *folders, *names):
            path = Path(root) / name
            status = path.lstat()
            content = ""
            if path.is_file() and not path.is_symlink() and status.st_size < 10**7:
                content = hashlib.sha256(path.read_bytes()).hexdigest()
            found[str(path)] = f"{status.st_mode:o} {status.st_size} {status.st_mtime_ns} {content}"
    return found


def _differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def _running(place: Place) -> Iterator[str]:
    own = str(place.canary.parent)
    for process in psutil.process_iter(["pid", "cmdline", "cwd", "status"]):
        words = " ".join(process.info["cmdline"] or [])
        inside = (process.info["cwd"] or "").startswith(own)
        if (place.word in words or inside) and process.info["status"] != psutil.STATUS_ZOMBIE:
            yield f"{process.pid} {words[:80]}"
            process.kill()


def _entries(out: Path) -> dict[str, Any]:
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return {
        entry.pop("student"): {k: v for k, v in entry.items() if k != "seconds"}
        for entry in results["submissions"]
    }


# --- what must hold ---------------------------------------------------------------------------------------


def test_there_are_sixty_attacks_of_six_kinds_and_more() -> None:
    assert len(ATTACKS) == sum(map(len, KINDS.values())) >= 60
    assert all(len(attacks) >= 10 for attacks in KINDS.values())
    assert len(attacks_on("process")) >= 60


def test_nothing_outside_was_touched_reached_or_left(run: Run) -> None:
    assert run.harm == []


def test_the_run_ends_well_and_says_what_held(run: Run) -> None:
    assert run.returncode == 0, run.stderr[-2000:]
    assert "Traceback" not in run.stderr
    assert ("Isolation is `process`" in run.stderr) == (run.isolation == "process")


def test_every_honest_student_has_the_marks_they_have_alone(run: Run) -> None:
    assert run.alone.keys() == HONEST.keys()
    assert {name: run.entries[name] for name in HONEST} == run.alone
    assert run.alone["honest-right"]["marks"] == 2.0
    assert run.alone["honest-with-helper"]["marks"] == 1.0


def test_nobody_has_more_than_their_honest_part_deserves(run: Run) -> None:
    attacks = [ATTACKS[name] for name in run.attacks]
    assert set(run.attacks) | HONEST.keys() == run.entries.keys()
    assert {
        a.name: run.entries[a.name]["marks"] for a in attacks if run.entries[a.name]["marks"] > a.most
    } == {}


@pytest.mark.parametrize("name", ["svd-instead-of-descent-at-the-defaults", "published-figures-as-a-table"])
def test_honest_small_probes_do_not_hide_another_answer_for_the_defaults(whole: Run, name: str) -> None:
    (exercise,) = (e for e in whole.entries[name]["exercises"] if e["id"] == "1.1")
    outcomes = {check["id"]: check["outcome"] for check in exercise["checks"]}
    assert outcomes["1.1-sweep"] == "pass"
    assert outcomes["1.1-defaults"] == "fail"


def test_accidents_beside_right_work_do_not_cost_its_marks(run: Run) -> None:
    kinds = ("escape", "resource", "crash", "text", "odd")
    beside_right = [attack for kind in kinds for attack in KINDS[kind]]
    least = {a.name: a.most if a.least is None else a.least for a in beside_right if a.name in run.attacks}
    assert least
    marks = {name: run.entries[name]["marks"] for name in least}
    assert {name: marks[name] for name in least if marks[name] < least[name]} == {}


def test_no_canary_sings(run: Run) -> None:
    assert [
        name
        for name, entry in run.entries.items()
        if "canary sings" in json.dumps(entry) and name not in TOLD
    ] == []


TOLD = {attack.name for attack in text.ATTACKS}
"""These say it themselves, to see what becomes of the words."""


def test_no_fault_is_ours(run: Run) -> None:
    faults = {
        name for name, entry in run.entries.items() for e in entry["exercises"] if e["verdict"] == "error"
    }
    assert faults == set()


def test_hostile_text_is_harmless_in_every_file_and_on_the_terminal(run: Run) -> None:
    for file in run.out.rglob("*"):
        if not file.is_file() or file.suffix == ".zip":
            continue
        assert file.stat().st_size < 2_000_000 or file.name == "results.json", file
        content = file.read_text(encoding="utf-8")
        assert not any(ord(letter) < 32 and letter not in "\n\t\r" for letter in content), file
        if file.suffix in (".html", ".md"):
            assert not any(letter in content for letter in "\u202e\u2066\x9b"), file
            assert "<script>alert" not in content and "<img src=x" not in content, file
    for stream in (run.stdout, run.stderr):
        assert not any(letter in stream for letter in "\x1b\x07\x9b\u202e\u2066")
        assert not any(line.startswith("::") for line in stream.splitlines())
    with (run.out / "gradebook.csv").open(encoding="utf-8-sig", newline="") as table:
        for row in csv.reader(table):
            assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in row), row


def test_the_folder_of_results_holds_what_it_should_and_nothing_else(run: Run) -> None:
    names = {file.name for file in run.out.rglob("*") if file.is_file()}
    tables = {"index.html", "gradebook.csv", "results.json", "reports.zip", ".lock"}
    assert names == tables | {"report.html", "report.md", "report.txt"}
    assert len(list((run.out / "students").iterdir())) == len(run.entries)
