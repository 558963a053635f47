"""Run a large mixed class and watch it: ``python -m benchmarks.soak [--size 5000]``.

One submission in twenty is hostile (`tests/hostile`), and one in ten is wrong and its repair is searched for.
The real command line grades the class and is watched from outside. Goals: every student is in the results
with the right marks, no processes or temporary files are left, and the last third of the run does not use
more descriptors, memory and temporary files than the first.
"""

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import psutil

from benchmarks.common import classes
from benchmarks.common.tables import Line, report
from benchmarks.common.watching import Watched, watch
from tests.hostile import crash, escape, forge, odd, resource, text
from tests.hostile.attack import Attack

HOSTILE: Final = 0.05
WRONG: Final = 0.10
MORE_MEMORY: Final = 30.0
"""How many MB the grader's own process may grow from the first third to the last."""

LEAST_RIGHT: Final = 2.5
"""The marks for three correct functions: not all files state values, and a person marks the explanations."""

LIMIT: Final = "2"
"""The time limit of a call in seconds, which an endless loop uses up."""

WORD: Final = "soak-of-the-grader"
"""Part of the folders' names, which identifies the processes that are still running."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade the class and report the result."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two looks")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix=f"{WORD}-") as folder:
        place = Path(folder)
        deserved = _class(place / "class", place, options.size, options.seed)
        temporary = place / "temporary"
        temporary.mkdir()
        lying: list[int] = []
        command = [
            sys.executable, "-m", "grader.cli", str(place / "class"), "--out", str(place / "out"),
            "--jobs", str(len(os.sched_getaffinity(0))), "--time-limit", LIMIT, "--no-cache", "--format", "plain",
        ]  # fmt: skip
        plain = {name: value for name, value in os.environ.items() if not name.startswith("GRADE_")}
        done = watch(
            command,
            {**plain, "TMPDIR": str(temporary)},
            options.every,
            lambda: lying.append(len(list(temporary.iterdir()))),
        )
        running = list(_running(folder))
        left = len(list(temporary.iterdir()))
        results = json.loads((place / "out" / "results.json").read_text(encoding="utf-8"))["submissions"]
    return report(list(lines(done, deserved, results, lying, running, left)))


def _class(folder: Path, place: Path, size: int, seed: int) -> dict[str, tuple[float, float]]:
    """Write the mixed class; return the smallest and the largest justified marks of each student."""
    chooser = random.Random(seed)
    numbers = iter(chooser.sample(range(size), size))
    hostile, wrong = round(size * HOSTILE), round(size * WRONG)
    attacks = [
        attack
        for module in (forge, escape, resource, crash, text, odd)
        for attack in module.ATTACKS
        if "strict" in attack.holds
    ]
    deserved: dict[str, tuple[float, float]] = {}
    for attack in chooser.choices(attacks, k=hostile):
        student = f"student-{next(numbers):06d}"
        _hand_in(attack, folder / student, place / "aside" / student)
        deserved[student] = (0.0, attack.most + 1e-9)
    right = classes.draw(classes.right_labs(), size - hostile - wrong, seed)
    for file in classes.write_class(folder, right, numbers):
        deserved[file.parent.name] = (LEAST_RIGHT, 5.0)
    for file in classes.write_class(folder, classes.draw(classes.wrong_labs(), wrong, seed), numbers):
        deserved[file.parent.name] = (0.0, 4.0)
    return deserved


def _hand_in(attack: Attack, folder: Path, aside: Path) -> None:
    """Hand in a single attack under another name."""
    classes.hand_in_attacks(aside / "class", [attack], aside)
    folder.parent.mkdir(exist_ok=True)
    (aside / "class" / attack.name).rename(folder)


def _running(folder: str) -> Iterator[str]:
    """Every process that still uses the folder."""
    for process in psutil.process_iter(["pid", "cmdline", "cwd", "status"]):
        seen = " ".join(process.info["cmdline"] or []) + (process.info["cwd"] or "")
        if folder in seen and process.info["status"] != psutil.STATUS_ZOMBIE:
            yield f"{process.pid}"


def lines(
    done: Watched,
    deserved: dict[str, tuple[float, float]],
    results: list[dict[str, Any]],
    lying: Sequence[int],
    running: Sequence[str],
    left: int,
) -> Iterator[Line]:
    """The measurements of the class beside their goals."""
    marks = {entry["student"]: entry["marks"] for entry in results}
    lost = deserved.keys() - marks.keys()
    unjust = {
        name for name, (least, most) in deserved.items() if name in marks and not least <= marks[name] <= most
    }
    faults = sum(e["verdict"] == "error" for entry in results for e in entry["exercises"])
    for name in sorted(unjust):
        print(f"{name}: {marks[name]} marks", file=sys.stderr)
    yield Line(f"{len(deserved):,} submissions", f"{done.wall / 60:.1f} min, {done.cpu:.0f} s CPU")
    yield Line("exit status", f"{done.status}", "0", done.status == 0)
    yield Line("lost", f"{len(lost)}", "0", not lost)
    yield Line("marks that nobody deserves", f"{len(unjust)}", "0", not unjust)
    yield Line("faults of the grader", f"{faults}", "0", faults == 0)
    yield Line("processes left", f"{len(running)}", "0", not running)
    yield Line("temporary files left", f"{left}", "0", left == 0)
    first, last = _thirds(done.moments)
    yield _flat("descriptors", [m.descriptors for m in first], [m.descriptors for m in last], 4)
    yield _flat("processes", [m.processes for m in first], [m.processes for m in last], 4)
    yield _flat("temporary folders", *_thirds(lying), 4)
    yield _flat("MB of the grader", [m.memory for m in first], [m.memory for m in last], MORE_MEMORY)


def _thirds(values: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any]]:
    third = max(1, len(values) // 3)
    return values[:third], values[-third:]


def _flat(what: str, first: Sequence[float], last: Sequence[float], more: float) -> Line:
    """The maximum of the first third beside that of the last."""
    before, after = max(first, default=0), max(last, default=0)
    measured = f"{before:.0f}, then {after:.0f}"
    return Line(f"{what}, first and last third", measured, f"≤ {more:g} more", after <= before + more)


if __name__ == "__main__":
    sys.exit(main())
